"""Forecasts that a person coded are placed, followed up and scored; and the table itself."""

import pandas as pd
import pytest

from ruspak_nb import Annotations, load_reference
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.outcomes import (
    OUTCOMES,
    follow_up,
    gather_reports,
    place_forecasts,
    score_forecasts,
)

FORECASTS = pd.DataFrame(
    {
        "forecast_id": ["f1", "f2", "f3"],
        "author": ["Rana", "Rana", "Abbasi"],
        "outcome": ["borne_out", "failed", "open"],
        "made_latest": ["2012-06-30", "2012-06-30", "2018-10-03"],
        "links": [("e2", "e1"), (), ("e1", "left-out-s001")],
        "evidence": [("a:0-4",), ("a:5-9",), ("b:0-4",)],
    }
)
OUTCOME = pd.DataFrame(
    {
        "report_id": ["e1", "e2"],
        "kind": ["chronology", "article"],
        "earliest": ["2019-01-01", "2012-07-31"],
        "report": ["It came.", "It is coming."],
    }
)


def test_reports_follow_in_time():
    """What is later is listed by forecast, then by day, with the months between."""
    followed = follow_up(FORECASTS, OUTCOME)
    assert followed[["forecast_id", "report_id"]].to_numpy().tolist() == [
        ["f1", "e2"],
        ["f1", "e1"],
        ["f3", "e1"],
    ]
    assert followed["months"].round(1).tolist() == [1.0, 78.1, 3.0]


def test_what_is_not_later_is_dropped_loudly():
    """A report from before the forecast cannot bear it out."""
    early = OUTCOME.assign(earliest=["2018-01-01", "2012-07-31"])
    with pytest.warns(UserWarning, match=r"dropping 1 report\(s\) no later .*: e1"):
        assert follow_up(FORECASTS, early)["forecast_id"].tolist() == ["f1", "f1"]


def test_scores_are_counts_with_their_evidence():
    """No rate: n, what was settled, and each outcome."""
    scores = score_forecasts(FORECASTS)
    assert scores["author"].tolist() == ["Rana", "Abbasi"]
    assert scores[["n", "settled", *OUTCOMES]].to_numpy().tolist() == [
        [2, 2, 1, 1, 0, 0],
        [1, 0, 0, 0, 1, 0],
    ]
    assert scores["evidence"].tolist() == [("a:0-4", "a:5-9"), ("b:0-4",)]


def test_the_arguments_are_not_changed():
    """A summary leaves its frames as they were."""
    before = FORECASTS.copy(deep=True)
    follow_up(FORECASTS, OUTCOME)
    score_forecasts(FORECASTS, by=["author", "outcome"])
    pd.testing.assert_frame_equal(FORECASTS, before)


def test_a_missing_column_is_named():
    """An error says which column is missing."""
    with pytest.raises(ValueError, match="lacks 'viewpoint'"):
        score_forecasts(FORECASTS, by="viewpoint")


def test_every_forecast_of_the_table_has_its_place(seeds: Annotations):
    """Each quote stands in its sentence, and its span is its evidence."""
    placed = place_forecasts(load_reference("forecasts"), seeds)
    assert len(placed) == 36
    for row in placed.itertuples():
        assert seeds.corpus.texts[row.article_id][row.start : row.end] == row.quote
        assert row.evidence == (f"{row.article_id}:{row.start}-{row.end}",)
        assert row.forecast_id.rsplit("-", 1)[0] == row.article_id
    assert placed["made_latest"].is_monotonic_increasing and (placed["made_latest"] != "").all()
    assert not placed["evidence"].duplicated().any()


def test_everything_linked_exists_and_is_later(seeds: Annotations):
    """No link of the table is lost: a warning would be an error here."""
    table = load_reference("forecasts")
    placed = place_forecasts(table, seeds)
    followed = follow_up(placed, gather_reports(seeds, load_reference("chronology")))
    assert len(followed) == placed["links"].map(len).sum()
    settled = placed[placed["outcome"].isin(["borne_out", "failed"])]
    events = followed.loc[followed["kind"] == "chronology", "forecast_id"]
    assert set(settled["forecast_id"]) <= set(events)


def test_the_table_keeps_to_its_vocabulary():
    """Ids are sorted, values closed, horizons EDTF."""
    table = load_reference("forecasts")
    assert table["forecast_id"].is_monotonic_increasing and table["forecast_id"].is_unique
    assert set(table["outcome"]) == set(OUTCOMES)
    assert set(table["strength"]) == {"will", "may"}
    assert table["conditional"].dtype == bool
    assert all(any(edtf_bounds(horizon)) for horizon in table["horizon"] if horizon)
    needed = table[["quote", "matter", "statement", "explanation"]]
    assert (needed != "").all(axis=None)


def test_checked_claims_and_forecasts_agree(seeds: Annotations):
    """A forecast among the claims is in the table, with the outcome of its verdict."""
    claims = load_reference("claims").query("modality == 'forecast'")
    claims = claims.merge(seeds.corpus.articles[["file", "article_id"]], on="file")
    claims = claims.merge(seeds.sentences[["article_id", "start", "sentence_id"]], how="left")
    verdicts = {"forecast_fulfilled": "borne_out", "forecast_failed": "failed"}
    outcomes = claims["verdict"].replace(verdicts).str.removeprefix("forecast_")
    table = load_reference("forecasts")
    judged = set(zip(table["sentence_id"], table["outcome"], strict=True))
    assert set(zip(claims["sentence_id"], outcomes, strict=True)) <= judged


def test_an_article_left_out_takes_its_forecasts_with_it(seeds: Annotations):
    """Without an article there is nothing to place, and no report from it."""
    part = seeds.without("rana-2017")
    placed = place_forecasts(load_reference("forecasts"), part)
    assert len(placed) == 28
    followed = follow_up(placed, gather_reports(part, load_reference("chronology")))
    assert not followed["report_id"].str.startswith("rana-2017").any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": "true"}, "unknown outcome 'true'; allowed: borne_out"),
        ({"quote": "will never be"}, "'will never be' is not in abbasi-2018-s021"),
    ],
    ids=["outcome", "quote"],
)
def test_faults_are_named(seeds: Annotations, change: dict[str, str], message: str):
    """A wrong cell is an error that names it."""
    with pytest.raises(ValueError, match=message):
        place_forecasts(load_reference("forecasts").head(1).assign(**change), seeds)
