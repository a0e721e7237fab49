"""Show each article that a page cites: its text, its datasheet, and what was found in it."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
from bs4 import Tag

from ruspak_nb.intervals import tell_date
from ruspak_nb.report.findings import LAYERS, Entry, Layer, anchor_of, list_entries, list_marks
from ruspak_nb.report.page import Page, slugify
from ruspak_nb.report.reading import anchor_at, mark_up

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = ["Claim", "Source", "address_of", "link_sentences"]

# Where an id is part of code or of another link, it stays as it is.
UNLINKED = {"a", "pre", "script", "summary", "h1", "h2", "h3", "h4", "h5", "h6"}


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
    anchor: str
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
        return address_of(self.article_id)

    @property
    def byline(self) -> str:
        """Say who wrote it, where and when it was published."""
        known = (self.facts.get(label, "") for label in ("Author", "Outlet", "Published"))
        return ", ".join(dict.fromkeys(part for part in known if part))

    @property
    def verdicts(self) -> list[tuple[str, int]]:
        """Count the verdicts on the claims, the most frequent first."""
        return Counter(claim.verdict for claim in self.claims).most_common()


def address_of(article_id: str, anchor: str = "") -> str:
    """Give the address of an article's page in the site, or of a place on it."""
    return f"articles/{slugify(article_id)}.html" + (f"#{anchor}" if anchor else "")


def link_sentences(pages: list[Page], notes: "Annotations", claims: pd.DataFrame) -> list[Source]:
    """Link each id of a sentence or span on the pages to its place in the source.

    `claims` says how claims of the articles were judged, in the columns of that table.
    Returns every article, in the order of the corpus.
    """
    homes = dict(zip(notes.sentences["sentence_id"], notes.sentences["article_id"], strict=True))
    places = _list_places(notes)
    names = "|".join(re.escape(name) for name in notes.corpus.articles["article_id"])
    pattern = re.compile(rf"(?<![\w-])(?P<article>{names})(?:-s\d+|:(?P<start>\d+)-\d+)(?![\w-])")

    def find(match: re.Match[str]) -> tuple[str, str] | None:
        """Give the article that an id leads to and the place in it."""
        if match["start"] is None:
            home = homes.get(match[0])
            return None if home is None else (home, anchor_of(match[0]))
        start = int(match["start"])
        for begins, ends, anchor in places[match["article"]]:
            if begins <= start < ends:
                return match["article"], anchor
        return None

    cited: dict[str, list[Page]] = {}
    for page in pages:
        for name in _link_in(page, pattern, find):
            listed = cited.setdefault(name, [])
            if page not in listed:
                listed.append(page)
    return [
        _read_source(article, notes, claims, cited.get(article["article_id"], []))
        for article in notes.corpus.articles.to_dict("records")
    ]


def _list_places(notes: "Annotations") -> dict[str, list[tuple[int, int, str]]]:
    """List where the sentences of each article begin and end, and the zones beside its body."""
    places: dict[str, list[tuple[int, int, str]]] = {name: [] for name in notes.corpus.texts}
    for row in notes.sentences.itertuples(index=False):
        places[row.article_id].append((row.start, row.end, anchor_of(row.sentence_id)))
    for row in notes.corpus.zones.itertuples(index=False):
        if row.zone != "body":
            places[row.article_id].append((row.start, row.end, anchor_at(row.start)))
    return places


def _link_in(
    page: Page,
    pattern: re.Pattern[str],
    find: Callable[[re.Match[str]], tuple[str, str] | None],
) -> list[str]:
    """Link the ids on one page and list the articles they lead to."""
    found = []
    for node in page.soup.find_all(string=pattern):
        if any(parent.name in UNLINKED for parent in node.parents):
            continue
        pieces: list[Tag | str] = []
        last = 0
        for match in pattern.finditer(node):
            place = find(match)
            if place is None:
                continue
            link = page.soup.new_tag(
                "a",
                href=address_of(*place),
                attrs={"class": "sentence-id"},
                string=match[0],
            )
            pieces += [str(node)[last : match.start()], link]
            last = match.end()
            found.append(place[0])
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
        "Published": tell_date(article["published"]),
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
        listed.append(
            Claim(
                sentence_id,
                anchor_of(sentence_id),
                row.claim_normalised,
                verdict,
                row.explanation,
            )
        )
    return listed
