"""Turn a corpus into tidy frames, from sentences to events, and cache them."""

import csv
import hashlib
import html
import os
import shutil
import tempfile
import warnings
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from platformdirs import user_cache_path
from tqdm import tqdm

from ruspak_nb.codebook import Codebook, codebook_digest, load_codebook
from ruspak_nb.corpus import Corpus
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.pipeline import LAYERS, SHIPPED, build_nlp, choose_layers, model_digest
from ruspak_nb.schema import FRAMES, build_frame, suggest

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

# Rule files of the package that no codebook replaces.
OWN_RULES = (
    "sentences.toml",
    "tokens.toml",
    "dependencies.toml",
    "speech.toml",
    "moods.toml",
    "pronouns.toml",
)
FORMATS = ("csv", "parquet", "jsonl")


@dataclass(frozen=True)
class Annotations:
    """A corpus with everything that was found in it, one tidy frame a layer."""

    corpus: Corpus
    sentences: pd.DataFrame
    mentions: pd.DataFrame
    themes: pd.DataFrame
    dates: pd.DataFrame
    quotes: pd.DataFrame
    events: pd.DataFrame

    @property
    def source(self) -> str:
        """The line that goes under a table or figure made from these annotations."""
        articles = self.corpus.articles
        years = sorted({day[:4] for day in articles["published_earliest"] if day})
        period = f", {years[0]}–{years[-1]}" if years else ""
        n = f"{len(articles)} article{'' if len(articles) == 1 else 's'}"
        return f"{n}{period}; coded by rules (ruspak_nb)"

    def without(self, article_id: str) -> Self:
        """Give the same annotations as if one article were not in the corpus.

        Raises KeyError if there is no such article.
        """
        if article_id not in set(self.corpus.articles["article_id"]):
            raise KeyError(f"no article {article_id!r}")
        kept = {name: _drop(getattr(self, name), article_id) for name in LAYERS}
        corpus = replace(
            self.corpus,
            articles=_drop(self.corpus.articles, article_id),
            zones=_drop(self.corpus.zones, article_id),
            texts={k: v for k, v in self.corpus.texts.items() if k != article_id},
        )
        return replace(self, corpus=corpus, **kept)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Give all frames of the schema by name, corpus first."""
        corpus = {"articles": self.corpus.articles, "zones": self.corpus.zones}
        return corpus | {name: getattr(self, name) for name in LAYERS}

    def _repr_html_(self) -> str:
        counts = ", ".join(f"{len(getattr(self, name)):,} {name}" for name in LAYERS)
        return f"<p>{len(self.corpus)} articles: {html.escape(counts)}</p>"


def annotate(
    corpus: Corpus,
    *,
    codebook: Codebook | None = None,
    model: str | Path | None = SHIPPED,
    layers: Sequence[str] | None = None,
    cache: bool = True,
) -> Annotations:
    """Find sentences, mentions, themes, dates, quotations and events in every body.

    Mentions are the codebook's entities and, without an entity_id, the names that the trained
    pipeline `model` finds beside them (see `build_nlp`). With `model=None` there are only the
    codebook's, quotations only where they stand in marks, and no events.
    `layers` are those to be made, with sentences, if not all: the frames of the others are
    empty. Without quotes and events no model is used, and an archive is read many times as fast.
    The result is cached by the hash of texts, zones, codebook, model, layers and code, in the
    folder `RUSPAK_CACHE` or the user's cache; a cached corpus does not even import spaCy.
    """
    chosen, model = choose_layers(layers, model)
    digest = codebook.digest if codebook else codebook_digest()
    folder = cache_folder() / _key(corpus, f"{digest} {model_digest(model)} {' '.join(chosen)}")
    frames = _read_cache(folder) if cache else None
    if frames is None:
        nlp = build_nlp(codebook, model=model, layers=layers)
        frames = _annotate(corpus, codebook or load_codebook(), nlp, chosen)
        if cache:
            _write_cache(folder, frames)
    return Annotations(corpus, **frames)


def save_annotations(notes: Annotations, folder: str | Path, *, format: str = "csv") -> list[Path]:
    """Write one file a frame, under the frame's name, and return the paths.

    `format` is csv, parquet or jsonl; offsets count code points in all of them. Raises
    ValueError if the format is unknown.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; {suggest(format, FORMATS)}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in notes.frames().items():
        path = folder / f"{name}.{format}"
        if format == "csv":
            # Quoted, because a lone carriage return in a text would end its row.
            frame.to_csv(
                path,
                index=False,
                lineterminator="\n",
                encoding="utf-8",
                quoting=csv.QUOTE_NONNUMERIC,
            )
        elif format == "jsonl":
            frame.to_json(path, orient="records", lines=True, force_ascii=False)
        else:
            frame.to_parquet(path, index=False)
        paths.append(path)
    return paths


def cache_folder() -> Path:
    """Give the folder that holds cached annotations."""
    given = os.environ.get("RUSPAK_CACHE")
    return Path(given) if given else user_cache_path("ruspak_nb")


def _annotate(
    corpus: Corpus, codebook: Codebook, nlp: "Language", layers: Sequence[str]
) -> dict[str, pd.DataFrame]:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in layers}
    # A batch is held in memory with all that the pipeline knows of it.
    docs = nlp.pipe(make_docs(nlp, corpus), batch_size=32)
    bar = tqdm(
        docs, total=len(corpus), desc="annotating", unit=" articles", disable=None, leave=False
    )
    for doc in bar:
        collect_rows(doc, codebook, rows)
    return {name: build_frame(name, rows.get(name, [])) for name in LAYERS}


def make_docs(nlp: "Language", corpus: Corpus) -> Iterator["Doc"]:
    """Make a Doc of each article, for `nlp.pipe`; see `make_doc`."""
    body: dict[str, list[tuple[int, int]]] = defaultdict(list)
    zones, articles = corpus.zones, corpus.articles
    for article_id, start, end in _rows(
        zones[zones["zone"] == "body"], "article_id", "start", "end"
    ):
        body[article_id].append((start, end))
    for article_id, published in _rows(articles, "article_id", "published"):
        yield make_doc(nlp, article_id, corpus.texts[article_id], body[article_id], published)


def make_doc(
    nlp: "Language", article_id: str, text: str, body: list[tuple[int, int]], published: str
) -> "Doc":
    """Make a Doc of an article that knows what its components ask for.

    `body` is where in the text the article itself stands. Raises ValueError if the text is
    longer than a parser holds.
    """
    if len(text) > nlp.max_length:
        raise ValueError(
            f"article {article_id!r} has {len(text):,} characters; a parser holds at most "
            f"{nlp.max_length:,} at once. Split the file, or annotate with the codebook "
            "alone (model=None, on the command line --model none)"
        )
    doc = nlp.make_doc(text)
    doc.user_data["article_id"] = article_id
    doc.user_data["text"] = text
    doc.user_data["body"] = body
    doc.user_data["published"] = published
    return doc


def _rows(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    # As lists: a frame gives its rows one by one at many times the cost.
    return zip(*(frame[column].tolist() for column in columns), strict=True)


def collect_rows(doc: "Doc", codebook: Codebook, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Add what was found in a Doc to the rows of those layers that `rows` has."""
    from ruspak_nb.spans import token_span, whole_text

    article_id, text = doc.user_data["article_id"], whole_text(doc)
    starts: list[int] = []

    def row(span: "Span") -> dict[str, Any]:
        start, end = span.start_char, span.end_char
        return {
            "sentence_id": f"{article_id}-s{bisect_right(starts, span.start):03}",
            "article_id": article_id,
            "start": start,
            "end": end,
            "text": text[start:end],
        }

    made: dict[str, list[dict[str, Any]]] = {name: [] for name in LAYERS}
    for position, sentence in enumerate(doc.spans["body"], start=1):
        starts.append(sentence.start)
        made["sentences"].append(row(sentence) | {"position": position})
    # A year inside a name ("the 1965 war") is a date, but not a second mention.
    named: set[int] = set()
    for span in doc.spans.get("mentions", ()):
        named.update(range(span.start, span.end))
        entity = codebook.entities.get(span.id_)
        name = entity.name if entity else span.text
        made["mentions"].append(
            row(span)
            | {
                "label": span.label_,
                "entity_id": span.id_,
                "name": name,
                "metonym": span.kb_id_ == "metonym",
            }
        )
    for span in doc.spans.get("dates", ()):
        earliest, latest = edtf_bounds(span.id_)
        basis = span.kb_id_
        words = range(span.start, span.end)
        if basis == "explicit" and named.isdisjoint(words):
            named.update(words)
            date = {"label": "DATE", "entity_id": "", "name": "", "metonym": False}
            made["mentions"].append(row(span) | date)
        bounds = {"edtf": span.id_, "earliest": earliest, "latest": latest, "basis": basis}
        made["dates"].append(row(span) | bounds)
    made["mentions"].sort(key=lambda row: (row["start"], row["end"]))
    for span in doc.spans.get("themes", ()):
        made["themes"].append(row(span) | {"theme": span.label_, "rule_id": span.id_})
    for layer in ("quotes", "events"):
        for values in doc.user_data.get(layer, ()):
            # A quotation may run over sentences; it belongs to that in which it begins.
            start, end = values["start"], values["end"]
            span = token_span(doc, start, end, label="", span_id="")
            place = {"start": start, "end": end, "text": text[start:end]}
            kept = {key: value for key, value in values.items() if key in FRAMES[layer]}
            made[layer].append(row(span) | place | kept)
    for layer, found in rows.items():
        found += made[layer]


def _drop(frame: pd.DataFrame, article_id: str) -> pd.DataFrame:
    return frame[frame["article_id"] != article_id].reset_index(drop=True)


def _key(corpus: Corpus, rules: str) -> str:
    digest = hashlib.sha256(f"{_code_digest()} {rules} spacy {version('spacy')}".encode())
    # The text, not the file: one file read in two encodings is two texts.
    for article_id, text in corpus.texts.items():
        digest.update(f"{article_id} {len(text)}\n{text}\n".encode("utf-8", "surrogatepass"))
    for zone in corpus.zones[["article_id", "start", "end", "zone"]].itertuples(index=False):
        digest.update(f"{zone.article_id} {zone.start} {zone.end} {zone.zone}\n".encode())
    return digest.hexdigest()[:32]


@cache
def _code_digest() -> str:
    """Hash the code and language rules that annotation depends on."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted(package.glob("*.py")):
        digest.update(file.read_bytes())
    for rules in OWN_RULES:
        digest.update((package / "codebook" / rules).read_bytes())
    return digest.hexdigest()


def _read_cache(folder: Path) -> dict[str, pd.DataFrame] | None:
    if not folder.is_dir():
        return None
    try:
        return {
            name: pd.read_parquet(folder / f"{name}.parquet").astype(dict(FRAMES[name]))
            for name in LAYERS
        }
    except (OSError, ValueError, KeyError) as error:
        warnings.warn(f"cache {folder.name} is damaged and made anew: {error}", stacklevel=3)
        shutil.rmtree(folder, ignore_errors=True)
        return None


def _write_cache(folder: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Write all frames, or nothing: a reader never meets half a cache."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            made = Path(scratch) / folder.name
            made.mkdir()
            for name, frame in frames.items():
                frame.to_parquet(made / f"{name}.parquet", index=False)
            if not folder.exists():
                made.replace(folder)
    except OSError as error:
        # Another process was first, or the disk cannot be written: the result stands.
        if not folder.is_dir():
            warnings.warn(f"annotations were not cached: {error}", stacklevel=3)
