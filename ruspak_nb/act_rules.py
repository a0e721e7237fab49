"""Read and check who held which office, which words name an act, and which words say something."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruspak_nb.rules import Row, convert, empty_cells, refuse, split_cell, unknown_cells
from ruspak_nb.schema import PLOVER, suggest

ACTION_COLUMNS = (
    "action_id",
    "pos",
    "lemma",
    "particle",
    "object",
    "source",
    "target",
    "mutual",
    "plover",
    "dyad",
    "example",
    "counter_example",
)
ROLE_COLUMNS = ("entity_id", "role", "country", "start", "end", "note")
_ACTION_WORDS = ("VERB", "NOUN", "ADJ")
CUE_COLUMNS = ("lemma", "pos", "construction", "example", "counter_example")
# How a cue is built into its sentence, and which parts of speech can be so. The example is
# the construction; what is said stands in square brackets.
CONSTRUCTIONS: Mapping[str, str] = {
    "says-that": "VERB",  # X says (that) [clause]; X says: “[words]”
    "thinks-that": "VERB",  # X believes (that) [clause]: words in marks need not be X's own
    "tells-someone-that": "VERB",  # X tells Y (that) [clause]; "Y was told" by somebody else
    "says-to": "VERB",  # X vows to [do]; of a hope or an aim it is not said
    "says-words": "VERB",  # “[words],” X jokes: in marks only
    "calls-as": "VERB",  # X sees [A as B]; X calls A “[B]”
    "noun-that": "NOUN",  # X's claim that [clause]; X makes the claim that [clause]
    "noun-as": "NOUN",  # X's view of [A as B]
    "in-the-view-of": "NOUN",  # in the view of X, [clause]; in X's view, [clause]
    "adj-that": "ADJ",  # X is convinced (that) [clause]
    "according-to": "PREP",  # according to X, [clause]
}


@dataclass(frozen=True)
class Role:
    """An office that a person held, from a day, month or year to another; empty: no end."""

    entity_id: str
    start: str
    end: str

    def covers(self, day: str) -> bool:
        """Tell whether the office was held on an ISO day; a partial date counts as a whole."""
        begun = not self.start or day[: len(self.start)] >= self.start
        return begun and (not self.end or day[: len(self.end)] <= self.end)


@dataclass(frozen=True)
class Action:
    """A verb, noun or adjective that names a political act, with its type in PLOVER.

    `objects` are lemmas of which a verb's object must be one (`unless`: none), or words that
    must stand before a noun. `source` and `target` name places in the parse, in order of
    preference: "object", "owner" (of the object), "clause", "subject", or a preposition; an
    empty `source` is the subject, or whose deed a noun is. `dyad` is what the example gives.
    """

    action_id: str
    pos: str
    lemma: str
    particle: str
    objects: frozenset[str]
    unless: bool
    source: tuple[str, ...]
    target: tuple[str, ...]
    mutual: bool
    plover: str
    dyad: str
    example: str
    counter_example: str
    where: str = ""


@dataclass(frozen=True)
class Cue:
    """A word that says that somebody says or thinks something, in one of CONSTRUCTIONS.

    `lemma` is a verb's or noun's; an adjective's is the form it has in the text. A word that
    is built in several ways has a row for each.
    """

    lemma: str
    pos: str
    construction: str
    example: str
    counter_example: str
    where: str = ""


def read_roles(
    rows: Iterable[Row], entities: Collection[str], faults: list[str]
) -> dict[tuple[str, str], tuple[Role, ...]]:
    """Read who held an office, by country and role."""
    found: dict[tuple[str, str], list[Role]] = {}

    def read(where: str, row: Mapping[str, str]) -> None:
        refuse(_role_faults(where, row, entities))
        office = (row["country"], row["role"].casefold())
        found.setdefault(office, []).append(Role(row["entity_id"], row["start"], row["end"]))

    convert(rows, read, faults)
    return {key: tuple(roles) for key, roles in found.items()}


def _role_faults(where: str, row: Mapping[str, str], entities: Collection[str]) -> Iterator[str]:
    if row["entity_id"] not in entities:
        yield f"{where}: no entity {row['entity_id']!r}; {suggest(row['entity_id'], entities)}"
    for key in ("start", "end"):
        if not re.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?", row[key]):
            yield f"{where}: {key} {row[key]!r} is no 2012, 2012-05 or 2012-05-07"


def read_actions(rows: Iterable[Row], faults: list[str]) -> dict[str, tuple[Action, ...]]:
    """Read the actions by lemma; what asks for a particle, then for an object, comes first."""
    found: dict[str, list[Action]] = {}
    seen: set[str] = set()

    def read(where: str, row: dict[str, Any]) -> None:
        refuse(_action_faults(where, row, seen))
        seen.add(row["action_id"])
        action = _action(where, row)
        found.setdefault(action.lemma, []).append(action)

    convert(rows, read, faults)
    return {
        lemma: tuple(
            sorted(actions, key=lambda row: (not row.particle, row.unless or not row.objects))
        )
        for lemma, actions in found.items()
    }


def _action_faults(where: str, row: Mapping[str, str], seen: set[str]) -> Iterator[str]:
    yield from empty_cells(where, row, ("action_id", "lemma", "example", "counter_example"))
    if row["action_id"] in seen:
        yield f"{where}: this action_id is taken; choose another"
    allowed = {"pos": _ACTION_WORDS, "plover": PLOVER, "mutual": ("", "yes")}
    yield from unknown_cells(where, row, allowed)


def _action(where: str, row: Mapping[str, str]) -> Action:
    words = row["object"].removeprefix("!")
    return Action(
        action_id=row["action_id"],
        pos=row["pos"],
        lemma=row["lemma"].casefold(),
        particle=row["particle"],
        objects=frozenset(word for word in words.casefold().split("|") if word),
        unless=row["object"].startswith("!"),
        source=tuple(split_cell(row["source"])),
        target=tuple(split_cell(row["target"])),
        mutual=row["mutual"] == "yes",
        plover=row["plover"],
        dyad=row["dyad"],
        example=row["example"],
        counter_example=row["counter_example"],
        where=where,
    )


def read_cues(rows: Iterable[Row], faults: list[str]) -> tuple[Cue, ...]:
    """Read the words that say that somebody says something."""
    seen: set[tuple[str, str]] = set()

    def read(where: str, row: dict[str, Any]) -> Cue:
        refuse(_cue_faults(where, row, seen))
        seen.add((row["lemma"], row["construction"]))
        return Cue(**row, where=where)

    return tuple(convert(rows, read, faults))


def _cue_faults(where: str, row: Mapping[str, str], seen: set[tuple[str, str]]) -> Iterator[str]:
    kind, pos = row["construction"], row["pos"]
    yield from empty_cells(where, row, CUE_COLUMNS)
    if kind and kind not in CONSTRUCTIONS:
        yield f"{where}: unknown construction {kind!r}; {suggest(kind, CONSTRUCTIONS)}"
    elif pos and kind and pos != CONSTRUCTIONS[kind]:
        yield f"{where}: pos {pos!r} cannot be built {kind!r}; write {CONSTRUCTIONS[kind]!r}"
    if (row["lemma"], kind) in seen:
        yield f"{where}: {kind!r} stands there twice; delete one"
