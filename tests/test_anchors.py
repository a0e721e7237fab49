"""Sentences are tied to the events of any chronology by what is rare in both."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ruspak_nb import Annotations, annotate, find_anchors, load_corpus
from ruspak_nb.anchors import bounded_dates

CHRONOLOGY = pd.DataFrame(
    [
        ("fair-1999", "1999-05", "Japan and Brazil hold a coffee fair in Goa."),
        ("drill-2001", "2001-03", "Japan and Brazil hold a drill of their submarines."),
        ("drill-2010", "2010-06", "Japan and Brazil hold a drill of marines in Amritsar."),
        ("treaty-2012", "2012-01", "Peru and Chile sign a treaty on copper."),
        ("fair-2031", "2031-01", "Peru and Chile plan a robot fair in Goa."),
    ],
    columns=["event_id", "date", "what"],
)
ACTORS = {"fair-1999": "Japan; Brazil", "treaty-2012": "Peru; Chile", "fair-2031": "Peru; Chile"}


def dated(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that every chronology has."""
    return rows.assign(
        earliest=rows["date"] + "-01",
        latest=rows["date"] + "-28",
        actors=rows["event_id"].map(ACTORS).fillna("Japan; Brazil"),
        theme="",
        source_1="The Paper",
        source_1_url="https://example.org/" + rows["event_id"],
    )


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate an article of 2015 without a model."""
    folder: Path = tmp_path_factory.mktemp("articles")
    (folder / "one.txt").write_text(
        "In June 2010 the marines of Japan and Brazil met for a drill in Amritsar. "
        "Nobody saw that exercise. Copper was the matter of a treaty of Peru and Chile. "
        "A robot fair in Goa would be a joy.",
        encoding="utf-8",
    )
    corpus = load_corpus(folder)
    articles = corpus.articles.assign(
        published_earliest="2015-01-01", published_latest="2015-01-01"
    )
    return annotate(replace(corpus, articles=articles), model=None, cache=False)


def test_a_sentence_finds_its_event(notes: Annotations):
    """Names, words, kind of occasion and date together beat the event that shares only some."""
    found = find_anchors(notes, dated(CHRONOLOGY)).query("role == 'told'")
    pairs = list(zip(found["sentence_id"], found["event_id"], strict=True))
    assert pairs == [("one-s001", "drill-2010"), ("one-s003", "treaty-2012")]
    assert "amritsar" in found["shared"].iloc[0]


def test_a_sentence_can_point_back(notes: Annotations):
    """What is only called "that exercise" is the one told before."""
    carried = find_anchors(notes, dated(CHRONOLOGY)).query("role == 'carried'")
    assert carried[["sentence_id", "event_id"]].to_numpy().tolist() == [["one-s002", "drill-2010"]]


def test_an_event_after_the_publication_is_not_told(notes: Annotations):
    """An article of 2015 does not report a fair of 2031, however alike the words."""
    assert "fair-2031" not in set(find_anchors(notes, dated(CHRONOLOGY))["event_id"])


def test_nothing_shared_gives_an_empty_frame(notes: Annotations):
    """A chronology on another matter ties nothing, and the columns stay."""
    other = dated(CHRONOLOGY.head(1)).assign(what="A comet passes.", actors="", date="1910-05")
    other = other.assign(earliest="1910-05-01", latest="1910-05-28")
    found = find_anchors(notes, other)
    assert found.empty and list(found.columns)[:4] == [
        "sentence_id",
        "article_id",
        "event_id",
        "role",
    ]


def test_the_chronology_is_left_as_it_was(notes: Annotations):
    """Finding does not change what was given."""
    chronology = dated(CHRONOLOGY)
    find_anchors(notes, chronology)
    pd.testing.assert_frame_equal(chronology, dated(CHRONOLOGY))


def test_a_faulty_chronology_is_refused(notes: Annotations):
    """A missing column and an id given twice are named."""
    with pytest.raises(ValueError, match="lacks 'actors'"):
        find_anchors(notes, dated(CHRONOLOGY).drop(columns="actors"))
    with pytest.raises(ValueError, match="two events called 'fair-1999'"):
        find_anchors(notes, dated(CHRONOLOGY).replace("drill-2001", "fair-1999"))


def test_long_and_open_dates_bind_nothing():
    """A decade or "recently" does not tell which event is meant."""
    dates = pd.DataFrame(
        [
            ("s1", "2010-01-01", "2010-12-31"),
            ("s1", "1990-01-01", "1999-12-31"),
            ("s2", "", "2010"),
        ],
        columns=["sentence_id", "earliest", "latest"],
    )
    assert bounded_dates(dates) == {"s1": [("2010-01-01", "2010-12-31")]}
