"""Read and check the rules for dates: forms of dates, parts of the year, named periods."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruspak_nb.patterns import CodebookError, compile_pattern, needed_together
from ruspak_nb.rules import (
    Row,
    check_keys,
    convert,
    empty_cells,
    no_texts,
    refuse,
    split_names,
    unknown_cells,
)
from ruspak_nb.schema import DATE_BASES, suggest
from ruspak_nb.sheets import collect

DATE_KEYS = ("id", "regex", "edtf", "basis", "example", "value", "counter_example")
DATE_OPTIONS = ("from", "unit", "shift", "cue", "unless", "published")
_ORIGINS = ("published", "nearest", "text", "sentence")
# What a value that counts from an origin may speak of; see dates.toml.
_FROM_ORIGIN = ("from", "first", "last", "moved", "then", "weekday")
PART_KEYS = ("id", "regex", "example", "value", "counter_example")
PART_OF = ("year", "month", "decade", "century")
TIME_PATTERNS = ("tense", "join", "between", "era", "office", "during", "another")
PERIOD_COLUMNS = ("name", "aliases", "needs", "edtf", "example", "counter_example", "note")
_PERIOD_NEEDS = ("", "cue", "word")


@dataclass(frozen=True)
class DateRule:
    """A form of date: the pattern, and the EDTF value its named groups make.

    A match contains a word of each set of `needs`, folded. A value that is not in the words counts
    from an `origin`, moved by `shift` times the number and `unit` of the words.
    """

    id: str
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]
    edtf: str
    basis: str
    example: str
    value: str
    counter_example: str
    origin: str = ""
    unit: str = ""
    shift: int = 0
    cue: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    published: str = ""
    where: str = ""


@dataclass(frozen=True)
class DatePart:
    """A part of a year, month, decade or century: "early", "second half of"."""

    id: str
    pattern: re.Pattern[str]
    of: Mapping[str, tuple[int, int]]
    example: str
    value: str
    counter_example: str
    where: str = ""


@dataclass(frozen=True)
class Period:
    """A time known by a name, which alone may be no time: then it `needs` a word or cue."""

    name: str
    forms: tuple[str, ...]
    needs: str
    edtf: str
    example: str
    counter_example: str
    where: str = ""


@dataclass(frozen=True)
class Calendar:
    """What dates are read with, beside their rules: the meaning of words, and the periods.

    `periods` has the rows of each form, as `period_form` writes it; `period_pattern` finds
    the forms.
    """

    words: Mapping[str, Mapping[str, int | float | str]]
    parts: tuple[DatePart, ...]
    patterns: Mapping[str, re.Pattern[str]]
    periods: Mapping[str, tuple[Period, ...]]
    period_pattern: re.Pattern[str]


def read_dates(
    tables: Mapping[str, Any],
    rules: Iterable[Row],
    parts: Iterable[Row],
    periods: Iterable[Row],
    faults: list[str],
) -> tuple[tuple[DateRule, ...], Calendar]:
    """Read the forms of dates, and the words and named periods they are made of.

    `tables` are [parts], [words] and [patterns] of dates.toml. Raises CodebookError if one of
    them is not what it must be: without them no rule can be read.
    """
    refuse(_table_faults(tables))
    made = convert(rules, lambda where, row: _date_rule(where, row, tables["parts"]), faults)
    named = convert(periods, _period, faults)
    return tuple(made), _calendar(tables, convert(parts, _date_part, faults), named)


def _table_faults(tables: Mapping[str, Any]) -> Iterator[str]:
    for name in ("parts", "words", "patterns"):
        if not isinstance(tables.get(name), dict):
            yield f"dates.toml: there is no table [{name}]; copy it from ours"
        elif name == "words":
            for word, table in tables[name].items():
                if not isinstance(table, dict):
                    yield f"dates.toml: write [words.{word}], and below it a word and its value"
        else:
            yield from no_texts(f"dates.toml, [{name}]", tables[name], tables[name])
    if isinstance(tables.get("patterns"), dict):
        faults: list[str] = []
        with collect(faults):
            check_keys(tables["patterns"], TIME_PATTERNS, (), "dates.toml, [patterns]")
        yield from faults


def _date_rule(where: str, row: dict[str, Any], parts: Mapping[str, str]) -> DateRule:
    texts = (*DATE_KEYS, *(key for key in DATE_OPTIONS if key != "shift"))
    refuse(no_texts(where, row, texts))
    allowed = {"basis": DATE_BASES, "from": ("", *_ORIGINS)}
    faults = [*unknown_cells(where, {"from": "", **row}, allowed)]
    if not isinstance(row.get("shift", 0), int):
        faults.append(f"{where}: shift {row['shift']!r} is no whole number such as 1 or -1")
    filled: dict[str, str] = {}
    compiled: dict[str, re.Pattern[str]] = {}
    for key in ("regex", "cue", "unless"):
        if key in row:
            with collect(faults):
                filled[key] = _fill_parts(row[key], parts, where)
                compiled[key] = compile_pattern(filled[key], where)
    refuse(faults)
    rule = DateRule(
        row["id"],
        compiled["regex"],
        needed_together(filled["regex"]),
        row["edtf"],
        row["basis"],
        row["example"],
        row["value"],
        row["counter_example"],
        origin=row.get("from", ""),
        unit=row.get("unit", ""),
        shift=row.get("shift", 0),
        cue=compiled.get("cue"),
        unless=compiled.get("unless"),
        published=row.get("published", ""),
        where=where,
    )
    _check_value(rule, where)
    return rule


def _date_part(where: str, row: dict[str, Any]) -> DatePart:
    refuse(no_texts(where, row, PART_KEYS))
    return DatePart(
        row["id"],
        compile_pattern(row["regex"], where),
        {key: _part_bounds(row[key], f"{where}: {key}") for key in PART_OF if key in row},
        row["example"],
        row["value"],
        row["counter_example"],
        where,
    )


def _calendar(
    tables: Mapping[str, Any],
    parts: Iterable[DatePart],
    periods: Iterable[Period],
) -> Calendar:
    patterns = _time_patterns(tables)
    forms: dict[str, tuple[Period, ...]] = {}
    for period in periods:
        for form in period.forms:
            forms[period_form(form)] = (*forms.get(period_form(form), ()), period)
    era = "|".join(tables["patterns"][name] for name in ("era", "office"))
    # A hyphen or any white space for a space, and any apostrophe.
    names = "|".join(
        re.escape(form).replace(r"\ ", r"[\s–-]+").replace("'", "['’]")
        for form in sorted(forms, key=len, reverse=True)
    )
    # Without a period nothing is to be found.
    names = names or "(?!)"
    return Calendar(
        words=tables["words"],
        parts=tuple(parts),
        patterns=patterns,
        periods=forms,
        period_pattern=re.compile(
            rf"(?<!\w)(?:(?P<era1>(?i:{era}))\s+of\s+(?:the\s+)?)?"
            rf"(?:(?P<side>[Pp]ost|[Pp]re)[\s–-]+)?(?P<name>{names})(?!\w)"
            rf"(?:(?:['’]s)?(?:\s+(?:to|through|and|until)\s+|\s*[–-]\s*)"
            rf"(?:the\s+)?(?P<last>{names})(?!\w))?"
            rf"(?:(?:['’]s?)?[\s-]+(?P<era2>(?i:{era}))(?!\w))?"
        ),
    )


def _time_patterns(tables: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    patterns: dict[str, re.Pattern[str]] = {}
    faults: list[str] = []
    for name, regex in tables["patterns"].items():
        where = f"dates.toml, pattern {name!r}"
        with collect(faults):
            filled = _fill_parts(regex, tables["parts"], where)
            patterns[name] = compile_pattern(filled, where, whole=name == "join")
            if name in ("era", "office") and patterns[name].groupindex:
                faults.append(f"{where}: it must not use <parts>; write the words themselves")
    if "tense" in patterns and "forward" not in patterns["tense"].groupindex:
        faults.append("dates.toml, pattern 'tense' lacks <forward>; write '<forward>|<back>'")
    refuse(faults)
    return patterns


def _part_bounds(value: object, where: str) -> tuple[int, int]:
    match value:
        case [int(low), int(high)] if 0 <= low <= high <= 99:
            return low, high
    raise CodebookError(f"{where} {value!r} is no two numbers, from and to, such as [1, 4]")


def period_form(text: str) -> str:
    """Write the name of a period in the one way in which `Calendar.periods` has it."""
    return re.sub(r"[\s–-]+", " ", text).replace("’", "'")


def _period(where: str, row: Mapping[str, str]) -> Period:
    refuse(_period_faults(where, row))
    return Period(
        row["name"],
        split_names(row),
        row["needs"],
        row["edtf"],
        row["example"],
        row["counter_example"],
        where,
    )


def _period_faults(where: str, row: Mapping[str, str]) -> Iterator[str]:
    side = r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?|\.\.)"
    yield from empty_cells(where, row, ("name", "edtf", "example", "counter_example"))
    yield from unknown_cells(where, row, {"needs": _PERIOD_NEEDS})
    if any(not re.search(r"\w", form) for form in split_names(row) if form):
        yield f"{where}: a name or alias has no letter; delete it"
    edtf = row["edtf"]
    if edtf and (not re.fullmatch(f"{side}(?:/{side})?", edtf) or edtf == ".."):
        yield (
            f"{where}: edtf {edtf!r} is no period; write 1947/1991, a year, month or "
            "day at either side, or 2001-09-11/.. for an open end"
        )


def _check_value(rule: DateRule, where: str) -> None:
    """Check that an EDTF value speaks of what the pattern names or the origin gives."""
    given = {*rule.pattern.groupindex, *(_FROM_ORIGIN if rule.origin else ())}
    if "ordinal" in given:
        given.add("century")
    if rule.origin == "nearest":
        given.add("year")
    for name in re.findall(r"{(\w*)}", rule.edtf):
        if name not in given:
            raise CodebookError(f"{where}: edtf speaks of {{{name}}}; {suggest(name, given)}")


def _fill_parts(regex: str, parts: Mapping[str, str], where: str) -> str:
    """Put in the regex of each named part such as <day>, or <day2> for a second one."""

    def part(match: re.Match[str]) -> str:
        name = match[1]
        if name.rstrip("2") not in parts:
            raise CodebookError(f"{where}: unknown part <{name}>; {suggest(name, parts)}")
        return f"(?P<{name}>{parts[name.rstrip('2')]})"

    # Not a lookbehind or a group's own name: (?<=…), (?P<day>…).
    return re.sub(r"(?<!\(\?)(?<!\(\?P)<(\w+)>", part, regex)
