"""Draw who is quoted and in which words: quotations, voices, a grid of words, two sides."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ruspak_nb.canvas import (
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
)
from ruspak_nb.twins import Passage, escape_tags, evidence_keys, hover_text, plotly_layout


def draw_quotations(
    speakers: pd.DataFrame, *, title: str, subtitle: str, source: str, colour: str = "country"
) -> Chart:
    """Draw a dot a quotation on the line of its speaker, at its number of words.

    Needs `speaker`, `n_words`, `kind`, `text` and `colour` (a column of states); speakers in
    order of first appearance. Direct quotations are filled. On screen, hovering shows the
    words.
    """
    need_rows(speakers, "speaker", "n_words", "kind", "text", colour)
    names = list(dict.fromkeys(speakers["speaker"]))
    groups = list(dict.fromkeys(speakers[colour]))
    with canvas(title, subtitle, source, rows=len(names) + 1) as (figure, axes):
        for i, group in enumerate(groups):
            part = speakers[speakers[colour] == group]
            shade = colour_of(group, i) if group else GREY
            axes.scatter(
                part["n_words"],
                [names.index(name) for name in part["speaker"]],
                marker=MARKERS[i % len(MARKERS)],
                s=58,
                linewidth=1.6,
                edgecolor=shade,
                facecolor=[shade if kind == "direct" else "white" for kind in part["kind"]],
                label=group or "no country",
                zorder=3,
                clip_on=False,
            )
        name_rows(axes, names)
        _from_zero(axes, float(speakers["n_words"].max()))
        axes.grid(axis="both")
        axes.set_xlabel("words in the quotation")
        legend(axes, [group or "no country" for group in groups])
    said = [
        f"{name}: " + ", ".join(f"{n} words {kind}" for n, kind in part)
        for name, part in (
            (name, speakers.loc[speakers["speaker"] == name, ["n_words", "kind"]].to_numpy())
            for name in names
        )
    ]
    twin = _plotly_quotations(
        speakers, names, groups, colour, title=title, subtitle=subtitle, source=source
    )
    ids = speakers.get("sentence_id", pd.Series("", index=speakers.index))
    passages = [
        Passage(str(name), str(kind), str(words), str(sentence_id))
        for name, kind, words, sentence_id in zip(
            speakers["speaker"], speakers["kind"], speakers["text"], ids, strict=True
        )
    ]
    alt = alt_text("Dot plot", title, subtitle, said)
    return Chart(figure, speakers, alt, twin, ("speaker", "kind", "n_words", "text"), passages)


def draw_voices(
    summary: pd.DataFrame,
    *,
    label: str,
    title: str,
    subtitle: str,
    source: str,
    mentions: str = "n",
    words: str = "n_words",
) -> Chart:
    """Draw how often each actor is named against how many of its words are quoted.

    Needs `label`, `mentions` and `words`. Who is never quoted stands, hollow, on the zero line.
    """
    need_rows(summary, label, mentions, words)
    top = float(summary[words].max()) or 1.0
    right = float(summary[mentions].max()) or 1.0
    points = [
        (int(row[mentions]), int(row[words]), f"{row[label]}: {_heard(row[words], row[mentions])}")
        for row in summary.to_dict("records")
    ]
    with canvas(title, subtitle, source, height=3.5) as (figure, axes):
        for i, (x, y, told) in enumerate(points):
            shade = colour_of(summary[label].iloc[i], i)
            axes.scatter(
                x,
                y,
                s=76,
                linewidth=1.8,
                edgecolor=shade,
                facecolor=shade if y else "white",
                marker=MARKERS[i % len(MARKERS)],
                zorder=3,
                clip_on=False,
            )
            # Where a neighbour stands to the right, the label goes to the left.
            crowded = any(0 < a - x < 0.2 * right and abs(b - y) < 0.1 * top for a, b, _ in points)
            to_left = crowded or x > 0.8 * right
            axes.annotate(
                told.replace(": ", "\n", 1),
                (x, y),
                xytext=(-9 if to_left else 9, 0),
                textcoords="offset points",
                ha="right" if to_left else "left",
                va="center",
                fontsize=9,
                linespacing=1.2,
                color=INK,
                annotation_clip=False,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
            )
        axes.set_xlim(0, right * 1.08)
        axes.set_ylim(-0.09 * top, top * 1.12)
        axes.set_xlabel("times named")
        axes.set_ylabel("words quoted")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, integer=True))
        axes.tick_params(axis="y", labelcolor=MUTED, labelsize=9)
        axes.axhline(0, color=GREY, linewidth=1)
        axes.grid()
    said = [told for _, _, told in points]
    alt = alt_text("Scatter plot", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(label, mentions, words))


def draw_word_grid(
    words: pd.DataFrame,
    *,
    row: str,
    column: str,
    word: str,
    title: str,
    subtitle: str,
    source: str,
    columns: Sequence[str] = (),
    slanted: str | None = None,
) -> Chart:
    """Write the words themselves into the cells of a grid, in the order of the rows given.

    Needs `row`, `column`, `word` and, if named, `slanted`, a column that is true for words to be
    set in italics. `columns` gives the order of the columns; a repeated word is numbered.
    """
    need_rows(words, row, column, word, *([slanted] if slanted else []))
    rows = list(dict.fromkeys(words[row]))
    heads = list(columns) or list(dict.fromkeys(words[column]))
    width = max(9, 78 // len(heads))
    cells = {
        (rows.index(r), heads.index(c)): _numbered(part, word, slanted)
        for (r, c), part in words.groupby([row, column], sort=False)
    }
    lines_of = {
        cell: [
            (line, slant)
            for text, slant in found
            for line in broken(text, width).replace("\n", "\n   ").split("\n")
        ]
        for cell, found in cells.items()
    }
    heights = [
        max([1, *(len(lines) for (r, _), lines in lines_of.items() if r == i)])
        for i in range(len(rows))
    ]
    edges = [sum(heights[:i]) + 0.7 * i for i in range(len(rows) + 1)]
    with canvas(title, subtitle, source, rows=0.72 * edges[-1] + 1.2) as (figure, axes):
        for (i, j), lines in lines_of.items():
            for k, (text, slant) in enumerate(lines):
                axes.text(
                    j + 0.04,
                    edges[i] + k + 0.72,
                    text,
                    va="center",
                    fontsize=9,
                    style="italic" if slant else "normal",
                    color=INK,
                )
        middles = [(edges[i] + edges[i + 1]) / 2 for i in range(len(rows))]
        axes.set_yticks(middles, [broken(str(name), 16) for name in rows])
        axes.set_ylim(edges[-1], 0)
        axes.set_xlim(0, len(heads))
        axes.xaxis.tick_top()
        axes.set_xticks(
            [j + 0.04 for j in range(len(heads))],
            [broken(str(name), width - 5) for name in heads],
            ha="left",
            fontsize=9,
            color=INK,
        )
        axes.hlines(edges[:-1], 0, len(heads), color=RULE, linewidth=1)
        axes.spines[:].set_visible(False)
    said = [
        f"{rows[i]}, {heads[j]}: " + ", ".join(text for text, _ in found)
        for (i, j), found in cells.items()
    ]
    alt = alt_text("Grid of words", title, subtitle, said)
    return Chart(figure, words, alt, columns=(row, column, word))


def draw_two_sides(
    summary: pd.DataFrame,
    *,
    label: str,
    value: str,
    group: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
) -> Chart:
    """Draw a dot for each of two groups, one to the left of zero and one to the right.

    Needs `label`, `value`, `group` of exactly two groups, the first to the left; labels in
    order of first appearance. Raises ValueError if there are not two groups.
    """
    need_rows(summary, label, value, group)
    groups = list(dict.fromkeys(summary[group]))
    if len(groups) != 2:
        raise ValueError(f"two sides are drawn, not {len(groups)}: {', '.join(map(str, groups))}")
    names = list(dict.fromkeys(summary[label]))
    table = summary.pivot(index=label, columns=group, values=value).loc[names, groups].fillna(0)
    top = float(table.max().max()) or 1.0
    with canvas(title, subtitle, source, rows=len(names) + 1.6) as (figure, axes):
        for i, (who, sign) in enumerate(zip(groups, (-1, 1), strict=True)):
            shade = colour_of(who, i)
            for place, number in enumerate(table[who]):
                axes.plot([0, sign * number], [place, place], color=shade, lw=2, zorder=2)
                axes.annotate(
                    f"{number:.1f}" if number else "0",
                    (sign * number, place),
                    xytext=(sign * 8, 0),
                    textcoords="offset points",
                    ha="left" if sign > 0 else "right",
                    va="center",
                    fontsize=9,
                    color=INK if number else MUTED,
                )
            axes.scatter(
                sign * table[who],
                range(len(names)),
                color=[shade if number else "white" for number in table[who]],
                edgecolor=shade,
                linewidth=1.6,
                marker=MARKERS[i],
                s=52,
                zorder=3,
            )
            axes.text(sign * top * 0.6, -0.85, str(who), ha="center", weight="bold", color=shade)
        name_rows(axes, names)
        axes.set_ylim(len(names) - 0.45, -1.3)
        axes.set_xlim(-1.22 * top, 1.22 * top)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.xaxis.set_major_locator(MaxNLocator(7))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{abs(v):g}"))
        axes.set_xlabel(unit)
        axes.grid(axis="x")
    said = [
        f"{name}: " + ", ".join(f"{who} {table.loc[name, who]:.1f}" for who in groups)
        for name in names
    ]
    alt = alt_text("Diverging dot plot", title, subtitle, said)
    return Chart(figure, summary, alt, columns=(label, group, value))


def _heard(words: int, mentions: int) -> str:
    quoted = f"{words} {'word' if words == 1 else 'words'}" if words else "no word"
    return f"{mentions}×, {quoted}"


def _from_zero(axes: Any, top: float) -> None:
    axes.set_xlim(0, top * 1.06 or 1)
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))


def _numbered(part: pd.DataFrame, word: str, slanted: str | None) -> list[tuple[str, bool]]:
    """Give the words of a cell in order, a repeated one once with its number."""
    slants = part[slanted].astype(bool) if slanted else [False] * len(part)
    counted: dict[tuple[str, bool], int] = {}
    for pair in zip(part[word], slants, strict=True):
        counted[pair] = counted.get(pair, 0) + 1
    return [(f"{text} ×{n}" if n > 1 else text, slant) for (text, slant), n in counted.items()]


def _plotly_quotations(
    speakers: pd.DataFrame,
    names: Sequence[str],
    groups: Sequence[str],
    colour: str,
    *,
    title: str,
    subtitle: str,
    source: str,
) -> Any:
    # Imported here: most notebooks draw nothing that is hovered over.
    import plotly.graph_objects as go

    figure = go.Figure()
    for i, group in enumerate(groups):
        part = speakers[speakers[colour] == group]
        shade = colour_of(group, i) if group else GREY
        ids = part.get("sentence_id", pd.Series("", index=part.index))
        figure.add_scatter(
            x=part["n_words"].tolist(),
            y=[names.index(name) for name in part["speaker"]],
            mode="markers",
            name=escape_tags(group or "no country"),
            marker={
                "size": 12,
                "color": [shade if kind == "direct" else "white" for kind in part["kind"]],
                "line": {"width": 2, "color": shade},
            },
            customdata=evidence_keys(part),
            hovertext=[
                hover_text(text) + f"<br><b>{sentence_id}</b>"
                for text, sentence_id in zip(part["text"], ids, strict=True)
            ],
            hoverinfo="text",
        )
    layout = plotly_layout(names, True, title, subtitle, source)
    # A line a speaker needs less room than a line an article.
    layout["height"] -= 30 * len(names)
    most = float(speakers["n_words"].max())
    layout["xaxis"] |= {
        "title": {"text": "words in the quotation", "standoff": 8},
        "range": [0, 1.08 * most],
    }
    figure.update_layout(layout)
    return figure
