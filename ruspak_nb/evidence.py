"""The ids by which a number names exactly what it counts, and the way back to the text.

A sentence is `rana-2017-s014`; a span is `rana-2017:64-75`: article, start, end, in
code points of the file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import singledispatch
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


def article_of(evidence: str) -> str:
    """Give the `article_id` that an evidence id begins with."""
    match = _SPAN.fullmatch(evidence)
    return match["article"] if match else evidence.rpartition("-s")[0]


@singledispatch
def find_evidence(notes: "Annotations", ids: Iterable[str]) -> pd.DataFrame:
    """Look up evidence ids in the source.

    Returns, in the order given, `evidence`, `article_id`, `sentence_id`, `sentence` (its
    text), and `start`, `end` of the span within the sentence (all of it for a sentence id).
    A span outside the body, such as a teaser's, is its own sentence, under its own id.
    Raises KeyError if an id leads nowhere in these annotations.
    """
    by_id = {row.sentence_id: row for row in notes.sentences.itertuples(index=False)}
    in_article: dict[str, list[Any]] = {}
    for row in by_id.values():
        in_article.setdefault(row.article_id, []).append(row)
    rows = []
    for evidence in ids:
        match = _SPAN.fullmatch(evidence)
        if match is not None:
            sentences = in_article.get(match["article"], [])
            text = notes.corpus.texts.get(match["article"], "")
            rows.append((evidence, *_find_span(match, sentences, text)))
        elif evidence in by_id:
            sentence = by_id[evidence]
            said = sentence.text
            rows.append((evidence, sentence.article_id, evidence, said, 0, len(said)))
        else:
            raise KeyError(f"evidence {evidence!r} is no sentence of these annotations")
    columns = ["evidence", "article_id", "sentence_id", "sentence", "start", "end"]
    return pd.DataFrame(rows, columns=columns)


def _find_span(
    match: re.Match[str], sentences: Sequence[Any], text: str
) -> tuple[str, str, str, int, int]:
    """Find a span among the sentences of its article, in order, or outside the body."""
    article_id, start, end = match["article"], int(match["start"]), int(match["end"])
    at = bisect_right(sentences, start, key=lambda sentence: sentence.start) - 1
    if at >= 0 and start < sentences[at].end:
        found = sentences[at]
        # A quotation may run over several sentences; it belongs to that in which it begins.
        last = sentences[bisect_right(sentences, end - 1, key=lambda sentence: sentence.start) - 1]
        if end <= last.end:
            within = start - found.start, end - found.start
            return article_id, found.sentence_id, text[found.start : last.end], *within
    said = text[start:end]
    touched = any(s.start < end and start < s.end for s in sentences)
    if not said or len(said) != end - start or touched:
        raise KeyError(f"evidence {match[0]!r} lies in no sentence of the corpus")
    return article_id, match[0], said, 0, len(said)
