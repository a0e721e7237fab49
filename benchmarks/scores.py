"""Score the coding on the gold and on PLOVER's records: `python benchmarks/scores.py PLOVER`.

Writes `ruspak_nb/reference/scores.csv`, which the notebook on method shows, and prints
it. The records are not part of the project; without them their rows stay as they are.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from ruspak_nb import annotate, build_nlp, load_corpus
from ruspak_nb.agreement import score_agreement
from ruspak_nb.reference import load_gold

TABLE = Path(__file__).parents[1] / "ruspak_nb" / "reference" / "scores.csv"
# What each layer must reach, and what it aims at.
GOALS = (
    ("zones", "characters", 0.99, 1.00),
    ("sentences", "exact span", 0.98, 1.00),
    ("mentions", "exact span and label", 0.90, 0.96),
    ("mentions", "entity_id of states", 0.95, 0.99),
    ("themes", "sentences", 0.75, 0.85),
    ("dates", "exact span", 0.92, 0.98),
    ("dates", "exact span and value", 0.85, 0.95),
    ("quotes", "overlap of 0.8", 0.76, 0.90),
    ("quotes", "speaker", 0.87, 0.95),
    ("events", "dyad and quad class", 0.50, 0.70),
    ("events", "modality", 0.75, 0.90),
    ("PLOVER records", "country dyad", 0.60, 0.80),
    ("PLOVER records", "event type", 0.60, 0.80),
)
COLUMNS = ("layer", "measure", "n", "score", "must", "aim")
# The records' labels are those of a draft of PLOVER.
DRAFT = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT"}
# An organisation of many states has no country; the records write a code for it.
NO_COUNTRY = frozenset({"", "IGO", "NGO"})

Dyad = tuple[str, str]


def score_gold() -> Iterator[tuple[str, str, int, float]]:
    """Score the five articles: layer, measure, number of gold rows, and F1."""
    notes = annotate(load_corpus(), cache=False)
    scores = score_agreement(load_gold(), notes.frames())
    for row in scores[scores["label"] == "all"].itertuples(index=False):
        yield row.layer, row.measure, row.n_one, row.f1


def score_records(path: Path) -> Iterator[tuple[str, str, int, float]]:
    """Score PLOVER's records: the share whose dyad, and whose type, one event has."""
    nlp = build_nlp()
    records = json.loads(path.read_text(encoding="utf-8"))
    right = {"country dyad": 0, "event type": 0, "both in one event": 0}
    for record in records:
        events = nlp(record["text"]).user_data["events"]
        wanted = DRAFT.get(record["event"], record["event"])
        dyads = [event for event in events if _has_dyad(event, record)]
        right["country dyad"] += bool(dyads)
        right["event type"] += any(event["plover"] == wanted for event in events)
        right["both in one event"] += any(event["plover"] == wanted for event in dyads)
    for measure, n in right.items():
        yield "PLOVER records", measure, len(records), n / len(records)


def _has_dyad(event: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    sources, targets = _codes(record.get("source")), _codes(record.get("target"))
    found = (event["source_country"], event["target_country"])
    if not targets:
        # One act of several together, or of one upon nobody named.
        pairs = list(combinations(sources, 2)) or [(sources[0], found[1])] if sources else []
        return any(_same(found, pair) or _same(found, pair[::-1]) for pair in pairs)
    return any(_same(found, (a, b)) for a in sources for b in targets)


def _same(one: Dyad, other: Dyad) -> bool:
    return all(a == b or {a, b} <= NO_COUNTRY for a, b in zip(one, other, strict=True))


def _codes(actors: Any) -> list[str]:
    listed: Sequence[Any] = actors if isinstance(actors, list) else [actors]
    return [actor["code"] for actor in listed if isinstance(actor, dict) and "code" in actor]


def main() -> None:
    """Write and print the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("records", type=Path, nargs="?", help="gold-dev.json of PLOVER")
    options = parser.parse_args()
    found = {row[:2]: row[2:] for row in score_gold()}
    if options.records:
        found |= {row[:2]: row[2:] for row in score_records(options.records)}
    elif TABLE.is_file():
        with TABLE.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = (row["layer"], row["measure"])
                found.setdefault(key, (int(row["n"]), float(row["score"])))
    goals = {goal[:2]: goal[2:] for goal in GOALS}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (layer, measure), (n, score) in found.items():
            must, aim = goals.get((layer, measure), ("", ""))
            writer.writerow((layer, measure, n, f"{score:.3f}", must, aim))
    sys.stdout.write(pd.read_csv(TABLE).to_string(index=False) + "\n")


if __name__ == "__main__":
    main()
