"""The ids by which a number names exactly what it counts, and the way back to the text.

A sentence is `rana-2017-s014`; a span is `rana-2017:64-75`: article, start, end, in
code points of the file.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

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
    sentences = notes.sentences.set_index("sentence_id")
    rows = []
    for evidence in ids:
        match = _SPAN.fullmatch(evidence)
        if match is None:
            sentence = sentences.loc[evidence]
            span = (0, len(sentence["text"]))
        else:
            sentence = _sentence_around(notes.sentences, match)
            span = (
                int(match["start"]) - int(sentence["start"]),
                int(match["end"]) - int(sentence["start"]),
            )
        name = evidence if match is None else sentence["sentence_id"]
        rows.append((evidence, sentence["article_id"], name, sentence["text"], *span))
    columns = ["evidence", "article_id", "sentence_id", "sentence", "start", "end"]
    return pd.DataFrame(rows, columns=columns)


def _sentence_around(sentences: pd.DataFrame, match: re.Match[str]) -> pd.Series:
    inside = sentences[
        (sentences["article_id"] == match["article"])
        & (sentences["start"] <= int(match["start"]))
        & (sentences["end"] >= int(match["end"]))
    ]
    if inside.empty:
        raise KeyError(f"evidence {match[0]!r} lies in no sentence of the corpus")
    return inside.iloc[0]
