"""Read and check the rules for dates: forms of dates, parts of the year, named periods."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruspak_nb.patterns import CodebookError, compile_pattern, needed_together
from ruspak_nb.rules import check_keys, checked, split_names
from ruspak_nb.schema import DATE_BASES, suggest
from ruspak_nb.sheets import read_rules, read_sheet

_DATE_KEYS = ("id", "regex", "edtf", "basis", "example", "value", "counter_example")
_DATE_OPTIONS = ("from", "unit", "shift", "cue", "unless", "published")
_ORIGINS = ("published", "nearest", "text", "sentence")
# What a value that counts from an origin may speak of; see dates.toml.
_FROM_ORIGIN = ("from", "first", "last", "moved", "then", "weekday")
_PART_KEYS = ("id", "regex", "example", "value", "counter_example")
_PART_OF = ("year", "month", "decade", "century")
_TIME_PATTERNS = ("tense", "join", "between", "era", "office", "during", "another")
_PERIOD_COLUMNS = ("name", "aliases", "needs", "edtf", "example", "counter_example", "note")
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


@dataclass(frozen=True)
class DatePart:
    """A part of a year, month, decade or century: "early", "second half of"."""

    id: str
    pattern: re.Pattern[str]
    of: Mapping[str, tuple[int, int]]
    example: str
    value: str
    counter_example: str


@dataclass(frozen=True)
class Period:
    """A time known by a name, which alone may be no time: then it `needs` a word or cue."""

    name: str
    forms: tuple[str, ...]
    needs: str
    edtf: str
    example: str
    counter_example: str


@dataclass(frozen=True)
class Calendar:
    """What dates are read with, beside their rules: the meaning of words, and the periods.

    `periods` has the rows of each form, as `period_form` writes it; `period_pattern` finds
    the forms, and a match contains one of `period_needs`, case-folded.
    """

    words: Mapping[str, Mapping[str, int | float | str]]
    parts: tuple[DatePart, ...]
    patterns: Mapping[str, re.Pattern[str]]
    periods: Mapping[str, tuple[Period, ...]]
    period_pattern: re.Pattern[str]
    period_needs: tuple[str, ...]


def read_dates(path: Path, periods: Path) -> tuple[tuple[DateRule, ...], Calendar]:
    """Read the forms of dates, and the words and named periods they are made of."""
    data = read_rules(path, error=CodebookError)
    for table in ("parts", "words", "patterns"):
        if not isinstance(data.get(table), dict):
            raise CodebookError(f"{path.name}: there is no table [{table}]; copy it from ours")
    check_keys(data["patterns"], _TIME_PATTERNS, (), f"{path.name}, [patterns]")
    rules = []
    for where, row in checked(path.name, data, "rule", _DATE_KEYS, _DATE_OPTIONS):
        regex = _fill_parts(row["regex"], data["parts"], where)
        for key, allowed in (("basis", DATE_BASES), ("from", ("", *_ORIGINS))):
            if row.get(key, "") not in allowed:
                raise CodebookError(
                    f"{where}: unknown {key} {row[key]!r}; {suggest(str(row[key]), allowed)}"
                )
        conditions = {
            key: compile_pattern(_fill_parts(row[key], data["parts"], where), where)
            for key in ("cue", "unless")
            if key in row
        }
        rule = DateRule(
            row["id"],
            compile_pattern(regex, where),
            needed_together(regex),
            row["edtf"],
            row["basis"],
            row["example"],
            row["value"],
            row["counter_example"],
            origin=row.get("from", ""),
            unit=row.get("unit", ""),
            shift=row.get("shift", 0),
            published=row.get("published", ""),
            **conditions,
        )
        _check_value(rule, where)
        rules.append(rule)
    return tuple(rules), _calendar(path, data, tuple(_periods(periods)))


def _calendar(path: Path, data: Mapping[str, Any], periods: tuple[Period, ...]) -> Calendar:
    parts = [
        DatePart(
            row["id"],
            compile_pattern(row["regex"], where),
            {key: _part_bounds(row[key], f"{where}: {key}") for key in _PART_OF if key in row},
            row["example"],
            row["value"],
            row["counter_example"],
        )
        for where, row in checked(path.name, data, "part", _PART_KEYS, _PART_OF)
    ]
    patterns = {
        name: compile_pattern(_fill_parts(regex, data["parts"], where), where, whole=name == "join")
        for name, regex in data["patterns"].items()
        for where in [f"{path.name}, pattern {name!r}"]
    }
    forms: dict[str, tuple[Period, ...]] = {}
    for period in periods:
        for form in period.forms:
            forms[period_form(form)] = (*forms.get(period_form(form), ()), period)
    era = "|".join(data["patterns"][name] for name in ("era", "office"))
    # A hyphen or any white space for a space, and any apostrophe.
    names = "|".join(
        re.escape(form).replace(r"\ ", r"[\s–-]+").replace("'", "['’]")
        for form in sorted(forms, key=len, reverse=True)
    )
    return Calendar(
        words=data["words"],
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
        period_needs=tuple({max(form.split(), key=len).casefold() for form in forms}),
    )


def _part_bounds(value: object, where: str) -> tuple[int, int]:
    match value:
        case [int(low), int(high)] if 0 <= low <= high <= 99:
            return low, high
    raise CodebookError(f"{where} {value!r} is no two numbers, from and to, such as [1, 4]")


def period_form(text: str) -> str:
    """Write the name of a period in the one way in which `Calendar.periods` has it."""
    return re.sub(r"[\s–-]+", " ", text).replace("’", "'")


def _periods(path: Path) -> Iterator[Period]:
    side = r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?|\.\.)"
    for number, row in read_sheet(
        path, _PERIOD_COLUMNS, needed=_PERIOD_COLUMNS, error=CodebookError
    ):
        where = f"{path.name}, row {number} ({row['name'] or 'no name'})"
        for needed in ("name", "edtf", "example", "counter_example"):
            if not row[needed]:
                raise CodebookError(f"{where}: `{needed}` is empty; fill it in")
        if row["needs"] not in _PERIOD_NEEDS:
            raise CodebookError(
                f"{where}: unknown needs {row['needs']!r}; {suggest(row['needs'], _PERIOD_NEEDS)}"
            )
        if not re.fullmatch(f"{side}(?:/{side})?", row["edtf"]) or row["edtf"] == "..":
            raise CodebookError(
                f"{where}: edtf {row['edtf']!r} is no period; write 1947/1991, a year, month or "
                "day at either side, or 2001-09-11/.. for an open end"
            )
        yield Period(
            row["name"],
            split_names(row),
            row["needs"],
            row["edtf"],
            row["example"],
            row["counter_example"],
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
