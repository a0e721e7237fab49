"""Read the codings that were imported into a project, and hold them beside the machine's."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.exchange import import_codings
from ruspak_nb.exchange.vocabulary import CODED

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

CODINGS = "codings"
# How our own coding is called in a project that we export and that comes back.
OWN = "ruspak-nb"
_LAYERS = ("mentions", "themes", "dates", "quotes", "events")


def load_codings(
    notes: "Annotations", folder: str | Path = ".."
) -> dict[str, dict[str, pd.DataFrame]]:
    """Read the folder `codings` of a project: coder -> frames, as `ruspak import` wrote them.

    The folder holds the CSV files of one coder, or a folder a coder. Our own coding, which an
    exported project brings back, is passed over: it would agree with itself. Without the folder
    there are none. Raises ExchangeError if a file is damaged or was coded on another text.
    """
    place = Path(folder) / CODINGS
    if not place.is_dir():
        return {}
    folders = sorted(path for path in place.iterdir() if path.is_dir() and path.name[0] != ".")
    named = {path.name: path for path in folders if path.name != OWN}
    if any(place.glob("*.csv")):
        named = {"second coder": place, **named}
    codings = {
        name: next(iter(import_codings(path, notes, format="csv").values()))
        for name, path in named.items()
    }
    return {name: coding for name, coding in codings.items() if not _is_ours(coding, notes)}


def coded_twice(
    notes: "Annotations", coding: dict[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], list[str]]:
    """Keep what both have coded: the frames of a coding, those of `notes`, and the layers.

    A layer counts as coded if the coding has a row in it, an article if it has a row in any
    layer: who coded three articles of sixty is held against three.
    """
    layers = [layer for layer in _LAYERS if layer in coding and len(coding[layer])]
    articles = {article for layer in layers for article in coding[layer]["article_id"]}
    ours = notes.frames()
    both = [
        {
            name: frame[frame["article_id"].isin(articles)].reset_index(drop=True)
            for name, frame in frames.items()
            if name in ("sentences", *layers)
        }
        for frames in (coding, ours)
    ]
    return both[0], both[1], layers


def _is_ours(coding: dict[str, pd.DataFrame], notes: "Annotations") -> bool:
    """Tell whether a coding has what the machine's has in every layer: nobody else would."""
    ours = notes.frames()
    return all(
        {tuple(row) for row in coding[layer][columns].itertuples(index=False)}
        == {tuple(row) for row in ours[layer][columns].itertuples(index=False)}
        for layer in _LAYERS
        for columns in [["article_id", "start", "end", *CODED[layer]]]
    )
