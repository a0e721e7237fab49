"""Show each article that a page cites, with its sentences where they stand."""

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bs4 import Tag

from ruspak_nb.report.page import Page, slugify

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = ["Source", "link_sentences"]

# Where an id is part of code or of another link, it stays as it is.
UNLINKED = ["a", "pre", "script", "summary", "h1", "h2", "h3", "h4", "h5", "h6"]


@dataclass
class Source:
    """An article as a page: its text untouched, each sentence with its id."""

    article_id: str
    title: str
    facts: dict[str, str]
    url: str
    body: str
    cited_by: list[Page] = field(default_factory=list)

    @property
    def href(self) -> str:
        """Name the file of the page."""
        return f"article-{slugify(self.article_id)}.html"


def link_sentences(pages: list[Page], notes: "Annotations") -> list[Source]:
    """Link each sentence id on the pages to its place in the source.

    Returns the articles that are cited, in the order of the corpus.
    """
    homes = dict(zip(notes.sentences["sentence_id"], notes.sentences["article_id"], strict=True))
    articles = notes.corpus.articles.to_dict("records")
    if not homes:
        return []
    names = "|".join(re.escape(name) for name in notes.corpus.articles["article_id"])
    pattern = re.compile(rf"(?<![\w-])(?:{names})-s\d+(?![\w-])")
    cited: dict[str, list[Page]] = {}
    for page in pages:
        for name in _link_in(page, pattern, homes):
            listed = cited.setdefault(name, [])
            if page not in listed:
                listed.append(page)
    return [
        _read_source(article, notes, cited[article["article_id"]])
        for article in articles
        if article["article_id"] in cited
    ]


def _link_in(page: Page, pattern: re.Pattern[str], homes: dict[str, str]) -> list[str]:
    """Link the ids on one page and list the articles they lead to."""
    found = []
    for node in page.soup.find_all(string=pattern):
        if node.find_parent(UNLINKED) is not None:
            continue
        pieces: list[Tag | str] = []
        last = 0
        for match in pattern.finditer(node):
            home = homes.get(match[0])
            if home is None:
                continue
            link = page.soup.new_tag(
                "a",
                href=f"article-{slugify(home)}.html#{match[0]}",
                attrs={"class": "sentence-id"},
                string=match[0],
            )
            pieces += [str(node)[last : match.start()], link]
            last = match.end()
            found.append(home)
        if pieces:
            node.replace_with(*pieces, str(node)[last:])
    return found


def _read_source(article: dict[str, str], notes: "Annotations", cited_by: list[Page]) -> Source:
    """Make the page of one article."""
    name = article["article_id"]
    text = notes.corpus.texts[name]
    facts = {
        "Author": article["author"],
        "Outlet": article["outlet"],
        "Published": article["published"],
        "File": article["file"],
        "Cited as": name,
    }
    return Source(
        article_id=name,
        title=article["title"] or article["file"],
        facts={label: value for label, value in facts.items() if value},
        url=article["url"] if article["url"].startswith(("https://", "http://")) else "",
        body=_mark_up(name, text, notes),
        cited_by=cited_by,
    )


def _mark_up(article_id: str, text: str, notes: "Annotations") -> str:
    """Wrap sentences, and what is not body, in elements; change no character of the text."""
    zones = notes.corpus.zones.query("article_id == @article_id and zone != 'body'")
    sentences = notes.sentences.query("article_id == @article_id")
    spans = [
        (row.start, row.end, f'<span class="sentence" id="{html.escape(row.sentence_id)}">')
        for row in sentences.itertuples()
    ] + [
        (row.start, row.end, f'<span class="aside" title="{row.zone.replace("_", " ")}">')
        for row in zones.itertuples()
    ]
    pieces, last = [], 0
    for start, end, tag in sorted(spans):
        if start < last:
            continue
        pieces += [html.escape(text[last:start]), tag, html.escape(text[start:end]), "</span>"]
        last = end
    pieces.append(html.escape(text[last:]))
    return "".join(pieces)
