"""Draw dyads: who acts on whom, as a matrix, a network and small multiples.

Cooperation is a pale circle and conflict a dark square, so that each chart is read in grey.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from ruspak_nb.canvas import (
    GREY,
    INK,
    RULE,
    Chart,
    alt_text,
    broken,
    canvas,
    colour_of,
    need_rows,
)
from ruspak_nb.evidence import find_evidence
from ruspak_nb.twins import Passage, escape_tags, evidence_keys, hover_text, plotly_layout

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations


class _Mark(NamedTuple):
    """How a stance looks: fill, edge and text colours, marker, dashes in print and on screen."""

    fill: str
    edge: str
    ink: str
    marker: str
    line: Any
    dash: str


_MARKS: Mapping[str, _Mark] = {
    "cooperation": _Mark("#cfe0ea", "#4d6b7d", INK, "o", "-", "solid"),
    "conflict": _Mark("#4a1f1f", "#4a1f1f", "white", "s", (0, (4, 1.6)), "6px,3px"),
}
_BEND = {"cooperation": 0.16, "conflict": 0.34}
Point = tuple[float, float]


def draw_dyads(
    summary: pd.DataFrame, *, title: str, subtitle: str, source: str, order: Sequence[str] = ()
) -> Chart:
    """Draw who acts (rows) on whom (columns): in each cell a mark a stance, n in it.

    Needs `source`, `target`, `stance` (cooperation or conflict; others are not drawn) and `n`.
    Actors stand in the order given, or by their overall n. The area of a mark is its n.
    """
    need_rows(summary, "source", "target", "stance", "n")
    actors = list(order) or _ranked(summary)
    place = {actor: at for at, actor in enumerate(actors)}
    drawn = _with_stance(summary)
    drawn = drawn[drawn["source"].isin(actors) & drawn["target"].isin(actors)]
    both = drawn.groupby(["source", "target"])["stance"].transform("nunique") == 2
    top = float(drawn["n"].max())
    with canvas(title, subtitle, source, rows=1.75 * len(actors) + 1.2) as (figure, axes):
        _grid(axes, actors)
        for row, shared in zip(drawn.itertuples(index=False), both, strict=True):
            mark = _MARKS[row.stance]
            shift = 0.0 if not shared else -0.2 if row.stance == "cooperation" else 0.27
            x, y = place[row.target] + shift, place[row.source]
            size = 150 + 620 * row.n / top
            axes.scatter(
                x, y, s=size, marker=mark.marker, color=mark.fill, edgecolor=mark.edge, zorder=3
            )
            centred: dict[str, Any] = {"ha": "center", "va": "center"}
            axes.text(x, y, f"{row.n}", fontsize=9, color=mark.ink, zorder=4, **centred)
        _stance_legend(axes, 1.13)
    said = [f"{r.source} on {r.target}, {r.stance}: {r.n}" for r in drawn.itertuples(index=False)]
    alt = alt_text("Dyad matrix", title, subtitle, said)
    return Chart(figure, summary, alt, columns=("source", "target", "stance", "n"))


def draw_network(
    summary: pd.DataFrame,
    notes: "Annotations",
    *,
    title: str,
    subtitle: str,
    source: str,
    order: Sequence[str] = (),
) -> Chart:
    """Draw actors on a circle, and an arrow from who acts to upon whom, n on each.

    Needs `source`, `target`, `stance` (cooperation or conflict), `n` and `evidence`. Actors
    stand clockwise from the top in the order given, or by their overall n. On screen, hovering
    an arrow shows its sentences.
    """
    need_rows(summary, "source", "target", "stance", "n", "evidence")
    actors = list(order) or _ranked(summary)
    drawn = _with_stance(summary)
    places = _on_a_circle(actors)
    labels = _label_places(drawn, places)
    top = float(drawn["n"].max())
    with canvas(title, subtitle, source, height=4.7) as (figure, axes):
        axes.set_aspect("equal")
        axes.axis("off")
        axes.set_xlim(-1.42, 1.42)
        axes.set_ylim(-1.2, 1.26)
        for row in drawn.itertuples(index=False):
            _arrow(axes, places[row.source], places[row.target], row.stance, row.n, top)
        for row, (x, y) in zip(drawn.itertuples(index=False), labels, strict=True):
            axes.text(
                x,
                y,
                f"{row.n}",
                ha="center",
                va="center",
                fontsize=8.5,
                color=_MARKS[row.stance].edge,
                weight="bold",
                bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
                zorder=4,
            )
        for at, (actor, (x, y)) in enumerate(places.items()):
            axes.scatter(x, y, s=150, color=colour_of(actor, at), zorder=5, edgecolor="white")
            side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
            axes.annotate(
                broken(actor, 14),
                (x, y),
                xytext=(13 * math.copysign(abs(x) >= 0.2, x), 15 * y if abs(x) < 0.2 else 4 * y),
                textcoords="offset points",
                ha=side,
                va="center" if abs(x) >= 0.2 else "bottom" if y > 0 else "top",
                weight="bold",
                fontsize=9.5,
                zorder=6,
            )
        _stance_legend(axes, 1.0, lines=True)
    said = [f"{r.source} to {r.target}, {r.stance}: {r.n}" for r in drawn.itertuples(index=False)]
    alt = alt_text("Network", title, subtitle, said)
    twin = _plotly_network(drawn, places, notes, title=title, subtitle=subtitle, source=source)
    passages = [
        Passage(told, "", found.sentence, found.sentence_id)
        for told, ids in zip(said, drawn["evidence"], strict=True)
        for found in _sentences(notes, ids).itertuples(index=False)
    ]
    return Chart(figure, summary, alt, twin, ("source", "target", "stance", "n"), passages)


def draw_turns(
    summary: pd.DataFrame,
    *,
    step: str,
    group: str = "pair",
    value: str = "n",
    names: Mapping[str, str] | None = None,
    title: str,
    subtitle: str,
    source: str,
) -> Chart:
    """Draw a small chart for each group: cooperation upwards, conflict downwards, by step.

    Needs `group`, `step`, `stance`, `n` and `value` (the height, n or share); groups and steps
    in order of first appearance, steps under their `names` if given. The number is n.
    """
    need_rows(summary, group, step, "stance", "n", value)
    groups, steps = list(dict.fromkeys(summary[group])), list(dict.fromkeys(summary[step]))
    drawn = summary[summary["stance"].isin(list(_MARKS))]
    n_rows = math.ceil(len(groups) / 2)
    tops = drawn.groupby("stance")[value].max()
    high, low = (float(tops.get(stance, 0)) for stance in _MARKS)
    room = high + low or 1.0
    with canvas(title, subtitle, source, height=0.35 + 1.5 * n_rows) as (figure, axes):
        axes.remove()
        panels = figure.subplots(n_rows, 2, squeeze=False, sharex=True, sharey=True).flatten()
        for panel, name in zip(panels, groups, strict=False):
            part = drawn[drawn[group] == name]
            _turn(panel, str(name), part, steps, step, value)
            panel.set_ylim(-low - 0.24 * room, high + 0.3 * room)
        for panel in panels[len(groups) :]:
            panel.axis("off")
        labels = [broken((names or {}).get(str(s), str(s)), 7) for s in steps]
        for panel in panels[max(0, len(groups) - 2) : len(groups)]:
            panel.set_xticks(range(len(steps)), labels, fontsize=8.5)
            panel.tick_params(labelbottom=True)
    said = [
        f"{name}: " + ", ".join(f"{r[step]} {r['stance']} {r['n']}" for r in part)
        for name in groups
        for part in [drawn[(drawn[group] == name) & (drawn["n"] > 0)].to_dict("records")]
    ]
    alt = alt_text("Small multiples", title, subtitle, said)
    columns = dict.fromkeys((group, step, "stance", value, "n"))
    return Chart(figure, summary, alt, columns=tuple(columns))


def _turn(
    panel: Axes, name: str, part: pd.DataFrame, steps: Sequence[Any], step: str, value: str
) -> None:
    panel.axhline(0, color=GREY, linewidth=1)
    panel.set_yticks([])
    panel.spines["bottom"].set_visible(False)
    panel.set_title(name, loc="left", fontsize=9.5, pad=2)
    panel.set_xlim(-0.5, len(steps) - 0.5)
    for row in part[part["n"] > 0].to_dict("records"):
        mark = _MARKS[row["stance"]]
        up = 1 if row["stance"] == "cooperation" else -1
        x, y = steps.index(row[step]), up * row[value]
        panel.plot([x, x], [0, y], color=mark.edge, linewidth=2.4, zorder=2)
        panel.scatter(
            x, y, s=46, marker=mark.marker, color=mark.fill, edgecolor=mark.edge, zorder=3
        )
        panel.annotate(
            f"{row['n']}",
            (x, y),
            xytext=(0, 6 * up),
            textcoords="offset points",
            ha="center",
            va="bottom" if up > 0 else "top",
            fontsize=9,
        )


def _with_stance(summary: pd.DataFrame) -> pd.DataFrame:
    drawn = summary[summary["stance"].isin(list(_MARKS)) & (summary["n"] > 0)]
    if drawn.empty:
        raise ValueError("there is nothing to draw: no row is cooperation or conflict")
    return drawn


def _ranked(summary: pd.DataFrame) -> list[str]:
    sides = [summary[[s, "n"]].set_axis(["actor", "n"], axis=1) for s in ("source", "target")]
    total = pd.concat(sides).groupby("actor")["n"].sum().sort_index()
    return [str(actor) for actor in total.sort_values(ascending=False, kind="stable").index]


def _grid(axes: Axes, actors: Sequence[str]) -> None:
    last = len(actors) - 0.5
    axes.set_xlim(-0.5, last)
    axes.set_ylim(last, -0.5)
    axes.set_yticks(range(len(actors)), [broken(actor, 12) for actor in actors])
    axes.set_xticks(range(len(actors)), [broken(actor, 11) for actor in actors])
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelcolor=INK, labelsize=9)
    axes.spines[:].set_visible(False)
    axes.set_xticks([j - 0.5 for j in range(len(actors) + 1)], minor=True)
    axes.set_yticks([j - 0.5 for j in range(len(actors) + 1)], minor=True)
    axes.grid(which="minor")
    axes.tick_params(which="minor", size=0)
    for at in range(len(actors)):
        axes.plot([at - 0.5, at + 0.5], [at - 0.5, at + 0.5], color=RULE, linewidth=0.8)


def _stance_legend(axes: Axes, y: float, *, lines: bool = False) -> None:
    handles = [
        Line2D(
            [],
            [],
            color=mark.edge if lines else "none",
            linestyle=mark.line,
            linewidth=2,
            marker="" if lines else mark.marker,
            markerfacecolor=mark.fill,
            markeredgecolor=mark.edge,
            markersize=9,
        )
        for mark in _MARKS.values()
    ]
    axes.legend(
        handles,
        list(_MARKS),
        loc="lower left",
        bbox_to_anchor=(-0.02, y),
        ncols=2,
        frameon=False,
        fontsize=9.5,
        handlelength=2.6 if lines else 1.2,
        borderaxespad=0,
    )


def _on_a_circle(actors: Sequence[str]) -> dict[str, Point]:
    turn = 2 * math.pi / len(actors)
    return {a: (math.sin(turn * i), math.cos(turn * i)) for i, a in enumerate(actors)}


def _curve(one: Point, other: Point, stance: str) -> list[Point]:
    """Give points on the bent line between two actors, short of both."""
    (x1, y1), (x2, y2), bend = one, other, _BEND[stance]
    middle = (x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1)
    points = []
    for step in range(25):
        t = step / 24
        weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
        corners = (one, middle, other)
        points.append(
            (
                sum(w * corner[0] for w, corner in zip(weights, corners, strict=True)),
                sum(w * corner[1] for w, corner in zip(weights, corners, strict=True)),
            )
        )
    return points


def _width(n: int, top: float) -> float:
    return 1.1 + 4.4 * math.sqrt(n / top)


def _arrow(axes: Axes, one: Point, other: Point, stance: str, n: int, top: float) -> None:
    mark = _MARKS[stance]
    width = _width(n, top)
    axes.add_patch(
        FancyArrowPatch(
            one,
            other,
            connectionstyle=f"arc3,rad={_BEND[stance]}",
            arrowstyle=f"-|>,head_width={1.6 + 0.5 * width},head_length={3 + 0.8 * width}",
            shrinkA=9,
            shrinkB=9,
            linestyle=mark.line,
            linewidth=width,
            color=mark.edge,
            zorder=2 if stance == "cooperation" else 3,
        )
    )


def _label_places(drawn: pd.DataFrame, places: Mapping[str, Point]) -> list[Point]:
    """Give each arrow's number a place on its arrow, as far from the others as can be."""
    found: list[Point] = []
    for row in drawn.itertuples(index=False):
        points = _curve(places[row.source], places[row.target], row.stance)[7:17]
        found.append(max(points, key=lambda at: min((math.dist(at, o) for o in found), default=0)))
    return found


def _plotly_network(
    drawn: pd.DataFrame,
    places: Mapping[str, Point],
    notes: "Annotations",
    *,
    title: str,
    subtitle: str,
    source: str,
) -> Any:
    # Imported here: most notebooks draw nothing that is hovered over.
    import plotly.graph_objects as go

    figure = go.Figure()
    layout = plotly_layout([""] * 9, True, title, subtitle, source)
    bare = {"visible": False, "fixedrange": True}
    layout |= {
        "xaxis": {**bare, "range": [-1.6, 1.6]},
        "yaxis": {**bare, "range": [-1.25, 1.25], "scaleanchor": "x"},
        "hovermode": "closest",
    }
    top = float(drawn["n"].max())
    legend: set[str] = set()
    labels = _label_places(drawn, places)
    keys = evidence_keys(drawn)
    for row, label, key in zip(drawn.itertuples(index=False), labels, keys, strict=True):
        points = _curve(places[row.source], places[row.target], row.stance)
        mark = _MARKS[row.stance]
        figure.add_scatter(
            x=[round(x, 3) for x, _ in points],
            y=[round(y, 3) for _, y in points],
            mode="lines",
            line={
                "width": round(_width(row.n, top), 1),
                "color": mark.edge,
                "dash": mark.dash,
            },
            name=row.stance,
            showlegend=row.stance not in legend,
            # For all points of the arrow at once: one by one they would take much room.
            meta=key,
            hovertext=_hover(row, notes),
            hoverinfo="text",
        )
        legend.add(row.stance)
        layout["annotations"] += [_head(points, mark.edge), _number(label, row.n, mark.edge)]
    figure.add_scatter(
        x=[round(x, 3) for x, _ in places.values()],
        y=[round(y, 3) for _, y in places.values()],
        mode="markers+text",
        marker={"size": 15, "color": [colour_of(a, i) for i, a in enumerate(places)]},
        text=[f"<b>{escape_tags(actor)}</b>" for actor in places],
        textposition=[
            "top center"
            if abs(x) < 0.2 and y > 0
            else "bottom center"
            if abs(x) < 0.2
            else "middle right"
            if x > 0
            else "middle left"
            for x, y in places.values()
        ],
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_layout(layout)
    return figure


def _hover(row: Any, notes: "Annotations") -> str:
    """Word what hovering an arrow shows: the dyad, its n, and its first sentences."""
    found = _sentences(notes, row.evidence)
    lines = [f"<b>{escape_tags(row.source)} → {escape_tags(row.target)}, {row.stance}: {row.n}</b>"]
    for said, sentence_id in found[["sentence", "sentence_id"]].head(4).itertuples(index=False):
        short = textwrap.shorten(said, 180, placeholder=" …")
        lines.append(hover_text(short))
        lines.append(f"<i>{escape_tags(sentence_id)}</i>")
    if len(found) > 4:
        lines.append(f"and {len(found) - 4} more sentences")
    return "<br>".join(lines)


def _sentences(notes: "Annotations", ids: Sequence[str]) -> pd.DataFrame:
    return find_evidence(notes, ids).drop_duplicates("sentence_id")


def _head(points: Sequence[Point], colour: str) -> dict[str, Any]:
    (x1, y1), (x2, y2) = points[-5], points[-2]
    return {
        "x": round(x2, 3),
        "y": round(y2, 3),
        "ax": round(x1, 3),
        "ay": round(y1, 3),
        "xref": "x",
        "yref": "y",
        "axref": "x",
        "ayref": "y",
        "text": "",
        "showarrow": True,
        "arrowhead": 2,
        "arrowwidth": 1.4,
        "arrowcolor": colour,
    }


def _number(at: Point, n: int, colour: str) -> dict[str, Any]:
    return {
        "x": round(at[0], 3),
        "y": round(at[1], 3),
        "xref": "x",
        "yref": "y",
        "text": f"<b>{n}</b>",
        "showarrow": False,
        "bgcolor": "white",
        "borderpad": 1,
        "font": {"size": 12, "color": colour},
    }
