"""Show each article that a page cites: its text, its datasheet, and what was found in it."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
from bs4 import Tag

from ruspak_nb.reference import load_reference
from ruspak_nb.report.findings import LAYERS, Entry, Layer, list_entries, list_marks
from ruspak_nb.report.page import Page, slugify
from ruspak_nb.report.reading import mark_up

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = ["Claim", "Source", "link_sentences"]

# Where an id is part of code or of another link, it stays as it is.
UNLINKED = ["a", "pre", "script", "summary", "h1", "h2", "h3", "h4", "h5", "h6"]


# How the day of publication is known, for readers who do not know the column.
BASES = {
    "explicit": "stated with the text",
    "explicit_narrowed": "stated with the text, then narrowed by what it tells",
    "inferred": "not stated; inferred",
}


@dataclass(frozen=True)
class Claim:
    """What an article claims, in our words, and how people judged it."""

    sentence_id: str
    told: str
    verdict: str
    explanation: str


@dataclass
class Source:
    """An article as a page: its text untouched, each sentence with its id."""

    article_id: str
    title: str
    facts: dict[str, str]
    url: str
    sha256: str
    zones: list[tuple[str, float]]
    body: str
    layers: list[tuple[Layer, int]]
    entries: list[Entry]
    claims: list[Claim]
    cited_by: list[Page] = field(default_factory=list)

    @property
    def href(self) -> str:
        """Name the file of the page."""
        return f"article-{slugify(self.article_id)}.html"

    @property
    def verdicts(self) -> list[tuple[str, int]]:
        """Count the verdicts on the claims, the most frequent first."""
        return Counter(claim.verdict for claim in self.claims).most_common()


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
    claims = load_reference("claims")
    return [
        _read_source(article, notes, claims, cited[article["article_id"]])
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


def _read_source(
    article: dict[str, str], notes: "Annotations", claims: pd.DataFrame, cited_by: list[Page]
) -> Source:
    """Make the page of one article."""
    name = article["article_id"]
    marks = list_marks(name, notes)
    counts = Counter(mark.layer for mark in marks)
    return Source(
        article_id=name,
        title=article["title"] or article["file"],
        facts=_list_facts(article),
        url=article["url"] if article["url"].startswith(("https://", "http://")) else "",
        sha256=article["sha256"],
        zones=_share_zones(name, notes),
        body=mark_up(name, notes, marks),
        layers=[(layer, counts[layer.key]) for layer in LAYERS],
        entries=list_entries(name, notes, marks),
        claims=_list_claims(article, notes, claims),
        cited_by=cited_by,
    )


def _list_facts(article: dict[str, str]) -> dict[str, str]:
    """List what is known of an article, and how its day is known."""
    basis = article["published_basis"]
    first, last = article["published_earliest"], article["published_latest"]
    if first and last:
        days = f"{first} to {last}" if first != last else ""
    else:
        days = f"{first} or later" if first else f"{last} or earlier" if last else ""
    facts = {
        "Author": article["author"],
        "Outlet": article["outlet"],
        "Published": article["published"] or "unknown",
        "How we know": BASES.get(basis, basis.replace("_", " ")),
        "Possible days": days,
        "Side": article["viewpoint"],
        "Genre": article["genre"].replace("_", " "),
        "Words": f"{article['n_words']:,}",
        "File": article["file"],
        "Cited as": article["article_id"],
    }
    return {label: value for label, value in facts.items() if value}


def _share_zones(article_id: str, notes: "Annotations") -> list[tuple[str, float]]:
    """Give each zone's share of the characters that any zone holds, the largest first."""
    zones = notes.corpus.zones[notes.corpus.zones["article_id"] == article_id]
    sizes = (zones["end"] - zones["start"]).groupby(zones["zone"]).sum()
    shares = (sizes / sizes.sum()).sort_values(ascending=False, kind="stable")
    return [(str(zone).replace("_", " "), float(share)) for zone, share in shares.items()]


def _list_claims(
    article: dict[str, str], notes: "Annotations", claims: pd.DataFrame
) -> list[Claim]:
    """List the claims of an article, where the file still has the words that were judged."""
    name = article["article_id"]
    text = notes.corpus.texts[name]
    sentences = notes.sentences[notes.sentences["article_id"] == name]
    listed = []
    for row in claims[claims["file"] == article["file"]].itertuples(index=False):
        if text[row.start : row.end] != row.quote:
            continue
        around = sentences[(sentences["start"] <= row.start) & (row.start < sentences["end"])]
        sentence_id = around["sentence_id"].iloc[0] if len(around) else ""
        verdict = row.verdict.replace("_", " ")
        listed.append(Claim(sentence_id, row.claim_normalised, verdict, row.explanation))
    return listed
