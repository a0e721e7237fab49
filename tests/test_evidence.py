"""An evidence id names a sentence or a span, and leads back to the text."""

from pathlib import Path

import pandas as pd
import pytest

from ruspak_nb import Annotations, annotate, find_evidence, load_corpus
from ruspak_nb.evidence import span_ids


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate two articles of three sentences."""
    folder: Path = tmp_path_factory.mktemp("articles")
    (folder / "one.txt").write_text("Russia sold arms. India protested.", encoding="utf-8")
    (folder / "two.txt").write_text("Pakistan bought them.", encoding="utf-8")
    return annotate(load_corpus(folder), cache=False)


def test_a_span_id_is_article_start_end():
    """Each row's id says where it stands in which file."""
    frame = pd.DataFrame(
        {"article_id": ["rana-2017", "jwt-2016"], "start": [64, 0], "end": [75, 6]}
    )
    assert span_ids(frame).tolist() == ["rana-2017:64-75", "jwt-2016:0-6"]


def test_span_ids_need_offsets():
    """A frame without offsets is refused, with what is missing and what is there."""
    frame = pd.DataFrame({"article_id": ["a"], "start": [1]})
    with pytest.raises(ValueError, match=r"lacks 'end'; it has article_id, start"):
        span_ids(frame)


def test_span_ids_of_nothing():
    """No rows have no ids."""
    frame = pd.DataFrame({"article_id": pd.Series(dtype="str"), "start": [], "end": []})
    assert span_ids(frame.astype({"start": "int64", "end": "int64"})).tolist() == []


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        pytest.param("one-s002", ("one", "one-s002", "India protested.", 0, 16), id="sentence id"),
        pytest.param("one:18-23", ("one", "one-s002", "India protested.", 0, 5), id="span id"),
        pytest.param("one:12-16", ("one", "one-s001", "Russia sold arms.", 12, 16), id="later"),
        pytest.param("two:0-21", ("two", "two-s001", "Pakistan bought them.", 0, 21), id="whole"),
    ],
)
def test_an_id_leads_to_its_sentence(
    notes: Annotations, evidence: str, expected: tuple[str, str, str, int, int]
):
    """Both forms of id give the sentence, and the span counted from the sentence's start."""
    (row,) = find_evidence(notes, [evidence]).itertuples(index=False)
    assert tuple(row) == (evidence, *expected)


def test_evidence_comes_in_the_order_asked(notes: Annotations):
    """Ids are looked up one by one; none is dropped, sorted or merged."""
    asked = ["two-s001", "one:0-6", "two-s001"]
    assert find_evidence(notes, asked)["evidence"].tolist() == asked


def test_no_ids_no_rows(notes: Annotations):
    """Nothing asked, nothing found, and the columns are still there."""
    found = find_evidence(notes, [])
    assert found.empty
    assert found.columns.tolist() == [
        "evidence",
        "article_id",
        "sentence_id",
        "sentence",
        "start",
        "end",
    ]


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param("one-s003", id="sentence number"),
        pytest.param("three-s001", id="article of a sentence"),
        pytest.param("three:0-6", id="article of a span"),
        pytest.param("one:0-99", id="past the end"),
        pytest.param("one", id="no id at all"),
    ],
)
def test_an_unknown_id_is_an_error(notes: Annotations, evidence: str):
    """An id that names no sentence raises KeyError with the id in it."""
    with pytest.raises(KeyError, match=evidence):
        find_evidence(notes, [evidence])


def test_a_quotation_over_two_sentences_shows_both(notes: Annotations):
    """It belongs to the sentence in which it begins."""
    found = find_evidence(notes, ["one:12-20"]).iloc[0]
    assert found["sentence_id"] == "one-s001"
    assert found["sentence"][found["start"] : found["end"]] == notes.corpus.texts["one"][12:20]


def test_a_span_outside_the_body_is_its_own_sentence(tmp_path: Path):
    """A claim that stands in a teaser opens the words of the teaser."""
    text = "Skip to content\n\nRussia sold four helicopters to Pakistan."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    notes = annotate(load_corpus(tmp_path), cache=False)
    found = find_evidence(notes, ["a:0-15"]).loc[0]
    assert found[["sentence_id", "sentence", "start", "end"]].tolist() == [
        "a:0-15",
        "Skip to content",
        0,
        15,
    ]
