"""The ids by which a number names exactly what it counts, and the way back to the text.

A sentence is `rana-2017-s014`; a span is `rana-2017:64-75`: article, start, end, in
code points of the file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ruspak_nb.schema import need_columns

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

_SPAN = re.compile(r"(?P<article>.+):(?P<start>\d+)-(?P<end>\d+)")


def span_ids(frame: pd.DataFrame) -> pd.Series:
    """Make the evidence id of each row. Needs `article_id`, `start`, `end`."""
    need_columns(frame, "article_id", "start", "end")
    return (
        frame["article_id"] + ":" + frame["start"].astype("str") + "-" + frame["end"].astype("str")
    )


def find_evidence(notes: "Annotations", ids: Iterable[str]) -> pd.DataFrame:
    """Look up evidence ids in the source.

    Returns, in the order given, `evidence`, `article_id`, `sentence_id`, `sentence` (its
    text), and `start`, `end` of the span within the sentence (all of it for a sentence id).
    Raises KeyError if an id names no sentence of these annotations.
    """
    by_id = {row.sentence_id: row for row in notes.sentences.itertuples(index=False)}
    in_article: dict[str, list[Any]] = {}
    for row in by_id.values():
        in_article.setdefault(row.article_id, []).append(row)
    rows = []
    for evidence in ids:
        match = _SPAN.fullmatch(evidence)
        if match is None:
            sentence = by_id.get(evidence)
            start, end = 0, len(sentence.text) if sentence else 0
        else:
            start, end = int(match["start"]), int(match["end"])
            sentence = _sentence_around(in_article.get(match["article"], []), start, end)
            if sentence:
                start, end = start - sentence.start, end - sentence.start
        if sentence is None:
            raise KeyError(f"evidence {evidence!r} lies in no sentence of these annotations")
        found = (sentence.article_id, sentence.sentence_id, sentence.text, start, end)
        rows.append((evidence, *found))
    columns = ["evidence", "article_id", "sentence_id", "sentence", "start", "end"]
    return pd.DataFrame(rows, columns=columns)


def _sentence_around(sentences: Sequence[Any], start: int, end: int) -> Any:
    """Find the sentence that holds a span, among those of its article in order."""
    at = bisect_right(sentences, start, key=lambda sentence: sentence.start) - 1
    return sentences[at] if at >= 0 and end <= sentences[at].end else None
