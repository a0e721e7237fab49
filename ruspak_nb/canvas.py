"""The furniture of every figure: type, colours, title above, source below, and how one is saved.

Colours mean the same state everywhere and differ in lightness.
"""

import base64
import io
import json
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ruspak_nb.schema import need_columns

WIDTH = 6.4  # inches: on a phone this leaves 10 pt text at about 9 pt
_DPI = 180
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
_STYLE = {
    "font.family": "DejaVu Sans",
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
    "svg.fonttype": "path",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Chart:
    """A figure with the data it was drawn from and its alt text.

    `interactive`, where there is one, is the plotly twin of the same data.
    """

    figure: Figure
    data: pd.DataFrame
    alt: str
    interactive: Any = None

    def __repr__(self) -> str:
        return self.alt

    @cached_property
    def png(self) -> bytes:
        """The picture, drawn once for the screen and for the file."""
        return _rendered(self.figure, "png")

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
    (folder / f"{name}.svg").write_bytes(_rendered(chart.figure, "svg"))
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


def _rendered(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context(_STYLE):
        figure.savefig(buffer, format=kind, dpi=_DPI, metadata=metadata)
    return buffer.getvalue()


def plotly_layout(
    lines: Sequence[str], legend: bool, title: str, subtitle: str, source: str
) -> dict[str, Any]:
    """Give the twin the same furniture as the printed figure."""
    head, below, foot = (
        "<br>".join(textwrap.wrap(escape_tags(text), width))
        for text, width in ((title, 56), (subtitle, 80), (f"Source: {source}", 92))
    )
    n_head = head.count("<br>") + 1
    top = 30 + 21 * n_head + 16 * (below.count("<br>") + 1)
    height = top + (34 if legend else 0) + 84 + 56 * len(lines)
    return {
        "template": "none",
        "title": {
            "text": f"<b>{head}</b>",
            "subtitle": {"text": below, "font": {"size": 12}},
            "x": 0.01,
            "xanchor": "left",
            "yref": "container",
            # plotly puts the last line of a title here, whatever the anchor.
            "y": 1 - (10 + 21 * (n_head - 1)) / height,
            "yanchor": "top",
            "font": {"size": 16},
        },
        "height": height,
        "margin": {"l": 10, "r": 14, "t": top + (34 if legend else 0), "b": 84},
        "showlegend": legend,
        "legend": {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"},
        "hoverlabel": {"align": "left"},
        "xaxis": {
            "title": {"text": "position in the article (%)", "standoff": 8},
            "range": [0, 100],
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis": {
            "tickvals": list(range(len(lines))),
            "ticktext": [escape_tags(str(name)) for name in lines],
            "range": [len(lines) - 0.5, -0.5],
            "automargin": True,
            "zeroline": False,
            "fixedrange": True,
        },
        "annotations": [
            {
                "text": foot,
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": 0,
                "yref": "paper",
                "yanchor": "top",
                "yshift": -48,
                "showarrow": False,
                "align": "left",
                "font": {"size": 10},
            }
        ],
    }


def hover_text(text: str) -> str:
    """Break what hovering shows into lines, as it is."""
    return "<br>".join(textwrap.wrap(escape_tags(text), 60))


def escape_tags(text: str) -> str:
    """Show a text in plotly as it is."""
    # plotly reads a few tags in its labels; an article's text is never markup.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _figures_folder() -> Path:
    given = os.environ.get("RUSPAK_FIGURES")
    if given:
        return Path(given)
    here = Path.cwd()
    return (here.parent if here.name == "notebooks" else here) / "figures"
