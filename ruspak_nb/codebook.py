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

from ruspak_nb.patterns import CodebookError, compile_pattern, needed_literals
from ruspak_nb.schema import LABELS, suggest
from ruspak_nb.sheets import read_rules, read_sheet

FILES = ("states.csv", "entities.csv", "places.toml", "themes.toml", "dates.toml")
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
_DATE_KEYS = ("id", "regex", "edtf", "example", "value", "counter_example")


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
    """One weighted pattern of a theme; a match contains one of `needs`, case-folded."""

    id: str
    pattern: re.Pattern[str]
    needs: tuple[str, ...]
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
class DateRule:
    """A form of date: the pattern, and the EDTF value its named groups make."""

    id: str
    pattern: re.Pattern[str]
    edtf: str
    example: str
    value: str
    counter_example: str


@dataclass(frozen=True)
class Codebook:
    """All rules of a codebook folder, checked, with a digest of its files."""

    entities: Mapping[str, Entity] = field(repr=False)
    aliases: Mapping[str, Alias] = field(repr=False)
    places: tuple[PlaceRule, ...] = field(repr=False)
    themes: tuple[Theme, ...] = field(repr=False)
    dates: tuple[DateRule, ...] = field(repr=False)
    months: Mapping[str, int] = field(repr=False)
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
    dates, months = _dates(folder / "dates.toml")
    return Codebook(
        entities=entities,
        aliases=aliases,
        places=tuple(_places(folder / "places.toml")),
        themes=tuple(_themes(folder / "themes.toml")),
        dates=dates,
        months=months,
        path=folder,
        digest=digest,
    )


def load_themes(path: str | Path | None = None) -> pd.DataFrame:
    """Read what each theme means, without its patterns.

    Returns `theme`, `label`, `definition`, `include`, `exclude`, in the codebook's order.
    """
    folder = Path(path) if path else codebook_folder()
    themes = _tables(folder / "themes.toml", "theme", _THEME_KEYS, also=("pattern",))
    frame = pd.DataFrame([row for _, row in themes], dtype="str").rename(columns={"name": "theme"})
    return frame[["theme", "label", "definition", "include", "exclude"]]


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    for number, row in read_sheet(path, columns, needed=columns, error=CodebookError):
        where = f"{path.name}, row {number} ({row['entity_id'] or 'no entity_id'})"
        for needed in ("entity_id", "name"):
            if not row[needed]:
                raise CodebookError(f"{where}: `{needed}` is empty; fill it in")
        yield where, row


def _list(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(";") if item.strip()]


def _states(path: Path) -> Iterator[tuple[Entity, list[Alias]]]:
    for where, row in _rows(path, _STATE_COLUMNS):
        entity_id = row["entity_id"]
        if not re.fullmatch(r"[A-Z]{3}", row["iso3"]):
            raise CodebookError(
                f"{where}: iso3 {row['iso3']!r} is not three capital letters, as in 'PAK'"
            )
        forms = [
            *(Alias(form, entity_id, "GPE", "name", where) for form in _names(row)),
            *(Alias(form, entity_id, "GPE", "capital", where) for form in _list(row["capital"])),
            *(Alias(form, entity_id, "GPE", "metonym", where) for form in _list(row["metonyms"])),
            *(Alias(form, entity_id, "NORP", "demonym", where) for form in _list(row["demonyms"])),
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
            [Alias(form, entity.entity_id, label, "name", where) for form in _names(row)],
        )


def _names(row: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys([row["name"], *_list(row["aliases"])]))


def _tables(
    path: Path, table: str, keys: tuple[str, ...], *, also: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place and content of each `[[table]]` of a TOML file, with its keys checked."""
    return _checked(path.name, read_rules(path, error=CodebookError), table, keys, also)


def _checked(
    file: str,
    data: Mapping[str, Any],
    table: str,
    keys: tuple[str, ...],
    also: tuple[str, ...] = (),
) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = data.get(table, [])
    if not isinstance(rows, list):
        raise CodebookError(f"{file}: write [[{table}]] for [{table}]; there are several")
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        name = str(row.get("id") or row.get("name") or f"number {number}")
        where = f"{file}, {table} {name!r}"
        _check_keys(row, keys, also, where)
        if name in seen:
            raise CodebookError(f"{where} stands there twice; rename or delete one")
        seen.add(name)
        yield where, row


def _check_keys(
    row: Mapping[str, Any], keys: tuple[str, ...], also: tuple[str, ...], where: str
) -> None:
    for key in row:
        if key not in (*keys, *also):
            raise CodebookError(f"{where}: unknown key {key!r}; {suggest(key, keys)}")
    missing = [key for key in keys if key not in row]
    if missing:
        raise CodebookError(f"{where}: missing {', '.join(missing)}")


def _themes(path: Path) -> Iterator[Theme]:
    ids: set[str] = set()
    for where, row in _tables(path, "theme", _THEME_KEYS, also=("pattern",)):
        patterns = []
        for pattern in row.get("pattern", []):
            place = f"{where}, pattern {pattern.get('id')!r}"
            _check_keys(pattern, _PATTERN_KEYS, (), place)
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
        needed_literals(row["regex"]),
        float(weight),
        row["example"],
        row["counter_example"],
    )


def _places(path: Path) -> Iterator[PlaceRule]:
    for where, row in _tables(path, "rule", _PLACE_KEYS):
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


def _dates(path: Path) -> tuple[tuple[DateRule, ...], Mapping[str, int]]:
    data = read_rules(path, error=CodebookError)
    for table in ("parts", "months"):
        if not isinstance(data.get(table), dict):
            raise CodebookError(f"{path.name}: there is no table [{table}]; copy it from ours")
    rules = []
    for where, row in _checked(path.name, data, "rule", _DATE_KEYS):
        regex = _fill_parts(row["regex"], data["parts"], where)
        rule = DateRule(
            row["id"],
            compile_pattern(regex, where),
            row["edtf"],
            row["example"],
            row["value"],
            row["counter_example"],
        )
        _check_value(rule, where)
        rules.append(rule)
    return tuple(rules), data["months"]


def _check_value(rule: DateRule, where: str) -> None:
    """Check that the parts of an EDTF value are among those that the pattern names."""
    given = set(rule.pattern.groupindex)
    if "ordinal" in given:
        given.add("century")
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
