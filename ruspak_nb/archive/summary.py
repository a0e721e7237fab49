"""What a run has done, in numbers and in words."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

FAILURES = "failures.csv"
_SHOWN = 20


@dataclass(frozen=True)
class Summary:
    """What a run has done, and what the dataset holds now.

    `added` articles were annotated in this run, `dropped` are no longer in their source;
    `repeated` were met twice, `empty` had no text. `articles` counts those in the dataset,
    `reprints` those of which the text is there under another name, `waiting` those that are to
    be done anew, but were not in the input. `failures` has a row for each that was set aside:
    file, reason.
    """

    folder: Path
    articles: int
    reprints: int
    waiting: int
    added: int
    dropped: int
    repeated: int
    empty: int
    failures: pd.DataFrame = field(repr=False)


def describe_summary(summary: Summary) -> str:
    """Word what a run has done, a line for each thing worth saying."""
    lines = [f"{summary.folder}: {summary.articles:,} articles, {summary.added:,} of them new"]
    said = {
        "reprints of a text that is there, counted once": summary.reprints,
        "met twice with the same metadata, counted once": summary.repeated,
        "left out, without text": summary.empty,
        "dropped, no longer in the input": summary.dropped,
        "still to be annotated anew, not in this input: name their folder or file too": (
            summary.waiting
        ),
    }
    lines += [f"  {number:,} {what}" for what, number in said.items() if number]
    failures = summary.failures
    if len(failures):
        lines.append(f"  {len(failures):,} set aside, listed in {summary.folder / FAILURES}:")
        shown = failures.head(_SHOWN).itertuples(index=False)
        lines += [f"    {file}: {reason}" for file, reason in shown]
        if len(failures) > _SHOWN:
            lines.append(f"    … and {len(failures) - _SHOWN:,} more")
    return "\n".join(lines) + "\n"


def write_failures(folder: Path, failures: pd.DataFrame) -> None:
    """Write the list of what was set aside, whole or not at all; none if there is nothing."""
    path = folder / FAILURES
    if not len(failures):
        path.unlink(missing_ok=True)
        return
    new = folder / f"_{FAILURES}"
    failures.to_csv(new, index=False, lineterminator="\n", encoding="utf-8")
    new.replace(path)
