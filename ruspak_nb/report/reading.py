"""Mark up the text of an article, so that a reader can switch what was found on and off.

The text is cut wherever a span begins or ends, and each piece names the spans that cover
it. So spans may overlap as they like, and the text between the tags stays the file's own.
"""

import html
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ruspak_nb.report.findings import Mark, anchor_of

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = ["anchor_at", "mark_up"]


def mark_up(article_id: str, notes: "Annotations", marks: Iterable[Mark]) -> str:
    """Write the text of an article as HTML: read without its tags, it is the file's text.

    What is not body is folded, each sentence has its id, and each stretch of text names the
    spans that cover it. What a reader sees beside the text, such as the name of a zone, is
    an attribute, which the style sheet shows.
    """
    text = notes.corpus.texts[article_id]
    marks = list(marks)
    themes: dict[str, dict[str, None]] = {}
    for mark in marks:
        if mark.layer == "themes":
            themes.setdefault(mark.sentence_id, {})[mark.finding.head] = None
    sentences = notes.sentences[notes.sentences["article_id"] == article_id]
    opened = [
        (row.start, row.end, _open_sentence(row, list(themes.get(row.sentence_id, ()))))
        for row in sentences.itertuples(index=False)
    ]
    zones = notes.corpus.zones[notes.corpus.zones["article_id"] == article_id]
    folded = [
        (row.start, row.end, row.zone.replace("_", " "))
        for row in zones.itertuples(index=False)
        if row.zone != "body"
    ]
    pieces = []
    for start, end, zone in _fill(folded, len(text)):
        if zone:
            inside = _write(text, start, end, opened, marks)
            name = html.escape(zone)
            pieces.append(
                f'<details class="zone"><summary aria-label="{name}" data-zone="{name}">'
                f'</summary><span id="{anchor_at(start)}">{inside}</span></details>'
            )
            continue
        # White space beside a fold is there, but not seen: the fold divides the text already.
        piece = text[start:end]
        first = start + len(piece) - len(piece.lstrip())
        last = max(first, start + len(piece.rstrip()))
        pieces += [
            _hide(text[start:first]),
            _write(text, first, last, opened, marks),
            _hide(text[last:end]),
        ]
    return "".join(pieces)


def anchor_at(start: int) -> str:
    """Give the id of a zone on the page of its article: where in the file it begins."""
    return f"at-{start}"


def _write(
    text: str, start: int, end: int, opened: Iterable[tuple[int, int, str]], marks: Iterable[Mark]
) -> str:
    """Write a stretch of text, its sentences in elements of their own."""
    return "".join(
        f"{tag}{_cut(text, first, last, marks)}{'</span>' if tag else ''}"
        for first, last, tag in _fill(opened, end, start)
    )


def _hide(space: str) -> str:
    """Write white space so that it is not seen."""
    return f'<span class="gap">{_escape(space)}</span>' if space else ""


def _fill(spans: Iterable[tuple[int, int, str]], end: int, at: int = 0) -> Iterator[Any]:
    """Give the spans from `at` to `end` in order, and what lies between them with no name."""
    for first, last, name in sorted(spans):
        if first < at or last > end or last <= first:
            continue
        if at < first:
            yield at, first, ""
        yield first, last, name
        at = last
    if at < end:
        yield at, end, ""


def _open_sentence(row: Any, themes: list[str]) -> str:
    """Open a sentence: its id, its number as a link to what was found, its themes as a tag."""
    name = html.escape(anchor_of(row.sentence_id))
    tags = "".join(f'<span data-tag="{html.escape(theme)}"></span>' for theme in themes)
    return (
        f'<span class="sentence" id="{name}">'
        f'<a class="number" href="#found-{name}" data-number="{row.position}" '
        f'aria-label="Sentence {row.position}: what was found"></a>'
        + (f'<span class="tags" aria-hidden="true">{tags}</span>' if tags else "")
    )


def _cut(text: str, start: int, end: int, marks: Iterable[Mark]) -> str:
    """Write a stretch of text in pieces, each with the marks that cover it."""
    inside = [mark for mark in marks if mark.start < end and start < mark.end]
    borders = {border for mark in inside for border in (mark.start, mark.end)}
    borders = {start, end, *(border for border in borders if start < border < end)}
    pieces = []
    for first, last in pairwise(sorted(borders)):
        cover = [mark for mark in inside if mark.start <= first and last <= mark.end]
        escaped = _escape(text[first:last])
        if cover:
            classes: dict[str, None] = {}
            for mark in cover:
                classes[mark.layer] = None
                if mark.kind:
                    classes[mark.kind] = None
                if mark.start == first:
                    classes[f"{mark.layer}-starts"] = None
                if mark.end == last:
                    classes[f"{mark.layer}-ends"] = None
            names = " ".join(mark.mark_id for mark in cover)
            escaped = f'<span class="{" ".join(classes)}" data-marks="{names}">{escaped}</span>'
        pieces.append(escaped)
    return "".join(pieces)


def _escape(text: str) -> str:
    """Escape text so that a browser gives it back whole, lone carriage returns too."""
    return html.escape(text).replace("\r", "&#13;").replace("\0", "\ufffd")
