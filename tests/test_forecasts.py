"""What looks forward is found by rules that each come with an example."""

from types import SimpleNamespace

import pandas as pd
import pytest

from ruspak_nb.forecasts import find_forecasts, score_signs
from ruspak_nb.patterns import compile_pattern
from ruspak_nb.schema import build_frame
from ruspak_nb.sheets import read_own_rules

RULES = read_own_rules("forecasts.toml")
WORDED = [rule for kind in ("sign", "condition", "stop") for rule in RULES[kind]]
WORDED = [rule for rule in WORDED if "pattern" in rule]


def notes_of(*texts, quotes=(), events=(), dates=()):
    """Annotate sentences of one article of June 2012, one below the other, by hand."""
    rows, start = [], 0
    for position, text in enumerate(texts, start=1):
        row = {"sentence_id": f"a-2012-s{position:03}", "article_id": "a-2012", "start": start}
        rows.append(row | {"position": position, "end": start + len(text), "text": text})
        start += len(text) + 1
    articles = pd.DataFrame(
        {
            "article_id": ["a-2012"],
            "published": ["2012-06"],
            "published_earliest": ["2012-06-01"],
            "published_latest": ["2012-06-30"],
        }
    )
    return SimpleNamespace(
        corpus=SimpleNamespace(articles=articles),
        sentences=build_frame("sentences", rows),
        quotes=_frame("quotes", quotes),
        events=_frame("events", events),
        dates=_frame("dates", dates),
    )


def _frame(name, rows):
    frame = build_frame(name, [])
    blank = dict.fromkeys(frame.columns, "") | {"article_id": "a-2012", "start": 0, "end": 0}
    return build_frame(name, [blank | dict(row) for row in rows])


@pytest.mark.parametrize("rule", WORDED, ids=lambda rule: rule["id"])
def test_each_rule_matches_its_example_and_not_its_counter_example(rule):
    """A rule is data with an example."""
    pattern = compile_pattern(rule["pattern"], rule["id"])
    assert pattern.search(rule["example"])
    assert not pattern.search(rule["counter_example"])


def test_signs_have_ids_of_their_own_and_a_strength():
    """A sign says how firmly it looks forward."""
    ids = [rule["id"] for rule in RULES["sign"]]
    assert len(ids) == len(set(ids))
    assert {rule["strength"] for rule in RULES["sign"]} == {"will", "may"}


def test_a_sentence_that_looks_forward_is_listed_with_its_signs():
    """One row a sentence; what only looks back is not listed."""
    found = find_forecasts(notes_of("It will come and could stay.", "It came."))
    assert found[["sentence_id", "signs", "cues"]].to_numpy().tolist() == [
        ["a-2012-s001", "future; may", "will; could"]
    ]
    assert found["published"].tolist() == ["2012-06"]


def test_a_question_says_nothing():
    """A question is left out, whatever its signs."""
    assert find_forecasts(notes_of("Will it come?", "What will “come?”")).empty


def test_a_planned_event_is_a_sign():
    """The mood of an event counts where no word does."""
    event = {"sentence_id": "a-2012-s001", "modality": "planned", "text": "sale", "end": 4}
    found = find_forecasts(notes_of("A sale is on.", events=[event]))
    assert found["signs"].tolist() == ["event"]
    assert find_forecasts(notes_of("A sale is on.", events=[event]), signs=["future"]).empty


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest", "signs", "horizon"),
    [
        ("2014", "2014-01-01", "2014-12-31", ["future; date"], "2014"),
        ("2012", "2012-01-01", "2012-12-31", ["future"], "2012"),
        ("2011", "2011-01-01", "2011-12-31", ["future"], ""),
        ("20XX", "2000-01-01", "2099-12-31", ["future"], ""),
    ],
    ids=["after", "this-year", "past", "century"],
)
def test_a_date_beyond_publication_is_the_horizon(edtf, earliest, latest, signs, horizon):
    """This year reaches beyond June; a whole century is no horizon."""
    date = {"sentence_id": "a-2012-s001", "edtf": edtf, "earliest": earliest, "latest": latest}
    date |= {"start": 20, "end": 24}
    found = find_forecasts(notes_of("It will be there in that year.", dates=[date]))
    assert found["signs"].tolist() == signs
    assert found["horizon"].tolist() == [horizon]


def test_a_forecast_inside_a_quote_is_the_speakers():
    """So is one whose cue is the word that cites; a scare quote is nobody's."""
    quote = {"sentence_id": "a-2012-s001", "kind": "indirect", "speaker_text": "Shukla"}
    inside = quote | {"start": 12, "end": 24, "speaker_id": "prabhat-shukla"}
    text = "Shukla says it will end."
    found = find_forecasts(notes_of(text, quotes=[inside]))
    assert found[["speaker_id", "speaker_text"]].to_numpy().tolist() == [
        ["prabhat-shukla", "Shukla"]
    ]
    scare = find_forecasts(notes_of(text, quotes=[inside | {"kind": "scare"}]))
    assert scare["speaker_text"].tolist() == [""]
    cited = quote | {"start": 15, "end": 26, "cue": "expect", "speaker_text": "Indians"}
    found = find_forecasts(notes_of("Indians expect to see an end.", quotes=[cited]))
    assert found["speaker_text"].tolist() == ["Indians"]


def test_conditions_are_told():
    """What comes only if something else does is marked."""
    found = find_forecasts(notes_of("It would end if they met.", "It would end."))
    assert found["conditional"].tolist() == [True, False]


def test_unknown_sign():
    """An unknown sign is an error with the nearest one."""
    with pytest.raises(ValueError, match=r"unknown sign 'futur'; allowed: .*'future'"):
        find_forecasts(notes_of("It will end."), signs=["futur"])


def test_signs_are_scored_against_a_person():
    """Precision and recall by sign, and what a sign finds alone."""
    found = pd.DataFrame(
        {"sentence_id": ["s1", "s2", "s3"], "signs": ["future", "future; may", "may"]}
    )
    scores = score_signs(found, pd.DataFrame({"sentence_id": ["s1", "s1", "s2", "s4"]}))
    assert scores["sign"].tolist() == ["any", "future", "may"]
    assert scores["n"].tolist() == [3, 2, 2] == [len(ids) for ids in scores["evidence"]]
    assert scores["n_both"].tolist() == [2, 2, 1]
    assert scores["n_alone"].tolist() == [1, 1, 0]
    assert scores["precision"].round(2).tolist() == [0.67, 1.0, 0.5]
    assert scores["recall"].round(2).tolist() == [0.67, 0.67, 0.33]
