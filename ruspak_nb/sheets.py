"""Read the CSV and TOML files that people edit, and say exactly what is wrong with one."""

import csv
import io
import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from ruspak_nb.schema import suggest


class SheetError(ValueError):
    """Faults in files that people edit, each with file, row, value, and the likely fix."""

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults, each in words of its own."""
        return tuple(map(str, self.args))

    def __str__(self) -> str:
        return "\n".join(self.faults)


@contextmanager
def collect(faults: list[str]) -> Iterator[None]:
    """Add the faults that are raised in a block to `faults`, and go on after the block."""
    try:
        yield
    except SheetError as error:
        faults.extend(error.faults)


def read_sheet(
    path: Path, columns: Collection[str], *, needed: Collection[str], error: type[SheetError]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the stripped cells of each row of a CSV file.

    Raises `error`, with all faults, if the file is not UTF-8, a column is unknown, named twice
    or, being `needed`, missing; and, after the last row, if rows have more cells than there
    are columns.
    """
    long: list[str] = []
    reader = csv.DictReader(io.StringIO(_text(path, error), newline=""), strict=True)
    try:
        names = reader.fieldnames or []
        _check_columns(path.name, names, columns, needed, error)
        for raw in reader:
            number = reader.line_num
            if None in raw:
                long.append(
                    f"{path.name}, row {number}: more cells than columns; "
                    "put a cell that contains a comma between double quotes"
                )
                continue
            yield number, {name: (raw[name] or "").strip() for name in names}
    except csv.Error as fault:
        long.append(f"{path.name}, row {reader.line_num}: {fault}; check its double quotes")
    if long:
        raise error(*long)


def read_rules(path: Path, *, error: type[SheetError]) -> dict[str, Any]:
    """Read a TOML file. Raises `error` if it is not UTF-8 or not TOML."""
    try:
        return tomllib.loads(_text(path, error))
    except tomllib.TOMLDecodeError as fault:
        raise error(
            f"{path.name} is not valid TOML: {fault}; put a regex between single quotes"
        ) from None


@cache
def read_own_rules(name: str) -> dict[str, Any]:
    """Read a TOML file of the package's own codebook, once."""
    return read_rules(Path(__file__).parent / "codebook" / name, error=SheetError)


def _text(path: Path, error: type[SheetError]) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise error(
            f"{path.name} is not UTF-8: byte 0x{fault.object[fault.start]:02x} at position "
            f"{fault.start}; save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')"
        ) from None


def _check_columns(
    file: str,
    names: Collection[str],
    columns: Collection[str],
    needed: Collection[str],
    error: type[SheetError],
) -> None:
    faults: list[str] = []
    seen: set[str] = set()
    for name in names:
        if ";" in name:
            raise error(f"{file}: its columns are parted by semicolons; save it with commas")
        if name not in columns:
            faults.append(f"{file}: unknown column {name!r}; {suggest(name, columns)}")
        elif name in seen:
            faults.append(f"{file}: two columns are called {name!r}; rename or delete one")
        seen.add(name)
    missing = [name for name in needed if name not in seen]
    if missing:
        faults.append(f"{file}: column(s) missing: {', '.join(missing)}")
    if faults:
        raise error(*faults)
