"""Join the pages of a site into one file that needs nothing else: for mail, and for print.

Each page becomes a section of one document. Its ids get the name of the page in front,
`s014` of `articles/rana-2017.html` becomes `rana-2017--s014`, so that links
between pages become links within the document.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

from ruspak_nb.report.bundle import (
    Part,
    allow_scripts,
    as_data,
    is_download,
    join_scripts,
    join_styles,
    look_up,
    resolve,
)

__all__ = ["join_pages"]

# Attributes that name one id, or several with blanks between.
REFERENCES = (
    *("for", "headers", "list", "form", "popovertarget", "commandfor"),
    *("aria-activedescendant", "aria-controls", "aria-describedby", "aria-details"),
    *("aria-errormessage", "aria-flowto", "aria-labelledby", "aria-owns"),
)
LEFT_OUT = (
    "A mark such as [PNG] stands where the full report, a folder, has a file to download; "
    "this file does without."
)


def join_pages(files: Mapping[str, bytes], *, plots: bool = True) -> bytes:
    """Join the pages among the files of a site, by address, into one HTML document.

    The index comes first, then the pages beside it, then those in folders, each in the
    order of their names. Styles, scripts and pictures are taken in, pictures as WebP
    without loss where that is smaller; a link to any other file becomes its text. Without
    `plots`, figures that have a printed twin are pictures: five megabytes less. Raises
    KeyError if a page loads a file that is not among them, ValueError if there is no page.
    """
    parts = _read_parts(files)
    if not parts:
        raise ValueError("there is no page to join: none of the files ends in '.html'")
    by_address = {part.address: part for part in parts}
    for part in parts:
        if not plots:
            _keep_prints(part)
        _take_images(part, files)
        _point_links(part, by_address)
    styles = join_styles(parts, files)
    # What all pages have alike around their text, such as a dialogue, stands here once.
    beside = {part.name: {str(tag) for tag in _rest(part) if not _has_main(tag)} for part in parts}
    shared = Counter(text for texts in beside.values() for text in texts)
    for part in parts:
        part.own = [tag for tag in _rest(part) if _has_main(tag) or shared[str(tag)] == 1]
    frame = max(parts, key=lambda part: _offer(part.body.find("header", recursive=False)))
    around = [child for child in _rest(frame) if child not in frame.own]
    sections = [_make_section(part, number) for number, part in enumerate(parts)]
    return _write(parts, frame, around, sections, styles, files).encode()


def _read_parts(files: Mapping[str, bytes]) -> list[Part]:
    """Read the pages in the order in which they stand, each under a name of its own."""
    pages = [name for name in files if name.endswith((".html", ".htm")) and not is_download(name)]
    pages.sort(key=lambda name: (name != "index.html", name.count("/"), name))
    # Ids that the document itself has.
    taken = {"main"}
    parts = []
    for address in pages:
        soup = BeautifulSoup(files[address], "html.parser")
        # Short, as the search's script makes it too; with its folder where that is taken.
        path = re.sub(r"[^\w./-]+", "-", posixpath.splitext(address)[0])
        name = base = posixpath.basename(path)
        number = 1
        while name in taken:
            name = path.replace("/", "-") if number == 1 else f"{base}-{number}"
            number += 1
        taken.add(name)
        parts.append(Part(address, name, soup))
    return parts


def _point_links(part: Part, by_address: Mapping[str, Part]) -> None:
    """Point links between pages at their sections; name the files that are left out."""
    for link in part.soup.find_all(["a", "area"], href=True):
        found = resolve(part, str(link["href"]))
        if found is None or str(link["href"]).startswith("#"):
            continue
        address, anchor = found
        if address in by_address:
            link["href"] = by_address[address].fragment(anchor)
        else:
            _set_aside(link)


def _set_aside(link: Tag) -> None:
    """Turn a link to a file that is not here into text that says so."""
    link.name = "span"
    link.attrs = {"class": "left-out", "title": "comes with the full report"}


def _take_images(part: Part, files: Mapping[str, bytes]) -> None:
    """Put each picture into the page that shows it."""
    for image in part.soup.find_all(["img", "source", "input"], src=True):
        # Of data there is nothing to wait for, and paper takes no picture that waits.
        image.attrs.pop("loading", None)
        found = resolve(part, str(image["src"]))
        if found is not None:
            image["src"] = as_data(found[0], look_up(files, found[0], part.address))


def _keep_prints(part: Part) -> None:
    """Let the printed twin of a figure stand for it, where it has one."""
    for figure in part.soup.select("figure.plotly:has(> .printed)"):
        for drawn in figure.select(":scope > .plot, :scope > script"):
            drawn.decompose()
        figure["class"] = "picture"


def _rest(part: Part) -> list[Tag]:
    """List what stands in the body beside the header, the footer and the skip link."""
    return [
        child
        for child in part.body.find_all(True, recursive=False)
        if child.name not in {"header", "footer", "script", "noscript", "link", "head"}
        and not (child.name == "a" and "skip" in (child.get("class") or []))
    ]


def _has_main(tag: Tag) -> bool:
    """Say whether an element is or holds the text of a page."""
    return tag.name == "main" or tag.find("main") is not None


def _offer(header: Tag | None) -> int:
    """Count what a header offers: the one that offers most heads the document."""
    return len(header.find_all(["a", "button", "input", "summary"])) if header else -1


def _make_section(part: Part, number: int) -> str:
    """Write a page as a section with ids of its own."""
    ids = {
        str(element["id"])
        for child in part.own
        for element in [child, *child.find_all(id=True)]
        if element.get("id")
    }
    for child in part.own:
        for element in [child, *child.find_all(True)]:
            _prefix(element, part, ids)
    classes = " ".join(["part", *(part.body.get("class") or []), *part.styles])
    return (
        f'<section class="{escape(classes)}" id="{escape(part.name)}" '
        f'data-title="{escape(part.title)}" style="page: part-{number}">\n'
        + "\n".join(str(child) for child in part.own)
        + "\n</section>"
    )


def _prefix(element: Tag, part: Part, ids: set[str]) -> None:
    """Put the name of the page before the ids that an element has or names."""
    if element.name == "main":
        element.name = "div"
        element["class"] = " ".join(["main", *(element.get("class") or [])])
        for attribute in ("id", "tabindex"):
            element.attrs.pop(attribute, None)
    if element.get("id"):
        element["id"] = f"{part.name}--{element['id']}"
    for attribute in REFERENCES:
        if element.get(attribute):
            value = element[attribute]
            names = value.split() if isinstance(value, str) else value
            element[attribute] = " ".join(
                f"{part.name}--{name}" if name in ids else name for name in names
            )
    href = str(element.get("href", ""))
    if href.startswith("#") and unquote(href[1:]) in ids | {"", "top", "main"}:
        element["href"] = part.fragment(unquote(href[1:]))


def _write(
    parts: list[Part],
    frame: Part,
    around: list[Tag],
    sections: list[str],
    styles: str,
    files: Mapping[str, bytes],
) -> str:
    """Write the document around its sections."""
    first = parts[0].soup
    head, body = join_scripts(parts, files)
    metas = [meta for meta in first.find_all("meta") if meta.get("name")]
    header, footer = (frame.body.find(name, recursive=False) for name in ("header", "footer"))
    _clear_contents(header)
    language = first.html.get("lang", "en") if first.html else "en"
    note = f'<p class="note">{LEFT_OUT}</p>' if any(map(_misses, sections)) else ""
    lines = [
        "<!doctype html>",
        f'<html lang="{escape(str(language))}" data-single>',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{allow_scripts([*head, *body])}">',
        *map(str, metas),
        f"<title>{escape(parts[0].title)}</title>",
        f"<style>\n{styles}\n</style>",
        *(f"<script>{text}</script>" for text in head),
        "</head>",
        '<body class="single">',
        '<a class="skip" href="#main">Skip to the text</a>',
        str(header or ""),
        '<main id="main" tabindex="-1">',
        *sections,
        "</main>",
        *map(str, around),
        str(footer or "").replace("</footer>", f"{note}</footer>"),
        *(f"<script>{text}</script>" for text in body),
        "</body>",
        "</html>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _misses(section: str) -> bool:
    """Say whether a section names a file that is left out."""
    return 'class="left-out"' in section


def _clear_contents(header: Tag | None) -> None:
    """Let the contents in the header list the pages alone, none of them as the one shown."""
    if header is None:
        return
    for nested in header.select("nav li ol, nav li ul"):
        nested.decompose()
    for link in header.select("[aria-current]"):
        del link["aria-current"]
    for item in header.select("nav li.here"):
        del item["class"]
