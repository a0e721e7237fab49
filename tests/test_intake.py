"""Adding files to a corpus: what becomes of each is said, and what is there is never changed."""

import csv
import io
import os
import stat
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("trafilatura")

from ruspak_nb import intake, load_corpus
from ruspak_nb.cli import main
from ruspak_nb.corpus import ADDED_COLUMNS, COLUMNS, CorpusError, seeds_folder
from ruspak_nb.intake import add_articles, describe_added

# No two alike: what says the same is a reprint, and counted once.
TOPICS = ("arms", "pipelines", "drills", "Kabul", "corridors", "wheat", "visas", "trade", "ports")
LONG = "x" * 220 + ".html"
ODD_NAMES = ("two words.html", "it's “so”.html", "🚁.html", "<script>alert(1).html", LONG)
RUSSIAN = "Москва и Исламабад подписали соглашение о поставке вертолётов, сообщает газета. " * 6
posix = pytest.mark.skipif(os.name == "nt", reason="no such file name on Windows")


def article(topic: str) -> str:
    """Write a short article of its own."""
    return (
        f"The talks on {topic} went on for days, said an envoy who lives by {topic} and knew of no "
        f"end; his colleagues, who had not slept either, said so too, and named {topic}.\n\n"
        f"Nobody in the capital had asked for {topic}; everybody had an opinion on {topic} though, "
        f"and those who knew least about {topic} were the loudest. So {topic} it will be.\n"
    )


def page(topic: str, *, head: str = "") -> str:
    """Write a page with such an article."""
    paragraphs = "".join(f"<p>{text}</p>" for text in article(topic).split("\n\n"))
    return (
        f"<html><head>{head}</head><body><h1>About {topic} alone</h1>"
        f"<p class='date'>29 January 2017</p>{paragraphs}</body></html>"
    )


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files to a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def sheet(corpus: Path) -> list[dict[str, str]]:
    """Read the datasheet as it stands in its file."""
    with (corpus / "seeds" / "documents.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def snapshot(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def by_name(added: pd.DataFrame) -> pd.DataFrame:
    """Give what became of files by their names."""
    names = [Path(path).name for path in added["path"]]
    return added.assign(name=names).set_index("name")


def make_archive() -> bytes:
    """Write a zip file with good files, and with every kind that is not unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/zipped.txt", article("ports"))
        archive.writestr("../outside.txt", article("visas"))
        archive.writestr("/absolute.txt", article("visas"))
        archive.writestr("C:\\drive.txt", article("visas"))
        archive.writestr("again.zip", b"PK")
        archive.writestr("__MACOSX/._zipped.txt", b"\0")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
    return out.getvalue()


@pytest.fixture(scope="module")
def mess(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """Add a folder as people have it: some articles, and everything that goes wrong."""
    base = tmp_path_factory.mktemp("mess")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", b"\0" * 20_000_000)
    folder = fill(
        base / "mess",
        {
            "a good page.html": page("arms"),
            "a good page_files/advert.html": page("wheat"),
            "archive.zip": make_archive(),
            "bomb.zip": bomb.getvalue(),
            "broken.zip": b"PK\x03\x04 and then nothing",
            "broken.pdf": b"%PDF-1.4 and then nothing",
            "empty.txt": "",
            "picture.jpg": b"\xff\xd8\xff",
            "russian.txt": RUSSIAN,
            "plain.txt": article("Kabul"),
            "Plain.TXT" if os.name == "posix" else "plain2.txt": article("corridors"),
            "=cmd.txt": f"=HYPERLINK(0) of wheat\n\n{article('wheat')}",
            "cp1252.txt": article("drills").replace("days", "days…").encode("cp1252"),
            ".DS_Store": b"\0",
        },
    )
    if os.name == "posix":
        (folder / "loop").symlink_to(folder, target_is_directory=True)
        (folder / "nowhere.txt").symlink_to(folder / "no such file")
        fill(folder, {"sub/" + name: page(f"“{n}” things") for n, name in enumerate(ODD_NAMES)})
    corpus = base / "corpus"
    return corpus, add_articles([folder, base / "absent.html"], corpus)


def test_one_bad_file_stops_no_other(mess: tuple[Path, pd.DataFrame]) -> None:
    """Every file has a row that says what became of it."""
    _, added = mess
    assert added.columns.tolist() == ["path", "status", "file", "title", "reason"]
    assert set(added["status"]) <= set(intake.STATUSES)
    rows = by_name(added)
    assert rows.loc["a good page.html", ["status", "file", "title", "reason"]].tolist() == [
        "taken",
        "a-good-page.txt",
        "About arms alone",
        "",
    ]
    assert rows.loc["zipped.txt", "status"] == "taken"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent.html", "no such file or folder"),
        ("empty.txt", "it is empty"),
        ("picture.jpg", ".jpg is not read"),
        ("broken.pdf", "it is damaged"),
        ("broken.zip", "the archive is damaged"),
        ("bomb.zip", "the archive explodes: 'bomb.txt' unpacks to more than 200 times its size"),
        ("outside.txt", "its name leads out of the archive; nothing was unpacked"),
        ("absolute.txt", "its name leads out of the archive; nothing was unpacked"),
        ("C:\\drive.txt", "its name leads out of the archive; nothing was unpacked"),
        ("link.txt", "it is a link; nothing was unpacked"),
        ("again.zip", "a zip file within a zip file is not opened; unpack it first"),
        pytest.param("loop", "it is a link to a folder; name that", marks=posix),
        pytest.param("nowhere.txt", "no such file or folder", marks=posix),
    ],
)
def test_what_is_refused_says_why(mess: tuple[Path, pd.DataFrame], name: str, reason: str) -> None:
    """Each refusal is a row with its reason, and no text."""
    row = by_name(mess[1]).loc[name]
    assert (row["status"], row["file"]) == ("refused", "")
    assert reason in row["reason"]


def test_nothing_is_written_outside(mess: tuple[Path, pd.DataFrame]) -> None:
    """An archive writes nothing; only the corpus has files that were not there."""
    corpus, _ = mess
    assert {path.name for path in corpus.parent.iterdir()} == {"mess", "corpus"}
    assert {path.name for path in corpus.iterdir()} == {"seeds", "originals"}


def test_the_corpus_loads_without_a_warning(mess: tuple[Path, pd.DataFrame]) -> None:
    """What was taken is a corpus, with ids that stay because they are written down."""
    corpus, added = mess
    loaded = load_corpus(corpus / "seeds", reprints="keep")
    taken = added.loc[added["status"] == "taken", "file"]
    assert sorted(loaded.articles["file"]) == sorted(taken)
    written = {row["file"]: row["article_id"] for row in sheet(corpus)}
    assert dict(loaded.articles[["file", "article_id"]].to_numpy()) == written


def test_each_original_is_kept(mess: tuple[Path, pd.DataFrame]) -> None:
    """The file as it came stands in `originals`, byte for byte, and the row says which."""
    corpus, _ = mess
    for row in sheet(corpus):
        assert (corpus / row["original"]).is_file()
    (row,) = [row for row in sheet(corpus) if row["file"] == "a-good-page.txt"]
    kept = (corpus / row["original"]).read_bytes()
    assert row["original"] == "originals/a good page.html"
    assert kept == page("arms").encode()


def test_the_row_says_how_each_field_was_found(mess: tuple[Path, pd.DataFrame]) -> None:
    """What was found has its place in the note, and what was not is named."""
    (row,) = [row for row in sheet(mess[0]) if row["file"] == "a-good-page.txt"]
    assert row["publication_date"] == row["date_earliest"] == row["date_latest"] == "2017-01-29"
    assert row["date_basis"] == "explicit"
    assert row["date_evidence"] == "date on the page: 29 January 2017"
    assert row["language"] == "en"
    assert row["note"] == (
        "title: heading of the page; language: py3langid; not found: author, outlet, url"
    )


def test_no_date_is_an_empty_cell(mess: tuple[Path, pd.DataFrame]) -> None:
    """A file has times of its own; none of them is a date of publication."""
    (row,) = [row for row in sheet(mess[0]) if row["file"] == "zipped.txt"]
    assert [row[name] for name in ("publication_date", "date_earliest", "date_latest")] == [""] * 3
    assert row["date_evidence"] == "no date was found"


def test_another_language_is_kept_apart(mess: tuple[Path, pd.DataFrame]) -> None:
    """It is no part of the corpus unless its folder is named too."""
    corpus, added = mess
    row = by_name(added).loc["russian.txt"]
    assert (row["status"], row["file"]) == ("other_language", "other-languages/russian.txt")
    assert row["reason"].startswith("its language is 'ru', not en")
    both = load_corpus([corpus / "seeds", corpus / "seeds" / "other-languages"], reprints="keep")
    assert len(both) == len(load_corpus(corpus / "seeds", reprints="keep")) + 1


def test_an_encoding_is_said_loudly(mess: tuple[Path, pd.DataFrame]) -> None:
    """In the table and in the datasheet."""
    corpus, added = mess
    assert "not UTF-8 (byte" in by_name(added).loc["cp1252.txt", "reason"]
    (row,) = [row for row in sheet(corpus) if row["file"] == "cp1252.txt"]
    assert "read as cp1252" in row["note"]
    assert "days…" in (corpus / "seeds" / "cp1252.txt").read_text("utf-8")


def test_a_title_is_no_formula(mess: tuple[Path, pd.DataFrame]) -> None:
    """A spreadsheet does not run a cell that begins with a space, and loading strips it."""
    corpus, _ = mess
    (row,) = [row for row in sheet(corpus) if row["file"] == "cmd.txt"]
    assert row["title"] == " =HYPERLINK(0) of wheat"
    titles = load_corpus(corpus / "seeds", reprints="keep").articles["title"].tolist()
    assert "=HYPERLINK(0) of wheat" in titles


@posix
def test_any_file_name(mess: tuple[Path, pd.DataFrame]) -> None:
    """Spaces, quotes, emoji, tags and length: the text has a plain name, and the file is kept."""
    corpus, added = mess
    rows = by_name(added)
    files = [rows.loc[name, "file"] for name in ODD_NAMES]
    assert files[:4] == ["two-words.txt", "it-s-so.txt", "article.txt", "script-alert-1.txt"]
    assert files[4] == f"{'x' * 80}.txt"
    kept = {path.name for path in (corpus / "originals").iterdir()}
    assert {"two words.html", "it's “so”.html", "🚁.html", "_script_alert(1).html"} <= kept


@posix
def test_names_that_differ_only_in_case(mess: tuple[Path, pd.DataFrame]) -> None:
    """They are told apart by their content, so that every system can hold both."""
    corpus, added = mess
    rows = by_name(added)
    names = {rows.loc["plain.txt", "file"], rows.loc["Plain.TXT", "file"]}
    assert len({name.casefold() for name in names}) == 2
    for folder in (corpus / "seeds", corpus / "originals"):
        there = [path.name.casefold() for path in folder.iterdir()]
        assert len(there) == len(set(there))


def test_adding_again_changes_nothing(mess: tuple[Path, pd.DataFrame]) -> None:
    """Every file is known, and not a byte of the corpus is another."""
    corpus, added = mess
    before = snapshot(corpus)
    again = add_articles(corpus.parent / "mess", corpus)
    first = by_name(added[added["status"].isin(["taken", "other_language"])])
    assert by_name(again).loc[first.index, "status"].unique().tolist() == ["known"]
    assert by_name(again).loc[first.index, "file"].tolist() == first["file"].tolist()
    assert snapshot(corpus) == before


def test_the_lines_for_a_terminal(mess: tuple[Path, pd.DataFrame]) -> None:
    """A line for each file, and the counts; no name gives a terminal orders."""
    frame = pd.DataFrame(
        [("a\x1b[2J.txt", "taken", "a.txt", "", ""), ("b.txt", "refused", "", "", "it is empty")],
        columns=["path", "status", "file", "title", "reason"],
    )
    assert describe_added(frame) == (
        "taken    a\\x1b[2J.txt -> a.txt\n"
        "refused  b.txt: it is empty\n"
        "2 file(s): 1 taken, 1 refused\n"
    )
    assert len(describe_added(mess[1]).splitlines()) == len(mess[1]) + 1


# What people edited


def test_what_a_person_edited_stays(tmp_path: Path) -> None:
    """Rows, cells, columns and texts that were changed by hand are as they were left."""
    files = fill(tmp_path / "files", {"a.html": page("arms"), "b.html": page("visas")})
    add_articles(files / "a.html", tmp_path / "corpus")
    path = tmp_path / "corpus" / "seeds" / "documents.csv"
    edited = path.read_text("utf-8").replace("About arms alone", "About, arms; “corrected”")
    edited = edited.replace("\n", "\r\n").replace("About, arms; “corrected”", '"About, arms"')
    path.write_bytes(b"\xef\xbb\xbf" + edited.encode())
    (tmp_path / "corpus" / "seeds" / "a.txt").write_text("Cut by hand, and dated.\n", "utf-8")
    assert add_articles(files / "a.html", tmp_path / "corpus")["status"].tolist() == ["known"]
    assert add_articles(files / "b.html", tmp_path / "corpus")["status"].tolist() == ["taken"]
    assert path.read_bytes().decode("utf-8-sig").startswith(edited)
    assert (tmp_path / "corpus" / "seeds" / "a.txt").read_text("utf-8").startswith("Cut by hand")
    articles = load_corpus(tmp_path / "corpus" / "seeds").articles
    assert sorted(articles["title"]) == ["About visas alone", "About, arms"]


def test_a_datasheet_made_by_hand_gets_the_columns(tmp_path: Path) -> None:
    """Its rows keep their cells and their order; texts that stand there keep their names."""
    corpus = fill(
        tmp_path / "corpus",
        {
            "seeds/a.txt": article("arms"),
            "seeds/documents.csv": 'author,file\n"Lee, Ann",a.txt\n',
        },
    )
    fill(tmp_path, {"a.txt": article("visas")})
    (row,) = add_articles(tmp_path / "a.txt", corpus).itertuples()
    assert row.status == "taken"
    assert row.file != "a.txt"
    first, second = sheet(corpus)
    assert list(first)[:2] == ["author", "file"]
    assert set(first) == {*COLUMNS, *ADDED_COLUMNS}
    assert (first["author"], first["file"], first["title"]) == ("Lee, Ann", "a.txt", "")
    assert second["file"] == row.file
    assert (corpus / "seeds" / "a.txt").read_text("utf-8") == article("arms")


def test_a_datasheet_with_a_fault_is_left_alone(tmp_path: Path) -> None:
    """Nothing is added to what cannot be read."""
    corpus = fill(tmp_path, {"seeds/documents.csv": "file,autor\n", "a.txt": article("arms")})
    before = snapshot(corpus)
    with pytest.raises(CorpusError, match="did you mean 'author'"):
        add_articles(tmp_path / "a.txt", corpus)
    assert snapshot(corpus) == before


# The same text


def test_the_same_text_in_another_file(tmp_path: Path) -> None:
    """A page saved twice is known; the same text elsewhere is a reprint, and said to be."""
    site = '<meta property="og:site_name" content="The Hill">'
    files = fill(
        tmp_path / "files",
        {
            "a.html": page("arms"),
            "b.html": page("arms") + "<!-- saved again -->",
            "c.html": page("arms", head=site),
        },
    )
    added = add_articles(files, tmp_path / "corpus")
    assert added["status"].tolist() == ["taken", "known", "taken"]
    assert added["reason"].tolist() == [
        "",
        "its text was added before, from another file",
        "same text as a.txt",
    ]
    corpus = load_corpus(tmp_path / "corpus" / "seeds")
    assert (len(corpus), len(corpus.reprints)) == (1, 1)


# Where and what


def test_the_five_articles_are_no_place_to_add_to(tmp_path: Path) -> None:
    """They stay as they are."""
    fill(tmp_path, {"a.txt": article("arms")})
    with pytest.raises(CorpusError, match="five articles of this project, which stay as they are"):
        add_articles(tmp_path / "a.txt", seeds_folder().parent)


def test_a_folder_of_texts_is_added_to_where_they_are(tmp_path: Path) -> None:
    """A folder that is no project keeps its texts together."""
    corpus = fill(
        tmp_path / "texts", {"old.txt": article("arms"), "documents.csv": "file\nold.txt\n"}
    )
    fill(tmp_path, {"new.txt": article("visas")})
    add_articles(tmp_path / "new.txt", corpus)
    assert load_corpus(corpus).articles["file"].tolist() == ["new.txt", "old.txt"]


def test_a_module_in_the_current_folder_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder from anywhere may hold a file with the name of a library; it is only a file."""
    fill(tmp_path, {"a.html": page("arms"), "lxml.py": "open('ran', 'w')"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [place for place in sys.path if place])
    assert add_articles("a.html", "corpus")["status"].tolist() == ["taken"]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("packed", [False, True])
def test_what_was_saved_beside_a_page_is_of_it(tmp_path: Path, packed: bool) -> None:
    """In a folder as in a zip file; another folder that has the name of a page is not."""
    files = {
        "arms.html": page("arms"),
        "arms_files/advert.html": page("wheat"),
        "arms/kabul.txt": article("Kabul"),
    }
    place = fill(tmp_path / "saved", files)
    if packed:
        place = tmp_path / "saved.zip"
        with zipfile.ZipFile(place, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    added = add_articles(place, tmp_path / "corpus")
    assert sorted(added["file"]) == ["arms.txt", "kabul.txt"]


def test_other_languages_can_be_asked_for(tmp_path: Path) -> None:
    """What is asked for is part of the corpus; what was kept apart before stays there."""
    fill(tmp_path, {"a.txt": RUSSIAN})
    added = add_articles(tmp_path / "a.txt", tmp_path / "corpus", languages=["en", "ru"])
    assert added[["status", "file"]].to_numpy().tolist() == [["taken", "a.txt"]]
    add_articles(tmp_path / "a.txt", tmp_path / "other")
    (row,) = add_articles(tmp_path / "a.txt", tmp_path / "other", languages=["ru"]).itertuples()
    assert (row.status, row.file) == ("known", "other-languages/a.txt")
    assert row.reason.endswith("when its language was not asked for; load other-languages too")
    with pytest.raises(ValueError, match="language 'russian' is no code"):
        add_articles(tmp_path / "a.txt", tmp_path / "corpus", languages=["russian"])


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words are the reason."""
    fill(tmp_path, {"a.txt": article("arms")})

    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)
    (row,) = add_articles(tmp_path / "a.txt", tmp_path / "corpus").itertuples()
    assert (row.status, row.reason) == ("refused", "it cannot be read: Permission denied")


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error says how to install it."""
    monkeypatch.setattr(intake.adding, "find_spec", lambda name: None if name == "mammoth" else 1)
    with pytest.raises(ImportError, match=r"needs mammoth: pip install 'ruspak-nb\[add\]'"):
        add_articles(tmp_path, tmp_path)


# The command


@pytest.mark.parametrize(
    ("files", "code"),
    [(["a.txt"], 0), (["a.txt", "b.jpg"], 3), (["b.jpg"], 1), (["nothing.txt"], 1)],
    ids=["all", "some", "none", "absent"],
)
def test_the_exit_code_tells_scripts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: list[str], code: int
) -> None:
    """0 all were taken, 1 none could be, 3 some were refused."""
    fill(tmp_path, {"a.txt": article("arms"), "b.jpg": "x"})
    paths = [str(tmp_path / file) for file in files]
    assert main(["add", *paths, "--corpus", str(tmp_path / "corpus")]) == code
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].startswith(f"{len(files)} file(s): ")
    assert err == ""


def test_a_bad_call_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A language that is none ends the command with one line."""
    assert main(["add", str(tmp_path), "--language", "klingon"]) == 1
    assert "ruspak: error: language 'klingon' is no code of two letters" in capsys.readouterr().err


def test_a_corpus_is_not_added_to_itself(tmp_path: Path) -> None:
    """The folder that holds it, its README and its texts are no articles to be added."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "README.md").write_text("# Mine\n\nWhat I ask of them.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds the corpus itself"):
        add_articles(tmp_path, tmp_path)
    assert list((tmp_path / "seeds").iterdir()) == []
