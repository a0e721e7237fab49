"""Read a PDF: its paragraphs by where the lines stand, its title by the size of its type."""

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from ruspak_nb.intake.datelines import find_dates, read_date
from ruspak_nb.intake.heads import DateFind, add_dates, read_head
from ruspak_nb.intake.layout import (
    LARGE,
    Line,
    body_size_of,
    find_heads,
    join_lines,
    part_notes,
)
from ruspak_nb.intake.places import clean_author
from ruspak_nb.intake.record import Finds, Reading, Refused, drop_controls, fold, one_line

MOST_PAGES = 200  # an article, not a book
_LEAST_LETTERS = 40
_LIGATURES = {ord(one): unicodedata.normalize("NFKC", one) for one in "ﬀﬁﬂﬃﬄﬅﬆ"}
_FILE_NAME = re.compile(r"\.\w{2,4}$|^microsoft|^untitled|^slide|^doi:|^pii:|^\W*$|_", re.I)
_WORD = r"[A-ZÀ-Þ][\w.'’-]{0,24}"
_NAME = rf"{_WORD}(?: (?:(?:de|van|von|bin|al|ul|ur) )?{_WORD}){{1,4}}"
_NAMES = re.compile(rf"{_NAME}(?:(?:,? and|,? &|,|;) {_NAME})*")
_MARKS = re.compile(r"[*†‡§¶\d¹²³∗]+")
_VOLUME = re.compile(r"(?:\d+ )?([^\W\d_][^,|.;:]{3,80}?)[ ,|.;:(–—-]+(?:Vol|Volume|Issue)\b", re.I)
_ADDRESS = re.compile(r"https?://[^\s…]+[\w/]")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[\w/]")
_CUT = 2048  # the end of a file, where a PDF closes


def read_pdf(raw: bytes) -> Reading:
    """Read a PDF. Running heads and page numbers are left out, notes stand at the end.

    Raises Refused if it is encrypted, damaged, longer than `MOST_PAGES` or has no text.
    """
    logging.disable(logging.CRITICAL)
    document, pages = _open(raw)
    lines = list(_read_lines(pages))
    letters = sum(character.isalpha() for line in lines for character in line.text)
    if letters < _LEAST_LETTERS:
        raise Refused(
            f"its {len(pages)} page(s) hold no text, only pictures of it at best; "
            "run it through OCR and add what comes out"
        )
    nameless = sum(line.text.count("(cid:") for line in lines)
    if nameless * 10 > letters:
        raise Refused("its fonts do not say which letters they show; print it to a new PDF")
    remarks = [f"{nameless} letter(s) could not be read, and stand as (cid:…)"] if nameless else []
    if b"%%EOF" not in raw[-_CUT:]:
        remarks.append("the file is cut off at its end: see whether pages are missing")
    body_size = body_size_of(lines)
    heads = find_heads(lines, len(pages), body_size)
    left_out = set(heads)
    body, notes = part_notes([line for line in lines if line not in left_out], body_size)
    words = Counter(word for line in lines for word in re.findall(r"[\w-]+", line.text.casefold()))
    paragraphs = [*join_lines(body, body_size, words), *join_lines(notes, body_size, words)]
    text, dropped = drop_controls("\n\n".join(paragraphs) + "\n")
    if heads:
        shown = ", ".join(f"“{text[:40]}”" for text in [*dict.fromkeys(h.text for h in heads)][:4])
        remarks.append(f"{len(heads)} running head(s) and page number(s) left out: {shown}")
    if notes:
        remarks.append("notes at the foot of pages stand at the end")
    finds = _describe(document, text, body, heads, body_size)
    return Reading(text, finds.fields, finds.found, (*remarks, *dropped))


def _open(raw: bytes) -> tuple[Any, list[Any]]:
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    if b"%PDF-" not in raw[:1024]:
        raise Refused("it is no PDF inside")
    try:
        document = PDFDocument(PDFParser(io.BytesIO(raw)))
        pages: list[Any] = []
        for page in PDFPage.create_pages(document):
            pages.append(page)
            if len(pages) > MOST_PAGES:
                raise Refused(f"it has more than {MOST_PAGES} pages; cut out the article")
    except (PDFPasswordIncorrect, PDFEncryptionError):
        raise Refused("it asks for a password; save a copy without one") from None
    except Refused:
        raise
    except Exception as fault:  # a damaged file can bring up any error of its reader
        raise Refused(f"it is damaged: {one_line(str(fault)) or type(fault).__name__}") from None
    if not pages:
        raise Refused("it is damaged: no page can be found in it")
    return document, pages


def _read_lines(pages: Sequence[Any]) -> Iterator[Line]:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams, LTChar, LTTextBox, LTTextLine
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=LAParams())
    interpreter = PDFPageInterpreter(resources, device)
    boxes = 0
    for number, page in enumerate(pages):
        try:
            interpreter.process_page(page)
        except Exception as fault:
            raise Refused(f"it is damaged: page {number + 1} cannot be read ({fault})") from None
        layout = device.get_result()
        height = layout.height or 1
        for box in layout:
            if not isinstance(box, LTTextBox):
                continue
            boxes += 1
            for line in box:
                if not isinstance(line, LTTextLine) or not line.get_text().strip():
                    continue
                size = median(item.size for item in line if isinstance(item, LTChar))
                top = (layout.y1 - line.y1) / height
                text = " ".join(line.get_text().translate(_LIGATURES).split())
                yield Line(text, number, boxes, line.x0, line.x1, top, round(size, 1))


def _describe(
    document: Any, text: str, body: Sequence[Line], heads: Sequence[Line], size: float
) -> Finds:
    finds = Finds()
    first = [line for line in body if line.page == 0]
    head = "\n".join(line.text for line in first)
    said = {key: _word(value) for info in document.info for key, value in info.items()}
    xmp = _read_xmp(document)
    lines, title = _largest(first, size)
    given = said.get("Title", "") or xmp.get("title", "")
    if given and fold(given) in fold(head.replace("\n", " ")):
        finds.add("title", given, "title among its properties, printed on page 1")
    if title:
        finds.add("title", title, "largest type on page 1")
    if not _FILE_NAME.search(given):
        finds.add("title", given, "title among its properties")
    author = clean_author(said.get("Author", "") or xmp.get("creator", ""))
    if author and fold(author) in fold(head):
        finds.add("author", author, "author among its properties, printed on page 1")
    for line in _below(first, lines):
        names = " ".join(_MARKS.sub("", re.sub(r"^[Bb]y ", "", line.text)).split()).strip(" ,")
        if _NAMES.fullmatch(names):
            parts = re.split(r",? and |,? & |, |; ", names)
            finds.add("author", "; ".join(part.strip() for part in parts), "below the title")
            break
    finds.add("outlet", xmp.get("publicationName"), "XMP prism:publicationName")
    volume = next(filter(None, (_VOLUME.match(line.text) for line in (*heads, *first))), None)
    finds.add("outlet", volume[1] if volume else "", "before its volume on page 1")
    doi = _DOI.search(xmp.get("doi", "") or head) or _DOI.search(" ".join(h.text for h in heads))
    finds.add("url", f"https://doi.org/{doi[0]}" if doi else "", "DOI on page 1 or in its XMP")
    for line in heads:
        address = _ADDRESS.search(line.text)
        finds.add("url", address[0] if address else "", "head or foot of the pages")
    dates = [
        DateFind(read_date(xmp.get(name, "")), f"XMP prism:{name}")
        for name in ("publicationDate", "coverDate", "coverDisplayDate")
    ]
    top = [line.text for line in sorted(heads, key=lambda line: line.top) if line.page == 0]
    printed = find_dates("\n".join([*top, *(line.text for line in first)]))
    # A line of a paragraph may open with a date: on its own it counts only outside the body.
    dates += [DateFind(*found) for found in printed if not found[1].startswith("line of its own")]
    known = {name: finds.fields.get(name, "") for name in ("title", "author")}
    dates += read_head(text, **known).dates
    made = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", said.get("CreationDate", ""))
    if made:
        day = read_date("-".join(made.groups()))
        dates.append(DateFind(day, "when the file was made", later=True))
    add_dates(finds, dates)
    return finds


def _word(value: object) -> str:
    from pdfminer.pdftypes import resolve1
    from pdfminer.utils import decode_text

    value = resolve1(value)
    return one_line(decode_text(value)) if isinstance(value, bytes) else ""


def _read_xmp(document: Any) -> dict[str, str]:
    """Read what the packet of metadata says: the name of each element, and its text."""
    from lxml import etree
    from pdfminer.pdftypes import resolve1

    try:
        packet = resolve1(document.catalog.get("Metadata")).get_data()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        tree = etree.fromstring(packet, parser)
    except Exception:  # no packet, or a damaged one: there is nothing to read
        return {}
    found: dict[str, str] = {}
    for element in tree.iter():
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        text = one_line(" ".join(element.itertext()))
        for key, value in [
            (name, text),
            *((etree.QName(k).localname, v) for k, v in element.items()),
        ]:
            if value:
                found.setdefault(key, one_line(value))
    return found


def _largest(first: Sequence[Line], size: float) -> tuple[list[Line], str]:
    """Find the title: neighbouring lines of the largest type above the middle of page 1."""
    upper = [line for line in first if line.top < 0.6 and re.search(r"[^\W\d_]{3}", line.text)]
    large = max((line.size for line in upper), default=0.0)
    if large < LARGE * size:
        return [], ""
    lines = [line for line in upper if line.size >= 0.97 * large]
    together = [line for line in lines if line.top - lines[0].top < 0.25]
    title = " ".join(line.text for line in together)
    return (together, title) if len(title.split()) <= 40 else ([], "")


def _below(first: Sequence[Line], title: Sequence[Line]) -> list[Line]:
    if not title:
        return []
    return [line for line in first if line.top > title[-1].top][:3]
