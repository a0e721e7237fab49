"""Set what several articles assert of the same event side by side, and against a chronology.

The machine compares what it can read: date, place, person, rank ("first") and denial. Where
that decides nothing it says "not decided".
"""

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.anchors import find_anchors
from ruspak_nb.checks import VERDICTS, check_claims, find_ranks
from ruspak_nb.chronicle import find_cues, read_events

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations


def compare_claims(
    notes: "Annotations", chronology: pd.DataFrame, *, told: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Make the ledger: what every article says of every event that at least one of them tells.

    Takes what `check_claims` takes. Returns, for each event in order of time and each article
    in order of publication, `event_id`, `date`, `what`, `article_id`, `status` (`told`;
    `silent` if the event was over before the article; else `not yet`), `others` (beside the
    other articles that tell it: `agree`, `differ`, `not decided`, or `alone`), `aspects` (in
    which they agree or differ), `verdict` (the worst of VERDICTS, empty unless told),
    `quote` (its sentences), `source`, `url`, `n` and `evidence` (sentence ids).
    """
    checked = check_claims(notes, chronology, told=told)
    texts = notes.sentences.set_index("sentence_id")["text"]
    pairs = pair_claims(notes, chronology, told=told)
    parts = checked.groupby(["event_id", "article_id"], sort=False)
    events = chronology[chronology["event_id"].isin(checked["event_id"])]
    events = events.sort_values(["earliest", "event_id"], kind="stable")
    rows = []
    for event in events.itertuples(index=False):
        for article in notes.corpus.articles.itertuples(index=False):
            row = {"event_id": event.event_id, "date": event.date, "what": event.what}
            row |= {"article_id": article.article_id, "others": "", "aspects": "", "verdict": ""}
            row["quote"] = ""
            row |= {"source": event.source_1, "url": event.source_1_url, "evidence": ()}
            if (event.event_id, article.article_id) in parts.groups:
                part = parts.get_group((event.event_id, article.article_id))
                worst = part.loc[part["verdict"].map(VERDICTS.index).idxmin()]
                row |= {"status": "told", "verdict": worst["verdict"]}
                row |= {"source": worst["source"], "url": worst["url"]}
                row["evidence"] = tuple(dict.fromkeys(part["sentence_id"]))
                row["quote"] = " … ".join(texts[list(row["evidence"])])
                row |= _beside_others(pairs, event.event_id, article.article_id)
            else:
                over = event.latest < article.published_earliest
                row["status"] = "silent" if over else "not yet"
            rows.append(row | {"n": len(row["evidence"])})
    columns = ["event_id", "date", "what", "article_id", "status", "others", "aspects", "verdict"]
    return pd.DataFrame(rows, columns=[*columns, "quote", "source", "url", "n", "evidence"])


def pair_claims(
    notes: "Annotations", chronology: pd.DataFrame, *, told: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Set two articles that tell one event side by side, aspect by aspect.

    Takes what `check_claims` takes. Returns `event_id`, `aspect`, `verdict` (`agree`, `differ`,
    `not decided`), `article_a`, `said_a`, `quote_a`, `article_b`, `said_b`, `quote_b` (whole
    sentences), `n` and `evidence`. An aspect of which only one speaks is
    left out.
    """
    checked = check_claims(notes, chronology, told=told)
    texts = notes.sentences.set_index("sentence_id")["text"]
    order = {name: i for i, name in enumerate(notes.corpus.articles["article_id"])}
    checked = checked[checked["aspect"] != "denial"]
    rows = []
    for event_id, found in checked.groupby("event_id", sort=False):
        sentences = found.drop_duplicates("sentence_id")
        sides = sorted(sentences.itertuples(index=False), key=lambda row: order[row.article_id])
        for a, b in combinations(sides, 2):
            if a.article_id == b.article_id:
                continue
            for aspect, verdict, said in _aspects_of_two(found, a.sentence_id, b.sentence_id):
                rows.append(
                    {
                        "event_id": event_id,
                        "aspect": aspect,
                        "verdict": verdict,
                        "article_a": a.article_id,
                        "said_a": said[0],
                        "quote_a": texts[a.sentence_id],
                        "article_b": b.article_id,
                        "said_b": said[1],
                        "quote_b": texts[b.sentence_id],
                        "n": 2,
                        "evidence": (a.sentence_id, b.sentence_id),
                    }
                )
    columns = ["event_id", "aspect", "verdict", "article_a", "said_a", "quote_a"]
    return pd.DataFrame(rows, columns=[*columns, "article_b", "said_b", "quote_b", "n", "evidence"])


def list_ranks(notes: "Annotations", chronology: pd.DataFrame) -> pd.DataFrame:
    """List every rank an article gives an event: the first, the only one, a turning point.

    Needs what `find_anchors` needs. Returns `rank`, `event_id` (a row for each event of the
    sentence that is of the kind so called; empty if there is none), `date`, `article_id`,
    `sentence_id`, `words` (what gives the rank), `n` and `evidence` (span ids of the words), by
    rank, in the order of the text. One rank given to several events by several articles is a
    difference between them.
    """
    events = read_events(chronology)
    anchors = find_anchors(notes, chronology)
    told = anchors[anchors["role"] != "kin"].groupby("sentence_id")["event_id"].agg(list)
    rows = []
    for sentence in notes.sentences.itertuples(index=False):
        near = [events[event_id] for event_id in told.get(sentence.sentence_id, [])]
        for rank, words, kinds in find_ranks(sentence.text):
            start = sentence.start + sentence.text.index(words)
            ranked = [event.row for event in near if not kinds or kinds & event.kinds]
            for event in ranked or [None]:
                row = {"rank": rank, "event_id": event.event_id if event else ""}
                row |= {"date": event.date if event else "", "article_id": sentence.article_id}
                row |= {"sentence_id": sentence.sentence_id, "words": words, "n": 1}
                row["evidence"] = (f"{sentence.article_id}:{start}-{start + len(words)}",)
                rows.append(row)
    columns = ["rank", "event_id", "date", "article_id", "sentence_id", "words", "n", "evidence"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("rank", kind="stable", ignore_index=True)


def _aspects_of_two(
    found: pd.DataFrame, a: str, b: str
) -> Iterable[tuple[str, str, tuple[str, str]]]:
    """Compare what two sentences say of one event."""
    either = found[found["sentence_id"].isin([a, b])]
    for aspect, part in either.groupby("aspect", sort=False):
        said = {side: part.loc[part["sentence_id"] == side, "said"] for side in (a, b)}
        if not aspect or any(values.empty for values in said.values()):
            continue
        values = [set("; ".join(said[side]).split("; ")) for side in (a, b)]
        if aspect == "rank":
            ranks = [frozenset().union(*(find_cues(v, "rank") for v in side)) for side in values]
            verdict = "agree" if ranks[0] & ranks[1] else "differ"
        elif aspect == "date":
            verdict = _dates_of_two(*values)
        elif values[0] & values[1]:
            verdict = "agree"
        else:
            verdict = "differ" if aspect == "place" else "not decided"
        yield str(aspect), verdict, ("; ".join(said[a]), "; ".join(said[b]))


def _dates_of_two(one: set[str], other: set[str]) -> str:
    days = [[date.partition("/")[::2] for date in side] for side in (one, other)]
    spans = [[(first, last or first) for first, last in side] for side in days]
    if any(a <= d and c <= b for a, b in spans[0] for c, d in spans[1]):
        return "agree"
    return "differ" if len(one) == len(other) == 1 else "not decided"


def _beside_others(pairs: pd.DataFrame, event_id: str, article: str) -> dict[str, str]:
    mine = pairs["article_a"].eq(article) | pairs["article_b"].eq(article)
    mine = pairs[mine & pairs["event_id"].eq(event_id)]
    for verdict in ("differ", "agree"):
        if (mine["verdict"] == verdict).any():
            aspects = mine.loc[mine["verdict"] == verdict, "aspect"]
            return {"others": verdict, "aspects": ", ".join(dict.fromkeys(aspects))}
    return {"others": "not decided" if len(mine) else "alone", "aspects": ""}
