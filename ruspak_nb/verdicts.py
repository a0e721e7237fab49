"""Set the machine's verdicts on claims beside those of people who checked them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.checks import VERDICTS, check_claims, list_names
from ruspak_nb.schema import need_columns

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

_TOLD = {"": "not checked", "supported": "fits", "not found": "not settled"}
_SHOWN = (*VERDICTS, "not found")
_NEEDED = ("file", "start", "end", "verdict", "event_id")


def judge_ledger(ledger: pd.DataFrame, notes: "Annotations", claims: pd.DataFrame) -> pd.DataFrame:
    """Add to a ledger of events and articles what people found of the claims made there.

    Needs `event_id`, `status`, `evidence` in `ledger` (see `compare_claims`), and what
    `match_verdicts` needs in `claims`. Adds `human` (the worst verdict on the claims of these
    sentences that people linked to the event; empty if there is none) and `told`: `fits`,
    `imprecise`, `contradicted`, `forecast` or `not settled` by that verdict, `not checked`
    without one; where the event is not told, the status.
    """
    need_columns(ledger, "event_id", "status", "evidence")
    placed = _place_claims(notes, claims)
    placed = placed.assign(event_id=placed["event_id"].str.split("; ")).explode("event_id")
    by_event = dict(list(placed.groupby("event_id")))
    human = []
    for row in ledger.itertuples(index=False):
        linked = by_event.get(row.event_id, placed.iloc[:0])
        human.append(worst_verdict(linked.loc[linked["sentence_id"].isin(row.evidence), "verdict"]))
    told = [
        _TOLD.get(verdict, verdict) if status == "told" else status
        for verdict, status in zip(human, ledger["status"], strict=True)
    ]
    return ledger.assign(human=human, told=told)


def match_verdicts(
    notes: "Annotations", chronology: pd.DataFrame, claims: pd.DataFrame
) -> pd.DataFrame:
    """Set the machine's verdict on each sentence beside that of people who checked its claims.

    `claims` needs `file`, `start`, `end`, `verdict` and `event_id` (a list divided by
    semicolons). Returns, for each body sentence with a claim that is no forecast, `sentence_id`,
    `article_id`, `human` (the worst verdict on its claims), `machine` (the worst of its events;
    `not found` if it has none), `n_claims`, `human_events`, `machine_events`, `n` (1), `evidence`.
    """
    checked = check_claims(notes, chronology)
    placed = _place_claims(notes, claims)
    placed = placed[placed["verdict"] != "forecast"]
    rows = []
    keys = ["sentence_id", "article_id"]
    for (sentence_id, article_id), inside in placed.groupby(keys, sort=False):
        found = checked[checked["sentence_id"] == sentence_id]
        rows.append(
            {
                "sentence_id": sentence_id,
                "article_id": article_id,
                "human": worst_verdict(inside["verdict"]),
                "machine": worst_verdict(found["verdict"]) if len(found) else "not found",
                "n_claims": len(inside),
                "human_events": list_names("; ".join(inside["event_id"]).split("; ")),
                "machine_events": list_names(found["event_id"]),
                "n": 1,
                "evidence": (sentence_id,),
            }
        )
    columns = ["sentence_id", "article_id", "human", "machine", "n_claims", "human_events"]
    return pd.DataFrame(rows, columns=[*columns, "machine_events", "n", "evidence"])


def count_verdicts(codings: pd.DataFrame) -> pd.DataFrame:
    """Count how often the person and the machine gave each pair of verdicts.

    Needs `human`, `machine`, `sentence_id` (see `match_verdicts`). Returns `human`, `machine`,
    `n` and `evidence` (sentences), from the worst; pairs that do not occur are 0.
    """
    need_columns(codings, "human", "machine", "sentence_id")
    found = codings.groupby(["human", "machine"])["sentence_id"].agg(tuple)
    given = [sorted(codings[side].unique(), key=_SHOWN.index) for side in ("human", "machine")]
    pairs = pd.MultiIndex.from_product(given, names=["human", "machine"])
    table = pairs.to_frame(index=False)
    table["evidence"] = [found.get(pair, ()) for pair in pairs]
    table.insert(2, "n", table["evidence"].str.len().astype("int64"))
    return table


def worst_verdict(verdicts: Iterable[str]) -> str:
    """Give the worst of some verdicts, contradicted first; empty if there are none."""
    order = (*VERDICTS[:2], "not found", *VERDICTS[2:], "forecast", "")
    return min((verdict.replace("_", " ") for verdict in verdicts), key=order.index, default="")


def _place_claims(notes: "Annotations", claims: pd.DataFrame) -> pd.DataFrame:
    """Give each claim of the body its sentence, in the order of the text."""
    need_columns(claims, *_NEEDED)
    articles = notes.corpus.articles[["article_id", "file"]]
    sentences = notes.sentences.merge(articles, on="article_id", validate="m:1")
    both = sentences.merge(claims[list(_NEEDED)], on="file", suffixes=("", "_claim"))
    inside = (both["start"] <= both["start_claim"]) & (both["end_claim"] <= both["end"])
    placed = both.loc[inside, ["sentence_id", "article_id", "event_id", "verdict"]]
    forecast = placed["verdict"].str.startswith("forecast")
    return placed.assign(verdict=placed["verdict"].mask(forecast, "forecast"))
