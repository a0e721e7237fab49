"""Take annotations out to other programs, and codings that were made in them back in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ruspak_nb.codebook import Codebook
from ruspak_nb.exchange.conllu import write_conllu
from ruspak_nb.exchange.docbin import write_docbin
from ruspak_nb.exchange.package import write_package
from ruspak_nb.exchange.plover import write_plover
from ruspak_nb.exchange.projects import read_project
from ruspak_nb.exchange.qdpx import write_qdpx
from ruspak_nb.exchange.sheets import read_coded, save_codings
from ruspak_nb.exchange.vocabulary import Codings
from ruspak_nb.exchange.webannotation import write_webannotation
from ruspak_nb.pipeline import SHIPPED
from ruspak_nb.schema import suggest

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = ["EXPORTS", "FOLDERS", "IMPORTS", "export_annotations", "import_codings", "save_codings"]

FOLDERS = ("parquet", "csv", "jsonl")
PARSED = {"conllu": write_conllu, "docbin": write_docbin}
_PLAIN: dict[str, Callable[..., list[Path]]] = {
    **{name: partial(write_package, format=name) for name in FOLDERS},
    "webannotation": write_webannotation,
    "plover": write_plover,
}
EXPORTS = (*FOLDERS, "webannotation", "qdpx", "plover", *PARSED)
IMPORTS = ("qdpx", "csv")


def export_annotations(
    notes: "Annotations",
    path: str | Path,
    *,
    format: str,
    codebook: Codebook | None = None,
    model: str | Path | None = SHIPPED,
) -> list[Path]:
    """Write annotations as another program reads them, and return the paths.

    `path` is a folder for parquet, csv and jsonl (all frames, the texts and a
    `datapackage.json`) and a file for webannotation, qdpx, plover, conllu and docbin. The
    parse is not in the frames, so the last two read the texts again with `codebook` and
    `model`, which are to be those that made `notes`. All offsets count code points, and the
    same annotations give the same bytes. Raises ValueError if the format is unknown.
    """
    if format not in EXPORTS:
        raise ValueError(f"unknown format {format!r}; {suggest(format, EXPORTS)}")
    path = Path(path)
    if format in FOLDERS and path.exists() and not path.is_dir():
        raise ValueError(f"{path} is a file; {format} needs a folder to write to")
    if format not in FOLDERS and path.is_dir():
        raise ValueError(f"{path} is a folder; {format} is one file, such as corpus.{format}")
    if format in PARSED:
        return PARSED[format](notes, path, codebook=codebook, model=model)
    if format == "qdpx":
        return write_qdpx(notes, path, codebook=codebook)
    return _PLAIN[format](notes, path)


def import_codings(
    path: str | Path,
    notes: "Annotations",
    *,
    format: str = "qdpx",
    codebook: Codebook | None = None,
) -> Codings:
    """Read what was coded in another program: coder -> frames, for `score_agreement`.

    Sources are matched with the articles of `notes` by content first and name second. Codes
    name a layer and its value (`themes/arms_sales`), nested or in one name, or a theme by its
    label. Sentences are those of `notes` unless they were coded too. What cannot be placed
    is counted in a warning.

    Raises ValueError if the format is unknown, and its subclass ExchangeError, naming the
    source, code or row, if the file is damaged, a text is not the one of this corpus, or a
    span lies outside its text.
    """
    if format not in IMPORTS:
        raise ValueError(f"unknown format {format!r}; {suggest(format, IMPORTS)}")
    read = {"qdpx": read_project, "csv": read_coded}[format]
    return read(Path(path), notes, codebook=codebook)
