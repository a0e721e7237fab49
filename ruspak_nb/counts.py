"""Count mentions, themes, words and what occurs together; every number with its evidence.

All functions take tidy frames and return tidy summaries with `n` and `evidence`, the ids
of exactly what is counted, so that `n == len(evidence)`. Rows on disk, see `open_dataset`, are
counted by the same names.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import singledispatch
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.evidence import span_ids
from ruspak_nb.schema import need_columns, suggest

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

# Words, with inner hyphens, apostrophes and stops: "game-changer", "Russia’s", "U.S".
_WORD = re.compile(r"[^\W\d_]+(?:[-’'.][^\W\d_]+)*")


@singledispatch
def count_mentions(
    mentions: pd.DataFrame, *, by: str | Sequence[str] = "entity_id"
) -> pd.DataFrame:
    """Count mentions, by entity or any other columns.

    Needs the columns `by` and `article_id`, `start`, `end`. Returns them with `n` and
    `evidence` (span ids), by descending n. Counted by entity, mentions without one, such as
    dates, are left out. Raises ValueError if a column is missing.
    """
    keys = _columns(by)
    need_columns(mentions, *keys)
    entity = [key for key in keys if key in ("entity_id", "name")]
    named = mentions[(mentions[entity] != "").all(axis=1)]
    return _tally(named.assign(_id=span_ids(named)), keys)


@singledispatch
def count_themes(
    themes: pd.DataFrame, sentences: pd.DataFrame, *, by: str | None = "article_id"
) -> pd.DataFrame:
    """Count the sentences that carry each theme, and their share of all sentences.

    Needs `sentence_id`, `theme` in `themes`, `sentence_id` in `sentences`, and `by` in
    both; themes of sentences that are not in `sentences` do not count. Returns `by` (unless
    None), `theme`, `n`, `n_sentences`, `share` (of `n_sentences`) and `evidence` (sentence
    ids), in the order of `sentences`, themes by overall n; pairs that do not occur are 0.
    Raises ValueError if a column is missing.
    """
    need_columns(themes, "sentence_id", "theme")
    need_columns(sentences, "sentence_id")
    grouping = by or "_all"
    inside = themes["sentence_id"].isin(sentences["sentence_id"])
    coded = themes[inside].assign(_all="").drop_duplicates(["sentence_id", "theme"])
    base = sentences.assign(_all="")
    need_columns(coded, grouping)
    need_columns(base, grouping)
    n_sentences = base.groupby(grouping, sort=False).size().rename("n_sentences")
    ranked = coded["theme"].value_counts(sort=True).index.tolist()
    pairs = pd.MultiIndex.from_product([n_sentences.index, ranked], names=[grouping, "theme"])
    found = coded.groupby([grouping, "theme"])["sentence_id"].agg(tuple)
    table = (
        found.reindex(pairs)
        .rename("evidence")
        .reset_index()
        .merge(n_sentences.reset_index(), on=grouping, validate="m:1")
    )
    table["evidence"] = [ids if isinstance(ids, tuple) else () for ids in table["evidence"]]
    table["n"] = pd.Series([len(ids) for ids in table["evidence"]], dtype="int64")
    table["share"] = table["n"] / table["n_sentences"]
    columns = [*([by] if by else []), "theme", "n", "n_sentences", "share", "evidence"]
    return table[columns]


@singledispatch
def count_cooccurrences(frame: pd.DataFrame, *, item: str = "theme") -> pd.DataFrame:
    """Count the sentences in which two items stand together.

    Needs `sentence_id` and `item`. Returns `item_a`, `item_b`, `n`, `n_a`, `n_b`,
    `jaccard` (sentences with both over sentences with either) and `evidence` (sentence
    ids), by descending n; rows whose item is empty are left out, pairs that never meet too.
    Raises ValueError if a column is missing.
    """
    need_columns(frame, "sentence_id", item)
    pairs = frame.loc[frame[item] != "", ["sentence_id", item]].drop_duplicates()
    per_item = pairs[item].value_counts()
    rows = [
        (a, b, sentence_id)
        for sentence_id, items in pairs.groupby("sentence_id", sort=False)[item]
        for a, b in combinations(sorted(items), 2)
    ]
    together = pd.DataFrame(rows, columns=["item_a", "item_b", "_id"], dtype="str")
    table = _tally(together, ["item_a", "item_b"])
    table["n_a"] = table["item_a"].map(per_item).astype("int64")
    table["n_b"] = table["item_b"].map(per_item).astype("int64")
    table["jaccard"] = table["n"] / (table["n_a"] + table["n_b"] - table["n"])
    return table[["item_a", "item_b", "n", "n_a", "n_b", "jaccard", "evidence"]]


def find_words(sentences: pd.DataFrame) -> pd.DataFrame:
    """List every word of the sentences, in the order of the text.

    Needs `article_id`, `start`, `text`. Returns `term` (lower case, without possessive
    's), `article_id`, `start`, `end`. Raises ValueError if a column is missing.
    """
    need_columns(sentences, "article_id", "start", "text")
    rows = [
        (_term(match[0]), article_id, start + match.start(), start + match.end())
        for article_id, start, text in zip(
            sentences["article_id"], sentences["start"], sentences["text"], strict=True
        )
        for match in _WORD.finditer(text)
    ]
    frame = pd.DataFrame(rows, columns=["term", "article_id", "start", "end"])
    return frame.astype({"term": "str", "article_id": "str", "start": "int64", "end": "int64"})


def keyness(sentences: pd.DataFrame, target: str, *, min_n: int = 2) -> pd.DataFrame:
    """Rank the words of one article by how much more often it uses them than the rest.

    Needs `article_id`, `start`, `text`. Returns, for words that occur at least `min_n`
    times in the article `target` and relatively more often there, `term`, `n`, `n_rest`,
    `per_1000` and `per_1000_rest` (per 1,000 words), `log_likelihood` (G2 of the two-cell
    table, Rayson and Garside 2000), `log_ratio` (binary log of the ratio of the
    two rates, 0.5 standing in for an absent count, Hardie 2014) and `evidence` (span ids in
    `target`), by descending log-likelihood. G2 orders the list; on a corpus this small it
    tests nothing. Raises ValueError if there is no such article.
    """
    words = find_words(sentences)
    inside = words["article_id"] == target
    if not inside.any():
        known = words["article_id"].unique().tolist()
        raise ValueError(f"no article {target!r} with words in it; {suggest(target, known)}")
    size, size_rest = int(inside.sum()), int((~inside).sum())
    table = _tally(words[inside].assign(_id=span_ids(words[inside])), ["term"])
    rest = words.loc[~inside, "term"].value_counts()
    table["n_rest"] = table["term"].map(rest).fillna(0).astype("int64")
    table["per_1000"] = 1000 * table["n"] / size
    table["per_1000_rest"] = 1000 * table["n_rest"] / size_rest if size_rest else 0.0
    pairs = list(zip(table["n"], table["n_rest"], strict=True))
    table["log_likelihood"] = [_g2(n, rest_n, size, size_rest) for n, rest_n in pairs]
    table["log_ratio"] = [
        math.log2((n / size) / ((rest_n or 0.5) / max(size_rest, 1))) for n, rest_n in pairs
    ]
    used_more = (table["n"] >= min_n) & (table["per_1000"] > table["per_1000_rest"])
    columns = ["term", "n", "n_rest", "per_1000", "per_1000_rest", "log_likelihood", "log_ratio"]
    return (
        table.loc[used_more, [*columns, "evidence"]]
        .sort_values(["log_likelihood", "term"], ascending=[False, True])
        .reset_index(drop=True)
    )


def leave_one_out(
    notes: "Annotations", summarise: "Callable[[Annotations], pd.DataFrame]"
) -> pd.DataFrame:
    """Make a summary once more without each article in turn.

    Returns the rows of `summarise(notes.without(article_id))` with that id in the column
    `left_out`, in order of publication.
    """
    parts = [
        summarise(notes.without(article_id)).assign(left_out=article_id)
        for article_id in notes.corpus.articles["article_id"]
    ]
    return pd.concat(parts, ignore_index=True)


def _tally(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Group by `keys`: `n` and `evidence` from the column `_id`, by descending n."""
    table = frame.groupby(keys, sort=True)["_id"].agg(tuple).rename("evidence").reset_index()
    table.insert(len(keys), "n", [len(ids) for ids in table["evidence"]])
    table["n"] = table["n"].astype("int64")
    return table.sort_values("n", ascending=False, kind="stable").reset_index(drop=True)


def _term(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _g2(n: int, n_rest: int, size: int, size_rest: int) -> float:
    """Dunning's log-likelihood of a word's two counts, given the two sizes."""
    rate = (n + n_rest) / (size + size_rest)
    cells = ((n, size * rate), (n_rest, size_rest * rate))
    return 2 * sum(count * math.log(count / expected) for count, expected in cells if count)


def _columns(by: str | Sequence[str]) -> list[str]:
    return [by] if isinstance(by, str) else list(by)
