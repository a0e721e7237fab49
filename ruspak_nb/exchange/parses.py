"""Parse a corpus again for the formats that hold more than the frames do."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ruspak_nb.annotation import make_docs
from ruspak_nb.codebook import Codebook
from ruspak_nb.pipeline import build_nlp

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from ruspak_nb.annotation import Annotations


def parse_corpus(
    notes: "Annotations", codebook: Codebook | None, model: str | Path | None
) -> Iterator["Doc"]:
    """Give the Doc of each article, in the order of the corpus."""
    nlp = build_nlp(codebook, model=model)
    docs = nlp.pipe(make_docs(nlp, notes.corpus), batch_size=32)
    yield from tqdm(
        docs,
        total=len(notes.corpus),
        desc="parsing",
        unit=" articles",
        disable=None,
        leave=False,
    )
