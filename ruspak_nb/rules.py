"""Check the rows of rule files: which keys a table has, and that none stands there twice."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruspak_nb.patterns import CodebookError
from ruspak_nb.schema import suggest
from ruspak_nb.sheets import read_rules


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
    """Yield place and content of each `[[table]]`, as `tables` does, of a file already read."""
    rows = data.get(table, [])
    if not isinstance(rows, list):
        raise CodebookError(f"{file}: write [[{table}]] for [{table}]; there are several")
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        name = str(row.get("id") or row.get("name") or f"number {number}")
        where = f"{file}, {table} {name!r}"
        check_keys(row, keys, also, where)
        if name in seen:
            raise CodebookError(f"{where} stands there twice; rename or delete one")
        seen.add(name)
        yield where, row


def check_keys(
    row: Mapping[str, Any], keys: tuple[str, ...], also: tuple[str, ...], where: str
) -> None:
    """Raise CodebookError if a key is missing, or neither among `keys` nor `also`."""
    for key in row:
        if key not in (*keys, *also):
            raise CodebookError(f"{where}: unknown key {key!r}; {suggest(key, keys)}")
    missing = [key for key in keys if key not in row]
    if missing:
        raise CodebookError(f"{where}: missing {', '.join(missing)}")
