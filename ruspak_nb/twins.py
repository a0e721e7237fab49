"""The twin of a chart for the screen: its furniture, what hovering shows, what a mark opens."""

import html
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from ruspak_nb.evidence import span_ids


class Passage(NamedTuple):
    """Words behind a mark: the row it stands in, what it is, the words, the id of their place."""

    row: str
    head: str
    text: str
    place: str


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


def evidence_keys(summary: pd.DataFrame) -> list[str]:
    """Name what is behind each row: its ids, with a blank between them; none is "".

    The ids are those of `evidence`, else the span of `article_id`, `start` and `end`, else
    `sentence_id`.
    """
    if "evidence" in summary:
        return [" ".join(ids) for ids in summary["evidence"]]
    if {"article_id", "start", "end"} <= set(summary.columns):
        return list(span_ids(summary))
    if "sentence_id" in summary:
        return [str(sentence_id) for sentence_id in summary["sentence_id"]]
    return [""] * len(summary)


def fold_passages(passages: Sequence[Passage]) -> str:
    """Fold the passages behind a chart into one element of HTML, row by row, each text escaped."""
    rows: dict[str, list[Passage]] = {}
    for passage in passages:
        rows.setdefault(passage.row, []).append(passage)
    told = "".join(
        f"<dt><b>{html.escape(row)}</b></dt>{''.join(map(_tell, part))}"
        for row, part in rows.items()
    )
    return (
        # JupyterLab must not take an amount of dollars for a formula.
        '<details class="figure-sentences mathjax_ignore">'
        f"<summary>{count_passages(passages)}</summary>"
        f'<dl style="text-align: left">{told}</dl></details>'
    )


def count_passages(passages: Sequence[Passage]) -> str:
    """Say how many passages can be opened."""
    return f"Sentences behind the figure, by row: {len(passages):,}"


def _tell(passage: Passage) -> str:
    head, place = html.escape(passage.head), html.escape(passage.place)
    return (
        "<dd>"
        + (f"{head}: " if head else "")
        + f"<q>{html.escape(passage.text)}</q>"
        + (f" <cite>{place}</cite>" if place else "")
        + "</dd>"
    )
