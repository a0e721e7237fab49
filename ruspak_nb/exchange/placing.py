"""Place what was coded elsewhere in this corpus: sources, sentences, and the gold's columns."""

import hashlib
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from ruspak_nb.exchange.vocabulary import LAYERS, Codings, ExchangeError
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.schema import FRAMES, build_frame

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations
    from ruspak_nb.corpus import Corpus


@dataclass(frozen=True)
class Coded:
    """A span to which somebody gave a code of a layer, in the offsets of this corpus."""

    coder: str
    article_id: str
    start: int
    end: int
    layer: str
    values: Mapping[str, str] = field(default_factory=dict)


def find_article(corpus: "Corpus", name: str, raw: bytes = b"") -> str:
    """Find the article of a source by its content, else by its name, else give nothing.

    Of articles with one and the same text, reprints, the name says which is meant.
    """
    stem = name.strip().casefold().removesuffix(".txt")
    articles = corpus.articles
    digest = hashlib.sha256(raw).hexdigest()
    same = [
        digest in (sha256, hashlib.sha256(corpus.texts[article_id].encode()).hexdigest())
        for article_id, sha256 in articles[["article_id", "sha256"]].itertuples(index=False)
    ]
    for candidates in (articles[same], articles):
        for column in ("article_id", "file", "title"):
            names = [value.casefold().removesuffix(".txt") for value in candidates[column]]
            if stem and names.count(stem) == 1:
                return str(candidates["article_id"].iloc[names.index(stem)])
        if len(candidates) and candidates is not articles:
            return str(candidates["article_id"].iloc[0])
    return ""


def move_offsets(theirs: str, ours: str, source: str) -> Sequence[int] | None:
    """Give our offset for each of theirs, or None where they are the same.

    Programs rewrite line ends and add or drop a byte order mark; nothing else may differ.
    Raises ExchangeError, with the first place where the texts part.
    """
    if theirs == ours:
        return None
    one, other = _folded(theirs), _folded(ours)
    if one[0] != other[0]:
        at = next(
            (n for n, (a, b) in enumerate(zip(one[0], other[0], strict=False)) if a != b),
            min(len(one[0]), len(other[0])),
        )
        place = other[1][at]
        raise ExchangeError(
            f"source {source!r} is not the text of this corpus: they part at position {place}, "
            f"{one[0][at : at + 20]!r} there and {other[0][at : at + 20]!r} here; "
            "name the corpus on which it was coded with --corpus"
        )
    moved = [0] * (len(theirs) + 1)
    for number, (there, here) in enumerate(zip(one[1], other[1], strict=True)):
        # The second half of a CRLF lies where their line end, which is one character here, ends.
        until = one[1][number + 1] if number + 1 < len(one[1]) else there + 1
        for step in range(there, until):
            moved[step] = here if step == there else other[1][number + 1]
    return moved


def _folded(text: str) -> tuple[str, list[int]]:
    """Give a text with line ends as LF and no byte order mark, and where each character was."""
    characters, places = [], []
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        places.append(at)
        characters.append("\n" if text[at] == "\r" else text[at])
        at += 2 if text[at : at + 2] == "\r\n" else 1
    return "".join(characters), [*places, len(text)]


def build_codings(coded: Iterable[Coded], notes: "Annotations") -> Codings:
    """Make the frames of each coder, with the columns that follow from what was coded.

    A theme is given to each sentence that its span touches; all else belongs to the sentence
    in which it begins. What lies in no sentence, and is no zone, is counted in a warning.
    Raises ExchangeError if nothing was coded.
    """
    by_coder: dict[str, list[Coded]] = {}
    for item in coded:
        by_coder.setdefault(item.coder, []).append(item)
    if not by_coder:
        raise ExchangeError("this holds no coding that could be read against this corpus")
    outside: Counter[str] = Counter()
    codings = {
        coder: _frames(by_coder[coder], notes, outside) for coder in sorted(by_coder, key=str)
    }
    if outside:
        counts = ", ".join(f"{layer} {n}" for layer, n in outside.most_common())
        warnings.warn(
            f"left out {outside.total()} coding(s) that lie in no sentence of the body: {counts}",
            stacklevel=4,
        )
    return codings


def _frames(
    coded: Sequence[Coded], notes: "Annotations", outside: Counter[str]
) -> dict[str, pd.DataFrame]:
    order = {article_id: n for n, article_id in enumerate(notes.corpus.texts)}
    coded = sorted(coded, key=lambda item: (order[item.article_id], item.start, item.end))
    rows: dict[str, list[dict[str, Any]]] = {layer: [] for layer in LAYERS}
    sentences = _own_sentences(coded, notes) or notes.sentences.to_dict("records")
    in_article: dict[str, list[dict[str, Any]]] = {}
    for sentence in sentences:
        in_article.setdefault(sentence["article_id"], []).append(sentence)
    for item in coded:
        text = notes.corpus.texts[item.article_id]
        here = {"article_id": item.article_id}
        if item.layer == "sentences":
            continue
        if item.layer == "zones":
            rows["zones"].append(here | _span(text, item.start, item.end) | dict(item.values))
            continue
        touched = _touched(in_article.get(item.article_id, []), item.start, item.end)
        if not touched:
            outside[item.layer] += 1
        for sentence in touched if item.layer == "themes" else touched[:1]:
            start, end = item.start, item.end
            if item.layer == "themes":
                start, end = max(start, sentence["start"]), min(end, sentence["end"])
            row = here | {"sentence_id": sentence["sentence_id"]} | _span(text, start, end)
            rows[item.layer].append(row | _values(item, row))
    rows["sentences"] = sentences
    return {layer: build_frame(layer, rows[layer]) for layer in LAYERS}


def _own_sentences(coded: Sequence[Coded], notes: "Annotations") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    for item in coded:
        if item.layer == "sentences":
            counts[item.article_id] += 1
            number = counts[item.article_id]
            rows.append(
                {
                    "sentence_id": f"{item.article_id}-s{number:03}",
                    "article_id": item.article_id,
                    "position": number,
                    **_span(notes.corpus.texts[item.article_id], item.start, item.end),
                }
            )
    return rows


def _touched(sentences: Sequence[dict[str, Any]], start: int, end: int) -> list[dict[str, Any]]:
    first = max(bisect_right(sentences, start, key=lambda row: row["start"]) - 1, 0)
    last = bisect_right(sentences, end - 1, key=lambda row: row["start"])
    return [row for row in sentences[first:last] if row["start"] < end and start < row["end"]]


def _span(text: str, start: int, end: int) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text[start:end]}


def _values(item: Coded, row: Mapping[str, Any]) -> dict[str, Any]:
    """Fill the columns of a layer: what was coded, what follows from it, else nothing."""
    values: dict[str, Any] = {
        column: item.values.get(column, "") for column in FRAMES[item.layer] if column not in row
    }
    if "edtf" in values:
        where = f"{item.layer} {item.article_id}:{item.start}-{item.end}"
        try:
            bounds = edtf_bounds(values["edtf"]) if values["edtf"] else ("", "")
        except ValueError as error:
            raise ExchangeError(f"{where}: {error}") from None
        values["earliest"], values["latest"] = bounds
    if item.layer == "mentions":
        values["metonym"] = values["metonym"].casefold() == "true"
        values["name"] = values["name"] or row["text"]
    return values
