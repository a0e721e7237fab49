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
        if match is None and evidence not in by_id:
            raise KeyError(f"evidence {evidence!r} is no sentence of these annotations")
        if match is None:
            sentence = by_id[evidence]
            found = (sentence.article_id, evidence, sentence.text, 0, len(sentence.text))
        else:
            article_id, start, end = match["article"], int(match["start"]), int(match["end"])
            sentences = in_article.get(article_id, [])
            sentence = _sentence_around(sentences, start, end)
            if sentence is None:
                text = notes.corpus.texts.get(article_id, "")[start:end]
                touched = any(s.start < end and start < s.end for s in sentences)
                if not text or len(text) != end - start or touched:
                    raise KeyError(f"evidence {evidence!r} lies in no sentence of the corpus")
                found = (article_id, evidence, text, 0, len(text))
            else:
                within = start - sentence.start, end - sentence.start
                found = (article_id, sentence.sentence_id, sentence.text, *within)
        rows.append((evidence, *found))
    columns = ["evidence", "article_id", "sentence_id", "sentence", "start", "end"]
    return pd.DataFrame(rows, columns=columns)


def _sentence_around(sentences: Sequence[Any], start: int, end: int) -> Any:
    """Find the sentence that holds a span, among those of its article in order."""
    at = bisect_right(sentences, start, key=lambda sentence: sentence.start) - 1
    return sentences[at] if at >= 0 and end <= sentences[at].end else None
