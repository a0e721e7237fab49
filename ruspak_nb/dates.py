"""Find every expression of a text that says when, and read it as EDTF.

What counts from "now" counts from the publication of the article and from nothing else: no
value is filled in from a clock. The rules are data: `dates.toml` and `periods.csv`.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.codebook import Codebook, load_codebook
from ruspak_nb.openings import Match, Openings, matches_at
from ruspak_nb.patterns import CodebookError
from ruspak_nb.reckoning import (
    Origin,
    candidate_years,
    fits,
    is_date,
    join_values,
    nearest_weekday,
    part_of,
    point_in,
    reach,
    read_origin,
    unit_of,
)
from ruspak_nb.spans import sentence_texts, token_span
from ruspak_nb.time_rules import Calendar, DateRule, Period, period_form

# "The following year" is that after a date of this sentence or of so many before it.
_SENTENCES_BACK = 2
# What is longer, in days, is no point in time to count from; a decade still is.
_LONGEST_ORIGIN = 3660
# As far as what leads a date in reaches: "second half of the".
_CONTEXT = 40
_NUMBER = re.compile(r"[a-z]+|\d+(?:\.\d+)?")


class FoundDate(NamedTuple):
    """A date in a sentence: where it stands, its EDTF value, and what that rests on."""

    start: int
    end: int
    edtf: str
    basis: str


@Language.factory("ruspak_dates", default_config={"codebook": None})
def build_dates(nlp: Language, name: str, codebook: str | None) -> "DateFinder":
    """Build the component for the codebook in the folder `codebook`."""
    return DateFinder(load_codebook(codebook))


class DateFinder:
    """spaCy component: `doc.spans["dates"]`, with EDTF value as `id_` and basis as `kb_id_`.

    `doc.user_data["published"]` is when the article was published, in EDTF.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        rules = [(rule.pattern, rule.needs) for rule in codebook.dates]
        self._openings = Openings([*rules, (codebook.calendar.period_pattern, ())])

    def __call__(self, doc: Doc) -> Doc:
        """Add the dates to `doc`."""
        published = doc.user_data.get("published") or ""
        before: deque[list[FoundDate]] = deque(maxlen=_SENTENCES_BACK)
        spans = []
        for offset, sentence in sentence_texts(doc):
            earlier = [found for dates in before for found in dates]
            places = self._openings.find(sentence)
            dates = match_dates(sentence, self._codebook, published, earlier=earlier, places=places)
            before.append(dates)
            for start, end, edtf, basis in dates:
                span = token_span(doc, offset + start, offset + end, label="DATE", span_id=edtf)
                span.kb_id_ = basis
                spans.append(span)
        doc.spans["dates"] = spans
        return doc


def match_dates(
    sentence: str,
    codebook: Codebook,
    published: str = "",
    *,
    earlier: Sequence[FoundDate] = (),
    rules: Sequence[DateRule] | None = None,
    places: Mapping[int, Sequence[int]] | None = None,
) -> list[FoundDate]:
    """List the dates of a sentence in their order, none overlapping another.

    `published` is the EDTF of the publication, `earlier` are the dates of the sentences
    before, `rules` are those to be tried, if not all. `places` are where the rules can match
    that can, by their number, if that is known; the named periods come after the last. Of
    overlapping readings the longest is kept; one that is no date of the calendar
    ("31 June 2016"), or that counts from what is not known, gives way to a shorter one.
    """
    calendar, now = codebook.calendar, read_origin(published)
    tried = codebook.dates if rules is None else rules
    named = range(len(sentence)) if places is None else places.get(len(tried), ())
    readings: list[tuple[int, int, DateRule | None, Any]] = [
        (found.start, found.end, None, found) for found in _periods(sentence, calendar, now, named)
    ]
    for rule, matches in _matches(sentence, tried, places):
        readings += [
            (match.start(), match.end(), rule, match) for match in matches if _holds(rule, sentence)
        ]
    if not readings:
        return []
    readings.sort(key=lambda reading: (reading[0] - reading[1], reading[0]))
    taken: list[FoundDate] = []
    waiting: list[tuple[DateRule, re.Match[str]]] = []
    for start, end, reader, match in readings:
        spans = [*taken, *(FoundDate(*m.span(), "", "") for _, m in waiting)]
        if any(start < other.end and other.start < end for other in spans):
            continue
        if reader is None:
            taken.append(match)
        elif reader.origin in ("text", "sentence"):
            waiting.append((reader, match))
        elif edtf := _value(reader, match, calendar, now):
            basis = "explicit" if edtf.startswith("XXXX") else reader.basis
            taken.append(FoundDate(start, end, edtf, basis))
    for rule, match in sorted(waiting, key=lambda reading: reading[1].start()):
        near = _in_text if rule.origin == "text" else _in_sentence
        origin = near(sorted(taken), match, earlier) or (now if rule.origin == "sentence" else None)
        if origin and (edtf := _value(rule, match, calendar, origin)):
            taken.append(FoundDate(*match.span(), edtf, rule.basis))
    return _join(sentence, _extend(sentence, sorted(taken), calendar), calendar)


def _matches(
    sentence: str, rules: Sequence[DateRule], places: Mapping[int, Sequence[int]] | None
) -> Iterator[tuple[DateRule, Iterator[Match]]]:
    if places is None:
        yield from ((rule, rule.pattern.finditer(sentence)) for rule in rules)
        return
    for number in sorted(places):
        if number < len(rules):
            rule = rules[number]
            yield rule, matches_at(rule.pattern, sentence, places[number])


def _holds(rule: DateRule, sentence: str) -> bool:
    """Tell whether the rest of the sentence allows a rule."""
    if rule.cue and not rule.cue.search(sentence):
        return False
    return not (rule.unless and rule.unless.search(sentence))


# The value of a rule


def _value(rule: DateRule, match: re.Match[str], calendar: Calendar, origin: Origin | None) -> str:
    """Give the EDTF value of what a rule matched; empty if there is none."""
    try:
        fields = _fields(match, calendar)
    except KeyError as error:
        raise CodebookError(
            f"dates.toml, rule {rule.id!r}: {match[0]!r} gives no {error}; name it in "
            "[words] or in the pattern"
        ) from None
    which = fields.get("which")
    forward = not which and rule.origin != "" and _looks_forward(match, calendar)
    try:
        if not rule.origin:
            edtf = _fill(rule.edtf, fields)
        elif rule.origin == "nearest":
            edtf = _nearest(rule, fields, origin, which, forward)
        elif origin is None:
            edtf = ""
        else:
            edtf = join_values(
                *(_reckon(rule, fields, origin, end, which, forward) for end in origin.ends())
            )
    except (ValueError, OverflowError):
        # Outside the years from 1 to 9999.
        return ""
    return edtf if edtf and is_date(edtf) else ""


def _fields(match: re.Match[str], calendar: Calendar) -> dict[str, Any]:
    """Read the named groups of a match, by the meaning of their words."""
    fields: dict[str, Any] = {}
    for name, said in match.groupdict().items():
        if said is None:
            continue
        part = name.rstrip("2")
        if part == "month":
            fields[name] = f"{_meaning(calendar, part, said):02}"
        elif part == "day":
            fields[name] = f"{int(re.sub(r'[^0-9]', '', said)):02}"
        elif part == "short":
            fields[name] = _full_year(int(match["year"]), said)
        elif part == "ordinal":
            # The 21st century is 20XX.
            number = int(said) if said.isdigit() else _meaning(calendar, part, said)
            fields["century"] = str(number - 1)
        elif part == "number":
            fields["count"], about = _count(said, calendar)
            fields["about"] = about or fields.get("about", False)
        elif part == "hedge":
            fields["about"] = True
        elif part in calendar.words:
            fields[part] = _meaning(calendar, part, said)
        else:
            fields[name] = said
    return fields


def _meaning(calendar: Calendar, part: str, said: str) -> Any:
    """Look a word up as it is, or by its first three letters."""
    table, word = calendar.words[part], " ".join(said.casefold().split())
    return table[word] if word in table else table[word[:3]]


def _count(said: str, calendar: Calendar) -> tuple[float, bool]:
    """Add up the words of a number, and tell whether it is only about so many."""
    total, about = 0.0, False
    for word in _NUMBER.findall(said.casefold()):
        vague = calendar.words["vague"].get(word)
        about = about or vague is not None
        value = float(word if word[0].isdigit() else vague or calendar.words["number"].get(word, 0))
        # "Two hundred", but "a hundred".
        total = max(total, 1) * value if value >= 100 else total + value
    return total, about


def _full_year(year: int, short: str) -> str:
    """Complete the second year of "1999-00" or "2016-17"."""
    full = year - year % 100 + int(short)
    return str(full if full > year else full + 100)


def _fill(edtf: str, fields: dict[str, Any]) -> str:
    if "season" in fields and fields.get("year", "").isdigit():
        year = fields["year"]
        season = fields["season"].format(year=year, after=f"{int(year) + 1:04}")
        fields = fields | {"season": season}
    return edtf.format(**fields)


def _nearest(
    rule: DateRule, fields: dict[str, Any], origin: Origin | None, which: int | None, forward: bool
) -> str:
    """Put in the year that fits, each end of a publication over several years for itself."""
    if origin is None:
        return "" if which is not None else _fill(rule.edtf, fields | {"year": "XXXX"})
    whole = origin.first.year == origin.last.year
    found = []
    for end in (origin,) if whole else origin.ends():
        years = candidate_years(end, which, forward=forward)
        values = (_fill(rule.edtf, fields | {"year": f"{year:04}"}) for year in years)
        fitting = (value for value in values if fits(value, end, which, forward=forward))
        found.append(next(fitting, ""))
    return join_values(*found) if all(found) else ""


def _reckon(
    rule: DateRule,
    fields: dict[str, Any],
    origin: Origin,
    end: Origin,
    which: int | None,
    forward: bool,
) -> str:
    """Put in what counts from one end of the origin."""
    known = {"from": end.edtf, "first": origin.first, "last": origin.last}
    if "weekday" in fields:
        day = nearest_weekday(end.first, fields["weekday"], which, forward=forward)
        known["weekday"] = day
    if unit := rule.unit or fields.get("unit"):
        shift = rule.shift if which is None else which
        day = reach(end.first, unit, shift * fields.get("count", 1))
        about = "~" if fields.get("about") else ""
        known["moved"] = unit_of(day, unit)
        known["then"] = point_in(day, unit).rstrip("~") + about
        if unit in ("week", "fortnight") and "{then}~" not in rule.edtf:
            known["then"] = point_in(day, unit)
        if unit == "year":
            known["year"] = known["moved"]
    return join_values(_fill(rule.edtf, fields | known).replace("~~", "~"))


def _looks_forward(match: re.Match[str], calendar: Calendar) -> bool:
    """Tell whether the verb before a date, or if there is none the first after it, looks ahead."""
    looks = None
    for cue in calendar.patterns["tense"].finditer(match.string):
        if cue.start() >= match.start() and looks is not None:
            break
        if cue.end() <= match.start() or cue.start() >= match.end():
            looks = cue["forward"] is not None
    return bool(looks)


# What a value counts from


def _in_text(
    dates: list[FoundDate], match: re.Match[str], earlier: Sequence[FoundDate]
) -> Origin | None:
    """Give the nearest date before a match, in its sentence or the ones before."""
    before = [*earlier, *(found for found in dates if found.end <= match.start())]
    return next(filter(None, (_as_origin(found) for found in reversed(before))), None)


def _in_sentence(
    dates: list[FoundDate], match: re.Match[str], earlier: Sequence[FoundDate]
) -> Origin | None:
    """Give the date of the same sentence that is nearest to a match; not that after "since"."""
    near = sorted(
        dates, key=lambda found: max(found.start - match.end(), match.start() - found.end)
    )
    for found in near:
        leads_in = match.string[: found.start].rstrip().casefold()
        if not leads_in.endswith("since") and (origin := _as_origin(found)):
            return origin
    return None


def _as_origin(found: FoundDate) -> Origin | None:
    origin = read_origin(found.edtf)
    return origin if origin and (origin.last - origin.first).days <= _LONGEST_ORIGIN else None


# What is made of several


def _extend(sentence: str, dates: list[FoundDate], calendar: Calendar) -> list[FoundDate]:
    """Take the part of a date that the words before it name: "late 1960s"."""
    done: list[FoundDate] = []
    for found in dates:
        low = max(done[-1].end if done else 0, found.start - _CONTEXT)
        for part in calendar.parts:
            matches = part.pattern.finditer(sentence, low, found.start)
            start = next((m.start() for m in matches if m.end() == found.start), None)
            if start is not None and (edtf := part_of(found.edtf, part.of)):
                found = found._replace(start=start, edtf=edtf)
                break
        done.append(found)
    return done


def _join(sentence: str, dates: list[FoundDate], calendar: Calendar) -> list[FoundDate]:
    """Make one date of two with "to" between them, or "and" after "between"."""
    done: list[FoundDate] = []
    for found in dates:
        last = done[-1] if done else None
        if last and _are_ends(sentence, last, found, calendar):
            edtf = join_values(last.edtf, found.edtf)
            basis = max(last.basis, found.basis)
            done[-1] = FoundDate(last.start, found.end, edtf, basis)
        else:
            done.append(found)
    return done


def _are_ends(sentence: str, first: FoundDate, last: FoundDate, calendar: Calendar) -> bool:
    if "named_period" in (first.basis, last.basis) or "/" in first.edtf + last.edtf:
        return False
    if first.edtf == last.edtf or not is_date(f"{first.edtf}/{last.edtf}"):
        return False
    gap = sentence[first.end : last.start].strip()
    if gap.casefold() in ("and", "and the"):
        return _leads_in(sentence, first.start, calendar.patterns["between"])
    return calendar.patterns["join"].fullmatch(gap) is not None


def _leads_in(sentence: str, start: int, pattern: re.Pattern[str]) -> bool:
    """Tell whether a pattern matches the words right before `start`."""
    end = len(sentence[:start].rstrip())
    return any(m.end() == end for m in pattern.finditer(sentence, max(0, end - _CONTEXT), end))


# Periods known by a name


def _periods(
    sentence: str, calendar: Calendar, now: Origin | None, places: Sequence[int]
) -> list[FoundDate]:
    found: list[FoundDate] = []
    free = 0
    for place in places:
        match = calendar.period_pattern.match(sentence, place) if place >= free else None
        if match is None:
            continue
        start, free, edtf = _period(match, calendar, now)
        if edtf and is_date(edtf):
            found.append(FoundDate(start, free, edtf, "named_period"))
    return found


def _period(match: re.Match[str], calendar: Calendar, now: Origin | None) -> tuple[int, int, str]:
    """Give start, end and value of a named period; the value is empty if it is none here."""
    sentence, patterns = match.string, calendar.patterns
    cued = _leads_in(sentence, match.start(), patterns["during"])
    word = match["era1"] or match["era2"]
    if word and patterns["office"].fullmatch(word) and not (cued or match["last"]):
        # Who governs is no time when it governs.
        word = None
    start, end = match.start("side" if match["side"] else "name"), match.end("name")
    if word:
        start, end = match.span() if match["last"] or not match["era2"] else (start, match.end())
    period = _choose(calendar.periods[period_form(match["name"])], now)
    marked = bool(word) or (period.needs != "word" and (cued or bool(match["side"])))
    if _leads_in(sentence, start, patterns["another"]) or (period.needs and not marked):
        return start, end, ""
    first, _, last = period.edtf.partition("/")
    last = last or first
    if word and match["last"]:
        final = _choose(calendar.periods[period_form(match["last"])], now).edtf
        return start, end, f"{first}/{final.rpartition('/')[2]}"
    if not match["side"]:
        return start, end, period.edtf
    before = match["side"].casefold() == "pre"
    return start, end, f"../{first}" if before else f"{last}/.." if last != ".." else ""


def _choose(periods: tuple[Period, ...], now: Origin | None) -> Period:
    """Of periods with the same name give the last that had begun at the publication."""
    begun = [period for period in periods if now and period.edtf[:10] <= now.last.isoformat()]
    return max(begun, key=lambda period: period.edtf) if begun else periods[0]
