"""Annotate a batch of articles: the unit of work, the same in every process and on any cluster.

Each article goes through the pipeline alone. That costs a few hundredths of the time, and makes
its rows the same whatever else is in the batch, and its faults its own.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ruspak_nb.annotation import collect_rows, make_doc
from ruspak_nb.codebook import Codebook
from ruspak_nb.corpus import read_text
from ruspak_nb.schema import FRAMES

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from ruspak_nb.archive.sources import Article

TEXTS = {"article_id": "str", "text": "str"}
# An article whose text stands in the archive already: it is named, and not counted again.
REPRINTS = {"article_id": "str", "reprint_of": "str", "similarity": "float64"} | {
    name: kind for name, kind in FRAMES["articles"].items() if name != "article_id"
}
CORPUS = ("articles", "zones", "texts", "reprints")
COLUMNS: Mapping[str, Mapping[str, str]] = {**FRAMES, "texts": TEXTS, "reprints": REPRINTS}
_TYPES = {
    "str": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
}
SCHEMAS: Mapping[str, pa.Schema] = {
    name: pa.schema([(column, _TYPES[kind]) for column, kind in columns.items()])
    for name, columns in COLUMNS.items()
}


@dataclass(frozen=True)
class Pipeline:
    """A loaded pipeline with its codebook and the layers that it makes."""

    nlp: "Language"
    codebook: Codebook
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """An article to annotate under a name; a reprint is described and not annotated.

    `corpus` and `layers` say which frames it has to get a row in; others have it already.
    """

    article: "Article"
    article_id: str
    reprint_of: str = ""
    corpus: bool = True
    layers: bool = True


@dataclass(frozen=True)
class Batch:
    """What one worker does at a time."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Result:
    """The tables of a batch, by frame, as bytes of Parquet, and why what failed did (by key)."""

    tables: Mapping[str, bytes] = field(repr=False)
    failures: Mapping[str, str]


Annotate = Callable[[Batch, Callable[[int], object]], Result]


def annotate_batch(pipeline: Pipeline, batch: Batch, tell: Callable[[int], object]) -> Result:
    """Annotate a batch; `tell` is called with the place of each article before its turn.

    An article that makes the pipeline raise has no row in any frame, and is among the failures.
    """
    rows: dict[str, list[Mapping[str, Any]]] = {name: [] for name in (*CORPUS, *pipeline.layers)}
    failures = {}
    with pipeline.nlp.memory_zone():  # or every new word of a long run would be kept
        for place, job in enumerate(batch.jobs):
            tell(place)
            try:
                found = _annotate(pipeline, job)
            except Exception as error:
                failures[job.article.key] = _reason(error)
            else:
                for name, more in found.items():
                    rows[name] += more
    return Result({name: write_table(name, rows[name]) for name in rows}, failures)


def write_table(name: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Give rows as a Parquet file of the frame `name`: the same rows, the same bytes."""
    schema = SCHEMAS[name]
    columns = {column: [row[column] for row in rows] for column in schema.names}
    return pack_table(pa.table(columns, schema=schema))


def pack_table(table: pa.Table) -> bytes:
    """Give a table as the bytes of a Parquet file."""
    packed = io.BytesIO()
    pq.write_table(table, packed, compression="zstd")
    return packed.getvalue()


def _annotate(pipeline: Pipeline, job: Job) -> dict[str, list[dict[str, Any]]]:
    article, named = job.article, {"article_id": job.article_id}
    row = read_text(article.text, article.meta, article.file)
    row |= named | {"file": article.file, "sha256": article.sha256}
    if job.reprint_of:
        return {"reprints": [row | {"reprint_of": job.reprint_of, "similarity": 1.0}]}
    found: dict[str, list[dict[str, Any]]] = {}
    if job.corpus:
        found["articles"] = [row]
        found["zones"] = [zone | named for zone in row["zones"]]
        found["texts"] = [named | {"text": article.text}]
    if job.layers:
        layers: dict[str, list[dict[str, Any]]] = {name: [] for name in pipeline.layers}
        collect_rows(pipeline.nlp(_doc(pipeline, row)), pipeline.codebook, layers)
        found |= layers
    return found


def _doc(pipeline: Pipeline, row: Mapping[str, Any]) -> "Doc":
    body = [(zone["start"], zone["end"]) for zone in row["zones"] if zone["zone"] == "body"]
    return make_doc(pipeline.nlp, row["article_id"], row["content"], body, row["published"])


def _reason(error: BaseException) -> str:
    """Word a fault in one line, for a table."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
