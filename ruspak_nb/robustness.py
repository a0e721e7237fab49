"""Ask of findings whether they hold on other grounds: without an article, by another reading."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

Finding = Callable[["Annotations"], bool]


def find_flips(notes: "Annotations", findings: Mapping[str, Finding]) -> pd.DataFrame:
    """Ask every finding once more without each article in turn.

    `findings` maps the wording of a finding to what tells whether it holds on annotations.
    Returns a row for each: `finding`, `holds` (on all articles), `n` (articles without which
    it turns) and `flips`, their ids, in order of publication. Raises ValueError for a finding
    that does not hold on the whole corpus: it is none.
    """
    articles = notes.corpus.articles["article_id"].tolist()
    parts = {article: notes.without(article) for article in articles}
    rows = []
    for wording, holds in findings.items():
        if not holds(notes):
            raise ValueError(f"this does not hold on all articles: {wording!r}")
        flips = [article for article in articles if not holds(parts[article])]
        rows.append((wording, True, len(flips), ", ".join(flips)))
    frame = pd.DataFrame(rows, columns=["finding", "holds", "n", "flips"])
    return frame.astype({"finding": "str", "flips": "str"})
