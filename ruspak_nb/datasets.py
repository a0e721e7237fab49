"""Annotations on disk: a folder of Parquet files for each frame, counted without reading them in.

    DIR/articles/part-*.parquet     DIR/mentions/part-*.parquet     …     DIR/texts/part-*.parquet

The columns are those of the schema; `texts` has `article_id` and `text`, the untouched source.
The rows of an article stand in one file. Rows are in order of `article_id`, and of an article as
they are written, whatever file that is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

# To import it is to have the counts take rows on disk.
from ruspak_nb import queries  # noqa: F401
from ruspak_nb.annotation import Annotations
from ruspak_nb.archive.batches import COLUMNS
from ruspak_nb.archive.ledger import LEDGER
from ruspak_nb.archive.reading import list_parts
from ruspak_nb.corpus import Corpus
from ruspak_nb.derived import line_up_rows, search_rows
from ruspak_nb.evidence import article_of, find_evidence
from ruspak_nb.kwic import concordance, need_one
from ruspak_nb.lazy import read_lazily
from ruspak_nb.pipeline import LAYERS
from ruspak_nb.relations import MOST_EVIDENCE, Relation, allowed_evidence, connect, read_relation

_PARTS = "part-*.parquet"


@dataclass(frozen=True)
class Dataset:
    """Annotations that stay on disk: `articles`, `zones`, `texts`, `reprints` and each layer.

    `count_themes(dataset.themes, dataset.sentences)` and so on count what does not fit into
    memory; `concordance` and `find_evidence` take the dataset itself. `annotations` reads
    frames, `part` all of some articles. Rows are in order of `article_id`. A layer that was
    not annotated raises AttributeError.
    """

    folder: Path
    relations: Mapping[str, Relation] = field(repr=False)

    def __getattr__(self, name: str) -> Relation:
        if name.startswith("_") or name == "relations":
            raise AttributeError(name)
        if name not in self.relations:
            what = "was annotated without them" if name in COLUMNS else "knows nothing of that name"
            raise AttributeError(
                f"no {name!r} in {self.folder.name}, which {what}; it has "
                f"{', '.join(self.relations)}"
            )
        return self.relations[name]

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self.relations]

    def annotations(self, columns: Mapping[str, Sequence[str]] | None = None) -> Annotations:
        """Give annotations whose frames are read into memory when they are first used.

        Articles are in order of publication, as `load_corpus` gives them.
        `columns` names, for any frame, the columns to read: `{"zones": ["article_id", "zone"]}`;
        a frame that is not named is read whole. Texts are read one by one, as they are used.
        Raises ValueError if there is no such frame or column.
        """
        chosen = dict(columns or {})
        for name, names in chosen.items():
            getattr(self, name).need(*names)

        def read(name: str) -> pd.DataFrame:
            # Not from `relations`: of what was not annotated the error says so.
            rows: Relation = getattr(self, name)
            return rows.frame(*chosen.get(name, ()))

        return read_lazily(
            read, lambda: self.texts, self.articles, with_reprints="reprints" in self.relations
        )

    def part(self, article_ids: Iterable[str]) -> Annotations:
        """Read all there is on some articles, in the order of the dataset, into memory.

        Raises KeyError if there is no such article.
        """
        wanted = list(dict.fromkeys(article_ids))
        names = ("articles", "zones", "texts", *LAYERS)
        frames = {name: getattr(self, name).where(article_id=wanted).frame() for name in names}
        missing = set(wanted) - set(frames["articles"]["article_id"])
        if missing:
            raise KeyError(f"no article {min(missing)!r} in {self.folder.name}")
        texts = frames["texts"]
        corpus = Corpus(
            articles=frames["articles"],
            zones=frames["zones"],
            texts=dict(zip(texts["article_id"], texts["text"], strict=True)),
        )
        return Annotations(corpus, **{name: frames[name] for name in LAYERS})


def open_dataset(
    folder: str | Path,
    *,
    evidence: int = MOST_EVIDENCE,
    memory: str = "1GB",
    threads: int | None = None,
    temporary: str | Path | None = None,
) -> Dataset:
    """Open a folder of annotations, one folder of Parquet files a frame, and read nothing yet.

    Of each number up to `evidence` ids are kept, the first; where there are more,
    `evidence_capped` is true and `n` counts all of them. DuckDB works in `memory` on `threads`
    (by default as many as there are processors), and puts what does not fit aside in a folder
    of its own within `temporary` (by default the system's). Raises FileNotFoundError if there
    is no such dataset, OSError if a file cannot be read, ValueError if a column is missing,
    ImportError if DuckDB is not installed.
    """
    folder = Path(folder)
    if not is_dataset(folder):
        raise FileNotFoundError(
            f"{folder}: no annotations on disk; there must be a folder `articles` with files "
            f"{_PARTS}, as `ruspak annotate` writes it"
        )
    most = allowed_evidence(evidence)
    parts = {name: _find_parts(folder, name) for name in COLUMNS}
    found = {name: files for name, files in parts.items() if files is not None}
    for name, files in found.items():
        _check(name, files[:1])
    connection = connect(memory=memory, threads=threads, temporary=temporary)
    return Dataset(
        folder,
        {
            name: read_relation(connection, COLUMNS[name], files, most=most)
            for name, files in found.items()
        },
    )


def is_dataset(folder: Path) -> bool:
    """Tell whether a folder holds annotations, one folder of Parquet files a frame."""
    return (folder / LEDGER).is_file() or any((folder / "articles").glob(_PARTS))


def _find_parts(folder: Path, name: str) -> list[Path] | None:
    """Find the files of a frame, or None if it was not annotated; the ledger knows which count."""
    if (folder / LEDGER).is_file():
        return list_parts(folder, name) or None
    return sorted((folder / name).glob(_PARTS)) if (folder / name).is_dir() else None


def _check(name: str, files: Sequence[Path]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for file in files:
        try:
            columns = pq.read_schema(file).names
        except pa.ArrowInvalid as error:
            raise OSError(
                f"{name}/{file.name} cannot be read: {error}; delete it and run "
                "`ruspak annotate` again, which makes what is missing"
            ) from None
        missing = [column for column in COLUMNS[name] if column not in columns]
        if missing:
            raise ValueError(
                f"{name}/{file.name} lacks {', '.join(missing)}; it was not written by this "
                "version: annotate again into a new folder"
            )


# A dataset is no `Annotations`, but has the same relations: mypy cannot know.
@find_evidence.register(Dataset)
def _find_evidence(  # type: ignore[misc]
    notes: Dataset, ids: Iterable[str]
) -> pd.DataFrame:
    ids = list(ids)
    return find_evidence(notes.part(map(article_of, ids)), ids)


@concordance.register(Dataset)
def _concordance(  # type: ignore[misc]
    notes: Dataset,
    pattern: str | None = None,
    *,
    entity_id: str | None = None,
    theme: str | None = None,
    width: int = 60,
) -> pd.DataFrame:
    need_one(pattern, entity_id, theme)
    if pattern is not None:
        return search_rows(notes.sentences, pattern, width)
    if entity_id is not None:
        return line_up_rows(notes.mentions, "entity_id", entity_id, notes.sentences, width)
    return line_up_rows(notes.themes, "theme", str(theme), notes.sentences, width)
