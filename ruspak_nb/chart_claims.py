"""Draw claims: the ledger of who tells what, a mark for each verdict, and what came before."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ruspak_nb.canvas import (
    GREY,
    INK,
    MUTED,
    RULE,
    Chart,
    alt_text,
    broken,
    canvas,
    name_rows,
    need_rows,
    year_of,
)
from ruspak_nb.schema import suggest
from ruspak_nb.twins import Passage, escape_tags, evidence_keys, hover_text, plotly_layout

# No state's colours.
_SOUND, _LOOSE, _WRONG = "#3b4a5a", "#b58bb0", "#a3210f"


class Look(NamedTuple):
    """How a verdict or state is drawn; marker and filling tell it apart in grey."""

    name: str
    marker: str
    colour: str
    filled: bool
    size: float


LOOKS: Mapping[str, Look] = {
    "supported": Look("supported", "o", _SOUND, True, 46),
    "fits": Look("told, and fits", "o", _SOUND, True, 46),
    "imprecise": Look("imprecise", "D", _LOOSE, True, 40),
    "contradicted": Look("contradicted", "X", _WRONG, True, 74),
    "not_found": Look("no source settles it", "s", MUTED, False, 40),
    "not settled": Look("no source settles it", "s", MUTED, False, 40),
    "forecast": Look("as a forecast", ">", MUTED, False, 44),
    "not checked": Look("told, not checked", "o", MUTED, False, 40),
    "silent": Look("silent", ".", GREY, True, 7),
    "not yet": Look("", "", "", False, 0),
}

_PLOTLY = {
    "o": "circle",
    "D": "diamond",
    "X": "x",
    "s": "square",
    ">": "triangle-right",
    ".": "circle",
}


def draw_ledger(
    summary: pd.DataFrame,
    *,
    row: str,
    column: str,
    state: str,
    text: str,
    title: str,
    subtitle: str,
    source: str,
) -> Chart:
    """Draw who tells what: a mark for each row and column, by its state; `not yet` stays blank.

    Needs `row`, `column`, `state` (of LOOKS) and `text` (shown when hovering over what is
    told, on screen); rows and columns in order of first appearance.
    """
    need_rows(summary, row, column, state, text)
    _check_states(summary[state])
    rows, columns = list(dict.fromkeys(summary[row])), list(dict.fromkeys(summary[column]))
    states = [name for name in LOOKS if name != "not yet" and (summary[state] == name).any()]
    with canvas(title, subtitle, source, height=1.0 + 0.215 * len(rows)) as (figure, axes):
        for name in states:
            part = summary[summary[state] == name]
            _scatter(
                axes,
                [columns.index(value) for value in part[column]],
                [rows.index(value) for value in part[row]],
                name,
            )
        names = [textwrap.shorten(str(name), 50, placeholder=" …") for name in rows]
        axes.set_yticks(range(len(rows)), names)
        axes.tick_params(axis="y", labelsize=8)
        axes.set_ylim(len(rows) - 0.4, -0.7)
        axes.set_xticks(range(len(columns)), [_stacked(str(name)) for name in columns])
        axes.xaxis.tick_top()
        axes.tick_params(axis="x", labelcolor=INK, labelsize=8)
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.spines[:].set_visible(False)
        axes.set_yticks([i + 0.5 for i in range(len(rows))], minor=True)
        axes.grid(axis="y", which="minor")
        axes.tick_params(which="minor", size=0)
        _legend(axes, columns=3, below=True)
    table = summary.pivot(index=row, columns=column, values=state).loc[rows, columns]
    told = set(states) - {"silent"}
    said = [
        f"{name}: " + ", ".join(f"{c} {LOOKS[v].name}" for c, v in line.items() if v in told)
        for name, line in table.iterrows()
    ]
    twin = _plotly_ledger(summary, (row, column, state, text), title, subtitle, source)
    opened = summary[summary[state].isin(list(told))]
    passages = [
        Passage(str(who), str(what), str(words), key.replace(" ", ", "))
        for who, what, words, key in zip(
            opened[column], opened[row], opened[text], evidence_keys(opened), strict=True
        )
    ]
    alt = alt_text("Ledger", title, subtitle, said)
    return Chart(figure, summary, alt, twin, (row, column, state), passages)


def draw_units(
    summary: pd.DataFrame,
    *,
    row: str,
    state: str,
    value: str,
    title: str,
    subtitle: str,
    source: str,
) -> Chart:
    """Draw one mark for each thing counted, a line for each `row`, sorted by state.

    Needs `row`, `state` (of LOOKS) and the whole number `value`; rows in order of first
    appearance, states in that of LOOKS.
    """
    need_rows(summary, row, state, value)
    _check_states(summary[state])
    rows = list(dict.fromkeys(summary[row]))
    table = summary.pivot(index=row, columns=state, values=value).fillna(0).astype("int64")
    states = [name for name in LOOKS if name in table.columns]
    table = table.loc[rows, states]
    with canvas(title, subtitle, source, rows=1.35 * len(rows) + 1.2) as (figure, axes):
        for name in states:
            at = [
                (start + i, line)
                for line, start in enumerate(_starts(table, name))
                for i in range(table[name].iloc[line])
            ]
            _scatter(axes, [x for x, _ in at], [y for _, y in at], name)
        for line, total in enumerate(table.sum(axis=1)):
            axes.text(total + 0.2, line, f"n = {total}", va="center", fontsize=8.5, color=MUTED)
        name_rows(axes, rows)
        axes.set_xlim(-0.7, table.sum(axis=1).max() + 3.4)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        _legend(axes, columns=2)
    said = [
        f"{name}: " + ", ".join(f"{LOOKS[s].name} {n}" for s, n in line.items() if n)
        for name, line in table.iterrows()
    ]
    alt = alt_text("Unit chart", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(row, state, value))


def draw_precedents(
    summary: pd.DataFrame,
    *,
    label: str,
    day: str,
    kind: str,
    text: str,
    title: str,
    subtitle: str,
    source: str,
) -> Chart:
    """Draw on a line of time what is called the first, and what of its sort came before.

    Needs `label` (a line each), `day` (ISO), `kind` (`called first` or `before`) and `text`
    (what is written at the first and at the one called so).
    """
    need_rows(summary, label, day, kind, text)
    names = list(dict.fromkeys(summary[label]))
    years = [year_of(value) for value in summary[day]]
    low, high = min(years), max(years)
    room = max(high - low, 1.0)
    with canvas(title, subtitle, source, rows=1.7 * len(names) + 0.6) as (figure, axes):
        for line, name in enumerate(names):
            part = summary[summary[label] == name].sort_values(day)
            x = [year_of(value) for value in part[day]]
            axes.plot([x[0], x[-1]], [line, line], color=RULE, lw=3, zorder=1)
            for place, called in zip(x, part[kind] == "called first", strict=True):
                look = ("D", _SOUND, 58) if called else ("o", "white", 42)
                axes.scatter(
                    place,
                    line,
                    marker=look[0],
                    facecolor=look[1],
                    s=look[2],
                    edgecolor=_SOUND,
                    linewidth=1.4,
                    zorder=3,
                    clip_on=False,
                )
            _name_ends(axes, line, x, part[text].tolist(), low, room)
        name_rows(axes, names)
        axes.set_ylim(len(names) - 0.35, -0.75)
        axes.set_xlim(low - 0.03 * room, high + 0.04 * room)
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
        axes.grid(axis="x")
        axes.spines["bottom"].set_color(GREY)
    said = [
        f"{name}: " + ", ".join(f"{d} {k}" for d, k in zip(part[day], part[kind], strict=True))
        for name, part in summary.groupby(label, sort=False)
    ]
    alt = alt_text("Timeline", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(label, kind, day, text))


def _name_ends(
    axes: Axes, line: int, x: Sequence[float], texts: Sequence[str], low: float, room: float
) -> None:
    """Write the first mark's text above the line and the last one's below it."""
    ends = [(x[0], texts[0], True)] if len(x) > 1 else []
    for place, said, above in (*ends, (x[-1], texts[-1], False)):
        right = place - low > 0.55 * room
        axes.annotate(
            said,
            (place, line),
            xytext=(0, 8 if above else -8),
            textcoords="offset points",
            ha="right" if right else "left",
            va="bottom" if above else "top",
            fontsize=8,
            color=INK if not above else MUTED,
        )


def _starts(table: pd.DataFrame, state: str) -> list[int]:
    before = table.columns[: table.columns.get_loc(state)]
    return [int(n) for n in table[before].sum(axis=1)]


def _scatter(axes: Axes, x: Sequence[float], y: Sequence[float], state: str) -> None:
    look = LOOKS[state]
    axes.scatter(
        x,
        y,
        marker=look.marker,
        s=look.size,
        label=look.name,
        zorder=3,
        clip_on=False,
        facecolor=look.colour if look.filled else "white",
        edgecolor=look.colour,
        linewidth=0.6 if look.filled else 1.3,
    )


def _plotly_ledger(
    summary: pd.DataFrame, names: tuple[str, str, str, str], title: str, subtitle: str, source: str
) -> Any:
    """Draw the same ledger for the screen; hovering shows what is told."""
    import plotly.graph_objects as go

    row, column, state, text = names
    rows, columns = list(dict.fromkeys(summary[row])), list(dict.fromkeys(summary[column]))
    layout = plotly_layout(rows, True, title, subtitle, source)
    height = 250 + 25 * len(rows)
    # The furniture keeps its distance from the top though the lines stand closer.
    layout["title"]["y"] = 1 - (1 - layout["title"]["y"]) * layout["height"] / height
    figure = go.Figure(layout=layout | {"height": height})
    figure.update_xaxes(
        title=None,
        range=[-0.5, len(columns) - 0.5],
        tickvals=list(range(len(columns))),
        ticktext=[escape_tags(str(name)) for name in columns],
        side="top",
    )
    figure.update_yaxes(tickfont={"size": 11})
    figure.update_layout(legend={"y": 0, "yanchor": "top"})
    for name, look in LOOKS.items():
        part = summary[summary[state] == name]
        if part.empty or name == "not yet":
            continue
        figure.add_scatter(
            x=[columns.index(value) for value in part[column]],
            y=[rows.index(value) for value in part[row]],
            name=look.name,
            mode="markers",
            marker={
                "symbol": _PLOTLY[look.marker] + ("" if look.filled else "-open"),
                "size": 4 if name == "silent" else 10,
                "color": look.colour,
            },
            customdata=evidence_keys(part),
            hovertext=[_hover(*said) for said in zip(part[row], part[text], strict=True)]
            if name != "silent"
            else None,
            hoverinfo="text" if name != "silent" else "skip",
        )
    return figure


def _hover(head: object, said: object) -> str:
    short = textwrap.shorten(str(said), 420, placeholder=" …")
    return f"<b>{escape_tags(str(head))}</b><br>{hover_text(short)}"


def _stacked(name: str) -> str:
    """Break a name at its hyphens too."""
    return broken(name.replace("-", "- "), 9).replace("- ", "-")


def _legend(axes: Axes, *, columns: int, below: bool = False) -> None:
    axes.legend(
        loc="upper right" if below else "lower left",
        bbox_to_anchor=(1, 0) if below else (0, 1),
        ncols=columns,
        frameon=False,
        borderpad=0.2,
        borderaxespad=0.3,
        handletextpad=0.2,
        columnspacing=1.0,
        fontsize=8.5,
    )


def _check_states(states: pd.Series) -> None:
    for state in states.unique():
        if state not in LOOKS:
            raise ValueError(f"no mark for the state {state!r}; {suggest(str(state), LOOKS)}")
