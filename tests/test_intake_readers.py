"""Reading files of each kind: the text as it stands, and a plain refusal where there is none."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("trafilatura")

from ruspak_nb.intake import containers, pdfs
from ruspak_nb.intake.encodings import decode_text
from ruspak_nb.intake.readers import READERS, read_file
from ruspak_nb.intake.record import Reading, Refused
from ruspak_nb.intake.worker import Worker, _stay_offline

SENTENCE = "Moscow sold four helicopters to Islamabad, and New Delhi was not amused by the sale."
PARAGRAPH = f"{SENTENCE} The price stayed secret, and so did the purpose of the machines."
PAGE = f"<html><body><h1>Four helicopters</h1><p>{PARAGRAPH}</p><p>{SENTENCE * 3}</p></body></html>"

type_line = tuple[float, float, float, str]  # size, from the left, from below, words


def make_pdf(pages: Sequence[Sequence[type_line]], *, info: str = "", trailer: str = "") -> bytes:
    """Write a PDF with these lines of type on its pages."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, lines in enumerate(pages):
        drawn = "\n".join(
            f"BT /F {size} Tf {x} {y} Td ({text.replace('(', chr(92) + '(')}) Tj ET"
            for size, x, y, text in lines
        )
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] "
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects.append(f"<< {info} >>")
    raw, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(raw))
        raw += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    xref = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{xref}trailer\n"
        f"<< /Size {len(places) + 1} /Root 1 0 R /Info {len(places)} 0 R {trailer} >>\n"
        f"startxref\n{len(raw)}\n%%EOF\n"
    )
    return raw + end.encode()


def make_zip(files: dict[str, str | bytes]) -> bytes:
    """Write a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}" Target="word/document.xml"/></Relationships>'
)
CORE = (
    '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/"><dc:creator>Ann Lee</dc:creator>'
    "<dcterms:created>2017-01-29T10:00:00Z</dcterms:created></c:coreProperties>"
)


def make_docx(body: str, *, doctype: str = "") -> bytes:
    """Write a Word file with this inside its body."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<w:document xmlns:w='
        '"http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    parts = {"_rels/.rels": RELATIONS, "docProps/core.xml": CORE, "word/document.xml": document}
    return make_zip({"[Content_Types].xml": TYPES, **parts})


def say(*paragraphs: str) -> str:
    """Write paragraphs of a Word file."""
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)


def make_epub(chapters: dict[str, str], **more: str) -> bytes:
    """Write an electronic book."""
    items = "".join(f'<item id="{name}" href="{name}"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Two friends</dc:title>'
        "<dc:creator>Ann Lee</dc:creator><dc:publisher>Hill Press</dc:publisher>"
        f"<dc:date>2017-06</dc:date></metadata><manifest>{items}</manifest>"
        f"<spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="in/book.opf"/></rootfiles></container>'
    files = {f"in/{name}": content for name, content in chapters.items()}
    return make_zip({"META-INF/container.xml": container, "in/book.opf": package, **files, **more})


def refused(name: str, content: bytes) -> str:
    """Say why a file is not taken."""
    with pytest.raises(Refused) as fault:
        read_file(name, content)
    return str(fault.value)


# Text


def test_a_text_is_kept_character_for_character() -> None:
    """Line ends, composed and decomposed letters, and spaces stay as they are."""
    text = f"Four helicopters\r\n\r\n{SENTENCE}\r\n\tcafe\u0301 café\u00a0x\r\n"
    reading = read_file("a.txt", text.encode())
    assert reading.text == text
    assert reading.remarks == ()


def test_the_head_of_a_text_describes_it() -> None:
    """Title, author and date stand above the first paragraph, if they stand there."""
    text = f"Four helicopters\n\nBy Ann Lee\n\n29 January 2017\n\n{PARAGRAPH}\n"
    reading = read_file("a.txt", text.encode())
    assert reading.fields == {
        "title": "Four helicopters",
        "author": "Ann Lee",
        "published": "2017-01-29",
    }
    assert reading.found["author"] == "byline “By Ann Lee”"


def test_a_date_within_the_text_is_no_date_of_publication() -> None:
    """Events have dates too."""
    text = f"Four helicopters\n\nOn 29 January 2017 it was signed. {PARAGRAPH}\n"
    assert "published" not in read_file("a.txt", text.encode()).fields


def test_the_dates_of_other_posts_are_not_the_date() -> None:
    """What stands above a text may be links to its neighbours, or a menu."""
    text = (
        "Skip to content\n\nFour helicopters for Islamabad\n\nA roll back to older times?\n"
        f"September 30, 2018\nThe strategic environment\nOctober 3, 2018\n\n{PARAGRAPH}\n"
    )
    reading = read_file("a.txt", text.encode())
    assert reading.fields == {"title": "Four helicopters for Islamabad"}


def test_control_characters_are_left_out_loudly() -> None:
    """A NUL is no letter; what was left out is counted."""
    reading = read_file("a.txt", f"{SENTENCE}\x00\x07\n".encode())
    assert reading.text == f"{SENTENCE}\n"
    assert reading.remarks == ("2 control character(s) left out of the text",)


@pytest.mark.parametrize(
    ("raw", "text", "remark"),
    [
        ("Détente".encode("utf-16"), "Détente", "read as utf-16, by its first bytes"),
        (f"{SENTENCE} café".encode("utf-16-le"), f"{SENTENCE} café", "read as utf-16-le"),
        (
            b"The caf\xe9 \x96 in Lahore.",
            "The café – in Lahore.",
            "not UTF-8 (byte 7); read as cp1252",
        ),
        (
            "Détente “then”".encode() + b" and caf\xe9 \x93now\x94",
            "Détente “then” and café “now”",
            "mixed encodings: 3 byte(s) that are not UTF-8, the first at 27, read as cp1252",
        ),
        (
            "Détente".encode() + b" \x81",
            "Détente \ufffd",
            "1 character(s) could not be read and stand as U+FFFD",
        ),
        (
            ("Россия и Пакистан подписали соглашение о поставках вертолётов. " * 8).encode(
                "cp1251"
            ),
            "Россия и Пакистан подписали соглашение о поставках вертолётов. " * 8,
            "read as cp1251",
        ),
        (
            ("Министр сказал, что «НАТО» и США готовят учения вместе. " * 8).encode("cp1251"),
            "Министр сказал, что «НАТО» и США готовят учения вместе. " * 8,
            "read as cp1251",
        ),
        (
            '<meta charset="windows-1251">Блок «НАТО»'.encode("cp1251"),
            '<meta charset="windows-1251">Блок «НАТО»',
            "read as cp1251, as it says itself",
        ),
        (
            '<meta charset="windows-1252">café'.encode("cp1252"),
            '<meta charset="windows-1252">café',
            "read as cp1252, as it says itself",
        ),
        ('<meta charset="iso-8859-1">café'.encode(), '<meta charset="iso-8859-1">café', ""),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café", ""),
    ],
    ids=[
        *("utf-16", "no-mark", "cp1252", "mixed", "lost", "cp1251"),
        *("like-utf-8", "like-utf-8-declared", "declared", "wrongly", "mark"),
    ],
)
def test_encodings(raw: bytes, text: str, remark: str) -> None:
    """Every byte is read, and how is said unless it is plain UTF-8."""
    decoded, said = decode_text(raw)
    assert decoded == text
    assert [remark in line for line in said] == ([True] if remark else [])


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None, derandomize=True, database=None)
def test_any_bytes_are_text_or_refused(raw: bytes) -> None:
    """Whatever bytes a text file holds, they are read or refused, and can be written."""
    try:
        reading = read_file("a.txt", raw)
    except Refused:
        return
    assert reading.text.encode().decode() == reading.text


def test_markdown_without_its_marks() -> None:
    """Marks are layout; what stands at the head of the file describes it."""
    text = (
        f'---\ntitle: "Four helicopters"\nauthor: Ann Lee\ndate: 2017-01-29\n---\n\n'
        f"# Four helicopters\n\n{SENTENCE} *Why?* See [this](https://example.org).\n\n"
        "> Not for sale.\n\n- one\n- two\n\n<script>alert(1)</script>\n"
    )
    reading = read_file("a.md", text.encode())
    paragraphs = reading.text.rstrip("\n").split("\n\n")
    assert paragraphs[:5] == [
        "Four helicopters",
        f"{SENTENCE} Why? See this.",
        "Not for sale.",
        "one",
        "two",
    ]
    assert reading.fields["published"] == "2017-01-29"
    assert reading.found["author"] == "`author:` at its head"


@pytest.mark.parametrize("name", [f"a{suffix}" for suffix in READERS])
def test_an_empty_file_is_refused(name: str) -> None:
    """An empty file of any kind is said to be empty."""
    assert refused(name, b"") == "it is empty"


def test_a_file_of_spaces_is_empty() -> None:
    """So is a text of nothing but white space."""
    assert refused("a.txt", b" \n\xef\xbb\xbf\n") == "it is empty"


def test_an_unknown_suffix_is_refused() -> None:
    """What is read is said."""
    assert refused("a.jpg", b"x").startswith(".jpg is not read; .docx, .epub")


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_nonsense_is_refused_or_text(suffix: str) -> None:
    """A file that is not what its name says is refused in words, never with a traceback."""
    for raw in (b"\x00\x01\x02\x03" * 50, b"PK\x03\x04 nonsense", b"%PDF-1.4 nonsense", b"<"):
        try:
            assert isinstance(read_file(f"a{suffix}", raw), Reading)
        except Refused as fault:
            assert len(str(fault)) > 5


# Pages


def test_a_page_of_fifty_megabytes_is_not_parsed() -> None:
    """There is a limit, and the sentence names it."""
    said = refused("a.html", b"<p>x</p>" * 6_250_000)
    assert said == "it is 50 MB; a page or text of at most 20 MB is read"


def test_tags_nested_ten_thousand_deep() -> None:
    """A parser would silently drop what is in them, so the page is refused."""
    page = f"<html><body>{'<div>' * 10_000}{PARAGRAPH}{'</div>' * 10_000}</body></html>"
    assert "its tags are nested 10,002 deep, and at most 250 are read" in refused(
        "a.html", page.encode()
    )
    assert "nested 10,003 deep" in refused("a.md", page.encode())


def test_a_page_in_cp1252() -> None:
    """Curly quotes of an old page are quotes, and the decoding is said."""
    page = PAGE.replace("<html>", '<html><head><meta charset="windows-1252"></head>')
    page = page.replace("amused", "“amused”")
    reading = read_file("a.html", page.encode("cp1252"))
    assert "was not “amused” by" in reading.text
    assert "read as cp1252, as it says itself" in reading.remarks


def test_a_page_without_an_article() -> None:
    """A page of scripts has no text, and none is made up."""
    assert "no article was found" in refused("a.html", b"<html><script>run()</script></html>")


def test_a_short_page_is_looked_at() -> None:
    """Where a page has little text, somebody should see whether it is the article."""
    (remark,) = read_file("a.html", f"<html><p>{SENTENCE}</p></html>".encode()).remarks
    assert "words were found: see whether that is the article" in remark


def test_a_page_saved_as_one_file() -> None:
    """The page is taken out of an .mhtml file, and its address with it."""
    raw = (
        "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://example.org/talks\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{PAGE}\r\n--b--\r\n"
    )
    reading = read_file("a.mhtml", raw.encode())
    assert reading.fields["url"] == "https://example.org/talks"
    assert PARAGRAPH in reading.text


# PDF


def test_a_pdf_of_two_pages() -> None:
    """Paragraphs go on over the page, divided words are whole, running heads are left out."""
    head, foot = (
        (8, 50, 770, "Strategic Quarterly, Vol. 37, No. 2 (Summer 2017)"),
        (8, 300, 30, "7"),
    )
    first = [
        *(head, foot),
        (20, 50, 700, "Four helicopters and what they carry"),
        (12, 50, 670, "Ann Lee and Bo Rahman*"),
        (
            10,
            50,
            630,
            "Moscow sold four helicopters to Islamabad, and in New Delhi it was said that",
        ),
        (10, 50, 618, "a friendship of many decades was at its end. The price of the machines re-"),
        (10, 50, 606, "mained secret; so did their purpose, although every paper wrote about the"),
        (7, 50, 90, "* The authors thank nobody."),
    ]
    second = [
        (*head[:3], head[3]),
        (8, 300, 30, "8"),
        (
            10,
            50,
            700,
            "border, and the price remained what it was before the news was in the papers",
        ),
        (10, 50, 688, "of both."),
        (
            10,
            50,
            676,
            "Islamabad has made this mistake before, with another power, and is still pay-",
        ),
        (10, 50, 664, "ing for it today, as everybody in the capital will tell those who ask."),
    ]
    reading = read_file(
        "a.pdf", make_pdf([first, second], info="/Title (sq37.indd) /Author (root)")
    )
    assert reading.fields == {
        "title": "Four helicopters and what they carry",
        "author": "Ann Lee; Bo Rahman",
        "outlet": "Strategic Quarterly",
        "published": "2017-22",
    }
    assert reading.found["title"] == "largest type on page 1"
    assert reading.text.rstrip("\n").split("\n\n") == [
        "Four helicopters and what they carry",
        "Ann Lee and Bo Rahman*",
        "Moscow sold four helicopters to Islamabad, and in New Delhi it was said that a friendship "
        "of many decades was at its end. The price of the machines remained secret; so did their "
        "purpose, although every paper wrote about the border, and the price remained what it was "
        "before the news was in the papers of both.",
        "Islamabad has made this mistake before, with another power, and is still paying for it "
        "today, as everybody in the capital will tell those who ask.",
        "* The authors thank nobody.",
    ]
    assert reading.remarks == (
        "4 running head(s) and page number(s) left out: "
        "“Strategic Quarterly, Vol. 37, No. 2 (Sum”, “7”, “8”",
        "notes at the foot of pages stand at the end",
    )


def test_a_running_head_that_stands_once() -> None:
    """Beside a page number there is no text of the article."""
    lines = [
        *[(8, 50, 770, "ANN LEE"), (8, 500, 770, "46")],
        (10, 50, 600, SENTENCE),
    ]
    reading = read_file("a.pdf", make_pdf([lines]))
    assert reading.text == f"{SENTENCE}\n"
    assert reading.remarks == ("2 running head(s) and page number(s) left out: “ANN LEE”, “46”",)


def test_a_number_within_a_page_is_no_page_number() -> None:
    """A mark set apart from its note is no reason to leave the note out."""
    lines = [(10, 50, 600, SENTENCE), (7, 50, 80, "3"), (7, 200, 80, "Ibid."), (8, 300, 20, "46")]
    text = read_file("a.pdf", make_pdf([lines])).text
    assert "Ibid." in text
    assert "46" not in text


def test_the_day_a_pdf_was_made_is_no_date_of_publication() -> None:
    """It is said beside the empty date."""
    raw = make_pdf([[(10, 50, 600, SENTENCE)]], info="/CreationDate (D:20170129103000Z)")
    reading = read_file("a.pdf", raw)
    assert "published" not in reading.fields
    assert "2017-01-29 (when the file was made)" in reading.found["published"]


def test_a_pdf_of_pictures_only() -> None:
    """It says so, and nothing is invented."""
    said = refused("a.pdf", make_pdf([[], []]))
    assert "its 2 page(s) hold no text, only pictures of it at best; run it through OCR" in said


def test_an_encrypted_pdf() -> None:
    """A PDF that asks for a password is not opened."""
    key = "00" * 32
    locked = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{key}> /U <{key}> /P -4 >> /ID [<00> <00>]"
    )
    said = refused("a.pdf", make_pdf([[(10, 50, 600, SENTENCE)]], trailer=locked))
    assert said == "it asks for a password; save a copy without one"


def test_a_damaged_pdf() -> None:
    """A file that only begins like a PDF is damaged."""
    assert "it is damaged" in refused("a.pdf", b"%PDF-1.4\n" + b"\xff\x00junk" * 100)


def test_a_pdf_that_is_cut_off() -> None:
    """What can still be read is taken, and that its end is missing is said."""
    raw = make_pdf([[(10, 50, 600, SENTENCE)], []])
    reading = read_file("a.pdf", raw[: raw.index(b"startxref")])
    assert SENTENCE in reading.text
    assert "the file is cut off at its end: see whether pages are missing" in reading.remarks


def test_a_pdf_of_three_thousand_pages() -> None:
    """Longer than an article is refused before a page is read."""
    said = refused("a.pdf", make_pdf([[]] * 3000))
    assert said == f"it has more than {pdfs.MOST_PAGES} pages; cut out the article"


# Word and books


def test_a_word_file() -> None:
    """Paragraphs stay apart, inserted text is there and deleted text is not."""
    body = (
        say("Four helicopters", "By Ann Lee", PARAGRAPH)
        + '<w:p><w:r><w:t xml:space="preserve">It was </w:t></w:r><w:ins><w:r><w:t>late</w:t></w:r>'
        "</w:ins><w:del><w:r><w:delText>early</w:delText></w:r></w:del></w:p>"
    )
    reading = read_file("a.docx", make_docx(body))
    assert reading.text == f"Four helicopters\n\nBy Ann Lee\n\n{PARAGRAPH}\n\nIt was late\n"
    assert reading.fields == {"title": "Four helicopters", "author": "Ann Lee"}
    assert reading.found["published"] == "no date of publication. The file was made on 2017-01-29"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d SYSTEM "http://example.invalid/x.dtd">',
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY x "&b;&b;">]>',
    ],
    ids=["a file", "an address", "laughter"],
)
def test_a_word_file_with_entities(doctype: str) -> None:
    """Nothing is read from the disk, fetched or multiplied: the file is not opened."""
    said = refused("a.docx", make_docx(say("&x;", PARAGRAPH), doctype=doctype))
    assert "declares entities in 'word/document.xml'" in said


def test_a_word_file_of_pictures() -> None:
    """A Word file without text is refused."""
    assert "no text" in refused("a.docx", make_docx("<w:p/>"))


def test_a_book() -> None:
    """Chapters come in the order of the book, with what it says of itself."""
    chapters = {
        "two.xhtml": f"<html><title>x</title><body><h1>One</h1><p>{PARAGRAPH}</p></body></html>",
        "one.xhtml": f"<html><body><h1>Two</h1><p>{SENTENCE}</p></body></html>",
    }
    reading = read_file("a.epub", make_epub(chapters))
    assert reading.text == f"One\n\n{PARAGRAPH}\n\nTwo\n\n{SENTENCE}\n"
    assert reading.fields == {
        "title": "Two friends",
        "author": "Ann Lee",
        "outlet": "Hill Press",
        "published": "2017-06",
    }


def test_a_book_with_entities_reads_nothing_from_the_disk() -> None:
    """A chapter may declare entities; none is replaced."""
    chapter = (
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        f"<html><body><p>{PARAGRAPH} &x;</p></body></html>"
    )
    assert read_file("a.epub", make_epub({"a.xhtml": chapter})).text.startswith(PARAGRAPH)


def test_a_locked_book() -> None:
    """A book whose chapters are encrypted says so."""
    locked = '<encryption><CipherReference URI="in/a.xhtml"/></encryption>'
    raw = make_epub({"a.xhtml": "x"}, **{"META-INF/encryption.xml": locked})
    assert "its chapters are encrypted" in refused("a.epub", raw)


def test_a_word_file_that_explodes() -> None:
    """A Word file is a zip file, and has its limits."""
    raw = make_zip({"[Content_Types].xml": TYPES, "word/media/x.png": b"\0" * 20_000_000})
    assert "the archive explodes: 'word/media/x.png'" in refused("a.docx", raw)


def test_the_headers_of_an_archive_are_not_believed() -> None:
    """A size that lies does not let a file through: it is damaged."""
    raw = make_zip({"a.txt": b"\0" * 20_000_000})
    size = (20_000_000).to_bytes(4, "little")
    ((_, data),) = containers.Archive(raw.replace(size, (9).to_bytes(4, "little")))
    assert isinstance(data, Refused)


# The process that reads


def test_the_reader_cannot_go_online() -> None:
    """Whatever a library would like to fetch or start, the reading process may not."""
    for event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        with pytest.raises(PermissionError, match="needs no network"):
            _stay_offline(event, ())
    _stay_offline("open", ())


def test_a_file_that_takes_too_long() -> None:
    """The reader is stopped, said so, and begun again for the next file."""
    with Worker(seconds=0.001) as worker:
        for _ in range(2):
            with pytest.raises(Refused, match=r"took longer than 0\.001 seconds"):
                worker.read("a.txt", SENTENCE.encode())


def test_a_reader_that_died_is_begun_again() -> None:
    """A file that breaks its reader is refused, and the next one is read."""
    with Worker() as worker:
        assert worker.read("a.txt", PARAGRAPH.encode()).fields["language"] == "en"
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        with pytest.raises(Refused, match="broke off"):
            worker.read("a.txt", PARAGRAPH.encode())
        assert worker.read("a.txt", PARAGRAPH.encode()).text == PARAGRAPH


def test_text_of_another_process_is_the_same() -> None:
    """What the reading process answers is what was read, whatever characters are in it."""
    text = f"{PARAGRAPH} 🚁 Détente \u2028 \u202e x \ufeff"
    with Worker() as worker:
        assert worker.read("a.txt", text.encode()).text == text
