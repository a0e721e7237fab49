"""Rows that stay on disk until something is counted: queries over Parquet files, by DuckDB."""

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self
from uuid import uuid4

import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

# A number up to this opens all its evidence; beyond it, the first so many ids.
MOST_EVIDENCE = 1_000
# DuckDB keeps the first of a group in a heap of fewer than a million.
_MOST_ALLOWED = 999_999
_SQL_TYPES = {"str": "VARCHAR", "int64": "BIGINT", "float64": "DOUBLE", "bool": "BOOLEAN"}
# In which file a row stands, and where in it: that is one number for each row, and the order of
# the rows of an article, which stand in one file.
_ROW = "file_index::BIGINT * 1000000000 + file_row_number AS _row"
_TAKERS = (
    "count_mentions, count_themes, count_cooccurrences, count_dyads, name_dyads, read_clocks "
    "and count_years"
)


@dataclass(frozen=True, eq=False)
class Relation:
    """Rows of a dataset in their order, with the columns of a frame, but not in memory.

    `count_mentions`, `count_themes`, `count_cooccurrences`, `count_dyads`, `name_dyads`,
    `read_clocks` and `count_years` take one in place of a frame. Their summaries have a column
    more, `evidence_capped`: of more than `most` ids `evidence` holds the first `most`, in the
    order of the rows, and `n` is still the count of all. `types` is each column's type.
    """

    connection: "DuckDBPyConnection" = field(repr=False)
    types: Mapping[str, str]
    sql: str = field(repr=False)
    values: tuple[Any, ...] = field(default=(), repr=False)
    most: int = MOST_EVIDENCE

    def where(self, **wanted: Any) -> Self:
        """Keep the rows with these values: `where(label="GPE", article_id=["a", "b"])`.

        Raises ValueError if there is no such column.
        """
        self.need(*wanted)
        kept, values = ["true"], []
        for column, value in wanted.items():
            is_one = isinstance(value, str) or not isinstance(value, Collection)
            allowed = [value] if is_one else list(value)
            values += allowed
            marks = ", ".join("?" * len(allowed))
            kept.append(f"{quoted(column)} IN ({marks})" if allowed else "false")
        sql = f"SELECT * FROM ({self.sql}) WHERE {' AND '.join(kept)}"
        return replace(self, sql=sql, values=(*self.values, *values))

    def join(self, other: "Relation", *columns: str, on: str = "article_id") -> Self:
        """Add columns of the one row of `other` with the same `on`, such as an article's outlet.

        Rows without such a row are left out, as by pandas' `merge`. Raises ValueError if a
        column is missing, or if `other` has two rows with one value of `on`.
        """
        self.need(on)
        other.need(on, *columns)
        other.need_unique(on)
        added = "".join(f", theirs.{quoted(column)}" for column in columns)
        return replace(
            self,
            types={**self.types, **{column: other.types[column] for column in columns}},
            sql=f"SELECT ours.*{added} FROM ({self.sql}) AS ours "
            f"JOIN ({other.sql}) AS theirs USING ({quoted(on)})",
            values=(*self.values, *other.values),
        )

    def with_evidence(self, most: int) -> Self:
        """Give the same rows, of which summaries hold up to `most` ids of evidence a number.

        Raises ValueError unless `most` lies between 1 and 999,999.
        """
        return replace(self, most=allowed_evidence(most))

    def frame(self, *columns: str, limit: int | None = None) -> pd.DataFrame:
        """Read rows into memory: all columns or those named, all rows or the first `limit`.

        Raises ValueError if there is no such column.
        """
        self.need(*columns)
        names = columns or tuple(self.types)
        most = "" if limit is None else f"LIMIT {int(limit)}"
        sql = f"SELECT {listed(names)} FROM ({self.sql}) ORDER BY article_id, _row {most}"
        return to_frame(self.table(sql), {name: self.types[name] for name in names})

    def __len__(self) -> int:
        return int(self.table(f"SELECT count(*) AS n FROM ({self.sql})")["n"][0].as_py())

    def need(self, *columns: str) -> None:
        """Raise ValueError, naming what is missing, unless there are all `columns`."""
        missing = [column for column in columns if column not in self.types]
        if missing:
            raise ValueError(
                f"these rows lack {', '.join(map(repr, missing))}; they have "
                f"{', '.join(self.types)}"
            )

    def need_unique(self, column: str) -> None:
        """Raise ValueError, with the first, if a value of `column` stands in several rows."""
        name = quoted(column)
        sql = f"SELECT {name} AS one FROM ({self.sql}) GROUP BY one HAVING count(*) > 1"
        twice = self.table(f"{sql} ORDER BY one LIMIT 1")["one"].to_pylist()
        if twice:
            raise ValueError(f"{column} {twice[0]!r} stands in several rows, not in one")

    def table(self, sql: str, values: Sequence[Any] | None = None) -> "pa.Table":
        """Run a query that holds this one's SQL, with its values unless others are given."""
        import duckdb

        try:
            return self._run(sql, values).to_arrow_table()
        except duckdb.Error as error:
            explain(error)

    def batches(self, sql: str, values: Sequence[Any] | None = None) -> Iterator["pa.RecordBatch"]:
        """Run a query as `table` does, and give its rows some thousands at a time."""
        import duckdb

        try:
            yield from self._run(sql, values).to_arrow_reader(20_000)
        except duckdb.Error as error:
            explain(error)

    def _run(self, sql: str, values: Sequence[Any] | None) -> Any:
        # A cursor of its own: batches that are still open do not shut out the next query.
        return self.connection.cursor().sql(
            sql, params=[*(self.values if values is None else values)]
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(
            f"rows on disk are no frame and have no {name!r}: give them to {_TAKERS}, narrow "
            "them with where() or join(), or read them into memory with frame()"
        )

    def __getitem__(self, key: object) -> NoReturn:
        raise TypeError(
            f"rows on disk are no frame: write where(column=value) or frame(column) for [{key!r}]"
        )


def connect(
    *, memory: str, threads: int | None, temporary: str | Path | None
) -> "DuckDBPyConnection":
    """Open DuckDB without a database: it only reads files, and puts aside what memory lacks.

    Raises ImportError, with the command that installs it, if DuckDB is not there, and
    ValueError if it does not know one of the settings.
    """
    try:
        import duckdb
    except ImportError:
        raise ImportError(
            "annotations on disk are counted by DuckDB, which is not installed; "
            "install it with: pip install 'ruspak-nb[archive]'"
        ) from None
    # A name of its own: DuckDB makes the folder when it needs one, and removes it.
    folder = Path(temporary or tempfile.gettempdir()) / f"ruspak_nb-{os.getpid()}-{uuid4().hex}"
    settings: dict[str, Any] = {
        "memory_limit": memory,
        "temp_directory": str(folder),
        # Every query says its order; not to keep another one costs less memory.
        "preserve_insertion_order": False,
        "python_enable_replacements": False,
        # Nothing is fetched from the network.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    try:
        return duckdb.connect(":memory:", config=settings)
    except duckdb.Error as error:
        raise ValueError(
            f"memory {memory!r} and threads {threads!r} are no settings of DuckDB: {error}; "
            "write memory='2GB' and threads=4"
        ) from None


def read_relation(
    connection: "DuckDBPyConnection",
    types: Mapping[str, str],
    files: Sequence[Path],
    *,
    most: int = MOST_EVIDENCE,
) -> Relation:
    """Describe the rows in Parquet `files`, in their order; nothing is read yet."""
    types = dict(types)
    cells = ", ".join(
        f"{quoted(column)}::{_SQL_TYPES[types[column]]} AS {quoted(column)}" for column in types
    )
    if not files:
        nothing = ", ".join(
            f"NULL::{_SQL_TYPES[types[column]]} AS {quoted(column)}" for column in types
        )
        return Relation(
            connection, types, f"SELECT {nothing}, 0::BIGINT AS _row WHERE false", (), most
        )
    sql = f"SELECT {cells}, {_ROW} FROM read_parquet(?, hive_partitioning = false)"
    return Relation(connection, types, sql, ([str(file) for file in files],), most)


def allowed_evidence(most: int) -> int:
    """Give `most` back. Raises ValueError unless it lies between 1 and 999,999."""
    if not 1 <= most <= _MOST_ALLOWED:
        raise ValueError(f"evidence {most!r}: give a number of ids from 1 to {_MOST_ALLOWED:,}")
    return most


def to_frame(table: "pa.Table", types: Mapping[str, str]) -> pd.DataFrame:
    """Make a frame of the result of a query: lists become tuples, the rest has its type."""
    lists = [name for name in types if types[name] == "tuple"]
    plain = {name: kind for name, kind in types.items() if kind != "tuple"}
    frame = table.select(list(plain)).to_pandas().astype(plain)
    for name in lists:
        frame[name] = pd.Series(
            [tuple(ids) for ids in table[name].to_pylist()], index=frame.index, dtype="object"
        )
    return frame[list(types)]


def quoted(column: str) -> str:
    """Write the name of a column in SQL; `need` has checked that there is one."""
    return '"' + column.replace('"', '""') + '"'


def listed(columns: Sequence[str]) -> str:
    """Write the names of columns in SQL."""
    return ", ".join(map(quoted, columns))


def explain(error: Exception) -> NoReturn:
    """Raise what DuckDB reports as an error that says what to do."""
    import duckdb

    said = str(error).splitlines()[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        raise MemoryError(
            f"{said}; give open_dataset more memory, such as memory='4GB', or a `temporary` "
            "folder with more room"
        ) from None
    if isinstance(error, duckdb.IOException | duckdb.InvalidInputException):
        raise OSError(
            f"a part of the dataset cannot be read: {said}; delete that part and run "
            "`ruspak annotate` again, which makes what is missing"
        ) from None
    raise error
