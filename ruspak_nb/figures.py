"""Draw a summary: the title is the finding, labels sit on the data, the source stands below.

Every function takes a summary that is already counted and returns a `Chart`; nothing is
loaded, counted or saved inside. Colours mean the same state everywhere and differ in
lightness; markers and labels repeat what a colour says.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ruspak_nb.canvas import (
    ACCENT,
    COLOURS,
    GREY,
    INK,
    MARKERS,
    MUTED,
    RULE,
    Chart,
    alt_text,
    broken,
    canvas,
    colour_of,
    legend,
    name_rows,
    need_rows,
    shown,
    write_beside,
    year_of,
)
from ruspak_nb.twins import Passage, escape_tags, evidence_keys, hover_text, plotly_layout


class _Tick(NamedTuple):
    """A narrow mark, told from the others in grey: its shape in print, size, line, on screen."""

    marker: str
    size: float
    line: float
    plotly: str


_TICKS = (
    _Tick("|", 170, 2.4, "line-ns"),
    _Tick("d", 52, 0.8, "diamond-tall"),
    _Tick("x", 34, 1.8, "x-thin"),
    _Tick("o", 30, 1.6, "circle-open"),
)


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
    need_rows(summary, label, value)
    names, values = summary[label].tolist(), summary[value].tolist()
    colours = _bar_colours(summary, label, colour, highlight)
    with canvas(title, subtitle, source, rows=len(names)) as (figure, axes):
        axes.barh(range(len(names)), values, color=colours, height=0.66)
        name_rows(axes, names)
        room = max([*values, 0]) or 1
        for row, number in enumerate(values):
            axes.text(number + room * 0.015, row, shown(number, percent), va="center")
        axes.set_xlim(0, room * 1.14)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=GREY, linewidth=1)
    said = [f"{n}: {shown(v, percent)}" for n, v in zip(names, values, strict=True)]
    alt = alt_text("Bar chart", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(label, value))


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
    Dots that would hide each other stand one above the other. An absent pair has no dot.
    """
    need_rows(summary, label, value, group)
    names = list(dict.fromkeys(summary[label]))
    groups = list(dict.fromkeys(summary[group]))
    table = summary.pivot(index=label, columns=group, values=value).loc[names, groups]
    with canvas(title, subtitle, source, rows=len(names) + 1) as (figure, axes):
        for row, name in enumerate(names):
            axes.plot([table.loc[name].min(), table.loc[name].max()], [row, row], color=RULE, lw=3)
        heights = _dodged(table)
        for i, who in enumerate(groups):
            axes.scatter(
                table[who],
                heights[who],
                color=colour_of(who, i),
                marker=MARKERS[i % len(MARKERS)],
                s=62,
                zorder=3,
                label=who,
                edgecolor="white",
                linewidth=0.8,
                clip_on=False,
            )
        name_rows(axes, names)
        _value_axis(axes, percent)
        low, high = min(0.0, float(table.min().min())), float(table.max().max())
        axes.set_xlim(left=low - 0.03 * (high - low or 1))
        legend(axes, groups)
    said = [
        f"{name}: "
        + ", ".join(f"{who} {shown(v, percent)}" for who, v in table.loc[name].dropna().items())
        for name in names
    ]
    alt = alt_text("Dot plot", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(label, group, value))


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
    need_rows(summary, x, y, group)
    steps = list(dict.fromkeys(summary[x]))
    groups = list(dict.fromkeys(summary[group]))
    table = summary.pivot(index=x, columns=group, values=y).loc[steps, groups]
    with canvas(title, subtitle, source, height=3.6) as (figure, axes):
        for i, who in enumerate(groups):
            loud = not highlight or who in highlight
            known = table[who].dropna()
            at = [steps.index(step) for step in known.index]
            axes.plot(
                at,
                known,
                color=colour_of(who, i) if loud else RULE,
                marker=MARKERS[i % len(MARKERS)],
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
                f"{who} {shown(ends[who].iloc[-1], percent)}",
                (last, y_text),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5 if loud else 8.5,
                color=INK if loud else MUTED,
                annotation_clip=False,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
            if len(steps) == 2 and len(ends[who]) == 2:
                axes.annotate(
                    shown(ends[who].iloc[0], percent),
                    (0, ends[who].iloc[0]),
                    xytext=(-9, 0),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=9.5,
                    annotation_clip=False,
                )
        axes.set_xticks(range(len(steps)), [broken(str(step), 14) for step in steps])
        axes.tick_params(axis="x", pad=7)
        axes.set_xlim(-0.2, len(steps) - 1 + 0.42 * max(len(steps) - 1, 1))
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: shown(v, percent)))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=not percent))
        axes.tick_params(axis="y", labelcolor=MUTED, labelsize=9)
        axes.grid(axis="y")
        axes.spines["bottom"].set_color(GREY)
    said = [
        f"{who}: " + ", ".join(f"{s} {shown(v, percent)}" for s, v in table[who].dropna().items())
        for who in groups
    ]
    alt = alt_text("Line chart", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(group, x, y))


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
    need_rows(summary, row, column, value)
    rows, columns = list(dict.fromkeys(summary[row])), list(dict.fromkeys(summary[column]))
    table = summary.pivot(index=row, columns=column, values=value).loc[rows, columns]
    top = float(table.max().max()) or 1.0
    with canvas(title, subtitle, source, rows=len(rows) + 1.2) as (figure, axes):
        shades = LinearSegmentedColormap.from_list("shade", ["#ffffff", "#0a4f7d"])
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
                    "0" if faint else shown(number, percent),
                    ha="center",
                    va="center",
                    fontsize=9.5,
                    color="white" if dark else MUTED if faint else "black",
                )
        axes.set_yticks(range(len(rows)), [broken(str(name), 24) for name in rows])
        width = max(8, 60 // len(columns))
        axes.set_xticks(range(len(columns)), [broken(str(name), width) for name in columns])
        axes.xaxis.tick_top()
        axes.tick_params(axis="x", labelcolor=INK, labelsize=9)
        axes.spines[:].set_visible(False)
        axes.set_xticks([j - 0.5 for j in range(1, len(columns))], minor=True)
        axes.set_yticks([i - 0.5 for i in range(1, len(rows))], minor=True)
        axes.grid(which="minor", color="white", linewidth=2)
        axes.tick_params(which="minor", size=0)
    said = [
        f"{name}: "
        + ", ".join(f"{c} {shown(v, percent)}" for c, v in table.loc[name].dropna().items())
        for name in rows
    ]
    alt = alt_text("Matrix", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(row, column, value))


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
    need_rows(summary, label, start, end, *(c for c in (colour, note) if c))
    names = summary[label].tolist()
    begins = [year_of(day) for day in summary[start]]
    stops = [year_of(day) if day else None for day in summary[end]]
    low, high = min(begins), max([*begins, *(stop for stop in stops if stop is not None)])
    room = max(high - low, 0.5)
    with canvas(title, subtitle, source, rows=1.25 * len(names)) as (figure, axes):
        for row, (begin, stop) in enumerate(zip(begins, stops, strict=True)):
            shade = colour_of(summary[colour].iloc[row], row) if colour else ACCENT
            last = begin + 0.1 * room if stop is None else stop
            if last - begin < 0.012 * room:
                axes.plot((begin + last) / 2, row, marker="o", color=shade, markersize=8)
            else:
                axes.plot([begin, last], [row, row], color=shade, lw=8, solid_capstyle="butt")
            if stop is None:
                axes.plot(last, row, marker=">", color=shade, markersize=15, markeredgewidth=0)
            if note:
                words = str(summary[note].iloc[row])
                right = begin - low < 0.55 * room
                write_beside(
                    axes, words, (begin, last), row, right=right, gap=10, fontsize=8.5, color=MUTED
                )
        name_rows(axes, names)
        axes.set_ylim(len(names) - 0.4, -0.7)
        axes.set_xlim(low - 0.04 * room, high + 0.06 * room)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
        axes.grid(axis="x")
    said = [
        f"{name}: {begin} to {stop or 'an open end'}"
        for name, begin, stop in zip(names, summary[start], summary[end], strict=True)
    ]
    alt = alt_text("Timeline", title, subtitle, said)
    columns = (label, start, end, *(c for c in (note, colour) if c))
    return Chart(figure, summary, alt, columns=columns)


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
    """Draw where in each text something is said: a mark a sentence, from first to last.

    Needs `line` (a row of the chart, such as an article), `position` (1 for the first
    sentence), `length` (sentences in the text), `text` (shown when hovering) and, if named,
    `group`, which splits each line into lanes, each with its own colour and mark. On screen,
    hovering shows the sentence.
    """
    need_rows(summary, line, position, length, text, *([group] if group else []))
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
    with canvas(title, subtitle, source, rows=1.5 * len(lines) + 1) as (figure, axes):
        for i, lane in enumerate(groups):
            part = data[data["_group"] == lane]
            tick = _TICKS[i % len(_TICKS)]
            shade = colour_of(lane, i)
            hollow = {"edgecolor": shade, "facecolor": "white"}
            filling: dict[str, Any] = hollow if tick.marker == "o" else {"color": shade}
            axes.scatter(
                part["_x"],
                part["_y"],
                marker=tick.marker,
                s=tick.size,
                linewidth=tick.line,
                label=lane,
                **filling,
            )
        name_rows(axes, lines)
        axes.set_xlim(0, 100)
        axes.set_xlabel("position in the article, first sentence to last (%)")
        axes.set_yticks([i + 0.5 for i in range(len(lines) - 1)], minor=True)
        axes.grid(axis="y", which="minor")
        axes.tick_params(which="minor", size=0)
        if group:
            legend(axes, groups)
    counted = data.groupby([line, "_group"], sort=False).size()
    said = [
        f"{name}{f', {lane}' if lane else ''}: {n} {'sentence' if n == 1 else 'sentences'}"
        for (name, lane), n in counted.items()
    ]
    alt = alt_text("Dispersion plot", title, subtitle, said)
    interactive = _plotly_dispersion(
        data, lines, groups, text, title=title, subtitle=subtitle, source=source
    )
    ids = summary.get("sentence_id", pd.Series("", index=summary.index))
    passages = [
        Passage(str(name), str(lane), str(words), str(sentence_id))
        for name, lane, words, sentence_id in zip(
            summary[line], data["_group"], summary[text], ids, strict=True
        )
    ]
    columns = (line, *([group] if group else []), position)
    return Chart(figure, summary, alt, interactive, columns, passages)


def _value_axis(axes: Axes, percent: bool) -> None:
    axes.grid(axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=not percent))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: shown(v, percent)))


def _dodged(table: pd.DataFrame) -> pd.DataFrame:
    """Give each dot its height: that of its row, or beside it where it would hide another."""
    high, low = float(table.max().max()), min(0.0, float(table.min().min()))
    heights = table.copy().astype("float64")
    for row, name in enumerate(table.index):
        near: list[list[object]] = []
        for who, value in table.loc[name].dropna().sort_values(kind="stable").items():
            last = table.loc[name, near[-1][-1]] if near else None
            if last is not None and value - last <= 0.02 * (high - low):
                near[-1].append(who)
            else:
                near.append([who])
        for dots in near:
            # In the order of the groups, so that a row reads like the legend.
            for i, who in enumerate(who for who in table.columns if who in dots):
                heights.loc[name, who] = row + 0.3 * (i - (len(dots) - 1) / 2)
    return heights


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
    shades = [COLOURS.get(state, GREY) for state in summary[colour]] if colour else None
    return [
        RULE if highlight and name not in highlight else shade
        for name, shade in zip(summary[label], shades or [ACCENT] * len(summary), strict=True)
    ]


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
        tick = _TICKS[i % len(_TICKS)]
        hover = [
            hover_text(said)
            + (f"<br><b>{escape_tags(str(sentence_id))}</b>" if sentence_id else "")
            for said, sentence_id in zip(
                part[text], part.get("sentence_id", pd.Series("", index=part.index)), strict=True
            )
        ]
        figure.add_scatter(
            x=part["_x"].round(2).tolist(),
            y=part["_y"].round(3).tolist(),
            mode="markers",
            name=escape_tags(str(lane)) or "sentence",
            marker={
                "symbol": tick.plotly,
                "size": 15 if tick.plotly == "line-ns" else 10,
                "color": colour_of(lane, i),
                "line": {"width": 1.2 * tick.line, "color": colour_of(lane, i)},
            },
            customdata=evidence_keys(part),
            hovertext=hover,
            hoverinfo="text",
        )
    figure.update_layout(plotly_layout(lines, len(groups) > 1, title, subtitle, source))
    return figure
