"""Read what the events of a chronology name: entities, places, states, kinds of occasion.

A chronology is a table with the columns of `reference/chronology.csv`. Names are known by the
codebook, everything else by the rules of `codebook/claims.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from ruspak_nb.codebook import Codebook, load_codebook
from ruspak_nb.patterns import compile_pattern
from ruspak_nb.schema import need_columns
from ruspak_nb.sheets import read_own_rules

NEEDED = ("event_id", "date", "earliest", "latest", "what", "actors", "theme")
_STEM = 6  # letters that stand for a word and its endings
_LONGEST_NAME = 6  # words
_OF_STATES = ("capital", "metonym", "demonym")
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")

# What a sentence and an event can share: its sort (entity, word, occasion, theme) and value.
Feature = tuple[str, str]


@dataclass(frozen=True)
class Event:
    """An event of a chronology, with what its words name."""

    row: Any
    entities: frozenset[str]
    places: frozenset[str]
    states: frozenset[str]
    denied: str
    features: frozenset[Feature]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of occasion that its words name."""
        return frozenset(value for kind, value in self.features if kind == "occasion")


@cache
def claim_patterns(group: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compile the rules of one group of `claims.toml`, as pairs of value and pattern."""
    rules = read_own_rules("claims.toml")["rule"]
    return tuple(
        (rule["value"], compile_pattern(rule["pattern"], f"claims.toml, {rule['value']!r}"))
        for rule in rules
        if rule["group"] == group
    )


def find_cues(text: str, group: str) -> frozenset[str]:
    """Give the values of all rules of a group that match a text."""
    return frozenset(value for value, pattern in claim_patterns(group) if pattern.search(text))


def read_events(
    chronology: pd.DataFrame, *, codebook: Codebook | None = None
) -> Mapping[str, Event]:
    """Read what each event of a chronology names, by `event_id`.

    Needs `event_id`, `date`, `earliest`, `latest`, `what`, `actors` (names, divided by
    semicolons) and `theme`; names are known by the codebook. Raises ValueError if a column is
    missing or an id occurs twice.
    """
    need_columns(chronology, *NEEDED)
    twice = chronology["event_id"][chronology["event_id"].duplicated()].tolist()
    if twice:
        raise ValueError(f"the chronology has two events called {twice[0]!r}; rename one")
    codebook = codebook or load_codebook()
    known = find_states(codebook)
    return {
        row.event_id: _event(row, codebook, known) for row in chronology.itertuples(index=False)
    }


def find_states(codebook: Codebook) -> frozenset[str]:
    """Give the ids of all states: who has a capital, or people called after it."""
    return frozenset(
        alias.entity_id for alias in codebook.aliases.values() if alias.kind in _OF_STATES
    )


def _event(row: Any, codebook: Codebook, states: frozenset[str]) -> Event:
    spans = [(match.start(), match.end()) for match in _WORD.finditer(row.what)]
    names = list(_names(row.what, spans, codebook))
    aliases = [codebook.aliases[row.what[start:end]] for start, end in names]
    actors = [codebook.aliases.get(actor) for actor in row.actors.split("; ")]
    entities = {alias.entity_id for alias in (*aliases, *actors) if alias}
    places = {
        # A capital may be the place or its state; it is a place only where one is asked for.
        alias.form.lower().replace(" ", "-") if alias.kind == "capital" else alias.entity_id
        for alias in aliases
        if alias.kind == "capital"
        or (alias.label in ("GPE", "FAC") and alias.entity_id not in states)
    }
    features = find_features(row.what, names) | {("entity", name) for name in entities | places}
    return Event(
        row,
        frozenset(entities),
        frozenset(places),
        frozenset(codebook.entities[name].country for name in entities & states),
        _denied(row.what, names, codebook, states),
        features | {("theme", row.theme)},
    )


def _denied(
    text: str, names: list[tuple[int, int]], codebook: Codebook, states: frozenset[str]
) -> str:
    """Give the first name after words of denial that is no state."""
    ends = [m.end() for _, pattern in claim_patterns("denial") for m in pattern.finditer(text)]
    after = (codebook.aliases[text[a:b]].entity_id for a, b in names if ends and a > min(ends))
    return next((name for name in after if name not in states), "")


def _names(
    text: str, words: list[tuple[int, int]], codebook: Codebook
) -> Iterator[tuple[int, int]]:
    """Find the longest names of the codebook in a text, from left to right."""
    place = 0
    while place < len(words):
        start = words[place][0]
        ends = [end for _, end in words[place : place + _LONGEST_NAME]]
        end = next((e for e in reversed(ends) if text[start:e] in codebook.aliases), None)
        if end is not None:
            yield start, end
        place += 1 if end is None else ends.index(end) + 1


def find_features(text: str, names: Iterable[tuple[int, int]]) -> frozenset[Feature]:
    """Give the stems of the words outside the names, and the kinds of occasion."""
    idle = read_own_rules("claims.toml")["idle"].split()
    occasions = [
        (value, match)
        for value, pattern in claim_patterns("occasion")
        for match in pattern.finditer(text)
    ]
    taken = [*names, *(match.span() for _, match in occasions)]
    stems = {
        match[0].lower()[:_STEM]
        for match in _WORD.finditer(text)
        if len(match[0]) > 3
        and match[0][0].isalpha()
        and match[0].lower() not in idle
        and not any(start <= match.start() < end for start, end in taken)
    }
    kinds = {("occasion", value) for value, _ in occasions}
    return frozenset({("word", stem) for stem in stems} | kinds)
