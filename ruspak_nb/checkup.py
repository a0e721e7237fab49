"""Check a project: every fault of its articles, codebook and tables, and what is not covered."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.annotation import Annotations, annotate
from ruspak_nb.codebook import Codebook, load_codebook
from ruspak_nb.corpus import Corpus, load_corpus
from ruspak_nb.gaps import entity_rows, find_gaps, first_gaps, gap_frame, theme_stub
from ruspak_nb.pipeline import SHIPPED, build_nlp
from ruspak_nb.project import Project
from ruspak_nb.reference import TABLES, load_reference
from ruspak_nb.schema import suggest
from ruspak_nb.sheets import SheetError, collect

if TYPE_CHECKING:
    from spacy.language import Language

_PLACE = re.compile(r"(?P<file>[^\n,:]+\.(?:csv|toml|txt))\b(?:, row (?P<row>\d+))?")


# Control characters but for the end of a line, and those that turn the direction of writing.
_STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Checkup:
    """What was found in a project.

    `faults` has `part` ("corpus", "codebook", "examples", "reference"), `file` and `row`
    (0 where a fault has none) and `fault`, in words. `gaps` is as `find_gaps` gives it; `notes`
    and `codebook` are None if they could not be made.
    """

    faults: pd.DataFrame
    gaps: pd.DataFrame
    corpus: Corpus | None = field(repr=False)
    codebook: Codebook | None = field(repr=False)
    notes: Annotations | None = field(repr=False)


def check_project(
    project: Project, *, model: str | Path | None = SHIPPED, gaps: bool = True
) -> Checkup:
    """Read all that a project holds, and report every fault instead of raising the first.

    The examples of the project's own rows are tried with the pipeline that annotates; what
    cannot be checked, because what it rests on has faults, is not. With `gaps` the articles
    are annotated, if they can be, and what no row covers is looked for.
    """
    found: dict[str, list[str]] = {"corpus": [], "codebook": [], "examples": [], "reference": []}
    corpus: Corpus | None = None
    codebook: Codebook | None = None
    notes: Annotations | None = None
    nlp: Language | None = None
    with collect(found["corpus"]):
        corpus = load_corpus(project.articles)
    with collect(found["codebook"]):
        codebook = load_codebook(project.codebook)
    if codebook is not None:
        ours = codebook.path.resolve() == (Path(__file__).parent / "codebook").resolve()
        if not ours or gaps:
            nlp = build_nlp(codebook, model=model)
        if nlp is not None and not ours:
            from ruspak_nb.examples import try_examples

            found["examples"] += try_examples(codebook, nlp)
    if corpus is not None and codebook is not None and nlp is not None and gaps:
        try:
            notes = annotate(corpus, codebook=codebook, model=model)
        except SheetError as error:
            found["codebook"] += error.faults
        except ValueError as error:  # an article that is too long for the parser
            found["corpus"].append(str(error))
    tables: dict[str, pd.DataFrame] = {}
    if project.reference:
        for name in TABLES:
            with collect(found["reference"]):
                tables[name] = load_reference(name, project.reference)
        found["reference"] += _table_faults(tables, corpus, codebook, notes)
    return Checkup(
        faults=_frame(found),
        gaps=find_gaps(notes, nlp) if notes is not None else gap_frame(),
        corpus=corpus,
        codebook=codebook,
        notes=notes,
    )


def _frame(found: Mapping[str, list[str]]) -> pd.DataFrame:
    rows = []
    for part, faults in found.items():
        # A row may be faulty for two reasons in the same words.
        for fault in dict.fromkeys(faults):
            place = _PLACE.match(fault)
            file, row = (place["file"], int(place["row"] or 0)) if place else ("", 0)
            rows.append((part, file, row, fault))
    frame = pd.DataFrame(rows, columns=["part", "file", "row", "fault"])
    return frame.astype({"part": "str", "file": "str", "row": "int64", "fault": "str"})


def _table_faults(
    tables: Mapping[str, pd.DataFrame],
    corpus: Corpus | None,
    codebook: Codebook | None,
    notes: Annotations | None,
) -> Iterator[str]:
    """Yield what in the tables leads nowhere: themes, events, quotes and sentences."""
    if codebook is not None:
        themes = [theme.name for theme in codebook.themes]
        for where, theme in _cells(tables, ("chronology", "theme"), ("claims", "theme")):
            if theme and theme not in themes:
                yield f"{where}: unknown theme {theme!r}; {suggest(theme, themes)}"
    if "chronology" in tables:
        events = set(tables["chronology"]["event_id"])
        for where, cell in _cells(tables, ("claims", "event_id"), ("forecasts", "evidence")):
            for event in filter(None, cell.split("; ")):
                if event not in events:
                    yield f"{where}: no event {event!r} in the chronology; {suggest(event, events)}"
    if corpus is not None and "claims" in tables:
        yield from _claim_faults(tables["claims"], corpus)
    if notes is not None and "forecasts" in tables:
        texts = dict(zip(notes.sentences["sentence_id"], notes.sentences["text"], strict=True))
        for row in tables["forecasts"].itertuples(index=False):
            if row.sentence_id not in texts:
                guess = suggest(row.sentence_id, texts)
                yield f"forecasts.csv ({row[0]}): no sentence {row.sentence_id!r}; {guess}"
            elif row.quote not in texts[row.sentence_id]:
                yield (
                    f"forecasts.csv ({row[0]}): quote {row.quote[:60]!r} is not in "
                    f"{row.sentence_id}; copy the words as they stand"
                )


def _cells(
    tables: Mapping[str, pd.DataFrame], *columns: tuple[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield place and content of each cell of columns of several tables."""
    for name, column in columns:
        if name in tables:
            keyed = tables[name].set_index(tables[name].columns[0], drop=False)[column]
            yield from ((f"{name}.csv ({key})", cell) for key, cell in keyed.items())


def _claim_faults(claims: pd.DataFrame, corpus: Corpus) -> Iterator[str]:
    files = dict(zip(corpus.articles["file"], corpus.articles["article_id"], strict=True))
    for row in claims.itertuples(index=False):
        if row.file in set(corpus.reprints["file"]):
            continue
        where = f"claims.csv ({row.claim_id})"
        if row.file not in files:
            yield f"{where}: no article {row.file!r}; {suggest(row.file, files)}"
            continue
        text = corpus.texts[files[row.file]]
        if text[row.start : row.end] != row.quote:
            at = text.find(row.quote) if row.quote else -1
            fix = f"it is at {at}-{at + len(row.quote)}" if at >= 0 else "copy it as it stands"
            yield f"{where}: quote {row.quote[:60]!r} is not at {row.start}-{row.end}; {fix}"


# What is said of it


def describe_checkup(checkup: Checkup, *, most: int = 20) -> str:
    """Write a checkup for a terminal; of names and of phrases the first `most`, to be pasted."""
    faults, blocks = checkup.faults, []
    if checkup.corpus is not None:
        blocks.append(checkup.corpus.summary)
    n = len(faults)
    lines = [f"{n} fault{'' if n == 1 else 's'}" if n else "no faults"]
    for part, rows in faults.groupby("part", sort=False):
        lines += [f"  {part}", *(f"    {fault}" for fault in rows["fault"])]
    blocks.append("\n".join(lines))
    gaps = first_gaps(checkup.gaps, most)
    if len(gaps):
        blocks.append(_list_gaps(gaps))
    if len(gaps) and checkup.codebook is not None:
        if (gaps["kind"] == "name").any():
            blocks.append(
                "Rows for entities.csv of the codebook; fill in labels and countries that are "
                f"empty, and leave out what is no name:\n\n{entity_rows(gaps, checkup.codebook)}"
            )
        if stub := theme_stub(gaps, checkup.codebook):
            blocks.append(f"A theme for themes.toml; part and describe it:\n\n{stub}")
    return _harmless("\n\n".join(block.rstrip("\n") for block in blocks) + "\n")


def checkup_json(checkup: Checkup, *, most: int = 20) -> str:
    """Write a checkup for scripts: JSON with `articles`, `faults` and `gaps`."""
    told = {
        "articles": None if checkup.corpus is None else len(checkup.corpus),
        "faults": checkup.faults.to_dict("records"),
        "gaps": first_gaps(checkup.gaps, most).to_dict("records"),
    }
    return json.dumps(told, indent=2) + "\n"


def _list_gaps(gaps: pd.DataFrame) -> str:
    lines = ["not in the codebook, by the number of articles, then of sentences"]
    for kind, rows in gaps.groupby("kind", sort=False):
        lines.append(f"  {kind}s")
        for gap in rows.itertuples(index=False):
            label = f" ({gap.label})" if gap.label else ""
            ids = ", ".join(gap.evidence[:3]) + (", …" if gap.n > 3 else "")
            lines.append(f"    {gap.n_articles:>4} {gap.n:>5}  {gap.text}{label}: {ids}")
    return "\n".join(lines)


def _harmless(text: str) -> str:
    """Replace what would steer a terminal; the texts of articles are anybody's."""
    return _STEERING.sub("\ufffd", text)
