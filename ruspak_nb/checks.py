"""Hold what a sentence says of an event against a chronology: what a machine can decide of it.

It reads date, place, person, rank ("first") and denial; the rest is "not decided".
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ruspak_nb.anchors import bounded_dates, find_anchors
from ruspak_nb.chronicle import Event, claim_patterns, find_cues, find_states, read_events
from ruspak_nb.codebook import load_codebook
from ruspak_nb.schema import need_columns, suggest
from ruspak_nb.sheets import read_own_rules

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

# From the worst; a sentence is as wrong as the worst thing in it.
VERDICTS = ("contradicted", "imprecise", "supported", "not decided")
ASPECTS = ("date", "place", "person", "rank", "denial")
_AFTER = 70  # characters in which what is called first is named
Days = list[tuple[str, str]]


class _Said(NamedTuple):
    """What one sentence says that can be compared."""

    row: Any
    days: Days
    stretches: Days
    places: frozenset[str]
    persons: frozenset[str]
    names: frozenset[str]
    published: str


class _Finding(NamedTuple):
    aspect: str
    said: str
    recorded: str
    verdict: str
    deciding: tuple[Event, ...] = ()


def check_claims(
    notes: "Annotations", chronology: pd.DataFrame, *, told: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Hold what each sentence says of an event against the chronology, aspect by aspect.

    Needs the columns of `find_anchors` and `source_1`, `source_1_url`. Which sentence tells
    which event is found by `find_anchors`, or given in `told` (`sentence_id`, `event_id`), as
    people read it. Returns `event_id`,
    `article_id`, `sentence_id`, `aspect` (of ASPECTS, or empty if nothing can be compared),
    `said`, `recorded`, `verdict` (of VERDICTS), `decided_by` (the events that decide),
    `source`, `url`, `n` and `evidence`. What lies after the publication is not decided.
    Raises ValueError if a column is missing or `told` names an unknown event.
    """
    need_columns(chronology, "source_1", "source_1_url")
    events = read_events(chronology)
    anchors = find_anchors(notes, chronology)
    if told is not None:
        anchors = _as_told(anchors, told, events)
    said = _read_sentences(notes)
    rows = []
    for sentence_id, found in anchors.groupby("sentence_id", sort=False):
        sentence = said[str(sentence_id)]
        near = [events[event_id] for event_id in found["event_id"]]
        for event_id in found.loc[found["role"] != "kin", "event_id"]:
            event = events[event_id]
            findings = list(_compare(sentence, event, near, events))
            for finding in findings or [_Finding("", "", event.row.what, "not decided")]:
                by = finding.deciding or (event,)
                rows.append(
                    {
                        "event_id": event_id,
                        "article_id": sentence.row.article_id,
                        "sentence_id": sentence_id,
                        "aspect": finding.aspect,
                        "said": finding.said,
                        "recorded": finding.recorded,
                        "verdict": finding.verdict,
                        "decided_by": "; ".join(other.row.event_id for other in by),
                        "source": by[0].row.source_1,
                        "url": by[0].row.source_1_url,
                        "n": 1,
                        "evidence": (sentence_id,),
                    }
                )
    columns = ["event_id", "article_id", "sentence_id", "aspect", "said", "recorded", "verdict"]
    columns += ["decided_by", "source", "url", "n", "evidence"]
    return pd.DataFrame(rows, columns=columns)


def _as_told(
    anchors: pd.DataFrame, told: pd.DataFrame, events: Mapping[str, Event]
) -> pd.DataFrame:
    """Take what is told from people; what only the machine found is no more than near."""
    need_columns(told, "sentence_id", "event_id")
    for event_id in told["event_id"]:
        if event_id not in events:
            raise ValueError(f"no event {event_id!r}; {suggest(event_id, events)}")
    given = told[["sentence_id", "event_id"]].drop_duplicates().assign(role="told")
    near = anchors[["sentence_id", "event_id"]].assign(role="kin")
    both = pd.concat([given, near], ignore_index=True)
    return both.drop_duplicates(["sentence_id", "event_id"], ignore_index=True)


def _compare(
    said: _Said, event: Event, near: list[Event], events: Mapping[str, Event]
) -> Iterable[_Finding]:
    row = event.row
    ahead = bool(said.published) and row.earliest > said.published
    held = [day for day in said.days if day[0] <= row.latest and row.earliest <= day[1]]
    if said.days:
        verdict = "supported" if held and not ahead else "not decided"
        yield _Finding("date", _days(held or said.days), row.date, verdict)
    elsewhere = frozenset[str]().union(*(other.places for other in near if other is not event))
    common = said.places & event.places
    places = common or said.places - elsewhere
    if places:
        recorded = event.places & event.entities
        verdict = "supported" if common else "contradicted" if recorded else "not decided"
        verdict = "not decided" if ahead else verdict
        yield _Finding("place", _named(places), _named(event.places), verdict)
    if persons := said.persons & event.entities:
        verdict = "not decided" if ahead else "supported"
        yield _Finding("person", _named(persons), row.actors, verdict)
    for rank, words, kinds in find_ranks(said.row.text):
        if not kinds or kinds & event.kinds:
            yield _rank(rank, words, kinds, said, event, events)
    known = [other for other in near if not said.published or other.row.earliest <= said.published]
    denials = [other for other in known if _is_denied(said, other)]
    if denials and not ahead and not find_cues(said.row.text, "denial"):
        last = max(known, key=lambda other: other.row.latest)
        by = last if last in denials else denials[-1]
        verdict = "contradicted" if last in denials else "imprecise"
        yield _Finding("denial", said.row.text, by.row.what, verdict, (by,))


def _is_denied(said: _Said, event: Event) -> bool:
    """Tell whether an event is a denial, and of something that the sentence names."""
    if not find_cues(event.row.what, "denial"):
        return False
    return not event.denied or event.denied in said.names


def find_ranks(text: str) -> Iterable[tuple[str, str, frozenset[str]]]:
    """Give each rank with its words and the kind of event that is named right after it."""
    for rank, pattern in claim_patterns("rank"):
        for match in pattern.finditer(text):
            after = find_cues(text[match.end() : match.end() + _AFTER], "occasion")
            yield rank, match[0], after or find_cues(text, "occasion")


def _rank(
    rank: str,
    words: str,
    kinds: frozenset[str],
    said: _Said,
    event: Event,
    events: Mapping[str, Event],
) -> _Finding:
    """Ask the chronology for an earlier event of the same kind between the same states."""
    recorded = find_cues(event.row.what, "rank")
    if rank != "first" or not kinds:
        return _Finding("rank", words, event.row.what, "not decided")
    # "The first in four decades" leaves room for one before.
    limited = any(
        first < event.row.earliest and event.row.earliest <= last for first, last in said.stretches
    )
    earlier = () if limited else tuple(_earlier(event, kinds, events))
    if "later" in recorded and "first" not in recorded:
        return _Finding("rank", words, event.row.what, "contradicted", (event, *earlier))
    if earlier:
        verdict = "imprecise" if "first" in recorded else "contradicted"
        told = "; ".join(f"{other.row.date}: {other.row.what}" for other in earlier)
        return _Finding("rank", words, told, verdict, earlier)
    verdict = "supported" if "first" in recorded else "not decided"
    return _Finding("rank", words, event.row.what, verdict)


def _earlier(event: Event, kinds: frozenset[str], events: Mapping[str, Event]) -> list[Event]:
    rules = read_own_rules("claims.toml")["rule"]
    placed = {rule["value"] for rule in rules if rule.get("same_place")}
    found = [
        other
        for other in events.values()
        if other.row.latest < event.row.earliest
        and other.states == event.states
        and (common := kinds & other.kinds)
        and (common - placed or other.places & event.places)
    ]
    return sorted(found, key=lambda other: other.row.latest)


def _read_sentences(notes: "Annotations") -> dict[str, _Said]:
    dates, mentions = notes.dates, notes.mentions
    bounded = bounded_dates(dates)
    stretches: dict[str, Days] = {}
    for date in dates[dates["basis"] == "relative"].itertuples(index=False):
        short = (date.earliest, date.latest) in bounded.get(date.sentence_id, [])
        if date.earliest and date.latest and not short:
            stretches.setdefault(date.sentence_id, []).append((date.earliest, date.latest))
    states = find_states(load_codebook())
    here = mentions[mentions["label"].isin(["GPE", "FAC"]) & ~mentions["entity_id"].isin(states)]
    places = here.groupby("sentence_id")["entity_id"].agg(frozenset)
    persons = mentions[mentions["label"] == "PERSON"].groupby("sentence_id")["entity_id"]
    persons = persons.agg(frozenset)
    names = mentions.groupby("sentence_id")["entity_id"].agg(frozenset)
    published = notes.corpus.articles.set_index("article_id")["published_latest"]
    none: frozenset[str] = frozenset()
    return {
        row.sentence_id: _Said(
            row,
            bounded.get(row.sentence_id, []),
            stretches.get(row.sentence_id, []),
            places.get(row.sentence_id, none) - {""},
            persons.get(row.sentence_id, none) - {""},
            names.get(row.sentence_id, none) - {""},
            published[row.article_id],
        )
        for row in notes.sentences.itertuples(index=False)
    }


def list_names(names: Iterable[str]) -> str:
    """Join names in alphabetical order, each once, without empty ones."""
    return "; ".join(sorted({name for name in names if name}))


def _named(entities: Iterable[str]) -> str:
    return list_names(name.replace("-", " ").title() for name in entities)


def _days(days: Days) -> str:
    return "; ".join(first if first == last else f"{first}/{last}" for first, last in days)
