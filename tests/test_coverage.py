"""What could not be known is nobody's omission; what is told is counted once."""

import pandas as pd
import pytest

from ruspak_nb.coverage import (
    compare_coverage,
    count_coverage,
    count_tellers,
    cover_chronology,
    link_claims,
)

CHRONOLOGY = pd.DataFrame(
    [
        ("visit-2003", "2003-02-04", "2003-02-06", "diplomacy"),
        ("drill-2016", "2016-09-24", "2016-10-10", "drills"),
        ("pact-1954", "1954-09-08", "1954-09-08", "diplomacy"),
    ],
    columns=["event_id", "earliest", "latest", "theme"],
)
ARTICLES = pd.DataFrame(
    [("a", "2012-06-13", "a.txt"), ("b", "2016-10-10", "b.txt"), ("c", "", "c.txt")],
    columns=["article_id", "published_earliest", "file"],
)


def pairs(*rows: tuple[str, str]) -> pd.DataFrame:
    """Make a coding: which sentence tells which event."""
    frame = pd.DataFrame(rows, columns=["sentence_id", "event_id"])
    return frame.assign(article_id=frame["sentence_id"].str[:1])


TOLD = pairs(("a-s1", "visit-2003"), ("b-s2", "visit-2003"), ("b-s1", "visit-2003"))
GRID = cover_chronology(CHRONOLOGY, ARTICLES, TOLD)


def test_every_event_stands_beside_every_article():
    """In order of time, with the sentences that tell it."""
    assert GRID["event_id"].unique().tolist() == ["pact-1954", "visit-2003", "drill-2016"]
    assert len(GRID) == 9
    told = GRID[GRID["n"] > 0].set_index("article_id")["evidence"].to_dict()
    assert told == {"a": ("a-s1",), "b": ("b-s1", "b-s2")}


def test_what_was_not_over_could_not_be_told():
    """An event ends by the first day of publication; an undated article owes nothing."""
    drill = GRID[GRID["event_id"] == "drill-2016"].set_index("article_id")["knowable"]
    assert drill.to_dict() == {"a": False, "b": True, "c": False}


def test_coverage_counts_events_and_keeps_the_sentences():
    """Of three events one is told, by three sentences."""
    row = count_coverage(GRID).iloc[0]
    assert (row["told"], row["known"], row["n"]) == (1, 3, 3)
    assert row["share"] == pytest.approx(1 / 3)


def test_coverage_by_article_and_theme():
    """What an article could not know is not in its denominator."""
    by_article = count_coverage(GRID, by="article_id").set_index("article_id")
    assert by_article["known"].to_dict() == {"a": 2, "b": 3}
    by_theme = count_coverage(GRID, by=["theme"]).set_index("theme")
    assert by_theme[["told", "known"]].to_numpy().tolist() == [[1, 2], [0, 1]]


def test_tellers_of_each_event():
    """Who could tell it, and who does."""
    rows = count_tellers(GRID).set_index("event_id")
    assert rows.loc["visit-2003", ["could", "tell", "told_in"]].tolist() == [2, 2, "a; b"]
    assert rows.loc["drill-2016", ["could", "tell", "n"]].tolist() == [1, 0, 0]


def test_two_codings_are_held_against_each_other():
    """Of five pairs that could be told one coding has two, the other two, both one."""
    other = cover_chronology(
        CHRONOLOGY, ARTICLES, pairs(("a-s1", "visit-2003"), ("b-s9", "drill-2016"))
    )
    row = compare_coverage({"people": GRID, "machine": other}, "people").iloc[0]
    assert row[["told", "told_against", "both"]].tolist() == [2, 2, 1]
    assert row[["precision", "recall", "f1"]].tolist() == [0.5, 0.5, 0.5]
    assert row["kappa"] == pytest.approx((0.6 - 0.52) / 0.48)


def test_claims_lead_to_the_sentences_they_lie_in():
    """A claim with several events gives several pairs, one outside the body none."""
    claims = pd.DataFrame(
        [("1", "a.txt", 12, 18, "visit-2003; pact-1954"), ("2", "a.txt", 90, 99, "visit-2003")],
        columns=["claim_id", "file", "start", "end", "event_id"],
    )
    sentences = pd.DataFrame(
        [("a-s1", "a", 0, 10), ("a-s2", "a", 11, 20)],
        columns=["sentence_id", "article_id", "start", "end"],
    )
    linked = link_claims(claims, ARTICLES, sentences)
    assert linked[["sentence_id", "event_id"]].to_numpy().tolist() == [
        ["a-s2", "visit-2003"],
        ["a-s2", "pact-1954"],
    ]


def test_an_unknown_event_is_named():
    """With the nearest that there is."""
    with pytest.raises(ValueError, match="did you mean 'visit-2003'"):
        cover_chronology(CHRONOLOGY, ARTICLES, pairs(("a-s1", "visit-2004")))


def test_nothing_is_changed_in_place():
    """The chronology stays as it was."""
    before = CHRONOLOGY.copy()
    cover_chronology(CHRONOLOGY, ARTICLES, TOLD)
    pd.testing.assert_frame_equal(CHRONOLOGY, before)
