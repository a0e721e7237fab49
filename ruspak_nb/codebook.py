"""Read and check the codebook: who and what is named, which themes, which dates.

A codebook is a folder of CSV and TOML files that people edit. Every fault is reported
with file, row, value, what is allowed and the likely fix.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ruspak_nb.act_rules import Action, Cue, Role, read_actions, read_cues, read_roles
from ruspak_nb.patterns import CodebookError, compile_pattern, needed_together
from ruspak_nb.rules import check_keys, split_cell, split_names, tables
from ruspak_nb.schema import LABELS, suggest
from ruspak_nb.sheets import read_sheet
from ruspak_nb.time_rules import Calendar, DateRule, read_dates

FILES = (
    "states.csv",
    "entities.csv",
    "places.toml",
    "themes.toml",
    "dates.toml",
    "periods.csv",
    "actions.csv",
    "roles.csv",
    "cues.csv",
)
_STATE_COLUMNS = (
    "entity_id",
    "name",
    "iso3",
    "capital",
    "metonyms",
    "aliases",
    "demonyms",
    "example",
    "counter_example",
)
_STATE_FORMS = {"capital": "capital", "metonym": "metonyms", "demonym": "demonyms"}
_ENTITY_COLUMNS = (
    "entity_id",
    "name",
    "label",
    "country",
    "aliases",
    "example",
    "counter_example",
    "note",
)
_THEME_KEYS = ("name", "label", "definition", "include", "exclude", "example", "counter_example")
_PATTERN_KEYS = ("id", "regex", "weight", "example", "counter_example")
_PLACE_KEYS = ("id", "means", "side", "regex", "example", "counter_example")
_SIDES = ("before", "after")
_MEANINGS = ("state", "city")


@dataclass(frozen=True)
class Entity:
    """Somebody or something the codebook knows."""

    entity_id: str
    name: str
    label: str
    country: str
    example: str
    counter_example: str


@dataclass(frozen=True)
class Alias:
    """One form under which an entity is named, with the label it then carries.

    A `capital` is a metonym of the state unless its context says that the city is
    meant; a `metonym` always is.
    """

    form: str
    entity_id: str
    label: str
    kind: str
    where: str


@dataclass(frozen=True)
class ThemePattern:
    """One weighted pattern of a theme; a match contains a word of each set of `needs`, folded."""

    id: str
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]
    weight: float
    example: str
    counter_example: str


@dataclass(frozen=True)
class Theme:
    """A theme with its definition and patterns; a sentence carries it at weight 1."""

    name: str
    label: str
    definition: str
    include: str
    exclude: str
    example: str
    counter_example: str
    patterns: tuple[ThemePattern, ...]


@dataclass(frozen=True)
class PlaceRule:
    """A context that shows whether a capital is the city or the state."""

    id: str
    means: str
    side: str
    pattern: re.Pattern[str]
    example: str
    counter_example: str


@dataclass(frozen=True)
class Codebook:
    """All rules of a codebook folder, checked, with a digest of its files."""

    entities: Mapping[str, Entity] = field(repr=False)
    aliases: Mapping[str, Alias] = field(repr=False)
    places: tuple[PlaceRule, ...] = field(repr=False)
    themes: tuple[Theme, ...] = field(repr=False)
    dates: tuple[DateRule, ...] = field(repr=False)
    calendar: Calendar = field(repr=False)
    actions: Mapping[str, tuple[Action, ...]] = field(repr=False)
    roles: Mapping[tuple[str, str], tuple[Role, ...]] = field(repr=False)
    cues: tuple[Cue, ...] = field(repr=False)
    path: Path
    digest: str


def codebook_folder() -> Path:
    """Give the codebook in use: `RUSPAK_CODEBOOK` if set, else the package's own."""
    given = os.environ.get("RUSPAK_CODEBOOK")
    return Path(given) if given else Path(__file__).parent / "codebook"


def codebook_digest(path: str | Path | None = None) -> str:
    """Hash the files of a codebook without reading the rules in them."""
    folder = Path(path) if path else codebook_folder()
    digest = hashlib.sha256()
    for name in FILES:
        file = folder / name
        if not file.is_file():
            raise CodebookError(f"{file} is missing; a codebook has {', '.join(FILES)}")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def load_codebook(path: str | Path | None = None) -> Codebook:
    """Read and check the codebook in `path`, by default the one in use.

    Raises CodebookError, with file, row, value and the likely fix, at the first fault:
    an unknown column, key or label, an alias that belongs to two entities, a pattern that
    does not compile or can run away.
    """
    folder = Path(path) if path else codebook_folder()
    return _load(folder, codebook_digest(folder))


@lru_cache(maxsize=4)
def _load(folder: Path, digest: str) -> Codebook:
    entities: dict[str, Entity] = {}
    aliases: dict[str, Alias] = {}
    for entity, forms in (*_states(folder / "states.csv"), *_entities(folder / "entities.csv")):
        for alias in forms:
            if alias.form in aliases and aliases[alias.form].entity_id != alias.entity_id:
                raise CodebookError(
                    f"{alias.where}: alias {alias.form!r} belongs to "
                    f"{aliases[alias.form].entity_id!r} already ({aliases[alias.form].where}); "
                    "keep it with one of them, or write a longer form"
                )
            aliases.setdefault(alias.form, alias)
        if entity.entity_id in entities:
            raise CodebookError(
                f"{forms[0].where}: entity_id {entity.entity_id!r} is taken; choose another"
            )
        entities[entity.entity_id] = entity
    dates, calendar = read_dates(folder / "dates.toml", folder / "periods.csv")
    return Codebook(
        entities=entities,
        aliases=aliases,
        places=tuple(_places(folder / "places.toml")),
        themes=tuple(_themes(folder / "themes.toml")),
        dates=dates,
        calendar=calendar,
        actions=read_actions(folder / "actions.csv"),
        roles=read_roles(folder / "roles.csv", entities),
        cues=tuple(read_cues(folder / "cues.csv")),
        path=folder,
        digest=digest,
    )


def load_themes(path: str | Path | None = None) -> pd.DataFrame:
    """Read what each theme means, without its patterns.

    Returns `theme`, `label`, `definition`, `include`, `exclude`, in the codebook's order.
    """
    folder = Path(path) if path else codebook_folder()
    themes = tables(folder / "themes.toml", "theme", _THEME_KEYS, also=("pattern",))
    frame = pd.DataFrame([row for _, row in themes], dtype="str").rename(columns={"name": "theme"})
    return frame[["theme", "label", "definition", "include", "exclude"]]


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    for number, row in read_sheet(path, columns, needed=columns, error=CodebookError):
        where = f"{path.name}, row {number} ({row['entity_id'] or 'no entity_id'})"
        for needed in ("entity_id", "name"):
            if not row[needed]:
                raise CodebookError(f"{where}: `{needed}` is empty; fill it in")
        yield where, row


def _states(path: Path) -> Iterator[tuple[Entity, list[Alias]]]:
    for where, row in _rows(path, _STATE_COLUMNS):
        entity_id = row["entity_id"]
        if not re.fullmatch(r"[A-Z]{3}", row["iso3"]):
            raise CodebookError(
                f"{where}: iso3 {row['iso3']!r} is not three capital letters, as in 'PAK'"
            )
        named = {"name": split_names(row)} | {
            kind: split_cell(row[column]) for kind, column in _STATE_FORMS.items()
        }
        forms = [
            Alias(form, entity_id, "NORP" if kind == "demonym" else "GPE", kind, where)
            for kind, given in named.items()
            for form in given
        ]
        yield (
            Entity(
                entity_id, row["name"], "GPE", row["iso3"], row["example"], row["counter_example"]
            ),
            forms,
        )


def _entities(path: Path) -> Iterator[tuple[Entity, list[Alias]]]:
    for where, row in _rows(path, _ENTITY_COLUMNS):
        label = row["label"]
        if label not in LABELS:
            raise CodebookError(f"{where}: unknown label {label!r}; {suggest(label, LABELS)}")
        entity = Entity(
            row["entity_id"],
            row["name"],
            label,
            row["country"],
            row["example"],
            row["counter_example"],
        )
        yield (
            entity,
            [Alias(form, entity.entity_id, label, "name", where) for form in split_names(row)],
        )


def _themes(path: Path) -> Iterator[Theme]:
    ids: set[str] = set()
    for where, row in tables(path, "theme", _THEME_KEYS, also=("pattern",)):
        patterns = []
        for pattern in row.get("pattern", []):
            place = f"{where}, pattern {pattern.get('id')!r}"
            check_keys(pattern, _PATTERN_KEYS, (), place)
            if pattern["id"] in ids:
                raise CodebookError(f"{place}: this id is taken; choose another")
            ids.add(pattern["id"])
            patterns.append(_theme_pattern(pattern, place))
        if not patterns:
            raise CodebookError(f"{where} has no pattern; write one or delete the theme")
        yield Theme(**{key: row[key] for key in _THEME_KEYS}, patterns=tuple(patterns))


def _theme_pattern(row: Mapping[str, Any], where: str) -> ThemePattern:
    weight = row["weight"]
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not abs(weight) <= 10:
        raise CodebookError(f"{where}: weight {weight!r} is no number such as 1.0, 0.5 or -1.0")
    return ThemePattern(
        row["id"],
        compile_pattern(row["regex"], where),
        needed_together(row["regex"]),
        float(weight),
        row["example"],
        row["counter_example"],
    )


def _places(path: Path) -> Iterator[PlaceRule]:
    for where, row in tables(path, "rule", _PLACE_KEYS):
        for key, allowed in (("side", _SIDES), ("means", _MEANINGS)):
            if row[key] not in allowed:
                raise CodebookError(
                    f"{where}: unknown {key} {row[key]!r}; {suggest(str(row[key]), allowed)}"
                )
        yield PlaceRule(
            row["id"],
            row["means"],
            row["side"],
            compile_pattern(row["regex"], where),
            row["example"],
            row["counter_example"],
        )
