"""Check the rows of rule files: which keys a table has, and that none stands there twice."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ruspak_nb.patterns import CodebookError
from ruspak_nb.schema import suggest
from ruspak_nb.sheets import collect, read_rules, read_sheet

# Where a row stands, for messages, and what is in it.
Row = tuple[str, dict[str, Any]]
Made = TypeVar("Made")


def convert(
    rows: Iterable[Row], make: Callable[[str, dict[str, Any]], Made], faults: list[str]
) -> list[Made]:
    """Make a record of each row; the faults of one that has any are added to `faults`."""
    made: list[Made] = []
    for where, row in rows:
        try:
            made.append(make(where, row))
        except CodebookError as error:
            faults.extend(error.faults)
    return made


def sheet_rows(path: Path, columns: Collection[str], key: str) -> Iterator[Row]:
    """Yield place and cells of each row of a CSV file; `key` is the column that names it."""
    for number, row in read_sheet(path, columns, needed=columns, error=CodebookError):
        yield f"{path.name}, row {number} ({row[key] or f'no {key}'})", row


def empty_cells(where: str, row: Mapping[str, str], needed: Iterable[str]) -> Iterator[str]:
    """Yield a fault for each cell that must not be empty."""
    return (f"{where}: `{key}` is empty; fill it in" for key in needed if not row[key])


def unknown_cells(
    where: str, row: Mapping[str, Any], allowed: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """Yield a fault for each cell whose value is not one of those `allowed` in its column."""
    for key, values in allowed.items():
        if row[key] not in values:
            yield f"{where}: unknown {key} {row[key]!r}; {suggest(str(row[key]), values)}"


def no_texts(where: str, row: Mapping[str, Any], keys: Iterable[str]) -> Iterator[str]:
    """Yield a fault for each value, if it is there, that is not text."""
    for key in keys:
        if key in row and not isinstance(row[key], str):
            yield f"{where}: {key} {row[key]!r} is no text; put it between quotes"


def refuse(faults: Iterable[str]) -> None:
    """Raise CodebookError with all faults, if there are any."""
    if found := tuple(faults):
        raise CodebookError(*found)


def split_cell(cell: str) -> list[str]:
    """Give the items of a cell that semicolons divide."""
    return [item.strip() for item in cell.split(";") if item.strip()]


def split_names(row: Mapping[str, str]) -> tuple[str, ...]:
    """Give the name and the aliases of a row, each once."""
    return tuple(dict.fromkeys([row["name"], *split_cell(row["aliases"])]))


def tables(
    path: Path, table: str, keys: tuple[str, ...], *, also: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place and content of each `[[table]]` of a TOML file, with its keys checked."""
    return checked(path.name, read_rules(path, error=CodebookError), table, keys, also)


def checked(
    file: str,
    data: Mapping[str, Any],
    table: str,
    keys: tuple[str, ...],
    also: tuple[str, ...] = (),
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place and content of each `[[table]]`, as `tables` does, of a file already read.

    Raises CodebookError after the last of them, with all faults.
    """
    rows = data.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CodebookError(f"{file}: write [[{table}]] for [{table}]; there are several")
    faults: list[str] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        name = str(row.get("id") or row.get("name") or f"number {number}")
        where = f"{file}, {table} {name!r}"
        if name in seen:
            faults.append(f"{where} stands there twice; rename or delete one")
            continue
        seen.add(name)
        with collect(faults):
            check_keys(row, keys, also, where)
            yield where, row
    refuse(faults)


def check_keys(
    row: Mapping[str, Any], keys: tuple[str, ...], also: tuple[str, ...], where: str
) -> None:
    """Raise CodebookError, with all faults, if a key is unknown or one of `keys` missing."""
    faults = [
        f"{where}: unknown key {key!r}; {suggest(key, (*keys, *also))}"
        for key in row
        if key not in (*keys, *also)
    ]
    missing = [key for key in keys if key not in row]
    if missing:
        faults.append(f"{where}: missing {', '.join(missing)}")
    refuse(faults)
