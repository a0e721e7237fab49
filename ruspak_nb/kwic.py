"""Keyword in context: by regular expression, by entity, or by theme."""

import re
from collections.abc import Iterable
from functools import singledispatch
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.schema import suggest

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

COLUMNS = ("article_id", "sentence_id", "left", "keyword", "right", "start", "end")


@singledispatch
def concordance(
    notes: "Annotations",
    pattern: str | None = None,
    *,
    entity_id: str | None = None,
    theme: str | None = None,
    width: int = 60,
) -> pd.DataFrame:
    """Line up every occurrence with the words around it, in the order of the text.

    Exactly one of `pattern` (a regular expression, whatever its case), `entity_id` and
    `theme` says what to look for, in the sentences of the body. Returns `article_id`,
    `sentence_id`, `left`, `keyword`, `right` (up to `width` characters of the same
    sentence on either side, line breaks as spaces), `start` and `end` in the file.
    Raises ValueError if none or several are given, the entity or theme does not
    occur among those annotated, or the pattern does not compile.
    """
    need_one(pattern, entity_id, theme)
    if pattern is not None:
        hits = find_pattern(notes.sentences, pattern)
    elif entity_id is not None:
        hits = _select(notes.mentions, "entity_id", entity_id)
    else:
        hits = _select(notes.themes, "theme", str(theme))
    return line_up(hits, notes.sentences, width)


def need_one(*wanted: object) -> None:
    """Raise ValueError unless exactly one thing is looked for."""
    if sum(one is not None for one in wanted) != 1:
        raise ValueError("give exactly one of pattern, entity_id and theme")


def line_up(hits: pd.DataFrame, sentences: pd.DataFrame, width: int) -> pd.DataFrame:
    """Give each hit (`article_id`, `sentence_id`, `start`, `end`) the words of its sentence."""
    sentences = sentences.set_index("sentence_id")
    rows = []
    for hit in hits.itertuples(index=False):
        sentence = sentences.loc[hit.sentence_id]
        start, end = hit.start - sentence["start"], hit.end - sentence["start"]
        said = sentence["text"]
        left, keyword, right = said[:start], said[start:end], said[end:]
        rows.append(
            {
                "article_id": hit.article_id,
                "sentence_id": hit.sentence_id,
                "left": _flat(left)[len(left) - min(width, len(left)) :],
                "keyword": _flat(keyword),
                "right": _flat(right)[:width],
                "start": hit.start,
                "end": hit.end,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def find_pattern(sentences: pd.DataFrame, pattern: str) -> pd.DataFrame:
    """Find every match: `article_id`, `sentence_id`, `start`, `end`. Raises ValueError."""
    try:
        wanted = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"the pattern {pattern!r} does not compile: {error}") from None
    rows = [
        (s.article_id, s.sentence_id, s.start + match.start(), s.start + match.end())
        for s in sentences.itertuples(index=False)
        for match in wanted.finditer(s.text)
        if match[0]
    ]
    return pd.DataFrame(rows, columns=["article_id", "sentence_id", "start", "end"])


def _select(frame: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    hits = frame[frame[column] == value]
    if hits.empty:
        raise unknown(column, value, frame[column].unique().tolist())
    return hits


def unknown(column: str, value: str, known: Iterable[str]) -> ValueError:
    """Word the error of what does not occur, with what does."""
    names = [name for name in known if name]
    return ValueError(f"no {column} {value!r} in these annotations; {suggest(value, names)}")


def _flat(text: str) -> str:
    return re.sub(r"\s", " ", text)
