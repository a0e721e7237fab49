"""Two clocks: when an article was published, and which years it talks about.

Both stay columns of their own. A date that names a period or has an open end never passes
for a year: how far it reaches is written beside it.
"""

import warnings
from datetime import date
from functools import singledispatch
from typing import Any

import pandas as pd

from ruspak_nb.evidence import span_ids
from ruspak_nb.schema import need_columns

# How much time one date can mean, from the finest to what has no bounds.
REACHES = ("a year or less", "some years", "a period", "open")
_YEAR, _SOME_YEARS = 366, 3653  # days


@singledispatch
def read_clocks(dates: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Lay each date beside the publication of the article that names it.

    Needs `article_id`, `sentence_id`, `start`, `end`, `text`, `earliest`, `latest` in
    `dates`, and `article_id`, `published_earliest`, `published_latest` in `articles`.
    Returns them with `reach` (`a year or less`, `some years` for up to ten, `a period`,
    `open` where a side has no bound), `clock` (`past` if it ends before the first day of
    publication, `ahead` if it begins after the last, else `present`), `lag` (years from the
    end of a past date to the publication, from the publication to the beginning of one
    ahead, as a negative number, else 0), `n` (1) and `evidence` (span ids), articles in the
    order of `articles`. A date without any bound, or of an undated article, is left out
    with a warning. Raises ValueError if a column is missing.
    """
    need_columns(dates, "article_id", "sentence_id", "start", "end", "text", "earliest", "latest")
    need_columns(articles, "article_id", "published_earliest", "published_latest")
    published = articles[["article_id", "published_earliest", "published_latest"]]
    table = dates.assign(_id=span_ids(dates)).merge(published, on="article_id", validate="m:1")
    known = (table["earliest"] + table["latest"] != "") & (table["published_earliest"] != "")
    if not known.all():
        warnings.warn(f"left out {(~known).sum()} date(s) that no clock can show", stacklevel=3)
    table = table[known].reset_index(drop=True)
    order = {article: place for place, article in enumerate(articles["article_id"])}
    table["reach"] = [_reach(*ends) for ends in _pairs(table, "earliest", "latest")]
    lags = [_lag(*row) for row in _pairs(table, "earliest", "latest", *published.columns[1:])]
    table["clock"] = [clock for clock, _ in lags]
    table["lag"] = [lag for _, lag in lags]
    table["n"] = 1
    table["evidence"] = [(span,) for span in table["_id"]]
    return (
        table.drop(columns="_id")
        .sort_values(["article_id", "start"], key=lambda c: c.map(order) if c.name[0] == "a" else c)
        .reset_index(drop=True)
    )


@singledispatch
def count_years(
    clocks: pd.DataFrame, *, step: int = 1, by: str | None = "article_id"
) -> pd.DataFrame:
    """Count the dates that touch each year, or each stretch of `step` years.

    Needs the columns of `read_clocks` and `by`. Returns `by` (unless None), `year` (the first
    of the stretch), `n` (dates that touch it), `n_exact` (those of a year or less), `weight`
    (each date counts 1 in all, in equal parts for every year it covers, so that a long period
    weighs little in any year) and `evidence` (span ids), by article and year. Dates with an
    open side touch no year that one could name: they are left out. Raises ValueError if a
    column is missing.
    """
    part = by or "_all"
    clocks = clocks.assign(_all="")
    need_columns(clocks, part, "earliest", "latest", "reach", "evidence")
    bounded = clocks[clocks["reach"] != "open"]
    rows = []
    for place, (value, earliest, latest, reach, evidence) in enumerate(
        _pairs(bounded, part, "earliest", "latest", "reach", "evidence")
    ):
        years = range(int(earliest[:4]), int(latest[:4]) + 1)
        for year in years:
            exact = reach == REACHES[0]
            rows.append((value, year - year % step, place, exact, 1 / len(years), evidence[0]))
    types = {"_date": "int64", "exact": "bool", "weight": "float64", "_id": "str"}
    touched = pd.DataFrame(rows, columns=[part, "year", *types]).astype({"year": "int64", **types})
    parts = touched.groupby([part, "year", "_date"], sort=False).agg(
        exact=("exact", "first"), weight=("weight", "sum"), _id=("_id", "first")
    )
    table = parts.groupby([part, "year"], sort=False).agg(
        n=("_id", "size"),
        n_exact=("exact", "sum"),
        weight=("weight", "sum"),
        evidence=("_id", tuple),
    )
    order = {value: place for place, value in enumerate(clocks[part].unique())}
    table = (
        table.reset_index()
        .sort_values([part, "year"], key=lambda c: c.map(order) if c.name != "year" else c)
        .reset_index(drop=True)
    )
    return table if by else table.drop(columns=part)


def _pairs(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return list(table[list(columns)].itertuples(index=False, name=None))


def _reach(earliest: str, latest: str) -> str:
    if not (earliest and latest):
        return REACHES[3]
    days = (date.fromisoformat(latest) - date.fromisoformat(earliest)).days + 1
    return REACHES[0] if days <= _YEAR else REACHES[1] if days <= _SOME_YEARS else REACHES[2]


def _lag(earliest: str, latest: str, first: str, last: str) -> tuple[str, float]:
    """Tell on which side of the publication a date lies, and how many years away."""
    if latest and latest < first:
        return "past", _years(latest, first)
    # A publication without a last day is taken at its first: nothing later is certain.
    if earliest and earliest > (last or first):
        return "ahead", -_years(last or first, earliest)
    return "present", 0.0


def _years(first: str, last: str) -> float:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days / 365.25
