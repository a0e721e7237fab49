"""The sourced reference tables, and the gold coding of the five articles."""

from functools import cache
from importlib.resources import files

import pandas as pd

from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.schema import FRAMES, PLOVER, suggest

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


def load_reference(name: str) -> pd.DataFrame:
    """Read one reference table; its columns are described in `reference/README.md`.

    Empty cells are empty strings, except in number columns, where they are missing.
    Raises ValueError if there is no table of that name.
    """
    if name not in TABLES:
        raise ValueError(f"no reference table {name!r}; {suggest(name, TABLES)}")
    return _read(name).copy()


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
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    for column, dtype in _NUMBERS.get(name, {}).items():
        table[column] = pd.to_numeric(table[column].replace("", None)).astype(dtype)
    for column in _FLAGS.get(name, ()):
        table[column] = table[column] == "true"
    return table
