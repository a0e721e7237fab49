"""Collect what a reader can search: sentences, sections and findings, tables, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bs4 import Tag

from ruspak_nb.codebook import load_themes
from ruspak_nb.intervals import tell_date
from ruspak_nb.report.exporter import json_for_script
from ruspak_nb.report.findings import anchor_of
from ruspak_nb.report.page import HEADINGS, Page
from ruspak_nb.report.sources import address_of

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = ["build_index"]

PROSE = ["p", "li", "dt", "dd"]
# What is folded repeats: sentences behind a number, data behind a figure; so do quotations.
ASIDE = {"details", "blockquote"}
WITHIN = {*PROSE, "table", "figcaption"}
# Other scripts of the report may read this too; lists throughout, so that no word of an
# article becomes the name of a property.
HEAD = """\
// What the report's search looks through. Numbers point into the lists above them.
// articles:  [id, author or outlet, published, address of its page]
// themes:    name
// sentences: [article, anchor on the article's page, text, [theme, ...]]
// pages:     [address, title]
// sections:  [page, anchor, heading, [finding or paragraph, ...]]
// tables:    [page, anchor, caption, [headings of the columns, row, ...]]
"""


@dataclass
class _Place:
    """A section or a table: where it is, what it is called, and its lines of text."""

    anchor: str
    title: str
    lines: list[str] = field(default_factory=list)


def build_index(pages: Sequence[Page], notes: "Annotations | None" = None) -> bytes:
    """Write the script that gives `globalThis.ruspakSearch` all that can be searched.

    Reads each page as it stands, so links must be resolved before. The script's first
    lines say what it holds. The same pages and annotations give the same bytes.
    """
    sections, tables = [], []
    for number, page in enumerate(pages):
        found = _read_places(page)
        sections += [[number, place.anchor, place.title, place.lines] for place in found[0]]
        tables += [[number, place.anchor, place.title, place.lines] for place in found[1]]
    index = {
        **_list_sentences(notes),
        "pages": [[page.href, page.title] for page in pages],
        "sections": sections,
        "tables": tables,
    }
    return f"{HEAD}globalThis.ruspakSearch = {json_for_script(index)};\n".encode()


def _list_sentences(notes: "Annotations | None") -> dict[str, list[object]]:
    """List the sentences with their themes, and the articles they stand in."""
    if notes is None:
        return {"articles": [], "themes": [], "sentences": []}
    articles = notes.corpus.articles.to_dict("records")
    numbers = {article["article_id"]: number for number, article in enumerate(articles)}
    themes: dict[str, dict[str, None]] = {}
    for row in notes.themes.itertuples(index=False):
        themes.setdefault(row.sentence_id, {})[row.theme] = None
    coded = load_themes()
    labels = dict(zip(coded["theme"], coded["label"], strict=True))
    used = sorted({theme for listed in themes.values() for theme in listed})
    return {
        "articles": [
            [
                article["article_id"],
                article["author"] or article["outlet"] or article["file"],
                tell_date(article["published"]),
                address_of(article["article_id"]),
            ]
            for article in articles
        ],
        "themes": [labels.get(theme, theme.replace("_", " ")) for theme in used],
        "sentences": [
            [
                numbers[row.article_id],
                anchor_of(row.sentence_id),
                row.text,
                sorted(used.index(theme) for theme in themes.get(row.sentence_id, ())),
            ]
            for row in notes.sentences.itertuples(index=False)
        ],
    }


def _read_places(page: Page) -> tuple[list[_Place], list[_Place]]:
    """Read a page's sections with their prose, and its tables, in the order of the page."""
    here = _Place("", page.title)
    sections = {"": here}
    tables = []
    findings = []
    for element in page.soup.select(", ".join([*HEADINGS, "table", *PROSE])):
        if element.name in HEADINGS:
            here = _Place(str(element["id"]), _read(element))
            sections[here.anchor] = here
            continue
        around = {parent.name for parent in element.parents}
        if around & ASIDE:
            continue
        if element.name == "table":
            tables.append(_read_table(element, here))
        elif element.name == "li" and element.find_parent(class_="findings") is not None:
            findings.append((here, element))
        elif not around & WITHIN:
            here.lines.append(_read(element))
    for brief, element in reversed(findings):
        _place_finding(element, brief, sections)
    return [place for place in sections.values() if place.anchor or any(place.lines)], tables


def _place_finding(element: Tag, brief: _Place, sections: dict[str, _Place]) -> None:
    """Put a finding at the head of the section it leads to, without repeating its heading."""
    link = element.find("a", href=True)
    leads = str(link["href"]) if link is not None else ""
    place = sections.get(leads.removeprefix("#"), brief) if leads.startswith("#") else brief
    text = _read(element)
    if place is not brief:
        text = text.removeprefix(place.title).lstrip(" .,:;")
    if text:
        place.lines.insert(0, text)


def _read_table(table: Tag, section: _Place) -> _Place:
    """Read a table row by row, its evidence left out: those sentences are there already."""
    box = table.find_parent(id=True, class_="table")
    caption = table.find("caption")
    lines = [
        " · ".join(filter(None, map(_read_cell, row.find_all(["td", "th"], recursive=False))))
        for row in table.find_all("tr")
    ]
    return _Place(
        str(box["id"]) if box is not None else section.anchor,
        _read(caption) if caption is not None else section.title,
        [line for line in lines if line],
    )


def _read_cell(cell: Tag) -> str:
    """Read the text of a cell while its evidence is closed."""
    return _read(cell.select_one("details > summary") or cell)


def _read(element: Tag) -> str:
    """Read the text of an element on one line."""
    return " ".join(element.get_text().split())
