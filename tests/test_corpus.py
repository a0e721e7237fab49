"""Loading a folder: texts untouched, faults in the datasheet named with their fix."""

import csv
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ruspak_nb import annotate, load_codebook, load_corpus
from ruspak_nb.codebook import FILES, codebook_folder
from ruspak_nb.corpus import COLUMNS, Corpus, CorpusError, seeds_folder

Write = Callable[..., Path]
ARTICLE = "Moscow sold four helicopters to Pakistan, and New Delhi was not amused."
# The same text again would be a reprint, and be left out.
SECOND = "Islamabad asked for a loan, and Beijing asked what for."
THIRD = "Kabul was told of the talks when they were over."
# A plain article is one paragraph, so it is one zone.
WHOLE = [(0, len(ARTICLE), "body")]
HEADING = ["file", "article_id", "boilerplate_spans"]
not_on_windows = pytest.mark.skipif(os.name == "nt", reason="no such file name on Windows")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files, given as text or bytes, to a folder of their own, byte for byte."""

    def write_files(files: dict[str, str | bytes], name: str = "articles") -> Path:
        folder = tmp_path / name
        for file, content in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        folder.mkdir(exist_ok=True)
        return folder

    return write_files


def link(path: Path, target: Path) -> None:
    """Make a symbolic link, or skip the test where the system allows none."""
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("no symbolic links here")


def ids(corpus: Corpus) -> list[str]:
    """List the article ids, in order."""
    return corpus.articles["article_id"].tolist()


def zones(corpus: Corpus) -> list[tuple[int, int, str]]:
    """List the zones as (start, end, zone)."""
    return list(corpus.zones[["start", "end", "zone"]].itertuples(index=False, name=None))


# The five articles


@pytest.mark.parametrize(
    ("file", "sha256"),
    [
        (
            "000_72ec2bfda5cc69a3.txt",
            "a49cbf6d3f3675a1f65eded8f91de9d6bf34f727b29b592b114f7a1eb38e19f0",
        ),
        (
            "001_35f395493aa518af.txt",
            "4f978a2fa6a5a0e917a1c76f3d35d989f5f4439b83427bf5339e5783d6e8354a",
        ),
        (
            "002_83e1abe56069c214.txt",
            "15b26e38661253a49e8c5a4d5eb997ca2effed15762c919119f371794570ffcf",
        ),
        (
            "003_6032db8118f64392.txt",
            "01656ef9434e77220f815d5d214dffcf4efb45d25fa2216b7b1c889d47d9c161",
        ),
        (
            "004_62c7e053670e6631.txt",
            "1be456ca41cf2a50038086c5021e3f8963aded2001b035f291bfc10bbc824a49",
        ),
    ],
    ids=["000", "001", "002", "003", "004"],
)
def test_the_five_articles_are_byte_for_byte(file: str, sha256: str) -> None:
    """Every offset of the project is counted in exactly these bytes."""
    assert hashlib.sha256((seeds_folder() / file).read_bytes()).hexdigest() == sha256
    articles = load_corpus().articles.set_index("file")
    assert articles.loc[file, "sha256"] == sha256


def test_the_five_come_in_order_of_publication() -> None:
    """Without a path the five articles are loaded, oldest first, each with its viewpoint."""
    articles = load_corpus().articles[["article_id", "published_earliest", "viewpoint"]]
    assert articles.to_numpy().tolist() == [
        ["asian-defence-2012", "2012-06-13", "India"],
        ["sharma-2016", "2016-05-25", "India"],
        ["jwt-2016", "2016-12-05", "Pakistan"],
        ["rana-2017", "2017-01-29", "Pakistan"],
        ["abbasi-2018", "2018-09-30", "Pakistan"],
    ]


def test_the_datasheet_has_all_columns_and_no_other() -> None:
    """The columns of documents.csv are those that a datasheet may have."""
    with (seeds_folder() / "documents.csv").open(encoding="utf-8", newline="") as file:
        assert sorted(csv.DictReader(file).fieldnames or []) == sorted(COLUMNS)


def test_the_datasheet_counts_are_right() -> None:
    """Characters and white-space words of documents.csv are those of the files."""
    corpus = load_corpus()
    with (seeds_folder() / "documents.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = corpus.texts[row["article_id"]]
            counted = (len(text), len(text.split()))
            assert counted == (int(row["chars_raw"]), int(row["words_raw"])), row["file"]


@pytest.mark.parametrize(
    ("article_id", "start", "end", "expected"),
    [
        ("jwt-2016", 2127, 2212, ["comment_form"]),
        ("sharma-2016", 0, 15, ["navigation"]),
        ("sharma-2016", 63, 307, ["teaser"]),
        ("sharma-2016", 2652, 2682, ["view_counter"]),
        ("rana-2017", 7138, 7211, ["bio"]),
        ("rana-2017", 7213, 7288, ["social"]),
        ("rana-2017", 7291, 7376, ["comment_form"]),
        ("asian-defence-2012", 3585, 3634, ["comment_form"]),
        ("abbasi-2018", 52, 183, ["other_post"]),
        ("abbasi-2018", 5947, 6172, ["byline", "bio"]),
    ],
)
def test_each_boilerplate_span_is_a_zone(
    article_id: str, start: int, end: int, expected: list[str]
) -> None:
    """A span of the datasheet is exactly the zones that its reason names."""
    found = load_corpus().zones.query("article_id == @article_id and start >= @start")
    found = found[found["end"] <= end]
    assert found["zone"].tolist() == expected
    assert (found["start"].min(), found["end"].max()) == (start, end)


def test_every_zone_is_a_slice_of_its_file() -> None:
    """Offsets are code points of the file as decoded, so `text[start:end]` is the text."""
    corpus = load_corpus()
    for zone in corpus.zones.itertuples():
        assert corpus.texts[zone.article_id][zone.start : zone.end] == zone.text


# Files as they come


def test_listed_file_that_is_missing(write: Write) -> None:
    """A row without its file is an error with row, name and fix."""
    folder = write({"a.txt": ARTICLE, "documents.csv": "file\na.txt\nb.txt\n"})
    with pytest.raises(CorpusError, match=r"row 3: file 'b\.txt' is not in .* delete the row"):
        load_corpus(folder)


def test_unlisted_files_are_one_warning(write: Write) -> None:
    """Files nobody listed are loaded with empty metadata, and named in a single warning."""
    datasheet = "file,author,publication_date\na.txt,Ann Lee,2016\n"
    folder = write({"a.txt": ARTICLE, "b.txt": SECOND, "c.txt": THIRD, "documents.csv": datasheet})
    with pytest.warns(UserWarning, match=r"2 file\(s\) not listed .*: b\.txt, c\.txt") as caught:
        corpus = load_corpus(folder)
    assert len(caught) == 1
    columns = ["article_id", "title", "author", "outlet", "published", "viewpoint"]
    assert corpus.articles[columns].to_numpy().tolist() == [
        ["lee-2016", "", "Ann Lee", "", "2016", ""],
        ["b", "", "", "", "", ""],
        ["c", "", "", "", "", ""],
    ]


def test_no_datasheet_is_no_warning(write: Write) -> None:
    """A folder of text files alone is a corpus."""
    assert ids(load_corpus(write({"b.txt": ARTICLE, "a.txt": SECOND}))) == ["a", "b"]


def test_not_utf8_names_file_and_byte(write: Write) -> None:
    """A file in another encoding is an error with its name, the byte and where it stands."""
    folder = write({"caf.txt": b"The caf\xe9 in Lahore."})
    fault = r"caf\.txt is not utf-8: byte 0xe9 at position 7; .* encoding='cp1252'"
    with pytest.raises(CorpusError, match=fault):
        load_corpus(folder)


def test_encoding_is_what_the_reader_says(write: Write) -> None:
    """With `encoding=` the same bytes are read as they were meant."""
    corpus = load_corpus(write({"caf.txt": b"The caf\xe9 in Lahore."}), encoding="cp1252")
    assert corpus.texts["caf"] == "The café in Lahore."


def test_unknown_encoding(write: Write) -> None:
    """An encoding that does not exist is an error, with some that do."""
    with pytest.raises(CorpusError, match="no encoding 'utf-88'; try 'utf-8', 'cp1252'"):
        load_corpus(write({"a.txt": ARTICLE}), encoding="utf-88")


@pytest.mark.parametrize(
    "content",
    ["", " \t\r\n", "\ufeff", "\ufeff \n", "\u00a0\n", "\u3000\u2003\n"],
    ids=["nothing", "white", "bom", "bom-white", "no-break-space", "wide-spaces"],
)
def test_empty_file_is_left_out(write: Write, content: str) -> None:
    """A file without text is left out and counted in a warning."""
    folder = write({"a.txt": ARTICLE, "b.txt": content})
    with pytest.warns(UserWarning, match=r"left out 1 empty file\(s\): b\.txt"):
        assert ids(load_corpus(folder)) == ["a"]


def test_empty_file_with_a_row_is_left_out_too(write: Write) -> None:
    """Metadata do not make an article of an empty file."""
    folder = write(
        {"a.txt": ARTICLE, "b.txt": "", "documents.csv": "file,article_id\na.txt,a\nb.txt,b\n"}
    )
    with pytest.warns(UserWarning, match="left out 1 empty"):
        assert ids(load_corpus(folder)) == ["a"]


def test_one_sentence_is_body(write: Write) -> None:
    """A file of one sentence has something to say: it is body, not a title."""
    corpus = load_corpus(write({"a.txt": "Moscow sold four helicopters.\n"}))
    assert zones(corpus) == [(0, 29, "body")]


def test_one_word_is_body(write: Write) -> None:
    """So is a file of a single word."""
    assert zones(load_corpus(write({"a.txt": "Druzhba"}))) == [(0, 7, "body")]


@pytest.mark.parametrize(
    "files",
    [{}, {"notes.md": ARTICLE}, {"documents.csv": "file\n"}],
    ids=["empty-folder", "other-files", "datasheet-only"],
)
def test_zero_articles(write: Write, files: dict[str, str]) -> None:
    """A folder without articles is an error that says what was looked for."""
    with pytest.raises(CorpusError, match=r"no article in .* at least one `\.txt` file"):
        load_corpus(write(files))


def test_only_empty_files_are_zero_articles(write: Write) -> None:
    """Where every file is empty, both are said: what was left out, and that nothing is left."""
    folder = write({"a.txt": "\n"})
    with (
        pytest.warns(UserWarning, match="left out 1 empty"),
        pytest.raises(CorpusError, match="no article in"),
    ):
        load_corpus(folder)


def test_one_article_goes_all_the_way(write: Write) -> None:
    """One article is a corpus: every frame of its annotation is there."""
    notes = annotate(load_corpus(write({"a.txt": ARTICLE})), cache=False)
    assert notes.sentences["sentence_id"].tolist() == ["a-s001"]
    assert notes.mentions["entity_id"].tolist() == ["russia", "pakistan", "india"]


def test_no_such_path(tmp_path: Path) -> None:
    """A path that does not exist is an error, not an empty corpus."""
    with pytest.raises(CorpusError, match="nowhere: no such folder or file"):
        load_corpus(tmp_path / "nowhere")


def test_line_ends_are_kept(write: Write) -> None:
    """Windows line ends stay in the text, so offsets are those of the file."""
    text = f"Four helicopters for Rawalpindi\r\n\r\n{ARTICLE}\r\n"
    corpus = load_corpus(write({"a.txt": text}))
    assert corpus.texts["a"] == text
    assert zones(corpus) == [(0, 31, "title"), (35, 35 + len(ARTICLE), "body")]


def test_byte_order_mark_is_counted(write: Write) -> None:
    """A byte order mark is one code point before the first zone, and belongs to none."""
    corpus = load_corpus(write({"a.txt": b"\xef\xbb\xbf" + ARTICLE.encode()}))
    assert zones(corpus) == [(1, 1 + len(ARTICLE), "body")]
    assert corpus.zones["text"].tolist() == [ARTICLE]


def test_datasheet_with_byte_order_mark(write: Write) -> None:
    """A datasheet saved by a spreadsheet, with mark and Windows line ends, is read."""
    datasheet = b"\xef\xbb\xbffile,author\r\na.txt,Ann Lee\r\n"
    corpus = load_corpus(write({"a.txt": ARTICLE, "documents.csv": datasheet}))
    assert corpus.articles["author"].tolist() == ["Ann Lee"]


@pytest.mark.parametrize(
    ("name", "article_id"),
    [
        ("two words.txt", "two-words"),
        ("O'Neill’s.txt", "oneills"),
        ("Détente in Ürümqi.TXT", "detente-in-urumqi"),
        ("🚁.txt", "article"),
        ("Россия.txt", "article"),
        pytest.param('say "no".txt', "say-no", marks=not_on_windows),
        pytest.param("<script>alert(1).txt", "script-alert-1", marks=not_on_windows),
    ],
    ids=["space", "apostrophe", "accents", "emoji", "cyrillic", "quotes", "script"],
)
def test_any_file_name(write: Write, name: str, article_id: str) -> None:
    """Any file name will do; the article's id is made of its plain letters."""
    corpus = load_corpus(write({name: ARTICLE}))
    assert corpus.articles[["article_id", "file"]].to_numpy().tolist() == [[article_id, name]]


@pytest.mark.parametrize("character", ["é", "क", "🚁", "\u2028", "\x0b", "\x85"])
def test_offsets_count_code_points(write: Write, character: str) -> None:
    """A character outside ASCII counts as one, whatever it takes in bytes."""
    corpus = load_corpus(write({"a.txt": f"Four {character} flew. {ARTICLE}"}))
    (last,) = corpus.zones.tail(1).itertuples()
    assert last.end == len("Four x flew. ") + len(ARTICLE)


FRAGMENTS = ["\n", "\r\n", "\ufeff", ARTICLE, "Leave a Reply", "By Ann Lee", "Endnotes", "<b>"]


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=12), max_size=12).map("".join)
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_zones_cover_any_text(text: str) -> None:
    """Whatever a file holds, its zones are slices in order that leave out white space only."""
    assume(text.replace("\ufeff", "").strip())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.txt").write_bytes(text.encode())
        corpus = load_corpus(folder)
    assert corpus.texts["a"] == text
    rest, last = "", 0
    for start, end, _ in zones(corpus):
        assert last <= start < end
        rest, last = rest + text[last:start], end
    assert (rest + text[last:]).replace("\ufeff", "").strip() == ""
    assert [text[start:end] for start, end, _ in zones(corpus)] == corpus.zones["text"].tolist()


# Several paths


def test_single_file(write: Write) -> None:
    """A file can be loaded alone, and its row of the datasheet comes with it."""
    datasheet = "file,author\na.txt,Ann Lee\nb.txt,Bo Rahman\n"
    folder = write({"a.txt": ARTICLE, "b.txt": ARTICLE, "documents.csv": datasheet})
    articles = load_corpus(folder / "b.txt").articles
    assert articles[["file", "author"]].to_numpy().tolist() == [["b.txt", "Bo Rahman"]]


def test_single_file_nobody_listed(write: Write) -> None:
    """A file loaded alone is warned about where the datasheet beside it leaves it out."""
    folder = write({"a.txt": ARTICLE, "b.txt": ARTICLE, "documents.csv": "file\na.txt\n"})
    with pytest.warns(UserWarning, match=r"1 file\(s\) not listed .*: b\.txt"):
        assert ids(load_corpus(folder / "b.txt")) == ["b"]


def test_several_paths(write: Write) -> None:
    """Folders and files can be mixed; the whole is in order of publication."""
    old = write(
        {"a.txt": ARTICLE, "documents.csv": "file,author,publication_date\na.txt,Ann Lee,2012\n"},
        "old",
    )
    new = write(
        {"b.txt": SECOND, "documents.csv": "file,outlet,publication_date\nb.txt,Dawn,2018\n"},
        "new",
    )
    assert ids(load_corpus([new / "b.txt", old])) == ["lee-2012", "dawn-2018"]


@pytest.mark.parametrize(
    ("listed", "paths"),
    [
        ("", [".", "a.txt"]),
        ("", ["a.txt", "a.txt"]),
        ("file,author\na.txt,Ann Lee\n./a.txt,Ann Lee\n", ["."]),
    ],
    ids=["folder-and-file", "file-twice", "listed-twice"],
)
def test_the_same_file_twice(write: Write, listed: str, paths: list[str]) -> None:
    """A file that is asked for twice would be counted twice, so it is an error."""
    files = {"a.txt": ARTICLE} | ({"documents.csv": listed} if listed else {})
    folder = write(files)
    with pytest.raises(CorpusError, match=r"a\.txt"):
        load_corpus([folder / path for path in paths])


# Ids


def test_two_files_with_one_article_id(write: Write) -> None:
    """An id given twice is an error that names both files."""
    datasheet = "file,article_id\na.txt,rana-2017\nb.txt,rana-2017\n"
    folder = write({"a.txt": ARTICLE, "b.txt": ARTICLE, "documents.csv": datasheet})
    fault = r"row 3 \(b\.txt\): article_id 'rana-2017' is already that of a\.txt"
    with pytest.raises(CorpusError, match=fault):
        load_corpus(folder)


def test_one_article_id_in_two_folders(write: Write) -> None:
    """The same holds across several paths."""
    files = {"a.txt": ARTICLE, "documents.csv": "file,article_id\na.txt,rana-2017\n"}
    with pytest.raises(CorpusError, match="article_id 'rana-2017' is already that of"):
        load_corpus([write(files, "one"), write(files, "two")])


def test_one_author_and_year_becomes_b_and_c(write: Write) -> None:
    """Ids that are derived are told apart as citations of one year are."""
    rows = "".join(f"{name}.txt,Sarfraz Rana,2017-0{n}\n" for n, name in enumerate("abc", 1))
    files = {"a.txt": ARTICLE, "b.txt": SECOND, "c.txt": THIRD}
    folder = write({**files, "documents.csv": f"file,author,publication_date\n{rows}"})
    assert ids(load_corpus(folder)) == ["rana-2017", "rana-2017b", "rana-2017c"]


def test_a_derived_id_makes_way_for_a_given_one(write: Write) -> None:
    """An id that the datasheet gives is never taken by one that is derived."""
    datasheet = "file,article_id,author,publication_date\na.txt,,Sarfraz Rana,2017\n"
    datasheet += "b.txt,rana-2017,,2018\n"
    folder = write({"a.txt": ARTICLE, "b.txt": SECOND, "documents.csv": datasheet})
    assert ids(load_corpus(folder)) == ["rana-2017b", "rana-2017"]


def test_outlet_and_year_where_there_is_no_author(write: Write) -> None:
    """An unsigned article is cited by the first words of its outlet."""
    datasheet = "file,outlet,publication_date\na.txt,Asian Defence News blog,2012-06\n"
    corpus = load_corpus(write({"a.txt": ARTICLE, "documents.csv": datasheet}))
    assert ids(corpus) == ["asian-defence-2012"]


def test_article_id_has_one_form(write: Write) -> None:
    """An id with capitals or spaces is an error that proposes a good one."""
    datasheet = "file,article_id\na.txt,Rana 2017\n"
    folder = write({"a.txt": ARTICLE, "documents.csv": datasheet})
    with pytest.raises(CorpusError, match=r"'Rana 2017' must be lower-case .*'rana-2017'"):
        load_corpus(folder)


# Files outside the folder


@pytest.mark.parametrize("name", ["../secret.txt", "sub/../../secret.txt"])
def test_listed_file_above_the_folder(write: Write, tmp_path: Path, name: str) -> None:
    """A row cannot reach above its folder."""
    (tmp_path / "secret.txt").write_text(ARTICLE, encoding="utf-8")
    folder = write({"sub/a.txt": ARTICLE, "documents.csv": f"file\n{name}\n"})
    with pytest.raises(CorpusError, match=r"row 2: file '.*secret\.txt' leaves the folder"):
        load_corpus(folder)


def test_listed_file_with_an_absolute_path(write: Write, tmp_path: Path) -> None:
    """A row cannot name a place on the disk."""
    secret = tmp_path / "secret.txt"
    secret.write_text(ARTICLE, encoding="utf-8")
    folder = write({"a.txt": ARTICLE, "documents.csv": f"file\n{secret}\n"})
    with pytest.raises(CorpusError, match=r"row 2: file .* leaves the folder"):
        load_corpus(folder)


def test_listed_link_out_of_the_folder(write: Write, tmp_path: Path) -> None:
    """A row cannot name a link that points elsewhere."""
    (tmp_path / "secret.txt").write_text(ARTICLE, encoding="utf-8")
    folder = write({"documents.csv": "file\nlink.txt\n"})
    link(folder / "link.txt", tmp_path / "secret.txt")
    with pytest.raises(CorpusError, match=r"row 2: file 'link\.txt' leaves the folder"):
        load_corpus(folder)


def test_unlisted_link_out_of_the_folder(write: Write, tmp_path: Path) -> None:
    """Nor is such a link followed where there is no datasheet."""
    (tmp_path / "secret.txt").write_text(ARTICLE, encoding="utf-8")
    folder = write({"a.txt": ARTICLE})
    link(folder / "link.txt", tmp_path / "secret.txt")
    with pytest.raises(CorpusError, match=r"link\.txt is a link out of the folder"):
        load_corpus(folder)


def test_link_within_the_folder(write: Write) -> None:
    """A listed link that stays inside is as good as the file."""
    folder = write({"texts/a.md": ARTICLE, "documents.csv": "file,article_id\na.txt,a\n"})
    link(folder / "a.txt", folder / "texts" / "a.md")
    assert ids(load_corpus(folder)) == ["a"]


@pytest.mark.parametrize("target", ["nothing.txt", "b.txt"], ids=["dangling", "circular"])
@pytest.mark.parametrize("datasheet", [None, "file\nb.txt\n"], ids=["unlisted", "listed"])
def test_broken_link(write: Write, target: str, datasheet: str | None) -> None:
    """A link that leads nowhere is an error with its name."""
    folder = write({"c.txt": ARTICLE} | ({"documents.csv": datasheet} if datasheet else {}))
    link(folder / "b.txt", folder / target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(CorpusError, match=r"b\.txt"):
            load_corpus(folder)


def test_folder_named_like_a_file(write: Write) -> None:
    """A folder whose name ends in .txt is no article."""
    assert ids(load_corpus(write({"a.txt": ARTICLE, "old.txt/b.md": ARTICLE}))) == ["a"]


# The datasheet


@pytest.mark.parametrize(
    ("datasheet", "fault"),
    [
        ("file,autor\na.txt,Ann Lee\n", "unknown column 'autor'; .*; did you mean 'author'?"),
        ("author\nAnn Lee\n", "column(s) missing: file"),
        ("", "column(s) missing: file"),
        (
            "file,title,title\na.txt,One,Two\n",
            "two columns are called 'title'; rename or delete one",
        ),
        ("file,author\na.txt,Lee, Ann\n", "row 2: more cells than columns; .* double quotes"),
        ("file,author\n,Ann Lee\n", "row 2: `file` is empty"),
        ("file\na.txt\na.txt\n", "row 3: 'a.txt' is listed already in row 2"),
        ("file\na\0.txt\n", "row 2: file 'a"),
        ("file,publication_date\na.txt,May 2016\n", "row 2 (a.txt): 'May 2016' is not an EDTF"),
        ("file,publication_date\na.txt,2016-02-30\n", "'2016-02-30' is not an EDTF date; write"),
        ("file,date_earliest\na.txt,unknown\n", "'unknown' is not an EDTF date; write 2016"),
        (
            "file,date_earliest,date_latest\na.txt,2017,2016\n",
            "row 2 (a.txt): published_earliest 2017-01-01 is after published_latest 2016-12-31",
        ),
        ("file,publication_date\na.txt,2017/2016\n", "2017-01-01 is after .* 2016-12-31"),
        (
            b"file,author\na.txt,Andr\xe9\n",
            "documents.csv is not UTF-8: byte 0xe9 at position 22; save it as",
        ),
    ],
    ids=[
        "unknown-column",
        "no-file-column",
        "empty-datasheet",
        "column-twice",
        "unquoted-comma",
        "no-file-name",
        "file-twice",
        "nul-in-name",
        "date-in-words",
        "no-such-day",
        "bound-in-words",
        "earliest-after-latest",
        "interval-backwards",
        "not-utf8",
    ],
)
def test_fault_in_the_datasheet(write: Write, datasheet: str | bytes, fault: str) -> None:
    """Each fault is an error that names the file, the row and what to write instead."""
    folder = write({"a.txt": ARTICLE, "documents.csv": datasheet})
    pattern = ".*".join(map(re.escape, fault.split(".*")))
    with pytest.raises(CorpusError, match=pattern) as error:
        load_corpus(folder)
    assert "documents.csv" in str(error.value)


@pytest.mark.parametrize(
    ("spans", "fault"),
    [
        ("[{", "is not a JSON list"),
        ("null", "is not a JSON list"),
        ("{}", "is not a JSON list"),
        ('[{"start": 0, "end": 6}]', "is not a JSON list of objects with .* a `reason` or `zone`"),
        ('[{"start": 0, "end": 6, "reason": null}]', "is not a JSON list"),
        ('[{"start": 0, "end": 6, "reason": 7}]', "is not a JSON list"),
        ('[{"start": 0, "end": 5.7, "reason": "bio"}]', "is not a JSON list"),
        ('[{"start": 0, "end": Infinity, "reason": "bio"}]', "is not a JSON list"),
        ('[{"start": 0, "end": 72, "reason": "bio"}]', "0-72 overlaps .* or leaves the text of 71"),
        ('[{"start": -1, "end": 6, "reason": "bio"}]', "-1-6 overlaps"),
        ('[{"start": 6, "end": 6, "reason": "bio"}]', "6-6 overlaps"),
        (
            '[{"start": 0, "end": 6, "reason": "bio"}, {"start": 5, "end": 9, "reason": "bio"}]',
            "5-9 overlaps the one before it",
        ),
        ('[{"start": 0, "end": 6, "reason": "advert"}]', "'advert' names no zone; allowed: bio"),
        ('[{"start": 0, "end": 6, "zone": "boddy"}]', "'boddy' names no zone; .* mean 'body'?"),
    ],
    ids=[
        "not-json",
        "null",
        "object",
        "no-reason",
        "null-reason",
        "number-as-reason",
        "half-a-character",
        "endless",
        "past-the-end",
        "before-the-start",
        "nothing",
        "overlap",
        "no-zone-named",
        "unknown-zone",
    ],
)
def test_fault_in_boilerplate_spans(tmp_path: Path, write: Write, spans: str, fault: str) -> None:
    """A span that cannot be meant is an error with file, row, span and what is allowed."""
    folder = write({"a.txt": ARTICLE})
    with (folder / "documents.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADING, ["a.txt", "a", spans]])
    pattern = r"documents\.csv, row 2 \(a\.txt\): .*"
    pattern += ".*".join(map(re.escape, fault.split(".*")))
    with pytest.raises(CorpusError, match=pattern):
        load_corpus(folder)


def test_spans_win_over_the_rules(write: Write) -> None:
    """What the datasheet calls boilerplate is, however much it reads like an article."""
    text = f"{ARTICLE}\n\n{ARTICLE}\n"
    spans = f'[{{""start"": 0, ""end"": {len(ARTICLE)}, ""reason"": ""other post""}}]'
    datasheet = f'file,article_id,boilerplate_spans\na.txt,a,"{spans}"\n'
    corpus = load_corpus(write({"a.txt": text, "documents.csv": datasheet}))
    assert zones(corpus) == [(0, 71, "other_post"), (73, 144, "body")]


def test_a_span_may_name_its_zone(write: Write) -> None:
    """Instead of a reason in words, a span may carry the zone itself."""
    spans = '[{""start"": 0, ""end"": 71, ""zone"": ""body""}]'
    text = f"{ARTICLE}\n\nLeave a Reply\n"
    datasheet = f'file,article_id,boilerplate_spans\na.txt,a,"{spans}"\n'
    corpus = load_corpus(write({"a.txt": text, "documents.csv": datasheet}))
    assert zones(corpus) == [*WHOLE, (73, 86, "comment_form")]


@pytest.mark.parametrize(
    ("published", "earliest", "latest"),
    [
        ("2017-01-29", "2017-01-29", "2017-01-29"),
        ("2016-12", "2016-12-01", "2016-12-31"),
        ("2016-12-05/..", "2016-12-05", ""),
        ("", "", ""),
    ],
)
def test_bounds_of_a_publication_date(
    write: Write, published: str, earliest: str, latest: str
) -> None:
    """A partial date stays partial; its first and last day stand beside it."""
    datasheet = f"file,publication_date\na.txt,{published}\n"
    articles = load_corpus(write({"a.txt": ARTICLE, "documents.csv": datasheet})).articles
    columns = ["published", "published_earliest", "published_latest"]
    assert articles[columns].to_numpy().tolist() == [[published, earliest, latest]]


def test_undated_articles_come_last(write: Write) -> None:
    """An article without a date stands after all that have one."""
    datasheet = "file,publication_date\na.txt,\nb.txt,2018\n"
    folder = write({"a.txt": ARTICLE, "b.txt": SECOND, "documents.csv": datasheet})
    assert load_corpus(folder).articles["file"].tolist() == ["b.txt", "a.txt"]


# Text is text


def test_html_in_an_article_stays_text(write: Write) -> None:
    """Markup is neither removed nor read: it is part of the sentence it stands in."""
    text = "<script>alert('Su-35')</script> Moscow sold <b>four</b> helicopters &amp; more."
    corpus = load_corpus(write({"a.txt": text}))
    assert corpus.texts["a"] == text
    assert corpus.zones["text"].tolist() == [text]


def test_repr_html_escapes_the_datasheet(write: Write) -> None:
    """A hostile author or outlet is shown as written, and cannot run."""
    bad = "<script>alert(1)</script>"
    datasheet = f"file,author,outlet\na.txt,{bad},<img src=x onerror=alert(1)>\n"
    shown = load_corpus(write({"a.txt": ARTICLE, "documents.csv": datasheet}))._repr_html_()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script" not in shown
    assert "<img" not in shown


@not_on_windows
def test_repr_html_escapes_the_file_name(write: Write) -> None:
    """So is a hostile file name, in the corpus and in its annotations."""
    corpus = load_corpus(write({"<img src=x onerror=alert(1)>.txt": ARTICLE}))
    shown = corpus._repr_html_() + annotate(corpus, cache=False)._repr_html_()
    assert "<img" not in shown


# Many articles

LOAD = "from ruspak_nb import load_corpus; load_corpus()"


def test_progress_bar_on_a_terminal() -> None:
    """Loading shows how far it is where somebody is looking."""
    termios = pytest.importorskip("termios", reason="no terminal to be had")
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    os.set_blocking(ours, False)
    env = {k: v for k, v in os.environ.items() if k != "TQDM_DISABLE"}
    subprocess.run([sys.executable, "-c", LOAD], stderr=theirs, env=env, check=True)
    assert b"reading" in os.read(ours, 4096)
    os.close(theirs)
    os.close(ours)


def test_no_progress_bar_in_a_log() -> None:
    """Nothing is written where the output goes to a file."""
    env = {k: v for k, v in os.environ.items() if k != "TQDM_DISABLE"}
    done = subprocess.run([sys.executable, "-c", LOAD], env=env, check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_two_thousand_articles_in_flat_memory(tmp_path: Path) -> None:
    """An article costs its text and its rows: what spaCy made of it is let go.

    Measured with the first row of each table; with all Docs kept, growth is three times as high.
    """
    codebook = tmp_path / "codebook"
    codebook.mkdir()
    for name in FILES:
        text = (codebook_folder() / name).read_text(encoding="utf-8")
        if name.endswith(".csv"):
            # Offices are of people who are not in the first row of the entities.
            text = "".join(text.splitlines(keepends=True)[: 1 if name == "roles.csv" else 2])
        elif name == "themes.toml":
            text = "[[theme]]".join(text.split("[[theme]]")[:2])
        (codebook / name).write_text(text, encoding="utf-8", newline="")
    rules = load_codebook(codebook)

    def annotate_many(n: int) -> None:
        folder = tmp_path / str(n)
        folder.mkdir()
        for i in range(n):
            (folder / f"{i}.txt").write_text(f"Kabul sold {i} helicopters.", encoding="utf-8")
        notes = annotate(load_corpus(folder), codebook=rules, cache=False)
        assert len(notes.sentences) == len(notes.mentions) == n

    def peak(n: int) -> int:
        tracemalloc.start()
        try:
            annotate_many(n)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    annotate_many(1)  # what is imported once is no article's
    growth = (peak(2000) - peak(200)) / 1800
    assert growth < 5_000  # bytes an article


def test_files_of_the_file_system_are_no_articles(write: Write) -> None:
    """What macOS leaves beside each file on other disks is passed over."""
    folder = write({"a.txt": ARTICLE, "._a.txt": b"\x00\x05\x16\x07"})
    assert len(load_corpus(folder)) == 1


def test_utf16_is_recognised(write: Write) -> None:
    """The error names the encoding that the file seems to have."""
    folder = write({"a.txt": ARTICLE.encode("utf-16")})
    with pytest.raises(CorpusError, match=r"encoding='utf-16'"):
        load_corpus(folder)


def test_a_datasheet_with_semicolons_is_recognised(write: Write) -> None:
    """A spreadsheet's other kind of CSV is told apart from an unknown column."""
    folder = write({"a.txt": ARTICLE, "documents.csv": "file;title\na.txt;One\n"})
    with pytest.raises(CorpusError, match="semicolons; save it with commas"):
        load_corpus(folder)


def test_a_zone_can_be_read_as_body():
    """What would change if the teaser counted can be asked; the corpus itself stays as it is."""
    corpus = load_corpus()
    wider = corpus.with_body("teaser")
    assert (wider.zones["zone"] == "body").sum() == (corpus.zones["zone"] == "body").sum() + 1
    assert "teaser" in set(corpus.zones["zone"])
    with pytest.raises(ValueError, match="did you mean 'teaser'"):
        corpus.with_body("tease")
