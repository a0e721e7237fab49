"""The sourced reference tables: chronology, actors, arms deals, checked claims."""

from functools import cache
from importlib.resources import files

import pandas as pd

from ruspak_nb.schema import suggest

TABLES = ("actors", "arms_shares", "arms_transfers", "chronology", "claims", "readings")
_NUMBERS = {
    "arms_shares": {"period_start": "int64", "period_end": "int64", "share_pct": "float64"},
    "arms_transfers": {"quantity": "Int64"},
    "claims": {"start": "int64", "end": "int64"},
}


def load_reference(name: str) -> pd.DataFrame:
    """Read one reference table; its columns are described in `reference/README.md`.

    Empty cells are empty strings, except in number columns, where they are missing.
    Raises ValueError if there is no table of that name.
    """
    if name not in TABLES:
        raise ValueError(f"no reference table {name!r}; {suggest(name, TABLES)}")
    return _read(name).copy()


@cache
def _read(name: str) -> pd.DataFrame:
    with (files("ruspak_nb") / "reference" / f"{name}.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    for column, dtype in _NUMBERS.get(name, {}).items():
        table[column] = pd.to_numeric(table[column].replace("", None)).astype(dtype)
    return table
