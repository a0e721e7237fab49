"""Read the dataset that `annotate_archive` has written."""

from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ruspak_nb.annotation import Annotations
from ruspak_nb.archive.batches import COLUMNS, SCHEMAS
from ruspak_nb.archive.ledger import LEDGER, Ledger
from ruspak_nb.corpus import Corpus
from ruspak_nb.pipeline import LAYERS
from ruspak_nb.schema import suggest


def list_parts(folder: str | Path, frame: str) -> list[Path]:
    """Give the Parquet files of a frame that are valid now, for any program that reads such.

    `frame` is one of the schema's, `texts` (article_id, text) or `reprints`. Raises ValueError
    if there is no such frame, FileNotFoundError if the folder holds no dataset.
    """
    folder = Path(folder)
    if frame not in COLUMNS:
        raise ValueError(f"unknown frame {frame!r}; {suggest(frame, COLUMNS)}")
    if not (folder / LEDGER).is_file():
        raise FileNotFoundError(
            f"no dataset in {folder}: make one with ruspak annotate --stream --out {folder}"
        )
    ledger = Ledger(folder, read_only=True)
    try:
        return [folder / file.path for file in ledger.files_in(frame)]
    finally:
        ledger.close()


def read_frame(folder: str | Path, frame: str) -> pd.DataFrame:
    """Read a whole frame into memory, in order of article_id and place in the article.

    Raises as `list_parts` does.
    """
    parts = list_parts(folder, frame)
    schema = SCHEMAS[frame]
    tables = [pq.read_table(part, schema=schema, partitioning=None) for part in parts]
    table = pa.concat_tables(tables) if tables else schema.empty_table()
    # Rows of an article stand together, in order: a stable sort keeps that.
    rows = table.to_pandas().astype(dict(COLUMNS[frame]))
    return rows.sort_values("article_id", kind="stable", ignore_index=True)


def load_archive(folder: str | Path) -> Annotations:
    """Load a dataset that fits into memory, as `annotate` gives a corpus.

    Articles come in order of publication; a layer that was not annotated is empty. Raises as
    `list_parts` does.
    """
    frames = {name: read_frame(folder, name) for name in COLUMNS}
    articles = frames["articles"]
    published = articles["published_earliest"].where(articles["published_earliest"] != "", "9999")
    order = articles.assign(_day=published).sort_values(["_day", "file", "article_id"])
    ids = order["article_id"].tolist()
    place = {article_id: number for number, article_id in enumerate(ids)}

    def arrange(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.sort_values(
            "article_id", key=lambda column: column.map(place), kind="stable", ignore_index=True
        )

    texts = dict(zip(frames["texts"]["article_id"], frames["texts"]["text"], strict=True))
    corpus = Corpus(
        articles=arrange(articles),
        zones=arrange(frames["zones"]),
        texts=MappingProxyType({article_id: texts[article_id] for article_id in ids}),
        reprints=frames["reprints"],
    )
    return Annotations(corpus, **{name: arrange(frames[name]) for name in LAYERS})
