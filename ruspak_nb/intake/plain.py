"""Read a text file as it is, and one in Markdown."""

import re

from ruspak_nb.intake.datelines import read_date
from ruspak_nb.intake.encodings import decode_text
from ruspak_nb.intake.heads import describe_head
from ruspak_nb.intake.pages import parse_page
from ruspak_nb.intake.paragraphs import write_paragraphs
from ruspak_nb.intake.places import clean_author
from ruspak_nb.intake.record import Finds, Reading, Refused, drop_controls

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*\r?\n", re.S)
_PAIR = re.compile(r"^([A-Za-z_]+)[ \t]*:[ \t]*(.*)$", re.M)
_KEYS = {
    "title": "title",
    "author": "author",
    "authors": "author",
    "outlet": "outlet",
    "source": "outlet",
    "publisher": "outlet",
    "url": "url",
    "link": "url",
    "date": "published",
    "published": "published",
    "lang": "language",
    "language": "language",
}


def read_text(raw: bytes) -> Reading:
    """Read a text file, character for character. Raises Refused if nothing is in it."""
    text, remarks = decode_text(raw)
    text, dropped = drop_controls(text)
    if not text.replace("\ufeff", "").strip():
        raise Refused("it is empty")
    finds = Finds()
    describe_head(finds, text)
    return Reading(text, finds.fields, finds.found, (*remarks, *dropped))


def read_markdown(raw: bytes) -> Reading:
    """Read a text in Markdown, without its marks; what heads it between `---` describes it.

    Raises Refused if it has no text, or its tags are nested too deep.
    """
    import mistune

    text, remarks = decode_text(raw)
    text, dropped = drop_controls(text)
    finds = Finds()
    matter = _FRONT_MATTER.match(text)
    if matter:
        _read_front_matter(finds, matter[1])
        text = text[matter.end() :]
    page = str(mistune.html(text))
    if not page.strip():
        raise Refused("it is empty")
    tree = parse_page(f"<div>{page}</div>")
    paragraphs = write_paragraphs(tree)
    if not paragraphs:
        raise Refused("it has no text")
    for heading in tree.xpath("//h1")[:1]:
        finds.add("title", heading.text_content(), "its first heading")
    describe_head(finds, "\n\n".join(paragraphs))
    return Reading("\n\n".join(paragraphs) + "\n", finds.fields, finds.found, (*remarks, *dropped))


def _read_front_matter(finds: Finds, matter: str) -> None:
    for key, value in _PAIR.findall(matter):
        field, value = _KEYS.get(key.lower(), ""), value.strip().strip("\"'[]")
        if field == "published":
            value = read_date(value)
        elif field == "author":
            value = clean_author(value)
        elif field == "url" and not re.match(r"https?://", value):
            continue
        if field:
            finds.add(field, value, f"`{key}:` at its head")
