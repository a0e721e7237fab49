"""Write sentences with their parse as CoNLL-U, the format of Universal Dependencies."""

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruspak_nb.codebook import Codebook
from ruspak_nb.exchange.parses import parse_corpus
from ruspak_nb.exchange.staging import write_whole

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from ruspak_nb.annotation import Annotations

# How UDPipe writes white space, and what divides a MISC field, within one.
_ESCAPES = {"\\": "\\\\", "|": "\\p", " ": "\\s", "\t": "\\t", "\r": "\\r", "\n": "\\n"}


def write_conllu(
    notes: "Annotations", path: Path, *, codebook: Codebook | None, model: str | Path | None
) -> list[Path]:
    """Write the sentences of the body, a document an article.

    MISC holds `start` and `end` in code points of the file, `SpaceAfter` or, where something
    other than one space follows, `SpacesAfter`, and names as `NER` (BIO) with `EntityId`.
    Words of white space are not words there and are left out. Raises ValueError if `model` is
    None, because then there is no parse.
    """
    if model is None:
        raise ValueError("conllu holds a parse, and without a model there is none; name a model")
    lines: list[str] = []
    n_nested = 0
    for doc in parse_corpus(notes, codebook, model):
        article_id = doc.user_data["article_id"]
        mentions = notes.mentions[notes.mentions["article_id"] == article_id]
        labels, nested = _labels(doc, mentions.to_dict("records"))
        n_nested += nested
        text = notes.corpus.texts[article_id]
        sentences = notes.sentences[notes.sentences["article_id"] == article_id]
        rows = sentences.to_dict("records")
        if [(s.start_char, s.end_char) for s in doc.spans["body"]] != [
            (row["start"], row["end"]) for row in rows
        ]:
            raise ValueError(
                f"article {article_id!r} has other sentences than its annotations; export with "
                "the codebook and the model that made them"
            )
        lines.append(f"# newdoc id = {article_id}")
        for sentence, row in zip(doc.spans["body"], rows, strict=True):
            lines += _sentence(sentence, row, text, labels)
    if n_nested:
        warnings.warn(
            f"left out {n_nested} mention(s) that lie within others: BIO holds one name a word",
            stacklevel=3,
        )
    return write_whole(path, ("\n".join(lines) + "\n").encode("utf-8"))


def _labels(doc: "Doc", mentions: Sequence[dict[str, Any]]) -> tuple[dict[int, list[str]], int]:
    """Give the MISC fields of each word of a name, and count the names that lie within others."""
    labels: dict[int, list[str]] = {}
    nested = 0
    for row in mentions:
        span = doc.char_span(row["start"], row["end"], alignment_mode="expand")
        words = [] if span is None else [token for token in span if not token.is_space]
        if not words or any(token.i in labels for token in words):
            nested += 1
            continue
        for number, token in enumerate(words):
            fields = [f"NER={'I' if number else 'B'}-{row['label']}"]
            if row["entity_id"] and not number:
                fields.append(f"EntityId={_escape(row['entity_id'])}")
            labels[token.i] = fields
    return labels, nested


def _sentence(
    sentence: "Span", row: dict[str, Any], text: str, labels: dict[int, list[str]]
) -> Iterator[str]:
    words = [token for token in sentence if not token.is_space]
    numbers = {token.i: number for number, token in enumerate(words, start=1)}
    yield f"# sent_id = {row['sentence_id']}"
    yield f"# text = {' '.join(row['text'].split())}"
    yield f"# start_char = {row['start']}"
    yield f"# end_char = {row['end']}"
    root = 0
    for place, token in enumerate(words):
        head, relation = _head(token, numbers), token.dep_.lower() or "dep"
        if head == 0 and root:
            # The format has one root a sentence; a sentence of ours may hold two of the parser's.
            head, relation = root, "parataxis"
        elif head == 0:
            root, relation = numbers[token.i], "root"
        end = token.idx + len(token)
        after = words[place + 1].idx if place + 1 < len(words) else row["end"]
        fields = [f"start={token.idx}", f"end={end}"]
        between = text[end:after]
        if not between:
            # What follows the last word of a sentence is not of the sentence.
            fields += [] if place + 1 == len(words) else ["SpaceAfter=No"]
        elif between != " ":
            fields.append(f"SpacesAfter={_escape(between)}")
        yield "\t".join(
            (
                str(numbers[token.i]),
                _one_line(token.text),
                _one_line(token.lemma_) or "_",
                token.pos_ or "_",
                token.tag_ or "_",
                str(token.morph) or "_",
                str(head),
                relation,
                "_",
                "|".join((*fields, *labels.get(token.i, ()))),
            )
        )
    yield ""


def _head(token: "Token", numbers: dict[int, int]) -> int:
    """Give the number of a word's head, past words of white space; 0 for the root."""
    here = token
    while here.head.i != here.i:
        here = here.head
        if here.i in numbers:
            return numbers[here.i]
    return 0


def _one_line(text: str) -> str:
    """Write a text without what would end its line or its column."""
    return "".join(" " if c.isspace() else c for c in text)


def _escape(text: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in text)
