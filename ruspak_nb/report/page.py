"""Make a page out of the cells of a notebook: headings, links, tables, pictures."""

import base64
import hashlib
import json
import re
from copy import copy
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

__all__ = ["LinkError", "Page", "read_page", "resolve_links", "slugify"]

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# A sign, digits with their marks, a unit of one character.
NUMBER = re.compile(r"[-\u2212\u2013+±<≤≥~\u00d7]?\s?[\d.,:/\u2013]*\d\s?[%‰\u00d7]?")
EMPTY = frozenset({"", "\u2013", "\u2014", "-", "NaN", "nan", "None", "NaT", "<NA>"})
WORD = re.compile(r"(?=.{1,28}$)\w+(?:-\w+)+")
PER_CENT = re.compile(r"(\d) %")
VERBATIM = {"pre", "code", "script"}
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class LinkError(ValueError):
    """Raised for a link that leads nowhere."""


@dataclass
class Page:
    """A page on its way to being written."""

    path: Path
    name: str
    soup: BeautifulSoup
    title: str = ""
    lead: str = ""
    findings: list[str] = field(default_factory=list)
    sections: list[tuple[str, str]] = field(default_factory=list)
    notebook: str = ""
    images: dict[str, bytes] = field(default_factory=dict)

    @property
    def href(self) -> str:
        """Name the file of the page."""
        return f"{self.name}.html"

    @property
    def has_plots(self) -> bool:
        """Say whether the page needs the plotting library."""
        return bool(self.traces)

    @cached_property
    def traces(self) -> frozenset[str]:
        """List the kinds of traces that the plotting library is to draw."""
        figures = self.soup.select("figure.plotly > script")
        return frozenset(
            trace.get("type", "scatter")
            for figure in figures
            for trace in json.loads(figure.get_text()).get("data", [])
        )

    @cached_property
    def anchors(self) -> frozenset[str]:
        """List the ids that a link can lead to."""
        return frozenset(str(element["id"]) for element in self.soup.find_all(id=True))

    @property
    def brief(self) -> str:
        """Give the findings as items of a list that can stand on another page."""
        listed = self.soup.select_one(".findings")
        if listed is None:
            return ""
        items = copy(listed)
        for link in items.select("a[href^='#']"):
            link["href"] = self.href + str(link["href"])
        return items.decode_contents()

    @property
    def cover(self) -> Tag | None:
        """Give the first picture of the page."""
        return self.soup.select_one("figure.picture img, img.printed")

    @property
    def body(self) -> str:
        """Give the HTML of the page."""
        return str(self.soup)


def slugify(text: str) -> str:
    """Make the id of a heading: lower case, words joined by hyphens."""
    return re.sub(r"\W+", "-", text.replace("_", "-").lower()).strip("-") or "section"


def read_page(path: Path, html: str) -> Page:
    """Read a page from the HTML of the cells of the notebook at `path`."""
    page = Page(path=path, name=path.stem, soup=BeautifulSoup(html, "html.parser"))
    _order_headings(page)
    _take_summary(page)
    for number, table in enumerate(page.soup.find_all("table"), start=1):
        _dress_table(page.soup, table, number)
    for image in page.soup.find_all("img"):
        _take_image(page, image)
    for text in page.soup.find_all(string=PER_CENT):
        # A number keeps its unit on its line, but a quotation its characters.
        if not any(one.name in VERBATIM or one.has_attr("data-span") for one in text.parents):
            text.replace_with(PER_CENT.sub("\\1\u00a0%", str(text)))
    for block in page.soup.select("div.highlight pre"):
        block["tabindex"] = "0"
    return page


def resolve_links(page: Page, pages: list[Page], root: Path) -> dict[str, Path]:
    """Point links between notebooks at their pages, and list the files to copy.

    Returns the files that the page links to, by the address they get. Raises
    LinkError if a notebook, section or file is missing or lies outside `root`.
    """
    by_path = {other.path.resolve(): other for other in pages}
    files: dict[str, Path] = {}
    for element, attribute in [
        *((link, "href") for link in page.soup.select("a[href]")),
        *((image, "src") for image in page.soup.select("img[src]")),
    ]:
        address = str(element[attribute])
        if address.startswith("images/") and address in page.images:
            continue
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        if not parts.path:
            element[attribute] = "#" + _find_anchor(page, page, address, parts.fragment)
            continue
        target = (page.path.parent / unquote(parts.path)).resolve()
        if target in by_path:
            other = by_path[target]
            anchor = _find_anchor(page, other, address, parts.fragment)
            element[attribute] = other.href + (f"#{anchor}" if anchor else "")
            continue
        if not target.is_relative_to(root.resolve()):
            raise LinkError(f"{page.path.name}: the link '{address}' leaves the project's folder")
        if not target.is_file() or target.suffix == ".ipynb":
            where = "is not among the notebooks" if target.is_file() else "leads nowhere"
            raise LinkError(f"{page.path.name}: the link '{address}' {where}")
        copy = "files/" + target.relative_to(root.resolve()).as_posix()
        files[copy] = target
        element[attribute] = copy
    return files


def _find_anchor(page: Page, other: Page, address: str, fragment: str) -> str:
    """Find the id that a fragment means, whether written as Jupyter writes it or as we do."""
    if not fragment:
        return ""
    fragment = unquote(fragment)
    for candidate in (fragment, slugify(fragment)):
        if candidate in other.anchors:
            return candidate
    slugs = [slug for slug, _ in other.sections]
    near = get_close_matches(slugify(fragment), slugs, n=1)
    hint = f"; did you mean '#{near[0]}'?" if near else ""
    raise LinkError(
        f"{page.path.name}: the link '{address}' names no section of {other.path.name}{hint}"
    )


def _order_headings(page: Page) -> None:
    """Give each heading an id of its own and leave no gap in the levels; one `h1` a page."""
    taken: set[str] = set()
    named = {element["id"]: element for element in page.soup.find_all(id=True)}
    previous = 0
    for heading in page.soup.find_all(HEADINGS):
        text = heading.get_text(" ", strip=True)
        level = int(heading.name[1])
        if previous:
            level = max(level, 2)
        level = min(level, previous + 1)
        heading.name = f"h{level}"
        previous = level
        slug = slugify(text)
        unique, count = slug, 1
        while unique in taken:
            count += 1
            unique = f"{slug}-{count}"
        taken.add(unique)
        clash = named.get(unique)
        if clash is not None and clash is not heading:
            del clash["id"]
        heading["id"] = unique
        if level == 1 and not page.title:
            page.title = text
        elif level == 2:
            page.sections.append((unique, text))
    if not page.title:
        page.title = page.name


def _take_summary(page: Page) -> None:
    """Take the first paragraph and the first findings, which the index shows."""
    first = page.soup.find("h1")
    paragraph = (first or page.soup).find_next("p") if first else page.soup.find("p")
    if paragraph is not None:
        page.lead = _as_plain(paragraph)
        if first is not None:
            paragraph["class"] = "lead"
    brief = page.soup.find(id="in-brief")
    bullets = brief.find_next(["ul", "ol"]) if brief else None
    if bullets is not None:
        page.findings = [_as_plain(item) for item in bullets.find_all("li", recursive=False)]
        bullets["class"] = "findings"


def _as_plain(element: Tag) -> str:
    """Read the text of an element without pointers such as `(below)`."""
    text = "".join(
        f"\0{part}\0" if part.find_parent("a") else str(part)
        for part in element.find_all(string=True)
    )
    text = re.sub(r"\s*[(\[]\0[^\0]*\0[)\]]", "", text)
    return " ".join(text.replace("\0", "").split())


def _dress_table(soup: BeautifulSoup, table: Tag, number: int) -> None:
    """Mark header cells and numbers, and let a wide table scroll by itself."""
    for attribute in ("border", "style"):
        table.attrs.pop(attribute, None)
    for row in table.find_all("tr"):
        row.attrs.pop("style", None)
    for cell in table.select("thead th"):
        if cell.get_text(strip=True):
            cell.attrs.setdefault("scope", "col")
        else:
            # A header that heads nothing, such as pandas' corner, is no header.
            cell.name = "td"
            cell.attrs.pop("scope", None)
    for cell in table.select("tbody th"):
        cell.attrs.setdefault("scope", "row")
    for cell in table.select("tbody td"):
        # An id such as `rana-2017` must not break at its hyphen, nor a sentence
        # be squeezed to a word a line.
        if WORD.fullmatch(cell.get_text()):
            _add_class(cell, "word")
        elif len(_shown(cell)) > 24:
            _add_class(cell, "text")
    if table.select_one(".number") is None:
        _align_numbers(table)
    caption = table.find("caption")
    label = f"Table {number}" + (f": {caption.get_text(' ', strip=True)}" if caption else "")
    if caption is not None:
        # A block of its own stays in view when a wide table is scrolled.
        inner = soup.new_tag("div")
        inner.extend(list(caption.contents))
        caption.append(inner)
    box = soup.new_tag(
        "div",
        # No heading has such an id: those are in lower case.
        id=f"T{number}",
        attrs={"class": "table", "tabindex": "0", "role": "region", "aria-label": label},
    )
    table.wrap(box)


def _align_numbers(table: Tag) -> None:
    """Give the class `num` to each column in which all cells are numbers."""
    head = [row.find_all(["td", "th"], recursive=False) for row in table.select("thead tr")]
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.select("tbody tr")]
    width = max((len(row) for row in rows), default=0)
    rows = [row for row in rows if len(row) == width]
    for column in range(width):
        cells = [row[column] for row in rows]
        texts = [_shown(cell) for cell in cells]
        filled = [text for text in texts if text not in EMPTY]
        if not filled or not all(NUMBER.fullmatch(text) for text in filled):
            continue
        for cell in cells + [row[column] for row in head if len(row) == width]:
            _add_class(cell, "num")


def _add_class(element: Tag, name: str) -> None:
    """Add a class to those that an element has."""
    classes = element.get("class") or ""
    listed = classes if isinstance(classes, str) else " ".join(classes)
    element["class"] = f"{listed} {name}".strip()


def _shown(cell: Tag) -> str:
    """Read the text of a cell while its evidence is closed."""
    summary = cell.select_one("details > summary")
    return (summary or cell).get_text(" ", strip=True)


def _take_image(page: Page, image: Tag) -> None:
    """Move a picture out of the page into a file named after its content."""
    if not image.get("src"):
        image.decompose()
        return
    image["loading"] = "lazy"
    head, _, data = str(image["src"]).partition(";base64,")
    if not data or not head.startswith("data:image/"):
        return
    suffix = {"jpeg": "jpg", "svg+xml": "svg"}.get(head[11:], head[11:])
    content = base64.b64decode(data)
    address = f"images/{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    page.images[address] = content
    image["src"] = address
    if content.startswith(PNG_SIGNATURE):
        width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
        shown = int(str(image.get("width") or width))
        image["width"] = str(shown)
        image["height"] = str(round(height * shown / width))
