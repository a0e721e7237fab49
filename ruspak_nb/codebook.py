"""Read and check the codebook: who and what is named, which themes, which dates.

A codebook is a folder of CSV and TOML files that people edit, alone or on top of ours (see
`extension.py`). All faults are reported at once, each with file, row, value, what is allowed
and the likely fix.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ruspak_nb.act_rules import (
    ACTION_COLUMNS,
    CUE_COLUMNS,
    ROLE_COLUMNS,
    Action,
    Cue,
    Role,
    read_actions,
    read_cues,
    read_roles,
)
from ruspak_nb.extension import FILES, SETTINGS, Book, is_ours, open_book, stack
from ruspak_nb.patterns import CodebookError, compile_pattern, needed_together
from ruspak_nb.rules import (
    Row,
    check_keys,
    checked,
    convert,
    empty_cells,
    no_texts,
    refuse,
    sheet_rows,
    split_cell,
    split_names,
    unknown_cells,
)
from ruspak_nb.schema import LABELS
from ruspak_nb.sheets import collect, read_rules
from ruspak_nb.time_rules import (
    DATE_KEYS,
    DATE_OPTIONS,
    PART_KEYS,
    PART_OF,
    PERIOD_COLUMNS,
    Calendar,
    DateRule,
    read_dates,
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
    where: str = ""


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
    where: str = ""


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
    where: str = ""


@dataclass(frozen=True)
class PlaceRule:
    """A context that shows whether a capital is the city or the state."""

    id: str
    means: str
    side: str
    pattern: re.Pattern[str]
    example: str
    counter_example: str
    where: str = ""


@dataclass(frozen=True)
class Codebook:
    """All rules of a codebook folder and of what it extends, with a digest of all files.

    The `where` of a rule is its file and row; `is_ours` tells whether it was extended.
    """

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
    """Hash the files of a codebook, and of ours if it extends it, without reading their rules."""
    return _digest(open_book(Path(path) if path else codebook_folder()))


def _digest(book: Book) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        file = book.own(name)
        if file is not None:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        elif book.base:
            digest.update(b"none")
    if book.base:
        digest.update((book.folder / SETTINGS).read_bytes())
        digest.update(_digest(Book(book.base)).encode())
    return digest.hexdigest()


def load_codebook(path: str | Path | None = None) -> Codebook:
    """Read and check the codebook in `path`, by default the one in use.

    Raises CodebookError with all faults, each with file, row, value and the likely fix: an
    unknown column, key or label, an alias that belongs to two entities, a pattern that does
    not compile or can run away.
    """
    folder = Path(path) if path else codebook_folder()
    return _load(folder, codebook_digest(folder))


@lru_cache(maxsize=4)
def _load(folder: Path, digest: str) -> Codebook:
    book = open_book(folder)
    faults: list[str] = []

    def sheet(table: str, columns: tuple[str, ...]) -> list[Row]:
        file = f"{table}.csv"
        own, ours = book.own(file), book.ours(file)
        return stack(
            book,
            table,
            sheet_rows(own, columns, columns[0]) if own else (),
            sheet_rows(ours, columns, columns[0]) if ours else (),
            faults,
        )

    states = sheet("states", _STATE_COLUMNS)
    others = sheet("entities", _ENTITY_COLUMNS)
    entities, aliases = _name_entities(
        [*convert(states, _state, faults), *convert(others, _entity, faults)], faults
    )
    # An office is nobody's only if there is no such row, right or wrong.
    known = {row["entity_id"] for _, row in (*states, *others)}
    roles = [
        (where, row)
        for where, row in sheet("roles", ROLE_COLUMNS)
        if row["entity_id"] in known or not is_ours(where)
    ]
    calendar: tuple[tuple[DateRule, ...], Calendar] | None = None
    with collect(faults):
        calendar = _dates(book, sheet("periods", PERIOD_COLUMNS), faults)
    themes = _themes(_theme_rows(book, faults), faults)
    places = tuple(convert(_place_rows(book, faults), _place, faults))
    actions = read_actions(sheet("actions", ACTION_COLUMNS), faults)
    offices = read_roles(roles, known, faults)
    cues = read_cues(sheet("cues", CUE_COLUMNS), faults)
    if faults or calendar is None:
        raise CodebookError(*faults)
    return Codebook(
        entities=entities,
        aliases=aliases,
        places=places,
        themes=themes,
        dates=calendar[0],
        calendar=calendar[1],
        actions=actions,
        roles=offices,
        cues=cues,
        path=folder,
        digest=digest,
    )


def load_themes(path: str | Path | None = None) -> pd.DataFrame:
    """Read what each theme means, without its patterns.

    Returns `theme`, `label`, `definition`, `include`, `exclude`, in the codebook's order.
    """
    faults: list[str] = []
    rows = _theme_rows(open_book(Path(path) if path else codebook_folder()), faults)
    refuse(faults)
    shown = ["name", "label", "definition", "include", "exclude"]
    frame = pd.DataFrame([row for _, row in rows], columns=shown, dtype="str")
    return frame.rename(columns={"name": "theme"})


def _name_entities(
    rows: Iterable[tuple[Entity, list[Alias]]], faults: list[str]
) -> tuple[dict[str, Entity], dict[str, Alias]]:
    """Give entities by id and forms by text; of what is claimed twice, ours gives way."""
    entities: dict[str, Entity] = {}
    aliases: dict[str, Alias] = {}
    for entity, forms in sorted(rows, key=lambda pair: is_ours(pair[0].where)):
        ours = is_ours(entity.where)
        if entity.entity_id in entities:
            if not ours:
                faults.append(
                    f"{entity.where}: entity_id {entity.entity_id!r} is taken; choose another"
                )
            continue
        for alias in forms:
            other = aliases.setdefault(alias.form, alias)
            if other.entity_id != alias.entity_id and not ours:
                faults.append(
                    f"{alias.where}: alias {alias.form!r} belongs to {other.entity_id!r} already "
                    f"({other.where}); keep it with one of them, or write a longer form"
                )
        entities[entity.entity_id] = entity
    return entities, aliases


def _state(where: str, row: Mapping[str, str]) -> tuple[Entity, list[Alias]]:
    faults = [*empty_cells(where, row, ("entity_id", "name"))]
    if not re.fullmatch(r"[A-Z]{3}", row["iso3"]):
        faults.append(f"{where}: iso3 {row['iso3']!r} is not three capital letters, as in 'PAK'")
    refuse(faults)
    entity_id = row["entity_id"]
    named = {"name": split_names(row)} | {
        kind: split_cell(row[column]) for kind, column in _STATE_FORMS.items()
    }
    forms = [
        Alias(form, entity_id, "NORP" if kind == "demonym" else "GPE", kind, where)
        for kind, given in named.items()
        for form in given
    ]
    example, other = row["example"], row["counter_example"]
    return Entity(entity_id, row["name"], "GPE", row["iso3"], example, other, where), forms


def _entity(where: str, row: Mapping[str, str]) -> tuple[Entity, list[Alias]]:
    refuse(
        [
            *empty_cells(where, row, ("entity_id", "name")),
            *unknown_cells(where, row, {"label": LABELS}),
        ]
    )
    entity = Entity(
        row["entity_id"],
        row["name"],
        row["label"],
        row["country"],
        row["example"],
        row["counter_example"],
        where,
    )
    forms = split_names(row)
    return entity, [Alias(form, entity.entity_id, entity.label, "name", where) for form in forms]


def _rules(
    path: Path | None, table: str, keys: tuple[str, ...], also: tuple[str, ...] = ()
) -> Iterator[Row]:
    if path:
        yield from checked(path.name, read_rules(path, error=CodebookError), table, keys, also)


def _theme_rows(book: Book, faults: list[str]) -> list[Row]:
    own, ours = (
        _rules(path, "theme", _THEME_KEYS, ("pattern",))
        for path in (book.own("themes.toml"), book.ours("themes.toml"))
    )
    return stack(book, "themes", own, ours, faults)


def _themes(rows: Iterable[Row], faults: list[str]) -> tuple[Theme, ...]:
    ids: set[str] = set()

    def read(where: str, row: dict[str, Any]) -> Theme:
        wrong = [*no_texts(where, row, _THEME_KEYS)]
        given = row.get("pattern", [])
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            raise CodebookError(*wrong, f"{where}: write [[theme.pattern]] above each pattern")
        named = [(f"{where}, pattern {item.get('id')!r}", item) for item in given]
        patterns = convert(named, lambda place, item: _theme_pattern(place, item, ids), wrong)
        if not given:
            wrong.append(f"{where} has no pattern; write one or delete the theme")
        refuse(wrong)
        texts = {key: row[key] for key in _THEME_KEYS}
        return Theme(**texts, patterns=tuple(patterns), where=where)

    return tuple(convert(rows, read, faults))


def _theme_pattern(where: str, row: Mapping[str, Any], ids: set[str]) -> ThemePattern:
    check_keys(row, _PATTERN_KEYS, (), where)
    faults = [*no_texts(where, row, ("id", "example", "counter_example"))]
    if str(row["id"]) in ids:
        faults.append(f"{where}: this id is taken; choose another")
    ids.add(str(row["id"]))
    weight = row["weight"]
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not abs(weight) <= 10:
        faults.append(f"{where}: weight {weight!r} is no number such as 1.0, 0.5 or -1.0")
    pattern = _compiled(row, where, faults)
    return ThemePattern(
        row["id"],
        pattern,
        needed_together(row["regex"]),
        float(weight),
        row["example"],
        row["counter_example"],
        where,
    )


def _compiled(row: Mapping[str, Any], where: str, faults: list[str]) -> re.Pattern[str]:
    """Compile the pattern of a row; raises what else is wrong with the row as well."""
    pattern = None
    with collect(faults):
        pattern = compile_pattern(row["regex"], where)
    if faults or pattern is None:
        raise CodebookError(*faults)
    return pattern


def _place_rows(book: Book, faults: list[str]) -> list[Row]:
    own, ours = (
        _rules(path, "rule", _PLACE_KEYS)
        for path in (book.own("places.toml"), book.ours("places.toml"))
    )
    return stack(book, "places", own, ours, faults)


def _place(where: str, row: Mapping[str, Any]) -> PlaceRule:
    faults = [
        *no_texts(where, row, ("id", "example", "counter_example")),
        *unknown_cells(where, row, {"side": _SIDES, "means": _MEANINGS}),
    ]
    pattern = _compiled(row, where, faults)
    return PlaceRule(
        row["id"],
        row["means"],
        row["side"],
        pattern,
        row["example"],
        row["counter_example"],
        where,
    )


def _dates(
    book: Book, periods: list[Row], faults: list[str]
) -> tuple[tuple[DateRule, ...], Calendar]:
    name = "dates.toml"
    own, ours = (
        read_rules(path, error=CodebookError) if path else {}
        for path in (book.own(name), book.ours(name))
    )
    rules, parts = (
        stack(
            book,
            "dates",
            checked(name, own, table, keys, also),
            checked(name, ours, table, keys, also),
            faults,
            droppable=table == "rule",
        )
        for table, keys, also in (
            ("rule", DATE_KEYS, DATE_OPTIONS),
            ("part", PART_KEYS, PART_OF),
        )
    )
    tables = {
        table: _over(own.get(table), ours.get(table)) for table in ("parts", "words", "patterns")
    }
    return read_dates(tables, rules, parts, periods, faults)


def _over(own: object, ours: object) -> object:
    """Lay one TOML table over another, and so the tables within them."""
    if own is None or not isinstance(ours, dict) or not isinstance(own, dict):
        return ours if own is None else own
    return ours | {key: _over(value, ours.get(key)) for key, value in own.items()}
