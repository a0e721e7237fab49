"""Let through of HTML only what a page needs: text from an article can never run.

Markdown cells and HTML outputs both pass here. What is not on the lists stays on
the page as text, so nothing is lost without being seen.
"""

import re
from functools import partial
from html import unescape

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]

__all__ = ["clean_html"]

# fmt: off
TAGS = frozenset({
    "a", "abbr", "b", "bdi", "blockquote", "br", "caption", "cite", "code", "col",
    "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "u", "ul", "var", "wbr",
})
# fmt: on
EVERYWHERE = frozenset({"class", "id", "lang", "dir", "title", "role", "style"})
# Where quoted words stand in their file, and how much is counted in them.
POINTERS = frozenset({"data-span", "data-n"})
# The stylesheet decides colours and fonts, so that both themes stay legible.
STYLES = frozenset({"text-align", "width", "min-width", "max-width", "white-space"})
ATTRIBUTES = {
    "a": {"href"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
}
STYLE_BLOCK = re.compile(r"<style\b.*?</style\s*>", re.IGNORECASE | re.DOTALL)
BLANKS = re.compile(r"[\x00-\x20]+")
IMAGE_DATA = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)
ELSEWHERE = re.compile(r"(https?:)?//", re.IGNORECASE)


def clean_html(html: str, *, files: bool = True) -> str:
    """Escape every tag, attribute and address of some HTML that a page does not need.

    Style blocks go, since pandas writes one into each table. An image is data or,
    with `files`, a local file; never an address elsewhere.
    """
    clean: str = bleach.clean(
        STYLE_BLOCK.sub("", html),
        tags=TAGS,
        attributes=partial(_allow, files=files),
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
    )
    return clean


def _allow(tag: str, name: str, value: str, *, files: bool) -> bool:
    """Say whether an attribute may stay."""
    if name in EVERYWHERE or name in POINTERS or name.startswith("aria-"):
        return True
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    address = BLANKS.sub("", unescape(value))
    if name == "src":
        if address.lower().startswith("data:"):
            return bool(IMAGE_DATA.match(address))
        return files and not ELSEWHERE.match(address)
    if name in {"href", "cite"}:
        return not address.lower().startswith("data:")
    return True
