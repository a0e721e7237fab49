"""Put character offsets on a Doc as a span of whole tokens."""

from spacy.tokens import Doc, Span


def token_span(doc: Doc, start: int, end: int, *, label: str, span_id: str) -> Span:
    """Give the span of the tokens that `start` to `end` touch, with label and `id_`.

    Raises IndexError if the offsets lie outside the text.
    """
    span = doc.char_span(start, end, label=label, span_id=span_id, alignment_mode="expand")
    if span is None:
        raise IndexError(f"{start}-{end} lies outside a text of {len(doc.text)} characters")
    return span
