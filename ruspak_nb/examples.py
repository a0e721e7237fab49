"""Try the sentences of a codebook: each row must be found in its example, and not in the other.

Each function yields faults, with file and row, of the rows it is given. An empty
counter-example is not tried.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.act_rules import Action, Cue
from ruspak_nb.codebook import Codebook, Entity, PlaceRule, Theme
from ruspak_nb.dates import FoundDate, match_dates
from ruspak_nb.entities import is_literal_place
from ruspak_nb.extension import is_ours
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.patterns import CodebookError
from ruspak_nb.quotes import QuoteFinder
from ruspak_nb.themes import match_themes
from ruspak_nb.time_rules import DatePart, DateRule, Period

_Rule = TypeVar("_Rule", Action, Cue, DatePart, DateRule, Entity, Period, PlaceRule, Theme)


def try_examples(codebook: Codebook, nlp: Language) -> list[str]:
    """Try the examples of all rows that are not ours, with the pipeline that annotates."""
    calendar = codebook.calendar
    periods = dict.fromkeys(row for rows in calendar.periods.values() for row in rows)
    actions = (row for rows in codebook.actions.values() for row in rows)
    return [
        *try_entities(_own(codebook.entities.values()), codebook, nlp),
        *try_places(_own(codebook.places), codebook, nlp),
        *try_themes(_own(codebook.themes)),
        *try_dates(_own(codebook.dates), codebook),
        *try_parts(_own(calendar.parts), codebook),
        *try_periods(_own(periods), codebook),
        *try_actions(_own(actions), codebook, nlp),
        *try_cues(_own(codebook.cues), codebook, nlp),
    ]


def try_entities(rows: Iterable[Entity], codebook: Codebook, nlp: Language) -> Iterator[str]:
    """Try people, states and things; the country of one must be a state's."""
    rows = list(rows)
    states = {entity.country for entity in codebook.entities.values() if entity.label == "GPE"}
    docs = nlp.pipe(text for row in rows for text in (row.example, row.counter_example))
    for row in rows:
        found, other = ({span.id_ for span in next(docs).spans["mentions"]} for _ in range(2))
        if row.country and row.country not in states:
            yield f"{row.where}: no state has the code {row.country!r}; write one such as 'PAK'"
        yield from _judge(row.where, row, row.entity_id in found, row.entity_id in other)


def try_themes(rows: Iterable[Theme]) -> Iterator[str]:
    """Try themes, and each of their patterns alone, as if it sufficed."""
    for theme in rows:
        found, other = (
            any(match_themes(text, (theme,))) for text in (theme.example, theme.counter_example)
        )
        yield from _judge(theme.where, theme, found, other)
        for rule in theme.patterns:
            alone = replace(theme, patterns=(replace(rule, weight=1.0),))
            found, other = (
                any(match_themes(text, (alone,))) for text in (rule.example, rule.counter_example)
            )
            yield from _judge(rule.where, rule, found, other)


def try_dates(rows: Iterable[DateRule], codebook: Codebook) -> Iterator[str]:
    """Try forms of dates: the example gives the value, among all the others."""
    for rule in rows:
        found = _dates(rule.where, rule.example, codebook, rule.published)
        other = _dates(rule.where, rule.counter_example, codebook, rule.published, rules=(rule,))
        if isinstance(found, str) or isinstance(other, str):
            yield found if isinstance(found, str) else str(other)
            continue
        read = (rule.value, rule.basis) in [date[2:] for date in found]
        wrong = any(date.basis != "named_period" for date in other)
        yield from _judge(rule.where, rule, read, wrong, said=_said(found))


def try_parts(rows: Iterable[DatePart], codebook: Codebook) -> Iterator[str]:
    """Try the parts of a date, such as "late": the example gives the value and nothing else."""
    for part in rows:
        found = _dates(part.where, part.example, codebook)
        other = _dates(part.where, part.counter_example, codebook)
        if isinstance(found, str) or isinstance(other, str):
            yield found if isinstance(found, str) else str(other)
            continue
        read = [date.edtf for date in found] == [part.value]
        wrong = part.value in [date.edtf for date in other]
        yield from _judge(part.where, part, read, wrong, said=_said(found))


def try_periods(rows: Iterable[Period], codebook: Codebook) -> Iterator[str]:
    """Try named periods: the example gives the time, the other sentence none."""
    for period in rows:
        try:
            earliest, latest = edtf_bounds(period.edtf)
        except ValueError as error:
            yield f"{period.where}: edtf {error}"
            continue
        if earliest and latest and latest < earliest:
            yield f"{period.where}: edtf {period.edtf!r} ends before it begins; swap the two"
            continue
        found, other = (
            [date for date in _listed(text, codebook) if date.basis == "named_period"]
            for text in (period.example, period.counter_example)
        )
        read = period.edtf in [date.edtf for date in found]
        yield from _judge(period.where, period, read, bool(other), said=_said(found))


def try_places(rows: Iterable[PlaceRule], codebook: Codebook, nlp: Language) -> Iterator[str]:
    """Try contexts of capitals: alone, each touches the one capital of its example."""
    for rule in rows:
        alone = (replace(rule, means="city"),)
        touched = [
            [
                is_literal_place(span, sentence, alone)
                for span in doc.spans["mentions"]
                for sentence in doc.spans["body"]
                if sentence.start <= span.start < sentence.end and _is_capital(span.text, codebook)
            ]
            for doc in nlp.pipe((rule.example, rule.counter_example))
        ]
        if any(len(found) != 1 for found in touched):
            yield f"{rule.where}: each of its two sentences must name one capital; change them"
        else:
            yield from _judge(rule.where, rule, *(found[0] for found in touched))


def try_actions(rows: Iterable[Action], codebook: Codebook, nlp: Language) -> Iterator[str]:
    """Try words for acts: the example gives an event of the row, between the two of `dyad`."""
    rows = list(rows)
    countries = {entity.country for entity in codebook.entities.values() if entity.country}
    docs = nlp.pipe(text for row in rows for text in (row.example, row.counter_example))
    for row in rows:
        found, other = (
            [
                (event["source_country"], event["target_country"])
                for event in next(docs).user_data["events"]
                if event["action_id"] == row.action_id
            ]
            for _ in range(2)
        )
        dyad = re.fullmatch(r"([A-Z]{3})([>=])([A-Z]{3})", row.dyad)
        if not dyad or not {dyad[1], dyad[3]} <= countries or (dyad[2] == "=" and not row.mutual):
            yield (
                f"{row.where}: dyad {row.dyad!r} does not say who acts upon whom in the example; "
                "write codes of two states, as TUR>AZE, or TUR=AZE if `mutual` is yes"
            )
            continue
        pair = (dyad[1], dyad[3])
        read = pair in found or (row.mutual and pair[::-1] in found)
        said = ", ".join(f"{source or '?'}>{target or '?'}" for source, target in found)
        yield from _judge(row.where, row, read, bool(other), said=said)


def try_cues(rows: Iterable[Cue], codebook: Codebook, nlp: Language) -> Iterator[str]:
    """Try words that say that somebody says something: each gives one quote, alone."""
    rows = list(rows)
    docs = nlp.pipe(text for row in rows for text in (row.example, row.counter_example))
    for row in rows:
        finder = QuoteFinder(replace(codebook, cues=(row,)))
        found, other = (_cued(finder(next(docs))) for _ in range(2))
        yield from _judge(row.where, row, len(found) == 1, bool(other), said=", ".join(found))


def _own(rows: Iterable[_Rule]) -> list[_Rule]:
    return [row for row in rows if not is_ours(row.where)]


def _judge(where: str, row: Any, found: bool, other: bool, *, said: str = "") -> Iterator[str]:
    example, counter = row.example, row.counter_example
    if not example:
        yield f"{where}: `example` is empty; write a sentence in which the row must be found"
    elif not found:
        instead = f" (found: {said})" if said else ""
        yield (
            f"{where}: not found as it says in its example {example!r}{instead}; "
            "change the row or the sentence"
        )
    if counter and other:
        yield (
            f"{where}: found in its counter_example {counter!r}, where it must not be; "
            "change the row or the sentence"
        )


def _is_capital(form: str, codebook: Codebook) -> bool:
    alias = codebook.aliases.get(form)
    return alias is not None and alias.kind == "capital"


def _dates(
    where: str,
    text: str,
    codebook: Codebook,
    published: str = "",
    *,
    rules: Sequence[DateRule] | None = None,
) -> list[FoundDate] | str:
    """List the dates of a sentence, or say why they cannot be read."""
    try:
        return match_dates(text, codebook, published, rules=rules)
    except (
        CodebookError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as e:
        return f"{where}: {text!r} cannot be read: {e}; compare the rule with one of ours"


def _listed(text: str, codebook: Codebook) -> list[FoundDate]:
    found = _dates("", text, codebook)
    return [] if isinstance(found, str) else found


def _said(found: Iterable[FoundDate]) -> str:
    return ", ".join(date.edtf for date in found)


def _cued(doc: Doc) -> list[str]:
    return [row["cue"] for row in doc.user_data["quotes"] if row["cue"]]
