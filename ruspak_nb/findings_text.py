"""Find what a heading can say of a table: what leads in it, and over which stretches of time."""

import pandas as pd

from ruspak_nb.schema import need_columns

# In years: into which many articles are laid together.
_STRETCHES = (1, 2, 5, 10, 20, 50, 100)


def find_leaders(summary: pd.DataFrame, label: str, value: str = "n") -> list[str]:
    """List the labels of the rows with the highest value: one, several in a tie, or none.

    A table without rows, or without any value above zero, has no leader. Raises ValueError if
    a column is missing.
    """
    need_columns(summary, label, value)
    leading = summary[(summary[value] > 0) & (summary[value] == summary[value].max())]
    return [str(name) for name in leading[label].unique()]


def group_articles(articles: pd.DataFrame, *, most: int = 8) -> pd.DataFrame:
    """Lay articles together until there are few enough to stand side by side.

    Needs `article_id` and `published_earliest`, in order of publication. Returns `article_id`
    and `group`: each article by itself if there are at most `most`, else the year in which it
    appeared, else the stretch of years ("2010–2014"); articles without a date are "undated".
    Raises ValueError if a column is missing.
    """
    need_columns(articles, "article_id", "published_earliest")
    if len(articles) <= most:
        return articles[["article_id"]].assign(group=articles["article_id"])
    years = pd.to_numeric(articles["published_earliest"].str[:4].replace("", None))
    room = most - int(years.isna().any())
    groups = next(
        named
        for step in _STRETCHES
        if (named := _stretches(years, step)).nunique() <= room or step == _STRETCHES[-1]
    )
    return articles[["article_id"]].assign(group=groups.fillna("undated").astype("str"))


def _stretches(years: pd.Series, step: int) -> pd.Series:
    first = (years.dropna() // step * step).astype("int64")
    named = first.astype("str") if step == 1 else first.map(lambda y: f"{y}–{y + step - 1}")
    return named.astype("object").reindex(years.index)
