"""Read what is XML in a zip: Word's `.docx` and electronic books, `.epub`."""

import io
import posixpath
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ruspak_nb.intake.containers import Archive
from ruspak_nb.intake.datelines import read_date
from ruspak_nb.intake.encodings import decode_text
from ruspak_nb.intake.heads import DateFind, add_dates, describe_head
from ruspak_nb.intake.pages import parse_page
from ruspak_nb.intake.paragraphs import write_paragraphs
from ruspak_nb.intake.places import clean_author
from ruspak_nb.intake.record import Finds, Reading, Refused, drop_controls, fold

_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_FILE_NAME = re.compile(
    r"\.(?:docx?|indd|qxd|tex|pdf|rtf|pages)$|^microsoft word|^untitled|^document\d*$", re.I
)


def read_docx(raw: bytes) -> Reading:
    """Read a Word file, notes included; Word's comments and deleted text are left out.

    Raises Refused if it declares entities, which Word never does, or has no text.
    """
    import mammoth
    from lxml import html

    parts = _read_parts(raw, "Word")
    if "[Content_Types].xml" not in parts:
        raise Refused("it is no Word file inside; save it again as .docx")
    page = mammoth.convert_to_html(
        io.BytesIO(raw),
        style_map="p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh",
        convert_image=mammoth.images.img_element(lambda image: {}),
        external_file_access=False,
    ).value
    page, dropped = drop_controls(page)
    if not page.strip():
        raise Refused("it has no text")
    tree = html.fromstring(f"<div>{page}</div>")
    for back in tree.xpath(
        '//a[starts-with(@href, "#footnote-ref") or starts-with(@href, "#endnote-ref")]'
    ):
        back.drop_tree()
    paragraphs = write_paragraphs(tree)
    if not paragraphs:
        raise Refused("it has no text, only pictures")
    return Reading(
        "\n\n".join(paragraphs) + "\n", *_describe_docx(parts, tree, paragraphs), tuple(dropped)
    )


def _describe_docx(
    parts: Mapping[str, bytes], tree: Any, paragraphs: list[str]
) -> tuple[dict[str, str], dict[str, str]]:
    finds = Finds()
    head = fold("\n".join(paragraphs[:8]))
    core = _parse(parts["docProps/core.xml"]) if "docProps/core.xml" in parts else None
    said = {
        name: (core.findtext(name) or "").strip() if core is not None else ""
        for name in (f"{_DC}title", f"{_DC}creator", f"{_TERMS}created", f"{_DC}language")
    }
    title = said[f"{_DC}title"]
    if title and fold(title) in head:
        finds.add("title", title, "title among its properties, printed at its head")
    for heading in tree.xpath("//h1")[:1]:
        finds.add("title", heading.text_content(), "its first heading")
    describe_head(finds, "\n\n".join(paragraphs))
    if not _FILE_NAME.search(title):
        finds.add("title", title, "title among its properties")
    creator = clean_author(said[f"{_DC}creator"])
    printed = bool(creator) and fold(creator) in head
    if printed or len(creator.split()) in (2, 3, 4):
        where = "author among its properties" + (", printed at its head" if printed else "")
        finds.add("author", creator, where)
    made = read_date(said[f"{_TERMS}created"])
    if made and "published" not in finds.fields:
        finds.found["published"] = f"no date of publication. The file was made on {made}"
    return finds.fields, finds.found


def read_epub(raw: bytes) -> Reading:
    """Read an electronic book, its chapters in their order.

    Raises Refused if its chapters are encrypted, or there is no text.
    """
    parts = _read_parts(raw, "")
    container = _parse(parts.get("META-INF/container.xml", b""))
    roots = [] if container is None else [e for e in container.iter() if e.get("full-path")]
    package = _parse(parts.get(roots[0].get("full-path"), b"")) if roots else None
    if package is None:
        raise Refused("it is no electronic book inside; get it again")
    folder = posixpath.dirname(roots[0].get("full-path"))
    items = {item.get("id"): item.get("href", "") for item in package.iter(f"{_OPF}item")}
    order = [items.get(item.get("idref"), "") for item in package.iter(f"{_OPF}itemref")]
    names = [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in order if href]
    _check_open(parts, names)
    remarks: list[str] = []
    paragraphs = []
    for name in names:
        if name in parts:
            paragraphs += _read_chapter(parts[name], remarks)
    absent = [name for name in names if name not in parts]
    if absent:
        remarks.append(f"{len(absent)} chapter(s) that it lists are not in it")
    if not paragraphs:
        raise Refused("it has no text")
    text, dropped = drop_controls("\n\n".join(paragraphs) + "\n")
    return Reading(text, *_describe_epub(package), (*dict.fromkeys(remarks), *dropped))


def _describe_epub(package: Any) -> tuple[dict[str, str], dict[str, str]]:
    finds = Finds()
    finds.add("title", package.findtext(f".//{_DC}title"), "dc:title of the book")
    names = [clean_author(e.text or "") for e in package.iter(f"{_DC}creator")]
    finds.add("author", "; ".join(filter(None, names)), "dc:creator of the book")
    finds.add("outlet", package.findtext(f".//{_DC}publisher"), "dc:publisher of the book")
    finds.add("language", (package.findtext(f".//{_DC}language") or "")[:2].lower(), "dc:language")
    for name in ("source", "identifier"):
        for element in package.iter(f"{_DC}{name}"):
            if re.match(r"https?://", (element.text or "").strip()):
                finds.add("url", element.text, f"dc:{name} of the book")
    dates = []
    for element in package.iter(f"{_DC}date"):
        event = element.get(f"{_OPF}event", "publication")
        day = read_date(element.text or "")
        dates.append(DateFind(day, f"dc:date, {event}", event != "publication"))
    add_dates(finds, dates)
    return finds.fields, finds.found


def _read_parts(raw: bytes, kind: str) -> dict[str, bytes]:
    """Read the XML and pages of an archive within limits; of a Word file, refuse entities."""
    parts: dict[str, bytes] = {}
    try:
        for name, data in Archive(raw):
            if isinstance(data, Refused):
                raise data
            parts[name] = data
    except Refused as fault:
        hint = "; it may be protected by a password" if raw.startswith(b"\xd0\xcf\x11\xe0") else ""
        raise Refused(f"{fault}{hint}") from None
    for name, data in parts.items():
        if (
            kind
            and name.endswith((".xml", ".rels"))
            and b"<!" + b"DOCTYPE" in data.replace(b"\0", b"")
        ):
            raise Refused(
                f"it declares entities in {name!r}, which no {kind} file does; not opened"
            )
    return parts


def _parse(data: bytes) -> Any:
    """Parse XML that may be hostile: no entity is replaced, nothing is read or fetched."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(data, parser) if data else None
    except etree.XMLSyntaxError:
        return None


def _check_open(parts: Mapping[str, bytes], names: list[str]) -> None:
    locked = _parse(parts.get("META-INF/encryption.xml", b""))
    if locked is not None:
        uris = {unquote(e.get("URI", "")) for e in locked.iter() if isinstance(e.tag, str)}
        if uris & set(names):
            raise Refused("its chapters are encrypted; export an open copy")


def _read_chapter(raw: bytes, remarks: list[str]) -> list[str]:
    text, said = decode_text(raw)
    remarks += said
    body = parse_page(text).find("body") if text.strip() else None
    return write_paragraphs(body) if body is not None else []
