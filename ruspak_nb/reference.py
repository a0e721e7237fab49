"""The sourced reference tables, ours or a project's own, and the gold coding of the articles."""

import os
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.schema import FRAMES, PLOVER, suggest
from ruspak_nb.sheets import SheetError, collect, read_sheet

TABLES = (
    *("actors", "arms_shares", "arms_transfers", "chronology", "scores"),
    *("claims", "forecasts", "readings"),
)
CODINGS = ("settled", "first", "second")
GOLD_LAYERS = ("zones", "sentences", "mentions", "themes", "dates", "quotes", "events")
_NUMBERS = {
    "arms_shares": {"period_start": "int64", "period_end": "int64", "share_pct": "float64"},
    "arms_transfers": {"quantity": "Int64"},
    "scores": {"n": "int64", "score": "float64", "must": "float64", "aim": "float64"},
    "claims": {"start": "int64", "end": "int64"},
}
_FLAGS = {"forecasts": ("conditional",)}


# Columns with a closed vocabulary, by table.
VOCABULARIES: Mapping[str, Mapping[str, Collection[str]]] = {
    "actors": {
        "kind": (
            *("state", "international_organisation", "armed_group"),
            *("company", "project", "person"),
        ),
    },
    "arms_shares": {
        "measure": ("import_share_tiv", "stock_share_press"),
        "confidence": ("confirmed", "single_source", "disputed"),
    },
    "arms_transfers": {
        "status": (
            *("delivered", "delivered_in_part", "ordered", "approved", "agreed", "planned"),
            *("cleared", "licence_production", "talks", "talks_denied"),
        ),
        "confidence": ("confirmed", "single_source", "disputed"),
    },
    "chronology": {
        "precision": ("day", "month", "year", "range"),
        "confidence": ("confirmed", "single_source", "disputed"),
    },
    "claims": {
        "modality": ("asserted", "reported", "forecast", "normative"),
        "verdict": (
            *("supported", "imprecise", "contradicted", "not_found"),
            *("forecast_fulfilled", "forecast_failed", "forecast_open"),
        ),
    },
    "forecasts": {
        "strength": ("may", "will"),
        "conditional": ("true", "false"),
        "outcome": ("borne_out", "failed", "open", "not_testable"),
    },
}
# Whose rows have a key of their own, in the first column.
_KEYED = ("actors", "arms_shares", "arms_transfers", "chronology", "claims", "forecasts")
_DATES = {
    "arms_transfers": ("year_ordered", "years_delivered"),
    "chronology": ("date",),
    "forecasts": ("horizon",),
}
# Worked out from `date` where a table leaves them empty or out.
_DERIVED = {"chronology": ("earliest", "latest", "precision")}


class TableError(SheetError):
    """Faults in a reference table: file, row, value, what is allowed, and the likely fix."""


def reference_folder() -> Path | None:
    """Give the folder of the reference tables in use, `RUSPAK_REFERENCE`; None for ours."""
    given = os.environ.get("RUSPAK_REFERENCE")
    return Path(given) if given else None


def load_reference(name: str, folder: str | Path | None = None) -> pd.DataFrame:
    """Read one reference table; its columns are described in `reference/README.md`.

    `folder` has the tables of another project, by default those in use: `RUSPAK_REFERENCE`
    if set, else ours. A table that is not in it is empty. Empty cells are empty strings,
    except in number columns, where they are missing.

    Raises ValueError if there is no table of that name, and TableError with all faults, each
    with file, row, value and the likely fix, if a table of another project is not as it must
    be: its columns, its keys, numbers, dates and closed vocabularies.
    """
    if name not in TABLES:
        raise ValueError(f"no reference table {name!r}; {suggest(name, TABLES)}")
    given = Path(folder) if folder else reference_folder()
    return _read(name).copy() if given is None else _read_own(given / f"{name}.csv", name)


def load_gold(coding: str = "settled") -> dict[str, pd.DataFrame]:
    """Read how the five articles were coded by reading, under `reference/gold/GUIDELINES.md`.

    `coding` is "first" or "second", made apart from each other, or "settled", in which their
    differences were decided; zones and sentences were coded once.

    Gives a frame for each layer with the columns and types of the schema, for
    `score_agreement`. A theme's span is its sentence, and its `rule_id` is empty.
    """
    if coding not in CODINGS:
        raise ValueError(f"no coding {coding!r}; {suggest(coding, CODINGS)}")
    return {layer: _gold(layer, coding).copy() for layer in GOLD_LAYERS}


@cache
def _gold(layer: str, coding: str) -> pd.DataFrame:
    if layer == "themes":
        sentences = _gold_file("sentences", coding).assign(rule_id="")
        themes = sentences.assign(theme=sentences["themes"].str.split(";")).explode("theme")
        frame = themes[themes["theme"] != ""].reset_index(drop=True)
    else:
        frame = _gold_file(layer, coding)
    if "edtf" in frame:
        bounds = [edtf_bounds(edtf) if edtf else ("", "") for edtf in frame["edtf"]]
        frame[["earliest", "latest"]] = pd.DataFrame(bounds, columns=["earliest", "latest"])
    if layer == "events":
        frame["quad_class"] = frame["plover"].map(PLOVER)
    if layer == "mentions":
        frame["name"] = frame["text"]
        frame["metonym"] = frame["metonym"] == "true"
    columns = FRAMES[layer]
    return frame[list(columns)].astype(dict(columns))


def _gold_file(layer: str, coding: str) -> pd.DataFrame:
    folder = files("ruspak_nb") / "reference" / "gold"
    if coding != "settled" and layer != "zones":
        folder = folder / coding
    with (folder / f"{layer}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str", keep_default_na=False)


@cache
def _read(name: str) -> pd.DataFrame:
    with (files("ruspak_nb") / "reference" / f"{name}.csv").open(encoding="utf-8") as file:
        return _typed(pd.read_csv(file, dtype="str", keep_default_na=False), name)


def _typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    for column, dtype in _NUMBERS.get(name, {}).items():
        table[column] = pd.to_numeric(table[column].replace("", None)).astype(dtype)
    for column in _FLAGS.get(name, ()):
        table[column] = table[column] == "true"
    return table


def _read_own(path: Path, name: str) -> pd.DataFrame:
    columns = list(_read(name).columns)
    needed = [column for column in columns if column not in _DERIVED.get(name, ())]
    rows: list[dict[str, str]] = []
    faults: list[str] = []
    seen: set[str] = set()
    with collect(faults):
        for number, cells in _cells(path, columns, needed):
            row = dict.fromkeys(columns, "") | cells
            key = row[columns[0]]
            where = f"{path.name}, row {number} ({key or f'no {columns[0]}'})"
            if name in _KEYED:
                if not key:
                    faults.append(f"{where}: `{columns[0]}` is empty; fill it in")
                elif key in seen:
                    faults.append(f"{where}: this {columns[0]} is taken; choose another")
                seen.add(key)
            wrong = [*_date_faults(where, name, row)]
            if not wrong and name == "chronology":
                _derive(row)
            faults += [*wrong, *_cell_faults(where, name, row)]
            rows.append(row)
    if faults:
        raise TableError(*faults)
    return _typed(pd.DataFrame(rows, columns=columns, dtype="str"), name)


def _cells(
    path: Path, columns: Collection[str], needed: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    if path.is_file():
        yield from read_sheet(path, columns, needed=needed, error=TableError)


def _date_faults(where: str, name: str, row: Mapping[str, str]) -> Iterator[str]:
    for column in _DATES.get(name, ()):
        if row[column]:
            try:
                edtf_bounds(row[column])
            except ValueError as error:
                yield f"{where}: {column} {error}"
        elif name == "chronology":
            yield f"{where}: `{column}` is empty; write when it happened, as 2016-12 or 2016"


def _derive(row: dict[str, str]) -> None:
    """Fill in what follows from the date of an event."""
    date = row["date"]
    bounds = edtf_bounds(date)
    form = "range" if "/" in date else {4: "year", 7: "month", 10: "day"}.get(len(date), "range")
    for column, value in zip(("earliest", "latest", "precision"), (*bounds, form), strict=True):
        row[column] = row[column] or value


def _cell_faults(where: str, name: str, row: Mapping[str, str]) -> Iterator[str]:
    for column, allowed in VOCABULARIES.get(name, {}).items():
        # What follows from a date is empty only where the date has a fault.
        derived = column in _DERIVED.get(name, ()) and not row[column]
        if row[column] not in allowed and not derived:
            yield f"{where}: unknown {column} {row[column]!r}; {suggest(row[column], allowed)}"
    for column, dtype in _NUMBERS.get(name, {}).items():
        whole = dtype.lower() == "int64"
        if not row[column]:
            if dtype == "int64":
                yield f"{where}: `{column}` is empty; write a whole number"
        elif not _is_number(row[column], whole=whole):
            kind = "whole number such as 12" if whole else "number such as 12.5"
            yield f"{where}: {column} {row[column]!r} is no {kind}"


def _is_number(cell: str, *, whole: bool) -> bool:
    digits = cell.removeprefix("-")
    if whole or digits.isdecimal():
        return cell.isascii() and digits.isdecimal() and len(digits) <= 15
    before, _, after = digits.partition(".")
    return cell.isascii() and before.isdecimal() and after.isdecimal()
