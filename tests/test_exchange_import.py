"""Codings from other programs come back as a second coding, or are refused by name."""

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
import pytest

from ruspak_nb.agreement import LAYERS, score_agreement
from ruspak_nb.annotation import Annotations, annotate
from ruspak_nb.cli import main
from ruspak_nb.codebook import load_themes
from ruspak_nb.corpus import load_corpus
from ruspak_nb.exchange import archive as archives
from ruspak_nb.exchange import export_annotations, import_codings, save_codings
from ruspak_nb.exchange.vocabulary import CodeNames, ExchangeError
from ruspak_nb.reference import load_gold

ARMS = "Russia will sell arms to Pakistan."
INDIA = "India \U0001f600 objected in New Delhi."
TEXT = f"{ARMS} {INDIA}\r\nPakistan met Russia.\r\n"
OTHER = "Moscow denied it in 2016.\n"
A = "11111111-1111-1111-1111-11111111111"
USERS = (("ada", f"{A}1"), ("Bela", f"{A}2"))


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate two short articles, in one of which lines end as on Windows."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "arms.txt").write_text(TEXT, "utf-8", newline="")
    (folder / "other.txt").write_text(OTHER, "utf-8", newline="")
    return annotate(load_corpus(folder), cache=False, model=None)


class Project:
    """A project as other programs write it: random ids, any nesting, any source."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.sources: list[str] = []
        self.files: dict[str, bytes] = {}
        self.notes: list[str] = []
        self.users = USERS[:1]
        self.prolog = ""
        self.n = 0

    def guid(self) -> str:
        self.n += 1
        return f"{{ABCDEF00-0000-4000-8000-{self.n:012}}}"

    def code(self, *names: str) -> str:
        """Add a code within others and give its id."""
        guids = [self.guid() for _ in names]
        opened = "".join(
            f'<Code guid="{guid}" name={quoteattr(name)} isCodable="true">'
            for guid, name in zip(guids, names, strict=True)
        )
        self.codes.append(opened + "</Code>" * len(names))
        return guids[-1]

    def source(self, name: str, text: str | bytes, *spans: str, inline: bool = False) -> None:
        """Add a source with its selections."""
        raw = text if isinstance(text, bytes) else text.encode("utf-8")
        inside, path = "", ""
        if inline:
            inside = f"<PlainTextContent>{escape(raw.decode('utf-8'))}</PlainTextContent>"
        else:
            file = f"{self.guid().strip('{}')}.txt"
            self.files[f"Sources/{file}"] = raw
            path = f' plainTextPath="internal://{file.lower()}"'
        self.sources.append(
            f'<TextSource guid="{self.guid()}" name={quoteattr(name)}{path}>{inside}'
            f"{''.join(spans)}</TextSource>"
        )

    def span(self, start: object, end: object, *codes: str, user: int = 0, about: str = "") -> str:
        """Make a selection with codings of a user."""
        codings = "".join(
            f'<Coding guid="{self.guid()}" creatingUser="{USERS[user][1]}">'
            f'<CodeRef targetGUID="{code}"/></Coding>'
            for code in codes
        )
        about = f"<Description>{escape(about)}</Description>" if about else ""
        return (
            f'<PlainTextSelection guid="{self.guid()}" startPosition="{start}" '
            f'endPosition="{end}">{about}{codings}</PlainTextSelection>'
        )

    def xml(self) -> str:
        users = "".join(f'<User guid="{guid}" name="{name}"/>' for name, guid in self.users)
        return (
            f'<?xml version="1.0" encoding="utf-8"?>{self.prolog}'
            '<Project name="p" xmlns="urn:QDA-XML:project:1.0">'
            f"<Users>{users}</Users><CodeBook><Codes>{''.join(self.codes)}</Codes></CodeBook>"
            f"<Sources>{''.join(self.sources)}</Sources></Project>"
        )

    def save(self, folder: Path) -> Path:
        return pack(folder / "p.qdpx", {"project.qde": self.xml().encode("utf-8"), **self.files})


def pack(path: Path, files: dict[str, bytes]) -> Path:
    """Zip files under any name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def coded(frame: pd.DataFrame, *columns: str) -> list[list[object]]:
    """List rows by article, start, end and some columns."""
    return frame[["article_id", "start", "end", *columns]].to_numpy().tolist()


# What codes are called


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        (["themes/arms_sales"], ("themes", {"theme": "arms_sales"})),
        (["themes", "themes/arms_sales"], ("themes", {"theme": "arms_sales"})),
        (["Arms sales"], ("themes", {"theme": "arms_sales"})),
        (["Themes", "Arms Sales"], ("themes", {"theme": "arms_sales"})),
        (["Theme", "arms-sales"], ("themes", {"theme": "arms_sales"})),
        (["My coding", "Themes", "India's reaction"], ("themes", {"theme": "india_reaction"})),
        (["My coding", "arms_sales"], ("themes", {"theme": "arms_sales"})),
        (["mentions/GPE"], ("mentions", {"label": "GPE", "entity_id": ""})),
        (["mentions", "gpe", "russia"], ("mentions", {"label": "GPE", "entity_id": "russia"})),
        (["mentions/ORG/a/b"], ("mentions", {"label": "ORG", "entity_id": "a/b"})),
        (["dates", "relative"], ("dates", {"basis": "relative"})),
        (["Quotes", "Direct"], ("quotes", {"kind": "direct"})),
        (["zones/comment form"], ("zones", {"zone": "comment_form"})),
        (["sentences"], ("sentences", {})),
        (
            ["events", "Verbal cooperation", "Consult"],
            ("events", {"plover": "CONSULT", "quad_class": "verbal_cooperation"}),
        ),
        (["events/AID"], ("events", {"plover": "AID", "quad_class": "material_cooperation"})),
        (["events/neutral"], ("events", {"plover": "", "quad_class": "neutral"})),
        (["events", "neutral", "AID"], None),
        (["themes"], None),
        (["themes", "title"], None),
        (["themes/unheard of"], None),
        (["Anger"], None),
        ([""], None),
    ],
    ids=lambda value: ">".join(value) if isinstance(value, list) else "",
)
def test_codes_are_read_by_name(path: list[str], meaning: object) -> None:
    """With or without their parents, however case and spaces are written."""
    assert CodeNames(load_themes()).read(path) == meaning


# Projects of other programs


def test_a_foreign_project_is_read(notes: Annotations, tmp_path: Path) -> None:
    """Nested codes, ids in braces, a text that stands inside, remarks on a selection."""
    project = Project()
    arms, event = project.code("Themes", "Arms sales"), project.code("events/CONSULT")
    place = TEXT.index("met")
    about = "I am not sure\nsource_country: PAK\nmodality: happened\nedtf: 2016"
    spans = [
        project.span(0, len(ARMS), arms),
        project.span(place, place + 3, event, about=about),
    ]
    project.source("arms.txt", TEXT, *spans)
    ((coder, coding),) = import_codings(project.save(tmp_path), notes).items()
    assert coder == "ada"
    assert coded(coding["themes"], "theme", "sentence_id") == [
        ["arms", 0, len(ARMS), "arms_sales", "arms-s001"]
    ]
    row = coding["events"].iloc[0]
    assert (row["text"], row["sentence_id"], row["quad_class"]) == (
        "met",
        "arms-s003",
        "verbal_cooperation",
    )
    assert (row["source_country"], row["modality"]) == ("PAK", "happened")
    assert (row["earliest"], row["latest"]) == ("2016-01-01", "2016-12-31")


def test_users_are_taken_apart(notes: Annotations, tmp_path: Path) -> None:
    """Each is a coding of their own, and two of one name stay two."""
    project = Project()
    project.users = USERS
    arms = project.code("Arms sales")
    spans = [project.span(0, 6, arms), project.span(0, len(ARMS), arms, user=1)]
    project.source("arms", TEXT, *spans)
    codings = import_codings(project.save(tmp_path), notes)
    assert {name: coding["themes"]["end"].tolist() for name, coding in codings.items()} == {
        "ada": [6],
        "Bela": [len(ARMS)],
    }
    folders = {path.parent.name for path in save_codings(codings, tmp_path / "coded")}
    assert folders == {"ada", "bela"}
    project.users = (("ada", USERS[0][1]), ("ada", USERS[1][1]))
    codings = import_codings(project.save(tmp_path), notes)
    assert list(codings) == [f"ada {guid}" for _, guid in USERS]


def test_a_theme_is_that_of_every_sentence_it_covers(notes: Annotations, tmp_path: Path) -> None:
    """A coder marks a paragraph; agreement counts sentences."""
    project = Project()
    project.source("arms", TEXT, project.span(3, len(TEXT), project.code("diplomacy")))
    (coding,) = import_codings(project.save(tmp_path), notes).values()
    ends = notes.sentences[notes.sentences["article_id"] == "arms"]
    assert coding["themes"]["sentence_id"].tolist() == ends["sentence_id"].tolist()
    assert coding["themes"]["start"].tolist() == [3, *ends["start"].tolist()[1:]]
    for row in coding["themes"].itertuples(index=False):
        assert TEXT[row.start : row.end] == row.text


@pytest.mark.parametrize(
    ("rewrite", "inline"),
    [
        (lambda text: text.replace("\r\n", "\n"), False),
        (lambda text: text.replace("\r\n", "\r"), False),
        (lambda text: text.replace("\r\n", "\n"), True),
        (lambda text: text, True),
        (lambda text: "\ufeff" + text, False),
    ],
    ids=["LF", "CR", "LF inside", "CRLF inside", "byte order mark"],
)
@pytest.mark.filterwarnings("ignore:source 'arms' has other line ends")
def test_line_ends_move_no_coding(
    notes: Annotations, tmp_path: Path, rewrite: object, inline: bool
) -> None:
    """Positions count in the text that the project holds; XML itself turns CRLF into LF."""
    theirs = rewrite(TEXT)  # type: ignore[operator]
    counted = (theirs.replace("\r\n", "\n") if inline else theirs).removeprefix("\ufeff")
    start = counted.index("Russia", 20)
    project = Project()
    gpe = project.code("mentions", "GPE")
    project.source("arms", theirs, project.span(start, start + 6, gpe), inline=inline)
    (coding,) = import_codings(project.save(tmp_path), notes).values()
    at = TEXT.index("Russia", 20)
    assert coded(coding["mentions"], "text", "label") == [["arms", at, at + 6, "Russia", "GPE"]]


def test_a_source_is_known_by_its_content_first(notes: Annotations, tmp_path: Path) -> None:
    """Whatever it is called: here by the name of another article."""
    project = Project()
    project.source("other", TEXT, project.span(0, 6, project.code("Arms sales")))
    (coding,) = import_codings(project.save(tmp_path), notes).values()
    assert coding["themes"]["article_id"].tolist() == ["arms"]


def test_of_reprints_the_name_decides(tmp_path: Path) -> None:
    """Two articles with one text are told apart by what the source is called."""
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(OTHER, "utf-8")
    notes = annotate(load_corpus(tmp_path, reprints="keep"), cache=False, model=None)
    project = Project()
    project.source("two", OTHER, project.span(0, 6, project.code("diplomacy")))
    (coding,) = import_codings(project.save(tmp_path), notes).values()
    assert coding["themes"]["article_id"].tolist() == ["two"]


def test_another_text_is_refused(notes: Annotations, tmp_path: Path) -> None:
    """By name, with the first place where the two part."""
    project = Project()
    changed = TEXT.replace("objected", "agreed")
    project.source("arms", changed, project.span(0, 6, project.code("Arms sales")))
    place = TEXT.index("objected")
    with pytest.raises(ExchangeError, match=rf"source 'arms' is not the text.*position {place},"):
        import_codings(project.save(tmp_path), notes)


def test_what_cannot_be_placed_is_counted(notes: Annotations, tmp_path: Path) -> None:
    """Unknown codes by name, sources that are no article, what lies between sentences."""
    project = Project()
    arms, anger = project.code("Arms sales"), project.code("Feelings", "Anger")
    spans = [
        project.span(0, 6, arms, anger),
        project.span(7, 9, anger),
        project.span(TEXT.index("\r\n"), TEXT.index("\r\n") + 2, arms),
    ]
    project.source("arms", TEXT, *spans)
    project.source("notes of mine", "Not an article.", project.span(0, 3, arms))
    project.sources.append(
        f'<PDFSource guid="{project.guid()}"><PlainTextSelection>{project.span(0, 1, arms)}'
        "</PlainTextSelection></PDFSource>"
    )
    with pytest.warns() as caught:
        (coding,) = import_codings(project.save(tmp_path), notes).values()
    said = [str(warning.message) for warning in caught]
    assert len(coding["themes"]) == 1
    assert [w.partition("; ")[0] for w in said] == [
        "left out 1 coding(s) in 'notes of mine', which is no article of this corpus",
        "left out 1 coding(s) in a PDFSource",
        "left out 2 coding(s) of 1 code(s) that name no layer or theme: 'Feelings > Anger' (2)",
        "left out 1 coding(s) that lie in no sentence of the body: themes 1",
    ]


def test_an_import_is_scored_against_the_gold(seeds: Annotations, tmp_path: Path) -> None:
    """The gold, taken out and in again, agrees with itself in every layer."""
    gold = load_gold()
    layers = {name: frame for name, frame in gold.items() if name != "zones"}
    corpus = seeds.corpus.__class__(seeds.corpus.articles, gold["zones"], seeds.corpus.texts)
    export_annotations(Annotations(corpus, **layers), tmp_path / "gold.qdpx", format="qdpx")
    (coding,) = import_codings(tmp_path / "gold.qdpx", seeds).values()
    scores = score_agreement(gold, coding, LAYERS)
    assert set(scores["layer"]) == set(LAYERS)
    assert (scores["f1"] == 1).all()


# One row a coding


def test_a_table_of_codings_is_read(notes: Annotations, tmp_path: Path) -> None:
    """Document, place and code; who coded, and remarks, where there are any."""
    file = tmp_path / "coded.csv"
    start = TEXT.index("India")
    file.write_text(
        "article_id,start,end,text,code,coder,note\n"
        f"arms.txt,{start},{start + 5},India,mentions/GPE/india,ada,\n"
        f'arms,{start},{start + 5},,Arms sales,Bela,"rule_id: x"\n',
        "utf-8",
    )
    codings = import_codings(file, notes, format="csv")
    assert list(codings) == ["Bela", "ada"]
    columns = ("text", "entity_id", "name", "metonym", "sentence_id")
    assert coded(codings["ada"]["mentions"], *columns) == [
        ["arms", start, start + 5, "India", "india", "India", False, "arms-s002"]
    ]
    assert codings["Bela"]["themes"]["rule_id"].tolist() == ["x"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("nobody,0,6,,Arms sales", "row 2: no article 'nobody'; allowed: arms, other"),
        ("arms,6,0,,Arms sales", "row 2: the span 6-0 is empty, ends before it starts"),
        ("arms,0,9999,,Arms sales", "row 2: the span 0-9999 .* leaves the text of 'arms'"),
        ("arms,0,six,,Arms sales", "row 2: start '0' and end 'six' are no whole numbers"),
        ("arms,0,6,Rossia,Arms sales", "row 2: 'arms' is not the text .* position 1 'ossia'"),
    ],
)
def test_a_wrong_row_is_named(notes: Annotations, tmp_path: Path, row: str, message: str) -> None:
    """With file, row and value."""
    file = tmp_path / "coded.csv"
    file.write_text(f"article_id,start,end,text,code\n{row}\n", "utf-8")
    with pytest.raises(ExchangeError, match=rf"coded\.csv, {message}"):
        import_codings(file, notes, format="csv")


def test_a_folder_of_layers_is_checked(notes: Annotations, tmp_path: Path) -> None:
    """A missing column, no layer at all, a date that is none."""
    with pytest.raises(ExchangeError, match="holds no file of a layer"):
        import_codings(tmp_path, notes, format="csv")
    (tmp_path / "dates.csv").write_text("article_id,start,end\n", "utf-8")
    with pytest.raises(ExchangeError, match=r"dates\.csv: column\(s\) missing: basis"):
        import_codings(tmp_path, notes, format="csv")
    (tmp_path / "dates.csv").write_text(
        "article_id,start,end,basis,edtf\nother,20,24,explicit,in May\n", "utf-8"
    )
    with pytest.raises(ExchangeError, match=r"dates other:20-24: .*'in May'"):
        import_codings(tmp_path, notes, format="csv")


# Bad input


def zipped(tmp_path: Path, **files: bytes) -> Path:
    return pack(tmp_path / "p.qdpx", files)


def test_no_zip_is_said_to_be_none(notes: Annotations, tmp_path: Path) -> None:
    """And a damaged one, in the same words."""
    file = tmp_path / "p.qdpx"
    for data in (b"", b"not a zip", b"PK\x03\x04" + b"\0" * 40):
        file.write_bytes(data)
        with pytest.raises(ExchangeError, match=r"p\.qdpx is not a zip file, or it is damaged"):
            import_codings(file, notes)
    project = Project()
    project.source("arms", TEXT, project.span(0, 6, project.code("Arms sales")))
    data = bytearray(project.save(tmp_path).read_bytes())
    data[60:90] = b"\xff" * 30
    file.write_bytes(data)
    with pytest.raises(ExchangeError, match="is not a zip file, or it is damaged"):
        import_codings(file, notes)


def test_a_zip_bomb_is_not_unpacked(notes: Annotations, tmp_path: Path) -> None:
    """What it says it unpacks to is read before it is."""
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            with archive.open(f"sources/{number}.txt", "w") as member:
                for _ in range(64):
                    member.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    with pytest.raises(ExchangeError, match=r"unpacks to 335,544,320 bytes of text; at most 268"):
        import_codings(path, notes)


@pytest.mark.parametrize("name", ["../a.txt", "sources/../../a.txt", "/etc/a.txt", "..\\a.txt"])
def test_a_name_that_leads_out_is_refused(notes: Annotations, tmp_path: Path, name: str) -> None:
    """Nothing is unpacked to the disk, and such a file is not trusted with anything else."""
    path = pack(tmp_path / "p.qdpx", {"project.qde": b"", name: b""})
    with pytest.raises(ExchangeError, match="a file outside itself; it is not read"):
        import_codings(path, notes)


def test_a_project_without_its_xml_is_refused(notes: Annotations, tmp_path: Path) -> None:
    """Such as a zip of anything else."""
    path = pack(tmp_path / "p.qdpx", {"codes.qde": b"<a/>"})
    with pytest.raises(ExchangeError, match=r"p\.qdpx holds no project\.qde"):
        import_codings(path, notes)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE Project [<!ENTITY x "y">]>',
        '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Project SYSTEM "http://example.org/a.dtd">',
    ],
    ids=["entity", "file", "address"],
)
def test_entities_are_refused(notes: Annotations, tmp_path: Path, prolog: str) -> None:
    """A document type can read files or grow without end, so none may be declared."""
    project = Project()
    project.prolog = prolog
    with pytest.raises(ExchangeError, match=r"project\.qde declares a document type"):
        import_codings(project.save(tmp_path), notes)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<Project", r"project\.qde is not well-formed XML"),
        (b"", r"project\.qde is not well-formed XML"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', r"project\.qde is not well-formed XML"),
        (b"<Project/>", r"no REFI-QDA project: its root is 'Project'"),
    ],
)
def test_xml_that_is_none_is_refused(
    notes: Annotations, tmp_path: Path, data: bytes, message: str
) -> None:
    """Or of another kind."""
    with pytest.raises(ExchangeError, match=message):
        import_codings(pack(tmp_path / "p.qdpx", {"project.qde": data}), notes)


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (0, len(TEXT) + 1, rf"the selection 0-{len(TEXT) + 1} is empty, ends .* leaves the text"),
        (6, 2, "the selection 6-2 is empty, ends before"),
        (6, 6, "the selection 6-6 is empty"),
        (-1, 2, "the selection -1-2 is empty"),
        ("one", 2, "startPosition 'one' is no whole number"),
        (0, "", "endPosition '' is no whole number"),
        (0, "9" * 5000, "endPosition '999.*' is no whole number"),
    ],
)
def test_a_selection_outside_its_text_is_refused(
    notes: Annotations, tmp_path: Path, start: object, end: object, message: str
) -> None:
    """With the source's name and both positions."""
    project = Project()
    project.source("arms", TEXT, project.span(start, end, project.code("Arms sales")))
    with pytest.raises(ExchangeError, match=f"source 'arms': {message}"):
        import_codings(project.save(tmp_path), notes)


def test_a_text_that_is_not_there_is_named(notes: Annotations, tmp_path: Path) -> None:
    """Outside the project, missing in it, or not in UTF-8."""
    project = Project()
    span = project.span(0, 6, project.code("Arms sales"))
    for path, message in (
        ("relative:///arms.txt", r"has its text at 'relative:///arms\.txt', outside the project"),
        ("internal://../../arms.txt", "outside the project"),
        ("internal://arms.txt", r"the project does not hold its text 'arms\.txt'"),
    ):
        project.sources = [
            f'<TextSource guid="{A}3" name="arms" plainTextPath="{path}">{span}</TextSource>'
        ]
        with pytest.raises(ExchangeError, match=f"source 'arms'.*{message}"):
            import_codings(project.save(tmp_path), notes)
    project.sources = []
    project.source("arms", "caf\u00e9".encode("latin-1"), span)
    with pytest.raises(ExchangeError, match="source 'arms' is not UTF-8: byte 0xe9 at position 3"):
        import_codings(project.save(tmp_path), notes)


def test_codes_nested_without_end_are_read(notes: Annotations, tmp_path: Path) -> None:
    """Depth is no reason to fail."""
    project = Project()
    arms = project.code(*(["a"] * 3000), "Arms sales")
    project.source("arms", TEXT, project.span(0, 6, arms))
    (coding,) = import_codings(project.save(tmp_path), notes).values()
    assert coding["themes"]["theme"].tolist() == ["arms_sales"]


@pytest.mark.filterwarnings("ignore:left out")
def test_nothing_coded_is_an_error(notes: Annotations, tmp_path: Path) -> None:
    """An empty coding would look like disagreement."""
    project = Project()
    project.source("arms", TEXT, project.span(0, 6, project.code("Anger")))
    with pytest.raises(ExchangeError, match="holds no coding that could be read"):
        import_codings(project.save(tmp_path), notes)


def test_an_unknown_format_is_named(notes: Annotations, tmp_path: Path) -> None:
    """With what is allowed."""
    with pytest.raises(ValueError, match="unknown format 'atlproj'; allowed: csv, qdpx"):
        import_codings(tmp_path, notes, format="atlproj")


def test_the_command_says_what_is_wrong_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, and an exit code."""
    (tmp_path / "a.txt").write_text(OTHER, "utf-8")
    (tmp_path / "a.qdpx").write_bytes(b"?")
    arguments = ["import", str(tmp_path / "a.qdpx"), "--out", str(tmp_path / "out")]
    assert main([*arguments, "--corpus", str(tmp_path), "--model", "none"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ruspak: error: a.qdpx is not a zip file")
    assert not (tmp_path / "out").exists()


def test_an_encrypted_archive_is_said_to_be_so(tmp_path: Path) -> None:
    """The flag of encryption is enough."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("project.qde", b"x")
    data = bytearray(buffer.getvalue())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "p.qdpx").write_bytes(data)
    with pytest.raises(ExchangeError, match=r"cannot be unpacked: .*encrypted"):
        archives.read_archive(tmp_path / "p.qdpx", (".qde",))
