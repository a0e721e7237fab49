"""Say what became of forecasts: place them in text and time, follow them up, score who made them.

The forecasts are a person's, in a table with the columns of `reference/forecasts.csv`: of
these articles or of others, against this chronology or another of the same columns.
"""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.evidence import span_ids
from ruspak_nb.schema import need_columns, suggest

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

OUTCOMES = ("borne_out", "failed", "open", "not_testable")


def place_forecasts(forecasts: pd.DataFrame, notes: "Annotations") -> pd.DataFrame:
    """Find forecasts that a person coded in the text, and say who made them and when.

    Needs `forecast_id`, `sentence_id`, `quote`, `speaker_text`, `outcome`, `evidence`,
    `reports` (event ids and sentence ids, divided by "; "). Returns the rows of articles that
    are in `notes`, by day of publication and place in the text, with `article_id`, `start`,
    `end`, `author` (or outlet), `viewpoint`, `published`, `voice` ("author", "quoted"),
    `made_earliest`, `made_latest` (an open end is closed at the earliest day), `links` (events
    and reports), and `evidence` (the quote's span id) with `n` 1. Raises ValueError for an
    outcome not in `OUTCOMES` or a quote that is not in its sentence.
    """
    columns = ("forecast_id", "sentence_id", "quote", "speaker_text", "outcome", "evidence")
    need_columns(forecasts, *columns, "reports")
    for outcome in forecasts["outcome"]:
        if outcome not in OUTCOMES:
            raise ValueError(f"unknown outcome {outcome!r}; {suggest(outcome, OUTCOMES)}")
    articles = notes.corpus.articles
    people = articles["author"].where(articles["author"] != "", articles["outlet"])
    dated = articles[["article_id", "viewpoint", "published"]].assign(
        author=people.where(people != "", articles["file"]),
        made_earliest=articles["published_earliest"],
        made_latest=articles["published_latest"].where(
            articles["published_latest"] != "", articles["published_earliest"]
        ),
    )
    said = notes.sentences[["sentence_id", "article_id", "position", "start", "text"]]
    placed = (
        forecasts.rename(columns={"evidence": "_events"})
        .merge(said, on="sentence_id", how="inner", validate="m:1")
        .merge(dated, on="article_id", validate="m:1")
    )
    within = [t.find(q) for t, q in zip(placed["text"], placed["quote"], strict=True)]
    for sentence, quote, at in zip(placed["sentence_id"], placed["quote"], within, strict=True):
        if at < 0:
            raise ValueError(f"{quote!r} is not in {sentence}; copy the words as they stand")
    placed["start"] = placed["start"] + pd.Series(within, index=placed.index, dtype="int64")
    placed["end"] = placed["start"] + placed["quote"].str.len()
    placed["voice"] = placed["speaker_text"].map(lambda who: "quoted" if who else "author")
    placed["links"] = [
        tuple(filter(None, [*e.split("; "), *r.split("; ")]))
        for e, r in zip(placed["_events"], placed["reports"], strict=True)
    ]
    placed["evidence"] = [(span,) for span in span_ids(placed)]
    placed = placed.assign(n=1).drop(columns=["_events"])
    return placed.sort_values(["made_latest", "article_id", "start"], ignore_index=True)


def gather_reports(notes: "Annotations", chronology: pd.DataFrame) -> pd.DataFrame:
    """Put the sentences of the articles and the events of a chronology into one frame.

    Needs `event_id`, `what`, `earliest`, `latest` in `chronology`. Returns `report_id`, `kind`
    ("article", "chronology"), `earliest`, `latest` (of publication, or of the event), `report`.
    """
    need_columns(chronology, "event_id", "what", "earliest", "latest")
    articles = notes.corpus.articles.set_index("article_id")
    told = pd.DataFrame(
        {
            "report_id": notes.sentences["sentence_id"],
            "kind": "article",
            "earliest": notes.sentences["article_id"].map(articles["published_earliest"]),
            "latest": notes.sentences["article_id"].map(articles["published_latest"]),
            "report": notes.sentences["text"],
        }
    )
    names = {"event_id": "report_id", "what": "report"}
    events = chronology[["event_id", "earliest", "latest", "what"]].rename(columns=names)
    return pd.concat([told, events.assign(kind="chronology")], ignore_index=True)


def follow_up(forecasts: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """List what later articles and the chronology report on each forecast.

    Needs `forecast_id`, `outcome`, `made_latest`, `links` in `forecasts` (`place_forecasts`)
    and `report_id`, `kind`, `earliest`, `report` in `outcomes` (`gather_reports`). Returns
    `forecast_id`, `outcome`, `report_id`, `kind`, `earliest`, `report` and `months` after the
    last day on which the forecast can have been made, in the order of the forecasts, then of
    time. A link to what is not in `outcomes` (an article left out) is dropped, and so, with a
    warning, is one to what is not later than the forecast.
    """
    need_columns(forecasts, "forecast_id", "outcome", "made_latest", "links")
    need_columns(outcomes, "report_id", "kind", "earliest", "report")
    linked = forecasts[["forecast_id", "outcome", "made_latest", "links"]].explode("links")
    linked = linked.dropna(subset="links").rename(columns={"links": "report_id"})
    order = {forecast: i for i, forecast in enumerate(forecasts["forecast_id"])}
    found = linked.merge(outcomes, on="report_id", validate="m:1")
    later = found["earliest"] > found["made_latest"]
    if not later.all():
        named = ", ".join(found.loc[~later, "report_id"])
        warnings.warn(
            f"dropping {(~later).sum()} report(s) no later than the forecast: {named}", stacklevel=2
        )
        found = found[later]
    days = pd.to_datetime(found["earliest"]) - pd.to_datetime(found["made_latest"])
    found = found.assign(months=days.dt.days / 30.4375, _order=found["forecast_id"].map(order))
    found = found.sort_values(["_order", "earliest", "report_id"], ignore_index=True)
    columns = ["forecast_id", "outcome", "report_id", "kind", "earliest", "report", "months"]
    return found[columns]


def score_forecasts(forecasts: pd.DataFrame, *, by: str | Sequence[str] = "author") -> pd.DataFrame:
    """Count forecasts by what became of them, for each author or other column.

    Needs `by`, `outcome`, `evidence` (tuples, as `place_forecasts` gives them). Returns `by`,
    `n`, `settled` (borne out or failed), a column for each of `OUTCOMES`, and `evidence`, in
    order of first appearance. Counts only: so few forecasts have no rate. Raises ValueError if
    a column is missing.
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(forecasts, *keys, "outcome", "evidence")
    rows = []
    for values, part in forecasts.groupby(keys, sort=False):
        counted = {outcome: int((part["outcome"] == outcome).sum()) for outcome in OUTCOMES}
        settled = counted["borne_out"] + counted["failed"]
        evidence = tuple(span for spans in part["evidence"] for span in spans)
        rows.append((*values, len(part), settled, *counted.values(), evidence))
    return pd.DataFrame(rows, columns=[*keys, "n", "settled", *OUTCOMES, "evidence"])
