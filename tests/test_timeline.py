"""The two clocks are kept apart, and a long date never passes for a year."""

import pandas as pd
import pytest

from ruspak_nb.timeline import count_years, read_clocks

ARTICLES = pd.DataFrame(
    [("late", "2018-09-30", "2018-10-03"), ("early", "2012-06-13", "2012-06-30")],
    columns=["article_id", "published_earliest", "published_latest"],
)


def dates(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Make dates of an article, one in each sentence."""
    columns = ["article_id", "earliest", "latest"]
    frame = pd.DataFrame(rows, columns=columns)
    places = range(len(frame))
    return frame.assign(
        sentence_id=[f"{row[0]}-s{i:03}" for i, row in enumerate(rows)],
        start=[10 * i for i in places],
        end=[10 * i + 4 for i in places],
        text="then",
    )


@pytest.mark.parametrize(
    ("earliest", "latest", "reach", "clock", "lag"),
    [
        ("2011-01-01", "2011-12-31", "a year or less", "past", 0.45),
        ("2012-06-01", "2012-06-30", "a year or less", "present", 0.0),
        ("2014-01-01", "2014-12-31", "a year or less", "ahead", -1.51),
        ("1966-01-01", "1969-12-31", "some years", "past", 42.45),
        ("1947-01-01", "1991-12-31", "a period", "past", 20.45),
        ("", "2012-06-30", "open", "present", 0.0),
        ("2001-09-11", "", "open", "present", 0.0),
    ],
    ids=["past", "now", "ahead", "part-of-decade", "period", "until-now", "since"],
)
def test_a_date_is_laid_beside_the_publication(
    earliest: str, latest: str, reach: str, clock: str, lag: float
):
    """Each date says how much time it can mean, and how far from the publication it lies."""
    row = read_clocks(dates(("early", earliest, latest)), ARTICLES).iloc[0]
    assert (row["reach"], row["clock"]) == (reach, clock)
    assert row["lag"] == pytest.approx(lag, abs=0.01)
    assert (row["n"], row["evidence"]) == (1, ("early:0-4",))


def test_articles_stand_in_the_order_given():
    """Not in that of their names."""
    both = dates(("early", "2011-01-01", "2011-12-31"), ("late", "2003-01-01", "2003-12-31"))
    assert read_clocks(both, ARTICLES)["article_id"].tolist() == ["late", "early"]


def test_a_date_that_no_clock_shows_is_dropped_loudly():
    """A day without a year has no place on the axis."""
    with pytest.warns(UserWarning, match=r"left out 1 date\(s\)"):
        assert read_clocks(dates(("early", "", "")), ARTICLES).empty


def test_a_date_counts_one_in_all():
    """A decade weighs a tenth in each of its years, an open date nowhere."""
    several = dates(
        ("early", "1966-01-01", "1966-12-31"),
        ("early", "1960-01-01", "1969-12-31"),
        ("early", "", "2012-06-30"),
    )
    years = count_years(read_clocks(several, ARTICLES)).set_index("year")
    assert len(years) == 10
    assert years.loc[1966, ["n", "n_exact"]].tolist() == [2, 1]
    assert years.loc[1966, "weight"] == pytest.approx(1.1)
    assert years["weight"].sum() == pytest.approx(2)
    assert (years["n"] == years["evidence"].str.len()).all()


def test_years_can_be_counted_by_decade():
    """A date within one decade touches it once, with its whole weight."""
    frame = read_clocks(dates(("early", "1966-01-01", "1969-12-31")), ARTICLES)
    decade = count_years(frame, step=10).iloc[0]
    assert (decade["year"], decade["n"], decade["n_exact"]) == (1960, 1, 0)
    assert decade["weight"] == pytest.approx(1)
