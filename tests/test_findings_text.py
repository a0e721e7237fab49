"""Headings from data: who leads, and how many articles are laid side by side."""

import pandas as pd
import pytest

from ruspak_nb import find_leaders, group_articles


def shares(**values: float) -> pd.DataFrame:
    """Make a summary of themes and their values."""
    return pd.DataFrame({"theme": list(values), "n": list(values.values())})


def published(*days: str) -> pd.DataFrame:
    """Make articles that appeared on these days."""
    ids = [f"a-{number}" for number in range(len(days))]
    return pd.DataFrame({"article_id": ids, "published_earliest": days}, dtype="str")


@pytest.mark.parametrize(
    ("summary", "leaders"),
    [
        (shares(water=3, rail=1), ["water"]),
        (shares(rail=1, water=3, dam=3), ["water", "dam"]),
        (shares(water=0, rail=0), []),
        (shares(), []),
    ],
)
def test_ties_lead_together_and_nothing_leads_nowhere(summary: pd.DataFrame, leaders: list[str]):
    """Of equal counts none is put first, and a count of zero is no lead."""
    assert find_leaders(summary, "theme") == leaders


def test_a_lead_needs_its_columns():
    """A typing error in a column is named."""
    with pytest.raises(ValueError, match="share"):
        find_leaders(shares(water=1), "theme", "share")


def test_few_articles_stand_for_themselves():
    """As long as they fit side by side, each is its own column."""
    assert group_articles(published("2012-01-01", ""))["group"].tolist() == ["a-0", "a-1"]


def test_many_articles_are_laid_together_by_time():
    """By the year, and if these are too many by the shortest stretch that fits."""
    days = published("2012-01-01", "2012-05-01", "2014-01-01", "")
    assert group_articles(days, most=3)["group"].tolist() == ["2012", "2012", "2014", "undated"]
    days = published("2009-01-01", "2010-01-01", "2011-12-31", "2014-01-01")
    grouped = group_articles(days, most=2)["group"].tolist()
    assert grouped == ["2005–2009", *["2010–2014"] * 3]


def test_no_article_is_lost_and_no_group_is_too_many():
    """Centuries of newspapers fit into the columns that there are."""
    days = published(*(f"{year}-01-01" for year in range(1700, 2020)), "")
    grouped = group_articles(days)
    assert grouped["article_id"].tolist() == days["article_id"].tolist()
    assert grouped["group"].nunique() <= 8


def test_articles_without_dates_are_one_group():
    """Where nothing is dated there is nothing to put in order."""
    assert set(group_articles(published("", "", ""), most=2)["group"]) == {"undated"}
