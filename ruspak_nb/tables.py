"""Show a summary as a table whose numbers open their evidence, and quote a sentence."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import pandas as pd

from ruspak_nb.evidence import find_evidence
from ruspak_nb.intervals import tell_date
from ruspak_nb.schema import need_columns
from ruspak_nb.wording import plural

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations


# MathJax, of version 2 and of 3, passes over what has these: "$5 … $9" in a text is money.
_NO_FORMULA = "tex2jax_ignore mathjax_ignore"


@dataclass(frozen=True)
class Display:
    """Something a notebook shows: HTML for people, plain text for terminals and tests."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def finding_table(
    summary: pd.DataFrame,
    notes: "Annotations | None" = None,
    *,
    caption: str,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    spread: str | None = None,
    show: str = "n",
) -> Display:
    """Lay out a summary as a table in which each count opens its sentences in place.

    `columns` maps the columns to show to their headings, in order; by default all but
    `evidence`. The cell `show` of a row with `evidence` opens the sentences, which needs
    `notes`. With `spread`, the values of that column become columns of their own, in the
    order in which they occur, holding `show`. Without a `source`, that of `notes` is named.
    Shares are shown in per cent, other fractions with one decimal. Raises ValueError if a
    column is missing, or if the summary has evidence and `notes` is missing.
    """
    heads = dict(columns or {c: _heading(c) for c in summary.columns if c != "evidence"})
    need_columns(summary, *heads, *([spread, show] if spread else []))
    if "evidence" in summary.columns and notes is None:
        raise ValueError("this summary has evidence: pass the annotations it was made from")
    shown = show in heads or spread is not None
    found = _look_up(summary, notes) if notes is not None and shown else None
    if spread is None:
        rows = [
            [_cell(row, column, found, show) for column in heads]
            for row in summary.to_dict("records")
        ]
        headings = [(heads[c], _is_number(summary[c])) for c in heads]
    else:
        headings, rows = _spread(summary, heads, spread, show, found)
    named = source or (notes.source if notes else "")
    return Display(
        _html_table(headings, rows, caption, named), _text_table(headings, rows, caption)
    )


def quote(notes: "Annotations", sentence_id: str) -> Display:
    """Quote one sentence exactly, with its id, author or outlet, and date of publication.

    Raises KeyError if there is no such sentence.
    """
    sentence = notes.sentences.set_index("sentence_id").loc[sentence_id]
    cited = f"{_bylines(notes)[sentence['article_id']]} · {sentence_id}"
    span = f"{sentence['article_id']}:{sentence['start']}-{sentence['end']}"
    return Display(
        f'<blockquote class="quoted {_NO_FORMULA}"><p data-span="{html.escape(span)}">'
        f"{html.escape(sentence['text'])}</p>"
        f"<footer>{html.escape(cited)}</footer></blockquote>",
        f"“{sentence['text']}”\n— {cited}",
    )


# By the id of the evidence: a row of `find_evidence`, with `span` and `byline`.
_Found = Mapping[str, Any]


@dataclass(frozen=True)
class _Cell:
    html: str
    text: str


def _spread(
    summary: pd.DataFrame,
    heads: Mapping[str, str],
    spread: str,
    show: str,
    found: _Found | None,
) -> tuple[list[tuple[str, bool]], list[list[_Cell]]]:
    keys = [column for column in heads if column not in (spread, show)]
    values = list(dict.fromkeys(summary[spread]))
    lines: dict[tuple[object, ...], dict[object, _Cell]] = {}
    for row in summary.to_dict("records"):
        line = lines.setdefault(tuple(row[key] for key in keys), {})
        if row[spread] in line:
            raise ValueError(
                f"two rows have {spread} {row[spread]!r} and the same {', '.join(keys)}; "
                "show a column that tells them apart, or count without it"
            )
        line[row[spread]] = _cell(row, show, found, show)
    headings = [(heads[key], _is_number(summary[key])) for key in keys]
    headings += [(str(value), True) for value in values]
    empty = _Cell("", "")
    rows = [
        [
            *(_plain(value, key) for value, key in zip(held, keys, strict=True)),
            *(line.get(value, empty) for value in values),
        ]
        for held, line in lines.items()
    ]
    return headings, rows


def _look_up(summary: pd.DataFrame, notes: "Annotations") -> _Found | None:
    """Look up all evidence of a summary at once, under its ids.

    Adds to what `find_evidence` gives `span`, the id of the words that are shown, and
    `byline`, who wrote them and when.
    """
    if "evidence" not in summary.columns:
        return None
    ids = dict.fromkeys(chain.from_iterable(summary["evidence"]))
    found = find_evidence(notes, ids)
    starts = dict(zip(notes.sentences["sentence_id"], notes.sentences["start"], strict=True))
    bylines = _bylines(notes)
    found["span"] = [
        # Words outside the body are their own sentence, under the id of their span.
        f"{row.article_id}:{starts[row.sentence_id]}-{starts[row.sentence_id] + len(row.sentence)}"
        if row.sentence_id in starts
        else row.sentence_id
        for row in found.itertuples(index=False)
    ]
    found["byline"] = [bylines[article_id] for article_id in found["article_id"]]
    return {row.evidence: row for row in found.itertuples(index=False)}


def _bylines(notes: "Annotations") -> dict[str, str]:
    """Say of each article who wrote it and when it was published."""
    return {
        row.article_id: f"{row.author or row.outlet or row.file}, {tell_date(row.published)}"
        for row in notes.corpus.articles.itertuples(index=False)
    }


def _cell(row: Mapping[object, Any], column: str, found: _Found | None, show: str) -> _Cell:
    plain = _plain(row[column], column)
    ids = row.get("evidence", ())
    if column != show or not ids or found is None:
        return plain
    return _Cell(_details(plain.html, [found[id_] for id_ in ids]), plain.text)


def _details(label: str, found: Sequence[Any]) -> str:
    """Fold a number over its sentences, the spans it counts marked."""
    by_sentence: dict[str, list[Any]] = {}
    for row in found:
        by_sentence.setdefault(row.sentence_id, []).append(row)
    items = []
    for sentence_id, rows in by_sentence.items():
        said, several = rows[0].sentence, f' data-n="{len(rows)}"' if len(rows) > 1 else ""
        spans = [(row.start, row.end) for row in rows]
        marked = _marked(said, [] if (0, len(said)) in spans else spans)
        items.append(
            f'<li{several}><q data-span="{html.escape(rows[0].span)}">{marked}</q> '
            f"<cite>{html.escape(rows[0].byline)} · {html.escape(sentence_id)}</cite></li>"
        )
    listed = f'<ol style="text-align: left">{"".join(items)}</ol>'
    # A number may count what several sentences tell, such as events: the box then says so.
    counted = label if label.isdigit() else f"{len(found):,}"
    told = _tell_counted(counted, len(items))
    return f'<details class="evidence"><summary>{label}</summary>{told}{listed}</details>'


def _tell_counted(counted: str, sentences: int) -> str:
    """Say in how many sentences what is counted stands, where that is another number."""
    if counted == f"{sentences:,}":
        return ""
    return f'<p class="counted">{counted} in {plural(sentences, "sentence")}</p>'


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    out, last = [], 0
    for start, end in sorted(spans):
        if start < last:
            continue
        out += [html.escape(text[last:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        last = end
    return "".join([*out, html.escape(text[last:])])


def _plain(value: object, column: str) -> _Cell:
    text = _format(value, column)
    return _Cell(html.escape(text), text)


def _format(value: object, column: str) -> str:
    if isinstance(value, float):
        if pd.isna(value):
            return "–"
        if column.endswith("_pct"):
            return f"{value:g} %"
        if column == "jaccard" or column.startswith("share"):
            return f"{100 * value:.0f} %"
        return f"{value:.2f}" if abs(value) <= 1 else f"{value:.1f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        # Four digits may be a year.
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return "–" if value is None or value is pd.NA else str(value)


def _heading(column: str) -> str:
    return column.replace("_", " ")


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _html_table(
    headings: list[tuple[str, bool]], rows: list[list[_Cell]], caption: str, source: str
) -> str:
    def tag(is_number: bool) -> str:
        # In the tag, because JupyterLab aligns every cell to the right.
        return ' class="number"' if is_number else ' style="text-align: left"'

    head = "".join(f'<th scope="col"{tag(num)}>{html.escape(h)}</th>' for h, num in headings)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{tag(num)}>{cell.html}</td>" for cell, (_, num) in zip(row, headings, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<figure class="finding {_NO_FORMULA}"><table><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<figcaption>Source: {html.escape(source)}</figcaption></figure>"
    )


def _text_table(headings: list[tuple[str, bool]], rows: list[list[_Cell]], caption: str) -> str:
    table = [[h for h, _ in headings], *([cell.text for cell in row] for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(headings))]
    lines = [
        "  ".join(
            text.rjust(width) if num else text.ljust(width)
            for text, width, (_, num) in zip(line, widths, headings, strict=True)
        ).rstrip()
        for line in table
    ]
    return "\n".join([caption, *lines])
