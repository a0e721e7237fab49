"""Set the data of a figure below it: a table whose rows open their sentences, and the files."""

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from bs4 import BeautifulSoup, Tag
from PIL import Image

from ruspak_nb.evidence import find_evidence
from ruspak_nb.report.page import Page
from ruspak_nb.tables import finding_table
from ruspak_nb.twins import evidence_keys

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = ["dress_figures"]

FOLDER = "files/figures"
KINDS = ("png", "svg", "csv")
# A longer table is what the CSV is for: shown are then the rows with sentences.
MOST_ROWS = 100
MOST_COLUMNS = 6
# Where a row has more, each is a link, which the script completes with its sentence.
FEW_SENTENCES = 2
LONG = 24


def dress_figures(
    page: Page, notes: "Annotations | None" = None, folder: Path | None = None
) -> dict[str, Path]:
    """Add to each figure that was saved its data with their sentences, and its files.

    A figure is known by the bytes of its picture, which are those of a PNG in `folder`
    (None: `RUSPAK_FIGURES` if set, else `figures` beside the notebooks' folder). Others stay
    as they are. Returns the files to copy by the address they get; the picture itself is
    shown from there, so links between pages must be resolved before.
    """
    saved = sorted((folder or _default_folder(page)).glob("*.png"))
    files: dict[str, Path] = {}
    moved: set[str] = set()
    for figure in page.soup.select("figure.picture, figure.plotly"):
        image = figure.find("img")
        content = page.images.get(str(image["src"])) if image is not None else None
        picture = None if content is None else _find_file(content, saved)
        if image is None or picture is None:
            continue
        offered = {kind: picture.with_suffix(f".{kind}") for kind in KINDS}
        offered = {kind: path for kind, path in offered.items() if path.is_file()}
        files |= {f"{FOLDER}/{path.name}": path for path in offered.values()}
        moved.add(str(image["src"]))
        image["src"] = f"{FOLDER}/{picture.name}"
        figure.append(_write_plate(figure, picture, offered, notes))
    for address in moved:
        del page.images[address]
    return files


def _default_folder(page: Page) -> Path:
    given = os.environ.get("RUSPAK_FIGURES")
    return Path(given) if given else page.path.resolve().parent.parent / "figures"


def _find_file(content: bytes, saved: Sequence[Path]) -> Path | None:
    """Find the file that holds exactly these bytes."""
    alike = (path for path in saved if path.stat().st_size == len(content))
    return next((path for path in alike if path.read_bytes() == content), None)


def _write_plate(
    figure: Tag, picture: Path, offered: dict[str, Path], notes: "Annotations | None"
) -> Tag:
    """Write what stands below a figure: its files, and its data with their sentences."""
    soup = BeautifulSoup("", "html.parser")
    plate = soup.new_tag("figcaption", attrs={"class": "plate"})
    clickable = "plotly" in str(figure.get("class"))
    if clickable:
        hint = soup.new_tag("p", attrs={"class": "plate-hint"}, string="Hover to read,")
        hint.append(" click to open.")
        plate.append(hint)
    line = soup.new_tag("p", attrs={"class": "plate-files"}, string="Download")
    for kind, path in offered.items():
        line.append(" ")
        address, name = f"{FOLDER}/{path.name}", kind.upper()
        told = {"href": address, "download": "", "aria-label": f"{name} of {path.stem}"}
        line.append(soup.new_tag("a", attrs=told, string=name))
    plate.append(line)
    if "csv" in offered:
        told_of = _read_told(picture)
        table, n_sentences = _write_table(offered["csv"], told_of, notes, clickable)
        data = soup.new_tag("details", attrs={"class": "plate-data"})
        label = "Data and sentences" if n_sentences else "Data"
        data.append(soup.new_tag("summary", string=label))
        data.append(table)
        plate.append(data)
        if n_sentences and clickable:
            _drop_folded(figure)
    return plate


def _drop_folded(figure: Tag) -> None:
    """Drop the sentences that the notebook folds below a figure: the table has them all."""
    folded = figure.find_next("details", class_="figure-sentences")
    if folded is not None and folded.find_previous("figure", class_="plotly") is figure:
        (folded.find_parent("div", class_="output") or folded).decompose()


def _read_told(picture: Path) -> dict[str, str]:
    """Read what a picture tells of itself: its title and the columns that it shows."""
    with Image.open(io.BytesIO(picture.read_bytes())) as image:
        image.load()
        return {str(key): str(value) for key, value in image.info.items() if isinstance(value, str)}


def _write_table(
    csv: Path, told_of: dict[str, str], notes: "Annotations | None", clickable: bool
) -> tuple[Tag, int]:
    """Write the data of a figure as a table, and count the rows that open their sentences."""
    data = pd.read_csv(csv, keep_default_na=False)
    n_all = len(data)
    if "evidence" in data:
        data["evidence"] = [tuple(filter(None, str(ids).split("; "))) for ids in data["evidence"]]
    drawn: list[str] = [c for c in json.loads(told_of.get("Columns", "[]")) if c in data]
    columns = drawn or [str(c) for c in data.columns if c != "evidence"][:MOST_COLUMNS]
    heads = {column: column.replace("_", " ") for column in columns if column != "n"}
    data["_key"] = evidence_keys(data)
    data["evidence"] = _resolve(data, notes)
    has_sentences = data["evidence"].str.len() > 0
    # The count comes last, and opens its sentences.
    if "n" in data and (has_sentences.any() or "n" in columns):
        heads["n"] = "n"
    elif has_sentences.any():
        heads["n"] = "sentences"
        data["n"] = data["evidence"].str.len()
    if n_all > MOST_ROWS:
        data = (data[has_sentences] if has_sentences.any() else data).head(MOST_ROWS)
    title = told_of.get("Title") or csv.stem
    caption = f"Data of the figure “{title}”"
    if len(data) < n_all:
        rest = "those with sentences; " if has_sentences.any() else ""
        caption += f": {len(data)} of {n_all:,} rows, {rest}all are in the CSV"
    shown = data if notes is not None else data.drop(columns="evidence")
    told = finding_table(shown, notes, caption=caption, columns=heads)
    table = BeautifulSoup(told.html, "html.parser").table
    assert table is not None
    for row, key in zip(table.select("tbody > tr"), data["_key"], strict=True):
        _dress_row(row, key, clickable)
    name = f"Data of {csv.stem}"
    region = {"class": "table", "tabindex": "0", "role": "region", "aria-label": name}
    box = BeautifulSoup("", "html.parser").new_tag("div", attrs=region)
    box.append(table)
    return box, int(has_sentences.sum())


def _resolve(data: pd.DataFrame, notes: "Annotations | None") -> list[tuple[str, ...]]:
    """Give the ids behind each row that lead to a sentence; the others name something else."""
    if notes is None:
        return [()] * len(data)
    if "evidence" in data:
        tried = [[ids] for ids in data["evidence"]]
    else:
        ids = data.get("sentence_id", pd.Series("", index=data.index))
        tried = [[(key,), (str(own),)] for key, own in zip(data["_key"], ids, strict=True)]
    known = _find_known(notes, {key for row in tried for ids in row for key in ids if key})
    return [next((ids for ids in row if any(ids) and known.issuperset(ids)), ()) for row in tried]


def _find_known(notes: "Annotations", ids: set[str]) -> set[str]:
    """Find out which ids lead to a sentence: most often all of them, so these are tried first."""
    try:
        find_evidence(notes, ids)
    except KeyError:
        return set().union(*(_find_known(notes, {key}) for key in ids)) if len(ids) > 1 else set()
    return ids


def _dress_row(row: Tag, key: str, clickable: bool) -> None:
    """Shorten a long list of sentences, and name the row so that a click finds it."""
    for cell in row.find_all("td", recursive=False):
        # The stylesheet aligns them; said at each cell it would take much room.
        del cell["style"]
        if cell.find("details") is None and len(cell.get_text()) > LONG:
            cell["class"] = "text"
    evidence = row.find("details")
    if evidence is None:
        return
    if clickable:
        evidence["data-evidence"] = key
        return
    items = evidence.find_all("li")
    if len(items) > FEW_SENTENCES:
        evidence.find_all("ol")[0].attrs = {"class": "ids"}
        for item in items:
            item.string = item.find_all("cite")[0].get_text().rpartition(" · ")[2]
