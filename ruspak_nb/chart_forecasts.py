"""Draw forecasts: on a time axis from statement to outcome, and one mark a statement."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ruspak_nb.canvas import (
    INK,
    MUTED,
    RULE,
    Chart,
    alt_text,
    canvas,
    name_rows,
    need_rows,
    write_beside,
    year_of,
)
from ruspak_nb.twins import Passage, escape_tags, evidence_keys, hover_text, plotly_layout

_FAINT = "#b4bbc3"
_LABEL: Mapping[str, Any] = {
    "fontsize": 8.5,
    "color": INK,
    "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.3},
    "zorder": 4,
}


class _Look(NamedTuple):
    """How an outcome is drawn: also told apart in grey, by marker and filling."""

    name: str
    marker: str
    colour: str
    filled: bool
    plotly: str


LOOKS: Mapping[str, _Look] = {
    "borne_out": _Look("came true", "o", "#0072b2", True, "circle"),
    "failed": _Look("failed", "X", "#c8401a", True, "x"),
    "open": _Look("open", ">", "#8a929b", False, "triangle-right-open"),
    "not_testable": _Look("cannot be tested", "_", "#8a929b", True, "line-ew"),
}


def draw_outcome_lines(
    summary: pd.DataFrame,
    *,
    lane: str,
    start: str,
    end: str,
    outcome: str,
    text: str,
    title: str,
    subtitle: str,
    source: str,
    label: str | None = None,
    hover: str | None = None,
    until: str = "",
) -> Chart:
    """Draw each forecast as a line from the day it was made to the day that settled it.

    Needs `lane` (the rows of the chart, such as articles), `start` and `end` (ISO days; an
    empty end runs to `until`, the end of the record, if the outcome is open), `outcome` (as in
    `OUTCOMES`), `text` and, if named, `label` (a few words beside the end; empty for none) and
    `hover` (more text when hovering, such as the sentence). Lines of a lane lie below each other
    in the order of the rows.
    """
    need_rows(summary, lane, start, end, outcome, text, *filter(None, (label, hover)))
    lanes = list(dict.fromkeys(summary[lane]))
    data = _stacked(summary, lane, lanes, start, end, outcome, until)
    low, high = data["_from"].min(), max(data["_to"].max(), data["_from"].max())
    room = max(high - low, 0.5)
    height = 0.45 + 0.135 * (len(data) + 1.4 * len(lanes))
    with canvas(title, subtitle, source, height=height) as (figure, axes):
        for number, top in enumerate(data.groupby(lane, sort=False)["_y"].min()):
            if number:
                axes.axhline(top - 1.2, color=RULE, lw=0.8)
        for row in data.to_dict("records"):
            look = LOOKS[row[outcome]]
            firm = row[outcome] in ("borne_out", "failed")
            axes.plot(
                [row["_from"], row["_to"]],
                [row["_y"]] * 2,
                color=look.colour if firm else _FAINT,
                lw=1.8 if firm else 1.1,
                linestyle="-" if firm else (0, (3, 2)),
                zorder=2,
            )
            axes.plot(row["_to"], row["_y"], zorder=3, **_marker(look, 6.5))
            if label and row[label]:
                ends, right = (row["_from"], row["_to"]), row["_to"] - low < 0.6 * room
                write_beside(axes, str(row[label]), ends, row["_y"], right=right, gap=7, **_LABEL)
        middles = data.groupby(lane, sort=False)["_y"].mean()
        axes.set_yticks(middles.to_list(), ["\n".join(textwrap.wrap(x, 18)) for x in lanes])
        axes.set_ylim(data["_y"].max() + 1.1, data["_y"].min() - 1.1)
        axes.set_xlim(low - 0.03 * room, high + 0.03 * room)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
        axes.grid(axis="x")
        _name_outcomes(axes, data[outcome].tolist())
    said = [
        f"{row[lane]}, {str(row[text]).rstrip('.')}: {LOOKS[row[outcome]].name}"
        + (f" {row[end]}" if row[end] and row[outcome] in ("borne_out", "failed") else "")
        for row in summary.to_dict("records")
    ]
    data["_hover"] = [_words(row, text, hover) for row in data.to_dict("records")]
    data["_key"] = evidence_keys(data)
    twin = _twin(data, lanes, lane, outcome, title=title, subtitle=subtitle, source=source)
    passages = [
        Passage(
            str(row[lane]),
            str(row[text]) if hover else "",
            str(row[hover or text]),
            str(row.get("sentence_id", "")),
        )
        for row in data.to_dict("records")
    ]
    alt = alt_text("Timeline", title, subtitle, said)
    return Chart(figure, summary, alt, twin, (lane, text, outcome, start, end), passages)


def draw_outcome_marks(
    summary: pd.DataFrame,
    *,
    label: str,
    outcome: str,
    title: str,
    subtitle: str,
    source: str,
) -> Chart:
    """Draw one mark a forecast in the row of its label, what came true first.

    Needs `label` and `outcome`; the labels in order of first appearance. The number settled
    stands behind each row.
    """
    need_rows(summary, label, outcome)
    names = list(dict.fromkeys(summary[label]))
    order = {name: i for i, name in enumerate(LOOKS)}
    most = int(summary[label].value_counts().max())
    said = []
    with canvas(title, subtitle, source, rows=1.35 * len(names)) as (figure, axes):
        for y, name in enumerate(names):
            found = sorted(summary.loc[summary[label] == name, outcome], key=order.__getitem__)
            for x, became in enumerate(found):
                axes.plot(x, y, clip_on=False, **_marker(LOOKS[became], 11))
            settled = sum(became in ("borne_out", "failed") for became in found)
            axes.annotate(
                f"{settled} of {len(found)} settled",
                (len(found) - 1, y),
                xytext=(12, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=INK if settled else MUTED,
            )
            counted = ", ".join(
                f"{look.name} {found.count(key)}" for key, look in LOOKS.items() if key in found
            )
            said.append(f"{name}: {counted}")
        name_rows(axes, names)
        axes.set_xlim(-0.6, most + 0.42 * most)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        _name_outcomes(axes, summary[outcome].tolist())
    alt = alt_text("Dot chart", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(label, outcome))


def _stacked(
    summary: pd.DataFrame,
    lane: str,
    lanes: Sequence[str],
    start: str,
    end: str,
    outcome: str,
    until: str,
) -> pd.DataFrame:
    """Give each forecast its line: where it runs from and to, and how far down it lies."""
    parts, below = [], 0.0
    for name in lanes:
        part = summary[summary[lane] == name]
        parts.append(part.assign(_y=[below + i for i in range(len(part))]))
        below += len(part) + 1.4
    data = pd.concat(parts, ignore_index=True)
    data["_from"] = [year_of(day) for day in data[start]]
    data["_to"] = [
        year_of(until if became == "open" and until else day or begun)
        for begun, day, became in zip(data[start], data[end], data[outcome], strict=True)
    ]
    return data


def _marker(look: _Look, size: float) -> dict[str, Any]:
    return {
        "marker": look.marker,
        "markersize": size * (0.75 if look.marker == "_" else 1),
        "linestyle": "none",
        "color": look.colour,
        "markerfacecolor": look.colour if look.filled else "white",
        "markeredgecolor": "white" if look.marker in "oX" else look.colour,
        "markeredgewidth": 0.7 if look.marker in "oX" else 1.8,
    }


def _name_outcomes(axes: Axes, found: Sequence[str]) -> None:
    handles = [
        Line2D([], [], label=look.name, **_marker(look, 8))
        for key, look in LOOKS.items()
        if key in found
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(handles),
        frameon=False,
        borderpad=0.2,
        borderaxespad=0.2,
        handletextpad=0.2,
        columnspacing=1.0,
        fontsize=9.5,
    )


def _words(row: Mapping[Any, Any], text: str, hover: str | None) -> str:
    """Word what hovering shows: the forecast, and its sentence with the id."""
    parts = [str(row[text]), *([str(row[hover])] if hover else [])]
    lines = [hover_text(part) for part in parts]
    if row.get("sentence_id"):
        lines.append(f"<b>{escape_tags(str(row['sentence_id']))}</b>")
    return "<br>".join(lines)


def _twin(
    data: pd.DataFrame,
    lanes: Sequence[str],
    lane: str,
    outcome: str,
    *,
    title: str,
    subtitle: str,
    source: str,
) -> Any:
    # Imported here: most notebooks draw nothing that is hovered over.
    import plotly.graph_objects as go

    figure = go.Figure()
    for key, look in LOOKS.items():
        part = data[data[outcome] == key]
        if part.empty:
            continue
        pairs = zip(part["_from"], part["_to"], strict=True)
        figure.add_scatter(
            x=[x for a, b in pairs for x in (round(a, 3), round(b, 3), None)],
            y=[y for line in part["_y"] for y in (round(line, 2), round(line, 2), None)],
            mode="lines",
            line={"color": look.colour, "width": 1.5, "dash": "dot" if key == "open" else "solid"},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=part["_to"].round(3).tolist(),
            y=part["_y"].round(2).tolist(),
            mode="markers",
            name=look.name,
            marker={
                "symbol": look.plotly,
                "size": 10,
                "color": look.colour,
                "line": {"width": 2, "color": look.colour},
            },
            customdata=part["_key"].tolist(),
            hovertext=part["_hover"].tolist(),
            hoverinfo="text",
        )
    layout = plotly_layout(lanes, True, title, subtitle, source)
    middles = data.groupby(lane, sort=False)["_y"].mean().round(2)
    layout["yaxis"]["tickvals"] = middles.tolist()
    layout["yaxis"]["showgrid"] = False
    layout["yaxis"]["range"] = [float(data["_y"].max()) + 1, -1.0]
    layout["height"] += 8 * len(data)
    layout["xaxis"] = {"zeroline": False, "fixedrange": True, "tickformat": "d"}
    figure.update_layout(layout)
    return figure
