"""Tie the sentences of articles to the events of a chronology that they speak of.

A sentence and an event are the nearer, the rarer what they share is: named entities, words,
the kind of occasion, the theme, and the days. All is read from the frames; nothing is parsed.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.chronicle import Event, Feature, find_cues, find_features, read_events
from ruspak_nb.codebook import Codebook
from ruspak_nb.schema import need_columns

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

COLUMNS = ("sentence_id", "article_id", "event_id", "role", "score", "shared")
# The unit is one word as rare as a word can be; chosen on the five articles.
LEAST_SCORE = 1.63
LEAST_NEW = 0.63  # of a second event, not shared with a better one
_RARE = 0.36
_HEAVY = {"entity": 1.5, "occasion": 1.5}  # beside a word
_DATE_MISSED = 0.9
_LONGEST = 1100  # days; a longer date says little of an event
_BACK = 3  # sentences back to which "such talks" may point


def find_anchors(
    notes: "Annotations", chronology: pd.DataFrame, *, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Find the events of a chronology that each sentence speaks of.

    Needs the columns that `read_events` needs. Returns `sentence_id`, `article_id`, `event_id`,
    `role`, `score` and `shared` (what ties the two, the rarest first), best event first. The role
    is `told`; `carried` if the sentence only points back to an event told before ("such talks");
    `kin` if a better event of the same sentence explains most of what is shared. An
    event after the publication needs a sentence that looks ahead.
    """
    events = read_events(chronology, codebook=codebook)
    said = _said(notes)
    weights = _weigh([event.features for event in events.values()], said.values())
    dates, ahead, pairs = bounded_dates(notes.dates), _looking_ahead(notes), _pairs(notes.events)
    published = notes.corpus.articles.set_index("article_id")["published_latest"]
    told: dict[str, list[tuple[int, Event]]] = {}
    rows: list[tuple[str, str, str, str, float, str]] = []
    for sentence in notes.sentences.itertuples(index=False):
        key, article = sentence.sentence_id, sentence.article_id
        days = dates.get(key, [])
        # Without a day of publication nothing is known to lie after it.
        limit = "" if key in ahead else published[article]
        limit = max([limit, *(last for _, last in days)]) if limit else ""
        known = [e for e in events.values() if not limit or e.row.earliest <= limit]
        found = [_tie(said[key], event, weights, days, events) for event in known]
        before = told.setdefault(article, [])
        near_enough = [tie for tie in found if tie.score >= LEAST_SCORE]
        chosen = _choose(near_enough, weights, [pairs.get(key, {}), pairs.get(article, {})])
        if not chosen and find_cues(sentence.text, "back"):
            near = [e for place, e in before if sentence.position - place <= _BACK]
            near = [e for e in near if {("occasion", kind) for kind in e.kinds} & said[key]]
            chosen = [(tie, "carried") for tie in found if near and tie.event is near[-1]]
        before += [(sentence.position, tie.event) for tie, role in chosen if role == "told"]
        rows += [
            (key, article, tie.event.row.event_id, role, tie.score, _worded(tie, weights))
            for tie, role in chosen
        ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(COLUMNS, "str") | {"score": "float64"})


@dataclass(frozen=True)
class _Tie:
    event: Event
    shared: frozenset[Feature]
    score: float


def _tie(
    said: frozenset[Feature],
    event: Event,
    weights: Mapping[Feature, float],
    dates: list[tuple[str, str]],
    known: Mapping[str, Event],
) -> _Tie:
    both = said & event.features
    shared = frozenset(feature for feature in both if weights[feature] >= _RARE)
    score = sum(weights[feature] for feature in shared)
    score += _date_score(event, dates, known) if shared else 0.0
    return _Tie(event, shared, score)


def _choose(
    ties: list[_Tie],
    weights: Mapping[Feature, float],
    pairs: Sequence[Mapping[frozenset[str], int]],
) -> list[tuple[_Tie, str]]:
    """Take the best event, then others only for what those taken do not explain."""

    # Of equals, the one between the states that the sentence, or else the article, brings
    # together most, then the latest.
    def order(tie: _Tie) -> tuple[float, ...]:
        together = (counts.get(tie.event.states, 0) for counts in pairs)
        return (round(tie.score, 6), *together)

    ties = sorted(ties, key=lambda tie: tie.event.row.latest, reverse=True)
    ties = sorted(ties, key=order, reverse=True)
    explained: set[Feature] = set()
    chosen = []
    for tie in ties:
        new = sum(weights[feature] for feature in tie.shared - explained)
        role = "told" if new >= LEAST_NEW else "kin"
        if role == "told":
            explained |= tie.shared
        chosen.append((tie, role))
    return chosen


def _worded(tie: _Tie, weights: Mapping[Feature, float]) -> str:
    ordered = sorted(tie.shared, key=lambda feature: (-weights[feature], feature))
    return ", ".join(dict.fromkeys(value for _, value in ordered))


def _date_score(event: Event, dates: list[tuple[str, str]], known: Mapping[str, Event]) -> float:
    """Weigh a common date by how few events share it; dates that all miss count against."""
    scores = []
    for first, last in dates:
        if first <= event.row.latest and event.row.earliest <= last:
            others = sum(first <= e.row.latest and e.row.earliest <= last for e in known.values())
            scores.append(_rarity(others, len(known)))
    return max(scores) if scores else -_DATE_MISSED if dates else 0.0


def _said(notes: "Annotations") -> dict[str, frozenset[Feature]]:
    """Give what each sentence shares or not with an event."""
    names: dict[str, list[tuple[int, int]]] = {}
    extra: dict[str, set[Feature]] = {}
    for mention in notes.mentions[notes.mentions["entity_id"] != ""].itertuples(index=False):
        names.setdefault(mention.sentence_id, []).append((mention.start, mention.end))
        extra.setdefault(mention.sentence_id, set()).add(("entity", mention.entity_id))
    for theme in notes.themes.itertuples(index=False):
        extra.setdefault(theme.sentence_id, set()).add(("theme", theme.theme))
    said = {}
    for sentence in notes.sentences.itertuples(index=False):
        key = sentence.sentence_id
        inside = [(a - sentence.start, b - sentence.start) for a, b in names.get(key, [])]
        said[key] = find_features(sentence.text, inside) | extra.get(key, set())
    return said


def _weigh(*groups: Iterable[frozenset[Feature]]) -> dict[Feature, float]:
    """Weigh each feature by how rare it is among all sentences and events."""
    sets = [features for group in groups for features in group]
    counts = Counter(feature for features in sets for feature in features)
    return {
        feature: _rarity(n, len(sets)) * _HEAVY.get(feature[0], 1.0)
        for feature, n in counts.items()
    }


def bounded_dates(dates: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """Give the first and last day of each date with both ends near, by sentence.

    Needs `sentence_id`, `earliest`, `latest`; a date of more than three years is left out.
    """
    need_columns(dates, "sentence_id", "earliest", "latest")
    known = dates[(dates["earliest"] != "") & (dates["latest"] != "")]
    length = pd.to_datetime(known["latest"]) - pd.to_datetime(known["earliest"])
    found: dict[str, list[tuple[str, str]]] = {}
    for date in known[length.dt.days <= _LONGEST].itertuples(index=False):
        found.setdefault(date.sentence_id, []).append((date.earliest, date.latest))
    return found


def _rarity(n: int, total: int) -> float:
    """Give 1 for what occurs once, 0 for what occurs everywhere."""
    return math.log(total / n) / math.log(total) if total > 1 else 1.0


def _pairs(events: pd.DataFrame) -> dict[str, Counter[frozenset[str]]]:
    """Count how often two countries act on each other, by sentence and by article."""
    found: dict[str, Counter[frozenset[str]]] = {}
    for event in events.itertuples(index=False):
        both = frozenset({event.source_country, event.target_country} - {""})
        for key in (event.sentence_id, event.article_id):
            found.setdefault(key, Counter())[both] += 1
    return found


def _looking_ahead(notes: "Annotations") -> set[str]:
    """Find the sentences with an event that is planned, possible or called for."""
    moods = notes.events["modality"].isin(["planned", "possible", "normative"])
    return set(notes.events.loc[moods, "sentence_id"])
