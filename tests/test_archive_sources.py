"""Reading articles of every kind one by one, with what is wrong with one said of that one."""

import csv
import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb import load_corpus
from ruspak_nb.archive import sources
from ruspak_nb.archive.sources import Article, Unreadable, count_articles, read_articles
from ruspak_nb.corpus import CorpusError, seeds_folder

ROWS = [
    {"text": 'Moscow sold arms,\r\n"quietly".\n', "author": "Ann Lee", "published": "2016-05"},
    {"text": "New Delhi was not amused.", "author": "", "published": ""},
]


def write_folder(path: Path, rows: list[dict[str, str]]) -> Path:
    path.mkdir()
    for name, content in files(rows).items():
        (path / name).write_bytes(content)
    return path


def write_zip(path: Path, rows: list[dict[str, str]]) -> Path:
    path = path.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files(rows).items():
            archive.writestr(f"articles/{name}", content)
        archive.writestr("__MACOSX/articles/._0.txt", b"\x00\x05")
    return path


def files(rows: list[dict[str, str]]) -> dict[str, bytes]:
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(["file", "author", "publication_date"])
    writer.writerows([f"{n}.txt", row["author"], row["published"]] for n, row in enumerate(rows))
    texts = {f"{n}.txt": row["text"].encode() for n, row in enumerate(rows)}
    return texts | {"documents.csv": sheet.getvalue().encode()}


def write_jsonl(path: Path, rows: list[dict[str, str]]) -> Path:
    path = path.with_suffix(".jsonl")
    path.write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    return path


def write_gz(path: Path, rows: list[dict[str, str]]) -> Path:
    plain = write_jsonl(path, rows)
    packed = path.with_suffix(".jsonl.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    return packed


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    path = path.with_suffix(".csv")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, rows: list[dict[str, str]]) -> Path:
    path = path.with_suffix(".parquet")
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


WRITERS = [write_folder, write_zip, write_jsonl, write_gz, write_csv, write_parquet]
TABLES = [write_jsonl, write_csv, write_parquet]
Writer = Callable[[Path, list[dict[str, str]]], Path]


def faults(*paths: Path, **options: str) -> list[tuple[str, str]]:
    """List what could not be read, as (file, reason)."""
    found = read_articles(paths, **options)
    return [(item.file, item.reason) for item in found if isinstance(item, Unreadable)]


def texts(*paths: Path, **options: str) -> list[str]:
    """List the texts that could be read."""
    found = read_articles(paths, **options)
    return [item.text for item in found if isinstance(item, Article)]


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_every_kind_gives_the_same_articles(tmp_path: Path, write: Writer) -> None:
    """Text to the last character and metadata, under either name, and so the same key."""
    found = list(read_articles([write(tmp_path / "a", ROWS)]))
    assert [item.text for item in found] == [row["text"] for row in ROWS]
    known = [{k: v for k, v in item.meta.items() if v} for item in found]
    assert known == [{"author": "Ann Lee", "publication_date": "2016-05"}, {}]
    direct = read_articles([write_jsonl(tmp_path / "b", ROWS)])
    assert [item.key for item in found] == [item.key for item in direct]


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_articles_can_be_counted_beforehand(tmp_path: Path, write: Writer) -> None:
    """The bar that shows the time left asks for it."""
    assert count_articles([write(tmp_path / "a", ROWS)]) == 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=5))
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_any_text_survives(given_texts: list[str]) -> None:
    """Quotes, line ends, separators: what goes into a table comes out of it."""
    rows = [{"text": text, "note": "x"} for text in [*given_texts, "end"]]
    with tempfile.TemporaryDirectory() as folder:
        for write in TABLES:
            assert texts(write(Path(folder) / "a", rows)) == [row["text"] for row in rows]


def test_a_folder_comes_as_load_corpus_reads_it() -> None:
    """The five articles have the metadata and hashes that a corpus has."""
    articles = load_corpus().articles.set_index("file")
    for item in read_articles([seeds_folder()]):
        assert isinstance(item, Article)
        assert articles.loc[item.file, "sha256"] == item.sha256
        assert articles.loc[item.file, "article_id"] == item.meta["article_id"]


def test_one_text_file_has_its_row(tmp_path: Path) -> None:
    """A file that is named alone brings its row of the datasheet."""
    folder = write_folder(tmp_path / "a", ROWS)
    (item,) = read_articles([folder / "0.txt"])
    assert isinstance(item, Article)
    assert item.meta["author"] == "Ann Lee"
    assert item.source.endswith("0.txt")


def test_a_folder_of_tables(tmp_path: Path) -> None:
    """An archive in many files is read in order of their names."""
    folder = tmp_path / "news"
    folder.mkdir()
    write_jsonl(folder / "2017", ROWS[1:])
    write_csv(folder / "2016", ROWS[:1])
    (folder / "README.md").write_text("about")
    assert texts(folder) == [row["text"] for row in ROWS]


def test_a_file_nobody_listed_is_counted(tmp_path: Path) -> None:
    """Files that the datasheet leaves out are read, and counted in one warning."""
    folder = write_folder(tmp_path / "a", ROWS)
    (folder / "more.txt").write_text("Kabul was told.")
    with pytest.warns(UserWarning, match=r"1 file\(s\) not listed"):
        assert len(texts(folder)) == 3


def test_columns_nobody_reads_are_named(tmp_path: Path) -> None:
    """An archive has columns of its own: said once."""
    path = write_jsonl(tmp_path / "a", [{**row, "section": "World"} for row in ROWS])
    with pytest.warns(UserWarning, match=r"a\.jsonl: column\(s\) not read: section") as caught:
        assert len(texts(path)) == 2
    assert len(caught) == 1


def test_cells_that_are_no_text(tmp_path: Path) -> None:
    """Years, days and lists of authors are written as a datasheet has them."""
    row = {"text": "x", "published": 2016, "author": ["Ann Lee", "Bo Rahman"], "genre": None}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    pq.write_table(
        pa.table({"text": ["x"], "published": [date(2016, 5, 6)]}), tmp_path / "b.parquet"
    )
    first, second = (item.meta for item in read_articles([tmp_path]))
    assert first == {"publication_date": "2016", "author": "Ann Lee, Bo Rahman"}
    assert second == {"publication_date": "2016-05-06"}


# One bad article does not stop the others


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{nonsense", "is no JSON: "),
        (b'["text"]', "is no JSON object with a `text`"),
        (b'{"title": "x"}', "has no `text`"),
        (b'{"text": 5}', "has no `text`"),
        (b'{"text": "\xe9"}', "is not utf-8: byte 0xe9 at position 10"),
        (b'{"text": "a\\ud800b"}', "`text` is damaged at character 1"),
        (b'{"text": "x", "title": {"a": 1}}', "`title` is dict, not text"),
        (b'{"text": "x", "article_id": "No Such"}', "article_id 'No Such' must be lower-case"),
        (b"[" * 100_000, "is no JSON"),
    ],
    ids=["syntax", "list", "no-text", "number", "bytes", "surrogate", "dict", "name", "deep"],
)
def test_a_bad_line_is_one_bad_line(tmp_path: Path, line: bytes, reason: str) -> None:
    """It is named by its number, with what is wrong; the next line is read."""
    (tmp_path / "a.jsonl").write_bytes(line + b'\n\n{"text": "Moscow."}\n')
    ((file, said),) = faults(tmp_path / "a.jsonl")
    assert file == "a.jsonl:1"
    assert said.startswith(reason)
    assert texts(tmp_path / "a.jsonl") == ["Moscow."]


def test_a_bad_row_is_one_bad_row(tmp_path: Path) -> None:
    """Bytes of another encoding or too many cells spoil their own row of a CSV file."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'text\ncaf\xe9\n"a",b\n"long %s"\n' % (b"x" * 200_000))
    assert [file for file, _ in faults(path)] == ["a.csv:1", "a.csv:2"]
    assert [len(text) for text in texts(path)] == [200_005]


def test_a_bad_member_is_one_bad_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too large, damaged or not there: the others of a zip file are read."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", "0" * 5000)
        archive.writestr("good.txt", "Moscow.")
        archive.writestr("cut.txt", "New Delhi.", zipfile.ZIP_STORED)
        archive.writestr("documents.csv", "file\nbomb.txt\ncut.txt\ngood.txt\ngone.txt\n")
    path.write_bytes(path.read_bytes().replace(b"New Delhi.", b"New Dolhi."))
    monkeypatch.setattr(sources, "MOST_BYTES", 1000)
    assert texts(path) == ["Moscow."]
    said = dict(faults(path))
    assert list(said) == ["bomb.txt", "cut.txt", "gone.txt"]
    assert "too many for an article" in said["bomb.txt"]
    assert "cannot be unpacked" in said["cut.txt"]
    assert "not there" in said["gone.txt"]


def test_a_bad_file_is_one_bad_file(tmp_path: Path) -> None:
    """A folder is read to its end, whatever one file is."""
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "bytes.txt").write_bytes(b"caf\xe9")
    (folder / "good.txt").write_text("Moscow.")
    (folder / "documents.csv").write_text("file\nbytes.txt\ngood.txt\ngone.txt\n../out.txt\n")
    (tmp_path / "out.txt").write_text("secret")
    said = dict(faults(folder))
    assert said["bytes.txt"] == "is not utf-8: byte 0xe9 at position 3"
    assert "not there" in said["gone.txt"]
    assert "leaves the folder" in said["../out.txt"]
    assert texts(folder) == ["Moscow."]
    assert texts(folder, encoding="cp1252") == ["café", "Moscow."]


# What ends a run before it begins


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("gone.jsonl", None, "no such folder or file"),
        ("a.pdf", b"", r"a\.pdf: articles are read from folders and from \.txt, \.zip"),
        ("a.csv", b"title\nx\n", "a.csv has no column `text`; it has title"),
        ("a.zip", b"no zip", "cannot be read as a zip file"),
        ("a.parquet", b"no parquet", "cannot be read as Parquet"),
    ],
    ids=["gone", "kind", "no-text", "zip", "parquet"],
)
def test_an_input_that_is_none(
    tmp_path: Path, name: str, content: bytes | None, fault: str
) -> None:
    """The error says what was wrong with which file."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CorpusError, match=fault):
        list(read_articles([path]))


@pytest.mark.parametrize(
    ("sheet", "fault"),
    [
        ("file,autor\n", "unknown column 'autor'.*did you mean 'author'"),
        ("author\n", "column missing: file"),
        ("file\na.txt\na.txt\n", "'a.txt' is listed twice"),
        ('file,author\na.txt,"x\n', "row "),
    ],
    ids=["column", "no-file", "twice", "quotes"],
)
def test_a_datasheet_that_is_none(tmp_path: Path, sheet: str, fault: str) -> None:
    """A datasheet is mended before days of work are begun on it."""
    (tmp_path / "a.txt").write_text("Moscow.")
    (tmp_path / "documents.csv").write_text(sheet)
    with pytest.raises(CorpusError, match=fault):
        list(read_articles([tmp_path]))


def test_an_empty_folder(tmp_path: Path) -> None:
    """There is nothing to read, which is said."""
    with pytest.raises(CorpusError, match=r"no article in .* must be `\.txt` files"):
        list(read_articles([tmp_path]))


def test_an_unknown_encoding(tmp_path: Path) -> None:
    """An encoding that does not exist is an error, with some that do."""
    with pytest.raises(CorpusError, match="no encoding 'utf-88'"):
        list(read_articles([tmp_path], encoding="utf-88"))
