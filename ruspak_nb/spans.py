"""Go between the characters of a Doc and its words: a span of whole tokens, a sentence's text."""

from collections.abc import Iterator

from spacy.tokens import Doc, Span


def token_span(doc: Doc, start: int, end: int, *, label: str, span_id: str) -> Span:
    """Give the span of the tokens that `start` to `end` touch, with label and `id_`.

    Raises IndexError if the offsets lie outside the text.
    """
    span = doc.char_span(start, end, label=label, span_id=span_id, alignment_mode="expand")
    if span is None:
        raise IndexError(f"{start}-{end} lies outside a text of {len(doc.text)} characters")
    return span


def whole_text(doc: Doc) -> str:
    """Give the text of a Doc, which puts it together anew each time it is asked itself."""
    if "text" not in doc.user_data:
        doc.user_data["text"] = doc.text
    text: str = doc.user_data["text"]
    return text


def sentence_texts(doc: Doc) -> Iterator[tuple[int, str]]:
    """Yield where each sentence of the body begins, and its text."""
    text = whole_text(doc)
    for sentence in doc.spans["body"]:
        yield sentence.start_char, text[sentence.start_char : sentence.end_char]
