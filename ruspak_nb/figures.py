"""Draw a summary: the title is the finding, labels sit on the data, the source stands below.

Every function takes a summary that is already counted and returns a `Chart`; nothing is
loaded, counted or saved inside. Colours mean the same state everywhere and differ in
lightness; markers and labels repeat what a colour says.
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
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ruspak_nb.schema import need_columns

WIDTH = 6.4  # inches: on a phone this leaves 10 pt text at about 9 pt
_DPI = 180
_INK, _MUTED, _RULE, _GREY = "#1d2126", "#5b626b", "#d9dde2", "#8a929b"
_ACCENT = "#0072b2"
COLOURS: Mapping[str, str] = {
    "Russia": "#0072b2",
    "Pakistan": "#00805a",
    "India": "#d98a00",
    "China": "#c8401a",
    "United States": "#6a4c93",
    "Afghanistan": "#7a5c3e",
}
_OTHERS = ("#3b4a5a", "#9a5b8f", "#6b8e23", "#a96b59", "#717581", "#2f8fa8")
_MARKERS = ("o", "s", "D", "^", "v", "P")
_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": _INK,
    "axes.labelcolor": _MUTED,
    "axes.edgecolor": _RULE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "xtick.color": _MUTED,
    "ytick.color": _INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 10,
    "ytick.major.size": 0,
    "xtick.major.size": 0,
    "grid.color": _RULE,
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


def draw_bars(
    summary: pd.DataFrame,
    *,
    label: str,
    value: str,
    title: str,
    subtitle: str,
    source: str,
    colour: str | None = None,
    highlight: Sequence[str] = (),
    percent: bool = False,
) -> Chart:
    """Draw horizontal bars from zero, in the order of the rows, the value at each end.

    Needs `label` and `value`. `colour` names a column of states; `highlight` lists the
    labels to keep in full colour while the others turn grey.
    """
    _need(summary, label, value)
    names, values = summary[label].tolist(), summary[value].tolist()
    colours = _bar_colours(summary, label, colour, highlight)
    with _canvas(title, subtitle, source, rows=len(names)) as (figure, axes):
        axes.barh(range(len(names)), values, color=colours, height=0.66)
        _rows(axes, names)
        room = max([*values, 0]) or 1
        for row, number in enumerate(values):
            axes.text(number + room * 0.015, row, _number(number, percent), va="center")
        axes.set_xlim(0, room * 1.14)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=_GREY, linewidth=1)
    said = [f"{n}: {_number(v, percent)}" for n, v in zip(names, values, strict=True)]
    return Chart(figure, summary, _alt("Bar chart", title, subtitle, said))


def draw_dots(
    summary: pd.DataFrame,
    *,
    label: str,
    value: str,
    group: str,
    title: str,
    subtitle: str,
    source: str,
    percent: bool = False,
) -> Chart:
    """Draw a dot for each group on the line of its label, joined, groups named on top.

    Needs `label`, `value`, `group`; labels in order of first appearance, the first on top.
    """
    _need(summary, label, value, group)
    names = list(dict.fromkeys(summary[label]))
    groups = list(dict.fromkeys(summary[group]))
    table = summary.pivot(index=label, columns=group, values=value).loc[names, groups]
    with _canvas(title, subtitle, source, rows=len(names) + 1) as (figure, axes):
        for row, name in enumerate(names):
            axes.plot([table.loc[name].min(), table.loc[name].max()], [row, row], color=_RULE, lw=3)
        for i, who in enumerate(groups):
            axes.scatter(
                table[who],
                range(len(names)),
                color=_colour(who, i),
                marker=_MARKERS[i % len(_MARKERS)],
                s=62,
                zorder=3,
                label=who,
                edgecolor="white",
                linewidth=0.8,
                clip_on=False,
            )
        _rows(axes, names)
        _value_axis(axes, percent)
        low, high = min(0.0, float(table.min().min())), float(table.max().max())
        axes.set_xlim(left=low - 0.03 * (high - low or 1))
        _legend(axes, groups)
    said = [
        f"{name}: " + ", ".join(f"{who} {_number(table.loc[name, who], percent)}" for who in groups)
        for name in names
    ]
    return Chart(figure, summary, _alt("Dot plot", title, subtitle, said))


def draw_lines(
    summary: pd.DataFrame,
    *,
    x: str,
    y: str,
    group: str,
    title: str,
    subtitle: str,
    source: str,
    highlight: Sequence[str] = (),
    percent: bool = False,
) -> Chart:
    """Draw a line for each group over the steps of `x`, named at its right end.

    Needs `x`, `y`, `group`; the steps in order of first appearance. Works as a slope chart
    when there are two steps. `highlight` lists the groups to keep in full colour.
    """
    _need(summary, x, y, group)
    steps = list(dict.fromkeys(summary[x]))
    groups = list(dict.fromkeys(summary[group]))
    table = summary.pivot(index=x, columns=group, values=y).loc[steps, groups]
    with _canvas(title, subtitle, source, height=3.6) as (figure, axes):
        for i, who in enumerate(groups):
            loud = not highlight or who in highlight
            known = table[who].dropna()
            at = [steps.index(step) for step in known.index]
            axes.plot(
                at,
                known,
                color=_colour(who, i) if loud else _RULE,
                marker=_MARKERS[i % len(_MARKERS)],
                markersize=6 if loud else 4,
                lw=2.2 if loud else 1.4,
                zorder=3 if loud else 2,
                clip_on=False,
            )
        ends = {who: table[who].dropna() for who in groups}
        for who, y_text in _spread_labels({w: float(s.iloc[-1]) for w, s in ends.items()}).items():
            loud = not highlight or who in highlight
            last = steps.index(ends[who].index[-1])
            axes.annotate(
                f"{who} {_number(ends[who].iloc[-1], percent)}",
                (last, y_text),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5 if loud else 8.5,
                color=_INK if loud else _MUTED,
                annotation_clip=False,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
            if len(steps) == 2 and len(ends[who]) == 2:
                axes.annotate(
                    _number(ends[who].iloc[0], percent),
                    (0, ends[who].iloc[0]),
                    xytext=(-9, 0),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=9.5,
                    annotation_clip=False,
                )
        axes.set_xticks(range(len(steps)), [_broken(str(step), 14) for step in steps])
        axes.tick_params(axis="x", pad=7)
        axes.set_xlim(-0.2, len(steps) - 1 + 0.42 * max(len(steps) - 1, 1))
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: _number(v, percent)))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=not percent))
        axes.tick_params(axis="y", labelcolor=_MUTED, labelsize=9)
        axes.grid(axis="y")
        axes.spines["bottom"].set_color(_GREY)
    said = [
        f"{who}: " + ", ".join(f"{s} {_number(v, percent)}" for s, v in table[who].dropna().items())
        for who in groups
    ]
    return Chart(figure, summary, _alt("Line chart", title, subtitle, said))


def draw_matrix(
    summary: pd.DataFrame,
    *,
    row: str,
    column: str,
    value: str,
    title: str,
    subtitle: str,
    source: str,
    percent: bool = False,
) -> Chart:
    """Draw a table of shaded cells with the value in each.

    Needs `row`, `column`, `value`; both in order of first appearance. An absent pair is
    left blank.
    """
    _need(summary, row, column, value)
    rows, columns = list(dict.fromkeys(summary[row])), list(dict.fromkeys(summary[column]))
    table = summary.pivot(index=row, columns=column, values=value).loc[rows, columns]
    top = float(table.max().max()) or 1.0
    with _canvas(title, subtitle, source, rows=len(rows) + 1.2) as (figure, axes):
        shades = mpl.colors.LinearSegmentedColormap.from_list("shade", ["#ffffff", "#0a4f7d"])
        axes.imshow(table.astype("float64"), cmap=shades, vmin=0, vmax=top, aspect="auto")
        for i in range(len(rows)):
            for j in range(len(columns)):
                number = table.iat[i, j]
                if pd.isna(number):
                    continue
                dark = number / top > 0.72
                faint = number == 0
                axes.text(
                    j,
                    i,
                    "0" if faint else _number(number, percent),
                    ha="center",
                    va="center",
                    fontsize=9.5,
                    color="white" if dark else _MUTED if faint else "black",
                )
        axes.set_yticks(range(len(rows)), [_broken(str(name), 24) for name in rows])
        width = max(8, 60 // len(columns))
        axes.set_xticks(range(len(columns)), [_broken(str(name), width) for name in columns])
        axes.xaxis.tick_top()
        axes.tick_params(axis="x", labelcolor=_INK, labelsize=9)
        axes.spines[:].set_visible(False)
        axes.set_xticks([j - 0.5 for j in range(1, len(columns))], minor=True)
        axes.set_yticks([i - 0.5 for i in range(1, len(rows))], minor=True)
        axes.grid(which="minor", color="white", linewidth=2)
        axes.tick_params(which="minor", size=0)
    said = [
        f"{name}: "
        + ", ".join(f"{c} {_number(v, percent)}" for c, v in table.loc[name].dropna().items())
        for name in rows
    ]
    return Chart(figure, summary, _alt("Matrix", title, subtitle, said))


def draw_spans(
    summary: pd.DataFrame,
    *,
    label: str,
    start: str,
    end: str,
    title: str,
    subtitle: str,
    source: str,
    colour: str | None = None,
    note: str | None = None,
) -> Chart:
    """Draw a stretch of time for each label, with an arrow where its end is open.

    Needs `label`, `start` and `end` (ISO dates; an empty end is open) and, if named, the
    columns `colour` (of states) and `note` (a few words beside the bar).
    """
    _need(summary, label, start, end, *(c for c in (colour, note) if c))
    names = summary[label].tolist()
    begins = [_year(day) for day in summary[start]]
    stops = [_year(day) if day else None for day in summary[end]]
    low, high = min(begins), max([*begins, *(stop for stop in stops if stop is not None)])
    room = max(high - low, 0.5)
    with _canvas(title, subtitle, source, rows=1.25 * len(names)) as (figure, axes):
        for row, (begin, stop) in enumerate(zip(begins, stops, strict=True)):
            shade = _colour(summary[colour].iloc[row], row) if colour else _ACCENT
            last = begin + 0.1 * room if stop is None else stop
            if last - begin < 0.012 * room:
                axes.plot((begin + last) / 2, row, marker="o", color=shade, markersize=8)
            else:
                axes.plot([begin, last], [row, row], color=shade, lw=8, solid_capstyle="butt")
            if stop is None:
                axes.plot(last, row, marker=">", color=shade, markersize=15, markeredgewidth=0)
            if note:
                _note_beside(axes, begin, last, row, str(summary[note].iloc[row]), low, room)
        _rows(axes, names)
        axes.set_ylim(len(names) - 0.4, -0.7)
        axes.set_xlim(low - 0.04 * room, high + 0.06 * room)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
        axes.grid(axis="x")
    said = [
        f"{name}: {begin} to {stop or 'an open end'}"
        for name, begin, stop in zip(names, summary[start], summary[end], strict=True)
    ]
    return Chart(figure, summary, _alt("Timeline", title, subtitle, said))


def draw_dispersion(
    summary: pd.DataFrame,
    *,
    line: str,
    position: str,
    length: str,
    text: str,
    title: str,
    subtitle: str,
    source: str,
    group: str | None = None,
) -> Chart:
    """Draw where in each text something is said: a tick a sentence, from first to last.

    Needs `line` (a row of the chart, such as an article), `position` (1 for the first
    sentence), `length` (sentences in the text), `text` (shown when hovering) and, if named,
    `group`, which splits each line into lanes. On screen, hovering shows the sentence.
    """
    _need(summary, line, position, length, text, *([group] if group else []))
    lines = list(dict.fromkeys(summary[line]))
    groups = list(dict.fromkeys(summary[group])) if group else [""]
    lanes = {g: (i - (len(groups) - 1) / 2) * 0.7 / len(groups) for i, g in enumerate(groups)}
    data = summary.assign(
        _x=100 * (summary[position] - 0.5) / summary[length],
        _y=[
            lines.index(name) + lanes[lane]
            for name, lane in zip(
                summary[line], summary[group] if group else [""] * len(summary), strict=True
            )
        ],
        _group=summary[group] if group else "",
    )
    with _canvas(title, subtitle, source, rows=1.5 * len(lines) + 1) as (figure, axes):
        for i, lane in enumerate(groups):
            part = data[data["_group"] == lane]
            axes.scatter(
                part["_x"],
                part["_y"],
                marker="|",
                s=170,
                linewidth=2.4,
                color=_colour(lane, i),
                label=lane,
            )
        _rows(axes, lines)
        axes.set_xlim(0, 100)
        axes.set_xlabel("position in the article, first sentence to last (%)")
        axes.set_yticks([i + 0.5 for i in range(len(lines) - 1)], minor=True)
        axes.grid(axis="y", which="minor")
        axes.tick_params(which="minor", size=0)
        if group:
            _legend(axes, groups)
    counted = data.groupby([line, "_group"], sort=False).size()
    said = [
        f"{name}{f', {lane}' if lane else ''}: {n} {'sentence' if n == 1 else 'sentences'}"
        for (name, lane), n in counted.items()
    ]
    alt = _alt("Dispersion plot", title, subtitle, said)
    interactive = _plotly_dispersion(
        data, lines, groups, text, title=title, subtitle=subtitle, source=source
    )
    return Chart(figure, summary, alt, interactive)


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


def _need(summary: pd.DataFrame, *columns: str) -> None:
    """Raise ValueError unless `summary` has all `columns` and something to draw."""
    need_columns(summary, *columns)
    if summary.empty:
        raise ValueError("there is nothing to draw: the summary has no row")


def _figures_folder() -> Path:
    given = os.environ.get("RUSPAK_FIGURES")
    if given:
        return Path(given)
    here = Path.cwd()
    return (here.parent if here.name == "notebooks" else here) / "figures"


@contextmanager
def _canvas(
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
            0.012, y / total, "\n".join(below), va="top", fontsize=9, color=_MUTED, linespacing=1.3
        )
        figure.text(
            0.012,
            0.07 / total,
            "\n".join(foot),
            va="bottom",
            fontsize=7.5,
            color=_MUTED,
            linespacing=1.3,
        )
        # The layout settles over two drawings; fixed here, every later one is the same.
        for _ in range(2):
            engine.execute(figure)
        figure.set_layout_engine("none")


def _rows(axes: Axes, names: Sequence[object]) -> None:
    axes.set_yticks(range(len(names)), [_broken(str(name), 26) for name in names])
    axes.set_ylim(len(names) - 0.45, -0.55)


def _legend(axes: Axes, names: Sequence[object]) -> None:
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


def _value_axis(axes: Axes, percent: bool) -> None:
    axes.grid(axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=not percent))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _number(v, percent)))


def _note_beside(
    axes: Axes, begin: float, last: float, row: int, note: str, low: float, room: float
) -> None:
    right = begin - low < 0.55 * room
    axes.annotate(
        note,
        (last if right else begin, row),
        xytext=(10 if right else -8, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=8.5,
        color=_MUTED,
    )


def _spread_labels(ends: Mapping[str, float]) -> dict[str, float]:
    """Move labels apart that would overlap, keeping their order."""
    top = max([*ends.values(), 0.0]) or 1.0
    gap = top * 0.072
    placed: dict[str, float] = {}
    last = -gap
    for who, y in sorted(ends.items(), key=lambda item: item[1]):
        last = max(y, last + gap)
        placed[who] = last
    return placed


def _bar_colours(
    summary: pd.DataFrame, label: str, colour: str | None, highlight: Sequence[str]
) -> list[str]:
    shades = [COLOURS.get(state, _GREY) for state in summary[colour]] if colour else None
    return [
        _RULE if highlight and name not in highlight else shade
        for name, shade in zip(summary[label], shades or [_ACCENT] * len(summary), strict=True)
    ]


def _colour(name: object, position: int) -> str:
    return COLOURS.get(str(name), _OTHERS[position % len(_OTHERS)])


def _number(value: float, percent: bool) -> str:
    if percent:
        return f"{100 * value:.0f} %"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _year(day: str) -> float:
    date = pd.Timestamp(day)
    return float(date.year + (date.day_of_year - 1) / 365.25)


def _broken(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def _alt(kind: str, title: str, subtitle: str, said: Sequence[str]) -> str:
    shown = "; ".join(said[:40]) + ("; …" if len(said) > 40 else "")
    return f"{kind}. {title.rstrip('.')}. {subtitle.rstrip('.')}. {shown}."


def _rendered(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context(_STYLE):
        figure.savefig(buffer, format=kind, dpi=_DPI, metadata=metadata)
    return buffer.getvalue()


def _plotly_dispersion(
    data: pd.DataFrame,
    lines: Sequence[str],
    groups: Sequence[str],
    text: str,
    *,
    title: str,
    subtitle: str,
    source: str,
) -> Any:
    # Imported here: most notebooks draw nothing that is hovered over.
    import plotly.graph_objects as go

    figure = go.Figure()
    for i, lane in enumerate(groups):
        part = data[data["_group"] == lane]
        hover = [
            "<br>".join(textwrap.wrap(_escape(said), 60))
            + (f"<br><b>{_escape(str(sentence_id))}</b>" if sentence_id else "")
            for said, sentence_id in zip(
                part[text], part.get("sentence_id", pd.Series("", index=part.index)), strict=True
            )
        ]
        figure.add_scatter(
            x=part["_x"].round(2).tolist(),
            y=part["_y"].round(3).tolist(),
            mode="markers",
            name=_escape(str(lane)) or "sentence",
            marker={
                "symbol": "line-ns",
                "size": 15,
                "line": {"width": 3, "color": _colour(lane, i)},
            },
            hovertext=hover,
            hoverinfo="text",
        )
    figure.update_layout(_plotly_layout(lines, len(groups) > 1, title, subtitle, source))
    return figure


def _plotly_layout(
    lines: Sequence[str], legend: bool, title: str, subtitle: str, source: str
) -> dict[str, Any]:
    """Give the twin the same furniture as the printed figure."""
    head, below, foot = (
        "<br>".join(textwrap.wrap(_escape(text), width))
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
            "ticktext": [_escape(str(name)) for name in lines],
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


def _escape(text: str) -> str:
    # plotly reads a few tags in its labels; an article's text is never markup.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
