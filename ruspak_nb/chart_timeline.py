"""Draw what texts remember: two clocks, a chronology and its gaps, coverage event by event."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from ruspak_nb.canvas import (
    ACCENT,
    COLOURS,
    GREY,
    INK,
    MUTED,
    RULE,
    Chart,
    alt_text,
    broken,
    canvas,
    need_rows,
    write_beside,
    year_of,
)
from ruspak_nb.twins import Passage, escape_tags, evidence_keys, hover_text, plotly_layout

_EXACT, _OPEN = "a year or less", "open"
_MARKERS = {"India": "s", "Pakistan": "o"}
_SYMBOLS = {"India": "square", "Pakistan": "circle"}
_LANE = 0.13
# What of a chronology is saved with a figure: its sources stand in its own file.
_KEPT = ("event_id", "date", "what", "theme", "decade", "article_id", "knowable")
_COUNTED = ("could", "tell", "told_in", "n", "evidence")


def draw_two_clocks(
    clocks: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    colour: str | None = None,
    sentence: str = "text",
) -> Chart:
    """Draw on one axis when each article appeared and which years it talks about.

    Needs the columns of `read_clocks`; `colour` names a column of states, `sentence` what
    hovering shows. A mark is a date of a year or less, a bar a longer one (with the number
    of times it is named, if several), the upright line the publication; dates with an open
    side are counted at the right, for they cover no stretch that could be drawn.
    """
    columns = ("article_id", "earliest", "latest", "reach", "published_earliest")
    need_rows(clocks, *columns, sentence, *([colour] if colour else []))
    names = list(dict.fromkeys(clocks["article_id"]))
    low, high = _span_of(clocks)
    said = []
    with canvas(title, subtitle, source, rows=2.5 * len(names)) as (figure, axes):
        published = []
        for row, (name, part) in enumerate(clocks.groupby("article_id", sort=False)):
            state = part[colour].iloc[0] if colour else ""
            shade, marker = COLOURS.get(state, ACCENT), _MARKERS.get(state, "o")
            exact = part[part["reach"] == _EXACT]
            at = [_middle(*ends) for ends in _ends(exact)]
            axes.scatter(
                at, [row] * len(at), s=46, color=shade, marker=marker, zorder=4, lw=0.8, ec="white"
            )
            long = part[~part["reach"].isin([_EXACT, _OPEN])]
            spans = long.groupby(["earliest", "latest"])["text"].agg(["first", "size"])
            for lane, (ends, words, times) in enumerate(spans.itertuples(name=None)):
                called = f"{words} ×{times}" if times > 1 else words
                _bar(axes, ends, row + 0.2 + _LANE * lane, called, shade, (low, high))
            published.append(year_of(part["published_earliest"].iloc[0]))
            n_open = int((part["reach"] == _OPEN).sum())
            axes.text(
                1.015,
                row,
                f"{n_open} open",
                transform=axes.get_yaxis_transform(),
                va="center",
                fontsize=8.5,
                color=MUTED,
            )
            said.append(
                f"{name}, published {part['published_earliest'].iloc[0]}: years "
                f"{_listed(exact)}; {len(long)} longer, {n_open} open"
            )
        for row, year in enumerate(published):
            axes.plot([year, year], [row - 0.3, row + 0.3], color=INK, lw=2, zorder=3)
        axes.plot(published, range(len(names)), color=GREY, lw=1, ls=(0, (3, 2)), zorder=1)
        axes.annotate(
            "published",
            (published[0], -0.3),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
        )
        axes.set_yticks(range(len(names)), [broken(str(name), 20) for name in names])
        axes.set_ylim(len(names) - 0.25, -0.6)
        axes.set_xlim(low, high)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
        axes.grid(axis="x")
    twin = _plotly_clocks(clocks, names, colour, sentence, title, subtitle, source)
    passages = [
        Passage(date.article_id, date.text, getattr(date, sentence), date.sentence_id)
        for date in clocks.itertuples(index=False)
    ]
    alt = alt_text("Timeline", title, subtitle, said)
    return Chart(figure, clocks, alt, twin, ("article_id", "text", "earliest", "latest"), passages)


def draw_chronology(
    grid: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    sentences: Mapping[str, str],
    colour: str | None = None,
) -> Chart:
    """Draw a chronology event by event, and what each article tells of it.

    Needs the columns of `cover_chronology`, and the texts of the sentences that tell; an
    event that no article could know is left out. Events stand in order of time at equal
    distances, for most of a chronology is recent. A mark is an event that is told, a pale
    tick one that could have been; the last row has what no article tells. On screen,
    hovering shows the event and the sentences.
    """
    need_rows(grid, "event_id", "what", "decade", "article_id", "knowable", "evidence")
    known = grid[grid["knowable"]]
    events = known.drop_duplicates("event_id").reset_index(drop=True)
    place = {event: x for x, event in enumerate(events["event_id"])}
    names = list(dict.fromkeys(grid["article_id"]))
    rows = [*names, "told by none"]
    is_told = known["evidence"].str.len() > 0
    told, untold = known[is_told], known[~is_told]
    silent = [place[event] for event in place if event not in set(told["event_id"])]
    with canvas(title, subtitle, source, rows=1.3 * len(rows)) as (figure, axes):
        axes.scatter(
            [place[e] for e in untold["event_id"]],
            [names.index(a) for a in untold["article_id"]],
            marker="|",
            s=40,
            lw=1,
            color=RULE,
        )
        for name, part in told.groupby("article_id", sort=False):
            state = part[colour].iloc[0] if colour else ""
            axes.scatter(
                [place[e] for e in part["event_id"]],
                [names.index(name)] * len(part),
                s=34,
                color=COLOURS.get(state, ACCENT),
                marker=_MARKERS.get(state, "o"),
                zorder=3,
                lw=0.6,
                ec="white",
            )
        axes.scatter(silent, [len(names)] * len(silent), marker="|", s=90, lw=1.6, color=INK)
        starts = events.groupby("decade", sort=False).apply(
            lambda part: (part.index[0], len(part)), include_groups=False
        )
        for decade, (start, size) in starts.items():
            axes.axvline(start - 0.5, color=RULE, lw=0.8, zorder=0)
            if size > 5:
                axes.text(
                    start,
                    -0.72,
                    _short(decade, size),
                    fontsize=8,
                    color=MUTED,
                    ha="left",
                    va="bottom",
                )
        totals = told.groupby("article_id")["event_id"].nunique()
        ends = [*(f"{totals.get(a, 0)}" for a in names), f"{len(silent)}"]
        for row, end in enumerate(ends):
            axes.text(1.01, row, end, transform=axes.get_yaxis_transform(), va="center", fontsize=9)
        axes.set_yticks(range(len(rows)), [broken(name, 20) for name in rows])
        axes.set_ylim(len(rows) - 0.5, -0.7)
        axes.set_xlim(-1.5, len(events) + 0.5)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
    said = [
        f"{a} tells {totals.get(a, 0)} of {int((known['article_id'] == a).sum())}" for a in names
    ]
    said.append(f"no article tells {len(silent)} of {len(events)}")
    twin = _plotly_chronology(known, events, names, sentences, colour, title, subtitle, source)
    passages = [
        Passage(row.article_id, f"{row.event_id}, {row.what}", sentences[place], place)
        for row in told.sort_values("article_id", key=lambda a: a.map(names.index)).itertuples()
        for place in row.evidence
    ]
    alt = alt_text("Dot matrix", title, subtitle, said)
    columns = ("what", "date", "article_id")
    return Chart(figure, _kept(grid), alt, twin, columns, passages)


def draw_coverage(
    tellers: pd.DataFrame,
    *,
    row: str,
    column: str,
    title: str,
    subtitle: str,
    source: str,
    deep: int = 2,
    by_size: bool = True,
) -> Chart:
    """Draw each event as a dot in the cell of its row and column, full if it is told.

    Needs `row`, `column`, `tell` (articles that tell it, see `count_tellers`); rows by size or,
    like columns, in order of first appearance; a cell holds its dots in `deep` lines, and
    the counts stand at the right.
    """
    need_rows(tellers, row, column, "tell")
    seen = list(dict.fromkeys(tellers[row]))
    rows = tellers[row].value_counts().index.tolist() if by_size else seen
    columns = list(dict.fromkeys(tellers[column]))
    sizes = tellers.groupby([row, column]).size()
    wide = {c: -(-int(sizes.xs(c, level=column).max()) // deep) for c in columns}
    left = {c: sum(wide[d] + 1.1 for d in columns[:i]) for i, c in enumerate(columns)}
    with canvas(title, subtitle, source, rows=(0.4 + 0.42 * deep) * len(rows) + 1) as (
        figure,
        axes,
    ):
        said = []
        for y, name in enumerate(rows):
            part = tellers[tellers[row] == name]
            for c, cell in part.groupby(column, sort=False):
                flags = sorted(cell["tell"] > 0, reverse=True)
                at = [
                    (left[c] + i // deep, y + 0.34 * (i % deep - (deep - 1) / 2))
                    for i in range(len(flags))
                ]
                for (x, height), flag in zip(at, flags, strict=True):
                    face = ACCENT if flag else "white"
                    axes.scatter(x, height, s=30, fc=face, ec=ACCENT if flag else GREY, lw=1.1)
            n_told = int((part["tell"] > 0).sum())
            axes.text(
                1.01,
                y,
                f"{n_told} of {len(part)}",
                transform=axes.get_yaxis_transform(),
                va="center",
                fontsize=9,
            )
            said.append(f"{name}: {n_told} of {len(part)} told")
        axes.set_yticks(range(len(rows)), [str(name).replace("_", " ") for name in rows])
        axes.set_yticks([y + 0.5 for y in range(len(rows) - 1)], minor=True)
        axes.grid(axis="y", which="minor")
        axes.tick_params(which="minor", size=0)
        middles = [left[c] + (wide[c] - 1) / 2 for c in columns]
        axes.set_xticks(middles, [str(c)[-3:] if wide[c] < 3 else str(c) for c in columns])
        axes.xaxis.tick_top()
        axes.spines[:].set_visible(False)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(-0.9, sum(wide.values()) + 1.1 * len(columns) - 1)
        _legend_told(axes)
    data = _kept(tellers, row, column)
    alt = alt_text("Dot matrix", title, subtitle, said)
    drawn = tuple(dict.fromkeys(("what", row, column, "tell")))
    return Chart(figure, data, alt, columns=drawn)


def _kept(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    wanted = dict.fromkeys([*_KEPT, *columns, *_COUNTED])
    return frame[[column for column in wanted if column in frame]]


def _legend_told(axes: Axes) -> None:
    style: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 5.5}
    handles = [
        Line2D([], [], color=ACCENT, label="told by an article", **style),
        Line2D(
            [], [], markerfacecolor="white", markeredgecolor=GREY, label="told by none", **style
        ),
    ]
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        ncols=2,
        frameon=False,
        fontsize=9,
        handletextpad=0.2,
        borderaxespad=0.2,
    )


def _bar(
    axes: Axes,
    ends: tuple[str, str],
    y: float,
    called: str,
    shade: str,
    room: tuple[float, float],
) -> None:
    """Draw a stretch of time with what it is called, on the side where there is room."""
    low, high = room
    first, last = max(year_of(ends[0]), low), min(year_of(ends[1]), high)
    axes.plot([first, last], [y, y], color=shade, lw=3.2, alpha=0.45, solid_capstyle="butt")
    right = high - last > 0.3 * (high - low)
    write_beside(axes, called, (first, last), y, right=right, gap=3, fontsize=7.5, color=MUTED)


def _span_of(clocks: pd.DataFrame) -> tuple[float, float]:
    """Give the years that the axis shows: from the first date to soon after the last article."""
    days = clocks.loc[clocks["earliest"] != "", "earliest"]
    first = min([year_of(day) for day in days] + [year_of(d) for d in clocks["published_earliest"]])
    return first - 2, year_of(clocks["published_earliest"].max()) + 3


def _ends(part: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(part["earliest"], part["latest"], strict=True))


def _middle(earliest: str, latest: str) -> float:
    return (year_of(earliest) + year_of(latest)) / 2


def _listed(exact: pd.DataFrame) -> str:
    return ", ".join(sorted({day[:4] for day in exact["earliest"]})) or "none"


def _short(decade: str, size: int) -> str:
    """Write "1960s" as "60s" where there is little room."""
    return decade if size > 20 else decade[2:]


def _plotly_clocks(
    clocks: pd.DataFrame,
    names: Sequence[str],
    colour: str | None,
    sentence: str,
    title: str,
    subtitle: str,
    source: str,
) -> Any:
    # Imported here: most notebooks draw nothing that is hovered over.
    import plotly.graph_objects as go

    low, high = _span_of(clocks)
    figure = go.Figure()
    for row, (_, part) in enumerate(clocks.groupby("article_id", sort=False)):
        state = part[colour].iloc[0] if colour else ""
        shade, symbol = COLOURS.get(state, ACCENT), _SYMBOLS.get(state, "circle")
        now = round(year_of(part["published_earliest"].iloc[0]), 2)
        lane = 0
        for date, key in zip(part.itertuples(index=False), evidence_keys(part), strict=True):
            exact, bounded = date.reach == _EXACT, date.reach != _OPEN
            lane += 0 if exact or not bounded else 1
            ends = (
                [year_of(date.earliest), min(year_of(date.latest), high)] if bounded else [now, now]
            )
            x = [round(sum(ends) / 2, 2)] if exact or not bounded else [round(e, 2) for e in ends]
            y = row if exact else row - 0.24 if not bounded else row + 0.12 + 0.09 * lane
            hover = (
                f"<b>{escape_tags(date.text)}</b> ({date.reach})<br>"
                f"{hover_text(getattr(date, sentence))}<br><b>{date.sentence_id}</b>"
            )
            figure.add_scatter(
                x=x,
                y=[round(y, 2)] * len(x),
                mode="markers" if len(x) == 1 else "lines+markers",
                line={"color": shade, "width": 4},
                marker={
                    "color": shade,
                    "size": 11 if exact else 6,
                    "symbol": symbol if bounded else "arrow-left",
                },
                opacity=1 if exact else 0.6,
                customdata=[key] * len(x),
                hovertext=[hover] * len(x),
                hoverinfo="text",
            )
        figure.add_scatter(
            x=[now, now],
            y=[row - 0.3, row + 0.3],
            mode="lines",
            line={"color": INK, "width": 3},
            hovertext=f"published {part['published_earliest'].iloc[0]}",
            hoverinfo="text",
        )
    layout = plotly_layout(names, False, title, subtitle, source)
    layout["xaxis"] |= {"title": {"text": ""}, "range": [low, high]}
    figure.update_layout(layout)
    return figure


def _plotly_chronology(
    known: pd.DataFrame,
    events: pd.DataFrame,
    names: Sequence[str],
    sentences: Mapping[str, str],
    colour: str | None,
    title: str,
    subtitle: str,
    source: str,
) -> Any:
    import plotly.graph_objects as go

    place = {event: x for x, event in enumerate(events["event_id"])}
    what = {
        row.event_id: f"<b>{row.event_id}</b> ({row.earliest})<br>{hover_text(row.what)}"
        for row in events.itertuples()
    }
    told_by_any = set(known.loc[known["evidence"].str.len() > 0, "event_id"])
    figure = go.Figure()
    for row, name in enumerate(names):
        part = known[known["article_id"] == name]
        for told in (False, True):
            some = part[(part["evidence"].str.len() > 0) == told]
            if some.empty:
                continue
            state = some[colour].iloc[0] if colour else ""
            shade = COLOURS.get(state, ACCENT)
            hover = [
                what[e] + "".join(f"<br>“{hover_text(sentences[i])}” <b>{i}</b>" for i in ids)
                for e, ids in zip(some["event_id"], some["evidence"], strict=True)
            ]
            figure.add_scatter(
                x=[place[e] for e in some["event_id"]],
                y=[row] * len(some),
                mode="markers",
                marker={
                    "color": shade if told else RULE,
                    "size": 10 if told else 5,
                    "symbol": _SYMBOLS.get(state, "circle") if told else "line-ns-open",
                },
                customdata=evidence_keys(some),
                hovertext=hover,
                hoverinfo="text",
            )
    silent = [event for event in place if event not in told_by_any]
    figure.add_scatter(
        x=[place[e] for e in silent],
        y=[len(names)] * len(silent),
        mode="markers",
        marker={"color": INK, "size": 12, "symbol": "line-ns-open"},
        hovertext=[what[e] for e in silent],
        hoverinfo="text",
    )
    layout = plotly_layout([*names, "told by none"], False, title, subtitle, source)
    firsts = events.drop_duplicates("decade")
    ticks = firsts[events["decade"].map(events["decade"].value_counts())[firsts.index] > 5]
    layout["xaxis"] |= {
        "title": {"text": ""},
        "range": [-2, len(place) + 1],
        "tickvals": ticks.index.tolist(),
        "ticktext": ticks["decade"].tolist(),
    }
    figure.update_layout(layout)
    return figure
