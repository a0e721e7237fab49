"""A sentence fits an event by theme, by two names, and by its date or a rare name."""

import pandas as pd
import pytest

from ruspak_nb.matches import match_events

CHRONOLOGY = pd.DataFrame(
    [
        (
            *("premier-2007", "2007-04-11", "2007-04-13", "diplomacy"),
            *("Russia; Pakistan; Mikhail Fradkov", "Mikhail Fradkov visits Islamabad."),
        ),
        (
            *("tashkent-1966", "1966-01-10", "1966-01-10", "diplomacy"),
            *("USSR; India; Pakistan", "Ayub Khan and Shastri sign the Tashkent Declaration."),
        ),
    ],
    columns=["event_id", "earliest", "latest", "theme", "actors", "what"],
)
ACTORS = pd.DataFrame(
    [
        ("Russia", "state", "RUS", "Moscow", "Russian"),
        ("USSR", "state", "RUS", "Soviet Union", "Soviet"),
        ("Pakistan", "state", "PAK", "", "Pakistani"),
        ("India", "state", "IND", "", "Indian"),
        ("Mikhail Fradkov", "person", "", "Fradkov", ""),
    ],
    columns=["name", "kind", "iso3", "aliases", "demonyms"],
)
ARTICLES = pd.DataFrame(
    [("a", "2016-05-25", "2016-09-23")],
    columns=["article_id", "published_earliest", "published_latest"],
)


def find(
    names: list[str], date: tuple[str, str] | None, theme: str = "diplomacy", published: str = ""
) -> list[str]:
    """Find the events of one sentence with these names, this date and theme."""
    key = {"sentence_id": "a-s001", "article_id": "a"}
    mentions = pd.DataFrame([{**key, "name": n, "text": n, "label": "GPE"} for n in names])
    themes = pd.DataFrame([{**key, "theme": theme}])
    spans = [{**key, "earliest": date[0], "latest": date[1]}] if date else []
    dates = pd.DataFrame(spans, columns=[*key, "earliest", "latest"])
    articles = ARTICLES.assign(published_latest=published) if published else ARTICLES
    frames = {"articles": articles, "mentions": mentions, "themes": themes, "dates": dates}
    return match_events(CHRONOLOGY, ACTORS, **frames)["event_id"].tolist()


@pytest.mark.parametrize(
    ("names", "date", "theme", "found"),
    [
        (["Russia", "Pakistan"], ("2007-01-01", "2007-12-31"), "diplomacy", ["premier-2007"]),
        (["Russia", "Pakistan"], ("2007-01-01", "2007-12-31"), "terrorism", []),
        (["Russia", "Pakistan"], ("1960-01-01", "1969-12-31"), "diplomacy", []),
        (["Russia"], ("2007-01-01", "2007-12-31"), "diplomacy", []),
        (["Russia", "Mikhail Fradkov"], None, "diplomacy", ["premier-2007"]),
        (["Russia", "Mikhail Fradkov"], ("2011-01-01", "2011-12-31"), "diplomacy", []),
        (["Russia", "India", "Tashkent"], None, "diplomacy", ["tashkent-1966"]),
        (["Russia", "India"], None, "diplomacy", []),
    ],
    ids=[
        *("year-and-states", "other-theme", "decade-is-too-wide", "one-name", "rare-name"),
        *("rare-name-but-other-year", "successor-and-place", "states-alone"),
    ],
)
def test_when_a_sentence_fits(
    names: list[str], date: tuple[str, str] | None, theme: str, found: list[str]
):
    """Each condition is needed."""
    assert find(names, date, theme) == found


def test_what_came_after_is_not_looked_for():
    """An article of 2005 cannot tell a visit of 2007."""
    year = ("2007-01-01", "2007-12-31")
    assert find(["Russia", "Pakistan"], year, published="2005-12-31") == []
