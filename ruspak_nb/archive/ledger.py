"""What is done: a small database beside the frames, of articles and of files.

An article is known by its key, the hash of its text and metadata. It keeps its name once it has
one. A part is what one batch has written of a group of frames, a file a frame; `groups` are the
frames of the corpus, and the layers, which depend on codebook and model besides.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ruspak_nb.archive.batches import Job
from ruspak_nb.archive.sources import Article, Unreadable
from ruspak_nb.corpus import citable_name

LEDGER = "_ledger.sqlite"
GROUPS = ("corpus", "layers")
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS articles (
    key TEXT PRIMARY KEY, article_id TEXT UNIQUE, text_key TEXT, file TEXT, source TEXT,
    met INT, reprint_of TEXT, corpus TEXT, layers TEXT, reason TEXT
);
CREATE INDEX IF NOT EXISTS by_text ON articles (text_key) WHERE reprint_of IS NULL;
CREATE INDEX IF NOT EXISTS by_corpus ON articles (corpus);
CREATE INDEX IF NOT EXISTS by_layers ON articles (layers);
CREATE INDEX IF NOT EXISTS by_source ON articles (source, met);
CREATE INDEX IF NOT EXISTS by_reprint ON articles (reprint_of) WHERE reprint_of IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_reason ON articles (reason) WHERE reason IS NOT NULL;
CREATE TABLE IF NOT EXISTS unread (file TEXT, source TEXT, reason TEXT, met INT);
CREATE TABLE IF NOT EXISTS files (
    part TEXT, frame TEXT, grouped TEXT, size INT, mtime INT, sha256 TEXT,
    PRIMARY KEY (part, frame)
);
"""
_OPEN = (  # of what is not done and has not failed
    "reason IS NULL AND (corpus IS NULL OR (layers IS NULL AND reprint_of IS NULL))"
)


@dataclass(frozen=True)
class File:
    """A Parquet file of the dataset, as it was when it was written."""

    part: str
    frame: str
    group: str
    size: int
    mtime: int
    sha256: str

    @property
    def path(self) -> str:
        """Where it lies in the folder."""
        return f"{self.frame}/part-{self.part}.parquet"


class Ledger:
    """The open ledger of a folder; changes last from the next `save`."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        path = folder / LEDGER
        if read_only:
            self.db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=60)
        else:
            self.db = sqlite3.connect(path, timeout=60)
            self.db.executescript(_TABLES)

    def close(self) -> None:
        """Close it; what is not saved is lost."""
        self.db.close()

    def save(self) -> None:
        """Make all changes last."""
        self.db.commit()

    def fact(self, name: str) -> str:
        """Give what is written under a name, or nothing."""
        found = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def note(self, name: str, value: str) -> None:
        """Write down a fact."""
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # Articles

    def meet(self, article: Article, met: int) -> Job | Literal["done", "repeated"]:
        """Note that an article was met in this pass, and give what is to be done about it.

        Nothing is if it is "done" or has failed, or if it is "repeated" in this pass.
        """
        found = self.db.execute(
            "SELECT article_id, reprint_of, corpus, layers, reason, met FROM articles "
            "WHERE key = ?",
            (article.key,),
        ).fetchone()
        if found is None:
            return self._take_in(article, met)
        article_id, reprint_of, corpus, layers, reason, last_met = found
        if last_met == met:
            return "repeated"
        self.db.execute(
            "UPDATE articles SET met = ?, source = ?, file = ? WHERE key = ?",
            (met, article.source, article.file, article.key),
        )
        if reason or (corpus and (layers or reprint_of)):
            return "done"
        return Job(article, article_id, reprint_of or "", not corpus, not layers)

    def _take_in(self, article: Article, met: int) -> Job:
        first = self.db.execute(
            "SELECT article_id FROM articles WHERE text_key = ? AND reprint_of IS NULL",
            (article.text_key,),
        ).fetchone()
        article_id = self._name(article)
        reprint_of = str(first[0]) if first else ""
        self.db.execute(
            "INSERT INTO articles (key, article_id, text_key, file, source, met, reprint_of) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(article.key, article_id, article.text_key, article.file, article.source, met),
                reprint_of or None,
            ),
        )
        return Job(article, article_id, reprint_of)

    def _name(self, article: Article) -> str:
        """Give a citable id: as `load_corpus` does; where that is taken, with letters of the hash.

        Letters b, c, … would depend on what else there is; those of the hash are the article's.
        """
        meta = article.meta
        name = meta.get("article_id", "") or citable_name(
            {
                "author": meta.get("author", ""),
                "outlet": meta.get("outlet", ""),
                "file": article.file.split(":")[0],
                "published_earliest": meta.get("date_earliest", "")
                or meta.get("publication_date", ""),
            }
        )
        candidates = [name, *(f"{name}-{article.key[:length]}" for length in (8, 16, 64))]
        query = "SELECT 1 FROM articles WHERE article_id = ?"
        return next(one for one in candidates if not self.db.execute(query, (one,)).fetchone())

    def set_aside(self, unreadable: Unreadable, met: int) -> None:
        """Note a file or row that holds no article."""
        row = (unreadable.file, unreadable.source, unreadable.reason, met)
        self.db.execute("INSERT INTO unread VALUES (?, ?, ?, ?)", row)

    def fail(self, failures: Mapping[str, str]) -> None:
        """Note why articles, by key, could not be annotated."""
        self.db.executemany(
            "UPDATE articles SET reason = ? WHERE key = ?",
            [(reason, key) for key, reason in failures.items()],
        )

    def forget_failures(self) -> None:
        """Have what failed tried again."""
        self.db.execute("UPDATE articles SET reason = NULL WHERE reason IS NOT NULL")

    def failures(self) -> Iterator[tuple[str, str]]:
        """Give the file of what was set aside, and why, in order of the file."""
        yield from self.db.execute(
            "SELECT file, reason FROM unread UNION ALL "
            "SELECT file, reason FROM articles WHERE reason IS NOT NULL ORDER BY 1, 2"
        )

    def count(self) -> dict[str, int]:
        """Count the articles that are "done", those that are "open", and done "reprints"."""
        query = (
            "SELECT coalesce(sum(corpus IS NOT NULL AND layers IS NOT NULL), 0), "
            f"coalesce(sum({_OPEN}), 0), "
            "coalesce(sum(corpus IS NOT NULL AND reprint_of IS NOT NULL), 0) FROM articles"
        )
        found = self.db.execute(query).fetchone()
        return dict(zip(("done", "open", "reprints"), found, strict=True))

    # Parts

    def add_part(self, files: Sequence[File], keys: Sequence[str]) -> None:
        """Note the files of a part, and which articles have their rows in it."""
        (group,) = {file.group for file in files}
        self.db.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
            [(f.part, f.frame, f.group, f.size, f.mtime, f.sha256) for f in files],
        )
        self.db.executemany(
            f"UPDATE articles SET {group} = ? WHERE key = ?",
            [(files[0].part, key) for key in keys],
        )

    def drop_part(self, part: str, group: str) -> int:
        """Forget a part; its articles, of which the number is given, are to be done again."""
        self.db.execute("DELETE FROM files WHERE part = ?", (part,))
        return self.db.execute(
            f"UPDATE articles SET {group} = NULL WHERE {group} = ?", (part,)
        ).rowcount

    def drop_group(self, group: str) -> int:
        """Forget all parts of a group, and what failed; give the number of their articles."""
        self.db.execute("DELETE FROM files WHERE grouped = ?", (group,))
        self.forget_failures()
        return self.db.execute(
            f"UPDATE articles SET {group} = NULL WHERE {group} IS NOT NULL"
        ).rowcount

    def update_file(self, file: File) -> None:
        """Note that a file has another time, and the same content."""
        self.db.execute(
            "UPDATE files SET mtime = ? WHERE part = ? AND frame = ?",
            (file.mtime, file.part, file.frame),
        )

    def files(self) -> Iterator[File]:
        """Give all files; they may be updated while they are given."""
        query = "SELECT * FROM files WHERE (part, frame) > (?, ?) ORDER BY part, frame LIMIT 1000"
        last = ("", "")
        while rows := self.db.execute(query, last).fetchall():
            yield from (File(*row) for row in rows)
            last = rows[-1][:2]

    def files_in(self, frame: str) -> Iterator[File]:
        """Give the files of a frame, in order of their names."""
        rows = self.db.execute("SELECT * FROM files WHERE frame = ? ORDER BY part", (frame,))
        yield from (File(*row) for row in rows)

    def files_of(self, part: str) -> list[File]:
        """Give the files of a part, a frame each."""
        rows = self.db.execute("SELECT * FROM files WHERE part = ? ORDER BY frame", (part,))
        return [File(*row) for row in rows]

    def has_file(self, part: str, frame: str) -> bool:
        """Tell whether a file belongs to the dataset."""
        query = "SELECT 1 FROM files WHERE part = ? AND frame = ?"
        return self.db.execute(query, (part, frame)).fetchone() is not None

    # Passes

    def begin_pass(self) -> int:
        """Begin a pass over the input, and give its number."""
        met = int(self.fact("pass") or 0) + 1
        self.note("pass", str(met))
        return met

    def find_gone(self, sources: Sequence[str], met: int) -> int:
        """List, for `gone`, what is no longer in the sources of this pass; give the number.

        Reprints of what is gone are listed too: one of them is to take its place.
        """
        self.db.execute("DROP TABLE IF EXISTS temp.gone")
        self.db.execute("CREATE TEMP TABLE gone (key TEXT PRIMARY KEY, article_id TEXT)")
        for source in sources:
            self.db.execute("DELETE FROM unread WHERE source = ? AND met < ?", (source, met))
            self.db.execute(
                "INSERT INTO gone SELECT key, article_id FROM articles "
                "WHERE source = ? AND met < ?",
                (source, met),
            )
        (number,) = self.db.execute("SELECT count(*) FROM gone").fetchone()
        return int(number)

    def bereave(self) -> int:
        """Make the first reprint of each article that is gone an article; give their number."""
        orphans = self.db.execute(
            "SELECT a.key, a.article_id, a.reprint_of FROM articles a JOIN gone g "
            "ON a.reprint_of = g.article_id WHERE a.key NOT IN (SELECT key FROM gone) "
            "ORDER BY a.reprint_of, a.article_id"
        ).fetchall()
        heirs: dict[str, str] = {}
        for key, article_id, reprint_of in orphans:
            heir = heirs.setdefault(reprint_of, article_id)
            self.db.execute("INSERT INTO gone VALUES (?, ?)", (f"reprint {key}", article_id))
            self.db.execute(
                "UPDATE articles SET reprint_of = ? WHERE key = ?",
                (None if heir == article_id else heir, key),
            )
        return len(orphans)

    def gone(self, group: str) -> Iterator[tuple[str, set[str]]]:
        """Give the parts with rows of what is gone, and the article_ids of these."""
        parts = self.db.execute(
            f"SELECT DISTINCT a.{group} FROM gone g JOIN articles a ON a.article_id = "
            f"g.article_id WHERE a.{group} IS NOT NULL ORDER BY 1"
        ).fetchall()
        for (part,) in parts:
            ids = self.db.execute(
                "SELECT a.article_id FROM articles a JOIN gone g ON a.article_id = g.article_id "
                f"WHERE a.{group} = ?",
                (part,),
            )
            yield part, {article_id for (article_id,) in ids}

    def replace_part(self, part: str, group: str, files: Sequence[File]) -> None:
        """Note that a part is replaced by another with the rows of those that are not gone."""
        self.db.execute("DELETE FROM files WHERE part = ?", (part,))
        self.add_part(files, ())
        self.db.execute(
            f"UPDATE articles SET {group} = CASE WHEN article_id IN (SELECT article_id FROM gone) "
            f"THEN NULL ELSE ? END WHERE {group} = ?",
            (files[0].part, part),
        )

    def bury(self) -> None:
        """Forget what is gone."""
        self.db.execute("DELETE FROM articles WHERE key IN (SELECT key FROM gone)")
        self.db.execute("DROP TABLE temp.gone")
