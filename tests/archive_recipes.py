"""A pipeline without spaCy for the tests of archives: a sentence a text, and faults to order.

Worker processes import this, so it is a module of its own.
"""

import os
import signal
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ruspak_nb.archive import batches
from ruspak_nb.archive.batches import Annotate, Pipeline, annotate_batch

LAYERS = ("sentences", "themes")


class TinyNlp:
    """Reads nothing; does what a text orders: [raises], [loops], [dies], [dies once FILE]."""

    max_length = 10**6
    memory_zone = staticmethod(nullcontext)

    def make_doc(self, text: str) -> SimpleNamespace:
        """Give what stands for a Doc."""
        return SimpleNamespace(text=text, user_data={})

    def __call__(self, doc: SimpleNamespace) -> SimpleNamespace:
        """Do what the text says."""
        words = doc.text.split()
        if "[raises]" in words:
            raise RuntimeError("no such\nword")
        while "[loops]" in words:
            pass
        if "[sleeps]" in words:
            time.sleep(0.05)
        if "[dies]" in words:
            os.kill(os.getpid(), signal.SIGKILL)
        if "[once]" in words:
            mark = Path(words[words.index("[once]") + 1])
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return doc


@dataclass(frozen=True)
class TinyRecipe:
    """Loads at once. `word` stands for the codebook: it is the theme of every sentence."""

    word: str = "arms_sales"
    corpus_digest: str = "zones 1"
    fault: str = ""

    @property
    def layers_digest(self) -> str:
        """Change with the codebook."""
        return f"{self.corpus_digest} {self.word}"

    def load(self) -> Annotate:
        """Give what annotates."""
        if self.fault:
            raise ValueError(self.fault)
        batches.collect_rows = partial(
            collect, self.word
        )  # in a worker process, or undone by a test
        return partial(annotate_batch, Pipeline(TinyNlp(), None, LAYERS))


def collect(
    word: str, doc: SimpleNamespace, codebook: None, rows: Mapping[str, list[dict[str, Any]]]
) -> None:
    """Give the first body zone as a sentence, and a theme for it."""
    article_id = doc.user_data["article_id"]
    for start, end in doc.user_data["body"][:1]:
        row = {"sentence_id": f"{article_id}-s001", "article_id": article_id}
        row |= {"start": start, "end": end, "text": doc.text[start:end]}
        rows["sentences"].append(row | {"position": 1})
        rows["themes"].append(row | {"theme": word, "rule_id": "tiny"})
