"""The furniture of every figure: type, colours, title above, source below, and how one is saved.

Colours mean the same state everywhere and differ in lightness.
"""

import base64
import html
import io
import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ruspak_nb.schema import need_columns
from ruspak_nb.twins import Passage, count_passages, fold_passages

WIDTH = 6.4  # inches: on a phone this leaves 10 pt text at about 9 pt
_DPI = 160
# The most frequent colours stay as they are; the others serve the edges of what is drawn.
_N_COLOURS, _N_FLAT = 56, 24
INK, MUTED, RULE, GREY = "#1d2126", "#5b626b", "#d9dde2", "#8a929b"
ACCENT = "#0072b2"
COLOURS: Mapping[str, str] = {
    "Russia": "#0072b2",
    "Pakistan": "#00805a",
    "India": "#d98a00",
    "China": "#c8401a",
    "United States": "#6a4c93",
    "Afghanistan": "#7a5c3e",
}
OTHERS = ("#3b4a5a", "#9a5b8f", "#6b8e23", "#a96b59", "#717581", "#2f8fa8")
MARKERS = ("o", "s", "D", "^", "v", "P")
# The first comes with matplotlib. A drawing names the others for systems without it: Verdana is
# as wide, the others narrower, so that no label runs into the next.
_FONTS = ["DejaVu Sans", "Verdana", "Arial", "Liberation Sans", "Helvetica"]
_STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": _FONTS,
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 10,
    "ytick.major.size": 0,
    "xtick.major.size": 0,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "svg.hashsalt": "ruspak_nb",
    "text.parse_math": False,  # "$" is money here
    "svg.fonttype": "none",  # text stays text: small, selectable, read aloud
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Chart:
    """A figure with the data it was drawn from and its alt text.

    `columns` are those of the data that the figure shows. `interactive`, where there is one,
    is the plotly twin of the same data, and `passages` what its marks open.
    """

    figure: Figure
    data: pd.DataFrame
    alt: str
    interactive: Any = None
    columns: Sequence[str] = ()
    passages: Sequence[Passage] = ()

    def __repr__(self) -> str:
        return self.alt

    @cached_property
    def png(self) -> bytes:
        """The picture, drawn once for the screen and for the file; it carries its alt text."""
        return _picture(self)

    @property
    def svg(self) -> bytes:
        """The drawing, with its text as text and its alt text inside."""
        return _drawing(self)

    def _ipython_display_(self) -> None:
        # No click on a stored figure calls anyone: what its marks open is folded below it.
        if not self.passages:
            raise NotImplementedError("shown by its mime bundle")
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        folded = {
            "text/plain": count_passages(self.passages),
            "text/html": fold_passages(self.passages),
        }
        display(folded, raw=True)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        # The alt text is also the plain text, so the regression test compares it.
        bundle: dict[str, Any] = {"text/plain": self.alt}
        bundle["image/png"] = base64.b64encode(self.png).decode()
        if self.interactive is not None:
            plotly = json.loads(self.interactive.to_json())
            bundle["application/vnd.plotly.v1+json"] = plotly
        return bundle, {kind: {"alt": self.alt} for kind in bundle if kind != "text/plain"}


def save_figure(chart: Chart, name: str) -> None:
    """Write a chart as PNG and SVG with the CSV it was drawn from, under `figures/`.

    The folder is `RUSPAK_FIGURES` if set, else `figures` beside the notebooks' folder. The
    same chart gives the same bytes. Raises ValueError if `name` is more than a file name.
    """
    if Path(name).name != name or not name or name.startswith("."):
        raise ValueError(f"{name!r} is not a plain file name; write it without folders")
    folder = _figures_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(chart.png)
    (folder / f"{name}.svg").write_bytes(chart.svg)
    data = chart.data.copy()
    if "evidence" in data:
        data["evidence"] = ["; ".join(ids) for ids in data["evidence"]]
    data.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.6g")


def need_rows(summary: pd.DataFrame, *columns: str) -> None:
    """Raise ValueError unless `summary` has all `columns` and something to draw."""
    need_columns(summary, *columns)
    if summary.empty:
        raise ValueError("there is nothing to draw: the summary has no row")


@contextmanager
def canvas(
    title: str, subtitle: str, source: str, *, rows: float = 0, height: float = 0
) -> Iterator[tuple[Figure, Axes]]:
    """Give axes below a left-aligned title and subtitle and above a source line."""
    head = textwrap.wrap(title, 62)
    below = textwrap.wrap(subtitle, 84)
    foot = textwrap.wrap(f"Source: {source}", 96)
    top = 0.14 + 0.235 * len(head) + 0.18 * len(below) + 0.12
    bottom = 0.1 + 0.15 * len(foot)
    inner = height or 0.5 + 0.31 * rows
    total = top + inner + bottom
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, total))
        FigureCanvasAgg(figure)
        room = (0.0, bottom / total, 1.0, inner / total)
        engine = ConstrainedLayoutEngine(rect=room, w_pad=0.08, h_pad=0.02)
        figure.set_layout_engine(engine)
        axes = figure.add_subplot()
        yield figure, axes
        y = total - 0.12
        figure.text(
            0.012,
            y / total,
            "\n".join(head),
            va="top",
            weight="bold",
            fontsize=12,
            linespacing=1.25,
        )
        y -= 0.235 * len(head) + 0.03
        figure.text(
            0.012, y / total, "\n".join(below), va="top", fontsize=9, color=MUTED, linespacing=1.3
        )
        figure.text(
            0.012,
            0.07 / total,
            "\n".join(foot),
            va="bottom",
            fontsize=7.5,
            color=MUTED,
            linespacing=1.3,
        )
        # The layout settles over two drawings; fixed here, every later one is the same.
        for _ in range(2):
            engine.execute(figure)
        figure.set_layout_engine("none")


def name_rows(axes: Axes, names: Sequence[object]) -> None:
    """Name the rows of a chart from top to bottom, long names on two lines."""
    axes.set_yticks(range(len(names)), [broken(str(name), 26) for name in names])
    axes.set_ylim(len(names) - 0.45, -0.55)


def legend(axes: Axes, names: Sequence[object]) -> None:
    """Name the groups above the axes, in as many columns as fit."""
    widest = max(len(str(name)) for name in names)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=max(1, min(len(names), 52 // (widest + 4))),
        frameon=False,
        borderpad=0.2,
        borderaxespad=0.2,
        handletextpad=0.3,
        columnspacing=1.2,
        fontsize=9.5,
    )


def write_beside(
    axes: Axes,
    words: str,
    ends: tuple[float, float],
    y: float,
    *,
    right: bool,
    gap: float,
    **style: Any,
) -> None:
    """Write a few words beside a bar: behind its end or, where there is no room, before it.

    `gap` is in points, `style` that of the text.
    """
    axes.annotate(
        words,
        (ends[1] if right else ends[0], y),
        xytext=(gap if right else -gap, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        **style,
    )


def colour_of(name: object, position: int) -> str:
    """Give the colour of a state, the same everywhere, or of another group by its position."""
    return COLOURS.get(str(name), OTHERS[position % len(OTHERS)])


def shown(value: float, percent: bool) -> str:
    """Write a count with thousands, or a share as a percentage."""
    if percent:
        return f"{100 * value:.0f} %"
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 1 else f"{value:,.1f}"


def year_of(day: str) -> float:
    """Give an ISO day as a year with its fraction."""
    date = pd.Timestamp(day)
    return float(date.year + (date.day_of_year - 1) / 365.25)


def broken(text: str, width: int) -> str:
    """Break a text into lines."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def alt_text(kind: str, title: str, subtitle: str, said: Sequence[str]) -> str:
    """Word a chart for those who cannot see it: kind, finding, measure, and the data."""
    listed = "; ".join(said[:40]) + ("; …" if len(said) > 40 else "")
    return f"{kind}. {title.rstrip('.')}. {subtitle.rstrip('.')}. {listed}."


def _picture(chart: Chart) -> bytes:
    """Draw a chart as a PNG of few colours, which takes a third of the room."""
    drawn = _rendered(chart.figure, "png", {"Software": None})
    picture = _reduced(Image.open(io.BytesIO(drawn)).convert("RGB"))
    told = PngInfo()
    told.add_itxt("Title", _title_of(chart), zip=True)
    told.add_itxt("Description", chart.alt, zip=True)
    told.add_itxt("Columns", json.dumps(list(chart.columns)))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True, dpi=(_DPI, _DPI), pnginfo=told)
    return buffer.getvalue()


def _reduced(picture: Image.Image) -> Image.Image:
    """Give each pixel the nearest of a few colours."""
    pixels = np.asarray(picture).astype(np.int32)
    packed = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    found, place, count = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    flat = colours[np.argsort(-count, kind="stable")[:_N_FLAT]]
    # The palette that covers most keeps the rare colours too: a dot in a wide white field.
    rare = picture.quantize(_N_COLOURS - _N_FLAT, method=Image.Quantize.MAXCOVERAGE).getpalette()
    palette = np.concatenate([flat, np.reshape(rare or [], (-1, 3))[: _N_COLOURS - _N_FLAT]])
    nearest = ((colours[:, None] - palette[None]) ** 2).sum(axis=2).argmin(axis=1)
    reduced = Image.fromarray(nearest.astype(np.uint8)[place.reshape(packed.shape)])
    reduced.putpalette(palette.astype(np.uint8).tobytes())
    return reduced


def _drawing(chart: Chart) -> bytes:
    """Draw a chart as an SVG that is announced by its title and alt text."""
    title = _title_of(chart)
    metadata = {"Date": None, "Creator": None, "Title": title}
    drawn = _rendered(chart.figure, "svg", metadata).decode()
    # Said at each of its texts, the font and a turn by nothing take a fifth of the file.
    fonts = ", ".join([*map(repr, _FONTS), "sans-serif"])
    drawn = drawn.replace(f"; font-family: {fonts}", "")
    drawn = drawn.replace(
        '<style type="text/css">', f'<style type="text/css">text{{font-family: {fonts}}} ', 1
    )
    drawn = re.sub(r' transform="rotate\(-0 [\d. -]+\)"', "", drawn)
    told = f"</title>\n <desc>{html.escape(chart.alt, quote=False)}</desc>"
    return drawn.replace("</title>", told, 1).encode()


def _title_of(chart: Chart) -> str:
    """Read the title that stands above a figure; without one, its alt text."""
    return " ".join((chart.figure.texts[0].get_text() if chart.figure.texts else chart.alt).split())


def _rendered(figure: Figure, kind: str, metadata: Mapping[str, str | None]) -> bytes:
    buffer = io.BytesIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(buffer, format=kind, dpi=_DPI, metadata=metadata)
    return buffer.getvalue()


def _figures_folder() -> Path:
    given = os.environ.get("RUSPAK_FIGURES")
    if given:
        return Path(given)
    here = Path.cwd()
    return (here.parent if here.name == "notebooks" else here) / "figures"
