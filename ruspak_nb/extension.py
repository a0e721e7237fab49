"""Lay the rows of somebody's own codebook over ours.

A folder with a `codebook.toml` that says `extends = "ruspak"` may hold any of the files of a
codebook. A row of theirs takes the place of ours with the same key, any other is added, and
what is theirs is tried first. `replace` names tables of which ours are left out altogether,
[drop] single rows of ours.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruspak_nb.patterns import CodebookError
from ruspak_nb.rules import Row, refuse
from ruspak_nb.schema import suggest
from ruspak_nb.sheets import collect, read_rules

SETTINGS = "codebook.toml"
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
# What tells one row of a table from another; the first of them is its id.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "states": ("entity_id",),
    "entities": ("entity_id",),
    "places": ("id",),
    "themes": ("name",),
    "dates": ("id",),
    "periods": ("name",),
    "actions": ("action_id",),
    "roles": ("entity_id", "role", "country"),
    "cues": ("lemma", "construction"),
}
_NAME = "ruspak"
_PACKAGE = Path(__file__).parent / "codebook"
_SETTINGS_KEYS = ("extends", "replace", "drop")
# Read by `load_lexicon`, so that a folder may hold one of its own.
_OTHER_FILES = ("lexicon.toml",)
_OF_OURS = "ruspak's "


@dataclass(frozen=True)
class Book:
    """The folder of a codebook, and what of ours it extends; without `base` it stands alone."""

    folder: Path
    base: Path | None = None
    replaced: frozenset[str] = frozenset()
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def own(self, file: str) -> Path | None:
        """Give the path of a file of the folder itself, if it is there."""
        path = self.folder / file
        return path if path.is_file() else None

    def ours(self, file: str) -> Path | None:
        """Give the path of our file of this name, if its rows are to be added."""
        kept = self.base is not None and Path(file).stem not in self.replaced
        return self.base / file if self.base and kept else None


def open_book(folder: Path) -> Book:
    """Find out what a folder is: a codebook of its own, or one that extends ours.

    Raises CodebookError, with all faults, if `codebook.toml` says what it cannot say, a file
    is missing that nothing stands in for, or one is there that nobody would read.
    """
    settings = folder / SETTINGS
    data = read_rules(settings, error=CodebookError) if settings.is_file() else {}
    refuse(_settings_faults(data))
    if "extends" not in data:
        refuse(
            f"{folder / name} is missing; a codebook has {', '.join(FILES)}, "
            f'or a {SETTINGS} with the line: extends = "{_NAME}"'
            for name in FILES
            if not (folder / name).is_file()
        )
        return Book(folder)
    refuse(_stray_files(folder))
    dropped = {table: tuple(ids) for table, ids in data.get("drop", {}).items()}
    return Book(folder, _PACKAGE, frozenset(data.get("replace", ())), dropped)


def stack(
    book: Book,
    table: str,
    own: Iterable[Row],
    ours: Iterable[Row],
    faults: list[str],
    *,
    droppable: bool = True,
) -> list[Row]:
    """Put the rows of a codebook's own before those of ours that it keeps.

    Faults met while the rows are read are added to `faults`.
    """
    rows: list[Row] = []
    with collect(faults):
        rows += own
    columns = _KEYS[table]
    taken = {_key(row, columns) for _, row in rows}
    dropped = book.dropped.get(table, ()) if droppable else ()
    known: set[str] = set()
    for where, row in ours:
        known.add(row[columns[0]])
        if _key(row, columns) not in taken and row[columns[0]] not in dropped:
            rows.append((_OF_OURS + where, row))
    faults += [
        f"{SETTINGS}, [drop]: {table} of ours have no {name!r}; {suggest(name, known)}"
        for name in dropped
        if name not in known
    ]
    return rows


def is_ours(where: str) -> bool:
    """Tell whether a row, by its place, is one of ours in somebody else's codebook."""
    return where.startswith(_OF_OURS)


def _key(row: Mapping[str, Any], columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in columns)


def _settings_faults(data: Mapping[str, Any]) -> Iterator[str]:
    for key in data:
        if key not in _SETTINGS_KEYS:
            yield f"{SETTINGS}: unknown key {key!r}; {suggest(key, _SETTINGS_KEYS)}"
    if data.get("extends", _NAME) != _NAME:
        yield f"{SETTINGS}: extends {data['extends']!r} is no codebook; write {_NAME!r}"
    replaced, dropped = data.get("replace", []), data.get("drop", {})
    if ("replace" in data or "drop" in data) and "extends" not in data:
        yield (
            f"{SETTINGS}: replace and [drop] are about our rows, and none are used; "
            f'write extends = "{_NAME}" above, or delete them'
        )
    if not _is_names(replaced):
        yield f'{SETTINGS}: replace {replaced!r} is no list of tables such as ["themes"]'
        replaced = []
    if not isinstance(dropped, dict):
        yield f"{SETTINGS}: drop {dropped!r} is no table; write [drop], and below it lists of ids"
        dropped = {}
    for table in (*replaced, *dropped):
        if table not in _KEYS:
            yield f"{SETTINGS}: there is no table {table!r}; {suggest(table, _KEYS)}"
    for table, ids in dropped.items():
        if not _is_names(ids):
            yield f'{SETTINGS}, [drop]: {table} {ids!r} is no list of ids such as ["mi-35"]'


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _stray_files(folder: Path) -> Iterator[str]:
    read = (SETTINGS, *FILES, *_OTHER_FILES)
    for file in sorted(folder.iterdir()):
        stray = file.suffix.lower() in (".csv", ".toml") and file.name not in read
        if stray and not file.name.startswith("."):
            yield f"{file.name} is no file of a codebook; {suggest(file.name, read)}"
