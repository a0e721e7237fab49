"""Write a tree of elements as text: paragraphs apart by a blank line."""

import re
from typing import Any

# Elements that begin and end a paragraph, of HTML and of trafilatura's own tree.
_BLOCKS = frozenset(
    (
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "head", "blockquote", "quote", "pre", "code"),
        *("ul", "ol", "dl", "li", "dt", "dd", "list", "item", "table", "caption", "tr", "row"),
        *("div", "section", "article", "main", "header", "footer", "aside", "figure"),
        *("figcaption", "body", "title", "hr"),
    )
)
_UNREAD = frozenset(("script", "style", "template", "noscript", "svg", "iframe", "object"))
_BREAKS = frozenset(("br", "lb"))
_CELLS = frozenset(("td", "th", "cell"))
_SPACE = re.compile(r"[ \t\n\r\f]+")


def write_paragraphs(tree: Any) -> list[str]:
    """Give the paragraphs of a tree, in order; white space is folded, nothing else changes."""
    from lxml import etree

    pieces: list[list[str]] = [[]]
    unread = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        tag = tag.rpartition("}")[2]
        if event == "start":
            unread += tag in _UNREAD
            if tag in _BLOCKS:
                pieces.append([])
            elif tag in _BREAKS:
                pieces[-1].append("\n")
            text = element.text
        else:
            unread -= event == "end" and tag in _UNREAD
            if tag in _BLOCKS:
                pieces.append([])
            elif tag in _CELLS:
                pieces[-1].append(" ")
            text = element.tail if element is not tree else None
        if text and not unread:
            pieces[-1].append(_SPACE.sub(" ", text))
    paragraphs = ("".join(piece) for piece in pieces)
    lines = ("\n".join(_fold_lines(paragraph)) for paragraph in paragraphs)
    return [paragraph for paragraph in lines if paragraph]


def _fold_lines(paragraph: str) -> list[str]:
    lines = (_SPACE.sub(" ", line).strip() for line in paragraph.split("\n"))
    return [line for line in lines if line]
