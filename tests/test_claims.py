"""Claims are held against each other and against a chronology, and no further than it goes."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ruspak_nb import (
    Annotations,
    annotate,
    check_claims,
    compare_claims,
    count_verdicts,
    judge_ledger,
    list_ranks,
    load_corpus,
    match_verdicts,
    pair_claims,
)
from ruspak_nb.verdicts import worst_verdict

ROWS = [
    ("sail-1990", "1990-05", "Japan and Brazil hold a drill of ships.", "Japan; Brazil"),
    (
        "drill-2010",
        "2010-06",
        "Japan and Brazil hold a drill in Goa, their first ashore.",
        "Japan; Brazil",
    ),
    ("talks-2011", "2011-03", "Peru and Chile hold a third round of talks.", "Peru; Chile"),
    ("deny-2012", "2012-02", "Chile denies that it is to join CPEC.", "Chile"),
]
ONE = (
    "In June 2010 Japan and Brazil held their first drill, in Goa. "
    "The talks of Peru and Chile were the first talks of their kind. Chile is to join CPEC."
)
TWO = "Japan and Brazil met for a drill at Shimla. Trees grow."
TOLD = pd.DataFrame(
    [
        ("one-s001", "drill-2010"),
        ("one-s002", "talks-2011"),
        ("one-s003", "deny-2012"),
        ("two-s001", "drill-2010"),
    ],
    columns=["sentence_id", "event_id"],
)


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate an article of 2015 and one of 2011, without a model."""
    folder: Path = tmp_path_factory.mktemp("articles")
    for name, text in (("one", ONE), ("two", TWO)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    corpus = load_corpus(folder)
    days = corpus.articles["article_id"].map({"one": "2015-01-01", "two": "2011-01-01"})
    articles = corpus.articles.assign(published_earliest=days, published_latest=days)
    return annotate(replace(corpus, articles=articles), model=None, cache=False)


@pytest.fixture(scope="module")
def chronology() -> pd.DataFrame:
    """Give four events with a source each."""
    frame = pd.DataFrame(ROWS, columns=["event_id", "date", "what", "actors"])
    return frame.assign(
        earliest=frame["date"] + "-01",
        latest=frame["date"] + "-28",
        theme="",
        source_1="Paper of " + frame["event_id"],
        source_1_url="https://example.org/" + frame["event_id"],
    )


def verdicts(checked: pd.DataFrame, sentence_id: str) -> dict[str, str]:
    """Give the verdict on each aspect of a sentence."""
    part = checked[checked["sentence_id"] == sentence_id]
    return dict(zip(part["aspect"], part["verdict"], strict=True))


def test_date_and_place_that_fit_are_supported(notes, chronology):
    """What the chronology has too is supported, aspect by aspect."""
    found = verdicts(check_claims(notes, chronology, told=TOLD), "one-s001")
    assert (found["date"], found["place"]) == ("supported", "supported")


def test_another_place_is_contradicted_with_its_source(notes, chronology):
    """Shimla for Goa is contradicted, and the row names source and link."""
    checked = check_claims(notes, chronology, told=TOLD).query("aspect == 'place'")
    row = checked[checked["sentence_id"] == "two-s001"].iloc[0]
    assert (row["said"], row["recorded"], row["verdict"]) == ("Shimla", "Goa", "contradicted")
    assert row["source"] == "Paper of drill-2010"
    assert row["url"] == "https://example.org/drill-2010"


def test_a_first_with_one_before_is_imprecise_or_contradicted(notes, chronology):
    """The chronology's own "first" makes it imprecise, its "third" contradicts it."""
    ranks = check_claims(notes, chronology, told=TOLD).query("aspect == 'rank'")
    ranks = ranks.set_index("sentence_id")
    assert ranks["verdict"].to_dict() == {"one-s001": "imprecise", "one-s002": "contradicted"}
    assert ranks["decided_by"].to_dict() == {"one-s001": "sail-1990", "one-s002": "talks-2011"}


def test_what_is_denied_is_contradicted(notes, chronology):
    """A denial of what the sentence names is set against it."""
    assert verdicts(check_claims(notes, chronology, told=TOLD), "one-s003") == {
        "denial": "contradicted"
    }


def test_what_cannot_be_compared_is_not_decided(notes, chronology):
    """No aspect, no verdict."""
    told = TOLD.tail(1).assign(sentence_id="two-s002")
    checked = check_claims(notes, chronology, told=told)
    assert checked[["aspect", "verdict"]].to_numpy().tolist() == [["", "not decided"]]
    assert checked["evidence"].tolist() == [("two-s002",)]


def test_an_unknown_event_is_named(notes, chronology):
    """A slip in a reading is an error with a guess."""
    with pytest.raises(ValueError, match=r"no event 'drill-201'; .*did you mean 'drill-2010'"):
        check_claims(notes, chronology, told=TOLD.replace("drill-2010", "drill-201"))


def test_the_ledger_has_every_article_for_every_event(notes, chronology):
    """An event is told, was over and left out, or had not happened yet."""
    ledger = compare_claims(notes, chronology, told=TOLD)
    status = ledger.set_index(["event_id", "article_id"])["status"]
    assert status["drill-2010"].to_dict() == {"one": "told", "two": "told"}
    assert status["talks-2011"].to_dict() == {"one": "told", "two": "not yet"}
    assert (ledger["n"] == ledger["evidence"].str.len()).all()
    drill = ledger[ledger["event_id"] == "drill-2010"]
    assert set(drill["others"]) == {"differ"} and set(drill["aspects"]) == {"place"}


def test_two_articles_stand_side_by_side(notes, chronology):
    """Both sentences are quoted, in order of the articles, for each aspect both speak of."""
    (row,) = pair_claims(notes, chronology, told=TOLD).to_dict("records")
    assert (row["aspect"], row["verdict"]) == ("place", "differ")
    assert {row["said_a"], row["said_b"]} == {"Goa", "Shimla"}
    assert {row["quote_a"], row["quote_b"]} >= {TWO.split(". ")[0] + "."}


def test_ranks_are_listed_with_their_words(notes, chronology):
    """Each rank is found where it stands, whether or not an event is."""
    ranks = list_ranks(notes, chronology)
    assert ranks["words"].tolist() == ["their first", "the first"]
    start, end = map(int, ranks["evidence"][0][0].split(":")[1].split("-"))
    assert notes.corpus.texts["one"][start:end] == "their first"


def test_the_machine_is_set_beside_people(notes, chronology):
    """The worst verdict of either side counts, and forecasts do not."""
    first, *_, last = notes.sentences.query("article_id == 'one'").itertuples()
    file = notes.corpus.articles.set_index("article_id")["file"]["one"]
    claims = pd.DataFrame(
        [
            (file, first.start, first.end, "supported", "drill-2010"),
            (file, first.start, first.end, "imprecise", "drill-2010; sail-1990"),
            (file, last.start, last.end, "forecast_failed", "deny-2012"),
        ],
        columns=["file", "start", "end", "verdict", "event_id"],
    )
    (row,) = match_verdicts(notes, chronology, claims).to_dict("records")
    assert (row["sentence_id"], row["human"], row["n_claims"]) == ("one-s001", "imprecise", 2)
    judged = judge_ledger(compare_claims(notes, chronology, told=TOLD), notes, claims)
    told = judged.set_index(["event_id", "article_id"])["told"].to_dict()
    assert told["drill-2010", "one"] == "imprecise"
    assert told["drill-2010", "two"] == told["talks-2011", "one"] == "not checked"
    assert told["deny-2012", "one"] == "forecast"


def test_pairs_of_verdicts_are_counted_from_the_worst():
    """Every pair has a row, and each number its sentences."""
    codings = pd.DataFrame(
        {
            "human": ["supported", "contradicted", "supported"],
            "machine": ["not found", "supported", "supported"],
            "sentence_id": ["s1", "s2", "s3"],
        }
    )
    table = count_verdicts(codings)
    assert table["human"].tolist() == ["contradicted"] * 2 + ["supported"] * 2
    assert table["n"].tolist() == [1, 0, 1, 1]
    assert table["evidence"].tolist() == [("s2",), (), ("s3",), ("s1",)]


def test_the_worst_of_no_verdicts_is_empty():
    """Contradicted is worse than imprecise, and nothing is nothing."""
    assert worst_verdict(["supported", "not_found", "imprecise"]) == "imprecise"
    assert worst_verdict([]) == ""
