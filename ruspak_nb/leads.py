"""Say how firm a lead is: without an article, and counted in another way."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.findings_text import find_leaders
from ruspak_nb.wording import list_names

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations


def find_lead_flips(
    notes: "Annotations", summarise: Callable[["Annotations"], pd.DataFrame], by: str
) -> list[str]:
    """List the articles without which others lead in a summary, in order of publication.

    `summarise` gives a frame with `by` and `n`. Of one article none can be left out.
    """
    leaders = set(find_leaders(summarise(notes), by))
    articles = notes.corpus.articles["article_id"].tolist()
    if len(articles) < 2:
        return []
    return [
        article
        for article in articles
        if set(find_leaders(summarise(notes.without(article)), by)) != leaders
    ]


def word_flips(flips: Sequence[str], n_articles: int) -> str:
    """Say in a sentence whether a finding holds without each article in turn."""
    if n_articles < 2:
        return "There is only one article, so none can be left out."
    if not flips:
        return "That holds without any one article."
    return f"That does not hold without {list_names(flips)}."


def compare_leaders(ways: Mapping[str, pd.DataFrame], by: str) -> pd.DataFrame:
    """Say who leads in each of several ways of counting the same thing.

    Each way is a summary with `by`, `n` and `evidence`. Returns `way`, `leader` (joined by
    "and" if they tie, empty if there is none), `n` (of the first of them), `same` (as in the
    first way) and `evidence` (of the first), in the order given.
    """
    rows = []
    for way, summary in ways.items():
        leaders = find_leaders(summary, by)
        found = summary[summary[by].isin(leaders[:1])]
        evidence = tuple(found["evidence"].iloc[0]) if len(found) else ()
        rows.append((way, list_names(leaders), len(evidence), frozenset(leaders), evidence))
    frame = pd.DataFrame(rows, columns=["way", "leader", "n", "_who", "evidence"])
    frame["same"] = [who == frame["_who"].iloc[0] for who in frame["_who"]]
    return frame[["way", "leader", "n", "same", "evidence"]].astype({"n": "int64"})
