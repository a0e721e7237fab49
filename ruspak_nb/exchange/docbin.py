"""Write spaCy's own format: Docs with parse, spans and rows, to load without parsing again."""

from pathlib import Path
from typing import TYPE_CHECKING

from ruspak_nb.codebook import Codebook
from ruspak_nb.exchange.parses import parse_corpus
from ruspak_nb.exchange.staging import write_whole

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations


def write_docbin(
    notes: "Annotations", path: Path, *, codebook: Codebook | None, model: str | Path | None
) -> list[Path]:
    """Write a DocBin: `doc.spans` has body, mentions, themes and dates, `user_data` the rest.

    What is in `user_data`: article_id, published, body, and the rows of quotes and events.
    """
    from spacy.tokens import DocBin

    found = DocBin(store_user_data=True)
    for doc in parse_corpus(notes, codebook, model):
        # Sets are of no order and cannot be stored.
        doc.user_data = {
            key: sorted(value) if isinstance(value, set | frozenset) else value
            for key, value in doc.user_data.items()
            if key != "text"  # the Doc has it
        }
        found.add(doc)
    return write_whole(path, found.to_bytes())
