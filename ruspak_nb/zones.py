"""Tell an article's body from what surrounds it on a saved page."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise
from typing import Any

from ruspak_nb.patterns import compile_pattern
from ruspak_nb.schema import ZONES, suggest

# A block of more words or characters than this is prose, whatever it matches.
LONGEST_RULE_BLOCK = 60
_MOST_RULE_CHARACTERS = 900
_PROSE_WORDS = 25
_PROSE_CHARACTERS = 200
_SENTENCE_WORDS = 5
_TITLE_WORDS = 25
_TITLE_LINE_WORDS = 4
_TEASER_WORDS = 80
# Comments may outweigh an article, but not one shorter than this.
_SHORT_ARTICLE = 50
_STANDFIRST_WORDS = 40
_WRAP_WIDTH = 100
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SENTENCE_END = re.compile(r"[.!…۔।。][\"'”’»)\]*]{0,3}(\[\w{1,4}\]|\d{1,2})?$")
_NAME = r"[A-ZÀ-Þ][\w.'’-]{0,24}"
_NAME_LINE = re.compile(
    rf"{_NAME}(?: (?:{_NAME}|\((?:r|[Rr]etd\.?)\)|de|la|van|von|bin|al|ul|ur|and|&)){{1,5}}"
)
# Dates in a list are the list's own; in comments and links so are notes on people.
_OWN = {
    "endnotes": ("byline",),
    "comment_form": ("byline", "bio"),
    "other_post": ("byline", "bio"),
}
_WRITES = re.compile(r"^.{3,60}? (?:writes|argues|reports) ?: ?")
_CUT_SHORT = re.compile(r" ?(?:\[?(?:…|\.\.\.)\]?|read more|continue reading).{0,4}$", re.I)


@dataclass(frozen=True)
class Block:
    """A stretch of text read as one: a paragraph, or a line where lines are not wrapped.

    `text` is what stands from `start` to `end`, its white space made single spaces.
    """

    start: int
    end: int
    text: str

    @property
    def n_words(self) -> int:
        """Number of white-space words."""
        return self.text.count(" ") + 1

    @property
    def is_long(self) -> bool:
        """Whether this is too long for a heading, a name or a link."""
        return self.n_words >= _PROSE_WORDS or len(self.text) >= _PROSE_CHARACTERS

    @property
    def is_prose(self) -> bool:
        """Whether this reads as running text: long, or a whole sentence."""
        ends = _SENTENCE_END.search(self.text[-12:]) is not None
        return self.is_long or (self.n_words >= _SENTENCE_WORDS and ends)


@dataclass(frozen=True)
class ZoneRule:
    """A row of `zones.toml`; its comments say what the columns mean."""

    id: str
    zone: str
    where: str
    scope: str
    closes: bool
    pattern: re.Pattern[str]
    example: str
    counter_example: str


@dataclass(frozen=True)
class Zone:
    """A span of the file with its zone; offsets are code points of the decoded text."""

    start: int
    end: int
    zone: str


@dataclass(frozen=True)
class _Page:
    """The blocks of a page, the rules that each matches, and the zones found so far."""

    blocks: Sequence[Block]
    hits: Sequence[tuple[ZoneRule, ...]]
    labels: list[str | None]

    def rule(self, i: int, *where: str) -> ZoneRule | None:
        return next((rule for rule in self.hits[i] if rule.where in where), None)

    def is_open(self, i: int) -> bool:
        return self.labels[i] is None

    def is_body_prose(self, i: int) -> bool:
        known = self.rule(i, "head", "tail", "any", "edge")
        return self.is_open(i) and self.blocks[i].is_prose and known is None

    def n_words(self, start: int, end: int | None = None) -> int:
        """Count the words of body prose, as far as it is known."""
        found = filter(self.is_body_prose, range(len(self.blocks))[start:end])
        return sum(self.blocks[i].n_words for i in found)


def split_blocks(text: str) -> list[Block]:
    """Split a text into blocks, in order, without the white space around them.

    A line is a block unless the text is hard-wrapped (nearly every line short, most
    followed directly by another): then the lines of a paragraph are read as one block.
    A byte order mark at the start counts as white space.
    """
    text = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text
    spans = [_trim(text, m.start(), m.end()) for m in _LINE.finditer(text)]
    spans = [(start, end) for start, end in spans if start < end]
    full = _full_width(text, spans)
    if full is not None:
        spans = _unwrap(text, spans, full)
    return [Block(start, end, " ".join(text[start:end].split())) for start, end in spans]


def find_zones(
    text: str,
    *,
    title: str = "",
    author: str = "",
    spans: Sequence[tuple[int, int, Sequence[str]]] = (),
) -> list[Zone]:
    """Label every stretch of `text` that is not white space with its zone.

    `title` and `author`, where a datasheet gives them, are recognised as such. `spans`
    are hand-made `(start, end, zones)` and win over every rule; where a span names
    several zones, the rules choose among them. Adjacent blocks of one zone are one span.
    """
    blocks = [piece for block in split_blocks(text) for piece in _cut(text, block, spans)]
    hits = [_matching_rules(block) for block in blocks]
    given = [_given_zone(*pair, spans) for pair in zip(blocks, hits, strict=True)]
    page = _Page(blocks, hits, given)
    _label_running_heads(text, page)
    first = _label_head(text, page, title=title, author=author)
    _label_tail(page, first)
    _label_end(page, first, author)
    return list(_merge(page))


def zones_named(reason: str) -> list[str]:
    """Name the zones that a datasheet's free-text `reason` for a span speaks of.

    Raises ValueError, listing the zones, if it speaks of none.
    """
    said = reason.casefold().replace("-", " ").replace("_", " ")
    found = [
        zone
        for zone, words in _vocabulary().items()
        if any(word in said for word in (*words, zone.replace("_", " ")))
    ]
    if not found:
        raise ValueError(f"{reason!r} names no zone; {suggest(reason, ZONES)}")
    return found


@cache
def load_zone_rules() -> tuple[ZoneRule, ...]:
    """Read the rules of `zones.toml`, in the order in which they apply."""
    return tuple(
        ZoneRule(
            id=row["id"],
            zone=row["zone"],
            where=row["where"],
            scope=row["scope"],
            closes=row.get("closes", row["scope"] == "rest"),
            pattern=_rule_pattern(row),
            example=row["example"],
            counter_example=row["counter_example"],
        )
        for row in tomllib.loads(_resource("zones.toml"))["rule"]
    )


def _rule_pattern(row: Mapping[str, Any]) -> re.Pattern[str]:
    if "words" not in row:
        regex = "|".join(row["patterns"])
        return compile_pattern(regex, f"zones.toml, rule {row['id']!r}", whole=True)
    # Atomic groups: without them "latest news latest news …" has two readings a word.
    words = "|".join(map(re.escape, sorted(row["words"], key=len, reverse=True)))
    word = rf"(?>(?:{words})(?!\w))"
    return re.compile(rf"{word}(?:(?>[\s,/|·•∙»›>:–-]{{1,4}}){word}){{0,30}}\W{{0,3}}", re.I)


@cache
def _vocabulary() -> dict[str, list[str]]:
    return dict(tomllib.loads(_resource("zone_reasons.toml"))["reasons"])


def _resource(name: str) -> str:
    return (files("ruspak_nb") / "codebook" / name).read_text(encoding="utf-8")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _follows(text: str, end: int, start: int) -> bool:
    """Tell whether no blank line stands between the end of one line and the next."""
    return text.count("\n", end, start) == 1


def _full_width(text: str, spans: Sequence[tuple[int, int]]) -> float | None:
    """Give the width from which a line runs on into the next; None if lines are not wrapped."""
    widths = sorted(end - start for start, end in spans)
    wide = sum(width for width in widths if width > _WRAP_WIDTH)
    if len(spans) < 8 or wide > 0.1 * sum(widths):
        return None
    full = 0.6 * widths[len(widths) * 9 // 10]
    runs_on = [_follows(text, a[1], b[0]) for a, b in pairwise(spans) if a[1] - a[0] >= full]
    return full if sum(runs_on) > len(runs_on) / 2 else None


def _unwrap(text: str, spans: Sequence[tuple[int, int]], full: float) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    width = 0
    for start, end in spans:
        if merged and width >= full and _follows(text, merged[-1][1], start):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
        width = end - start
    return merged


def _cut(text: str, block: Block, spans: Sequence[tuple[int, int, Any]]) -> Iterator[Block]:
    """Split a block where a hand-made span begins or ends inside it."""
    edges = {edge for start, end, _ in spans for edge in (start, end)}
    inside = sorted(edge for edge in edges if block.start < edge < block.end)
    cuts = [block.start, *inside, block.end]
    for cut in pairwise(cuts):
        start, end = _trim(text, *cut)
        if start < end:
            yield Block(start, end, " ".join(text[start:end].split()))


def _given_zone(
    block: Block, hits: Sequence[ZoneRule], spans: Sequence[tuple[int, int, Sequence[str]]]
) -> str | None:
    for start, end, zones in spans:
        if start <= block.start and block.end <= end:
            return next((rule.zone for rule in hits if rule.zone in zones), zones[-1])
    return None


def _matching_rules(block: Block) -> tuple[ZoneRule, ...]:
    if block.n_words > LONGEST_RULE_BLOCK or len(block.text) > _MOST_RULE_CHARACTERS:
        return ()
    return tuple(rule for rule in load_zone_rules() if rule.pattern.fullmatch(block.text))


def _label_running_heads(text: str, page: _Page) -> None:
    """Label page numbers and the lines that stand beside them, as in text made from a PDF."""
    blocks = page.blocks
    breaks = {i for i in range(1, len(blocks)) if "\f" in text[blocks[i - 1].end : blocks[i].start]}
    numbers = {i for i, block in enumerate(blocks) if re.fullmatch(r"\d{1,3}", block.text)}
    by_number = {j for i in numbers for j in (i - 1, i + 1)}
    keys = [re.sub(r"^\d{1,3} | \d{1,3}$", "", block.text) for block in blocks]
    often = {key for key, n in Counter(keys).items() if n > 1}
    heads = set()
    for i, block in enumerate(blocks):
        on_edge = i in by_number or i in breaks or i + 1 in breaks
        numbered = keys[i] != block.text and block.n_words > _TITLE_LINE_WORDS
        known = keys[i] in often and (on_edge or numbered)
        if known or (i in by_number and i in breaks):
            heads.add(i)
    heads = {i for i in heads if not (blocks[i].is_prose or page.hits[i]) and blocks[i].n_words > 1}
    for i in heads | {i for i in numbers if {i, i + 1} & breaks or {i - 1, i + 1} & heads}:
        page.labels[i] = page.labels[i] or "navigation"


def _label_head(text: str, page: _Page, *, title: str, author: str) -> int:
    """Label what stands above the first paragraph of the body; return its index."""
    blocks, labels = page.blocks, page.labels
    standfirst = first = len(blocks)
    for i, block in enumerate(blocks):
        rule = page.rule(i, "head", "any", "edge")
        if not page.is_open(i):
            continue
        if _same(block.text, title) or _same(block.text, author):
            labels[i] = "title" if _same(block.text, title) else "byline"
        elif rule is not None:
            labels[i] = rule.zone
        elif page.is_body_prose(i) and _repeats(text, block):
            labels[i] = "teaser"
        elif standfirst == len(blocks) and _is_standfirst(page, i):
            standfirst = i
        elif page.is_body_prose(i):
            first = i
            break
    waiting = [i for i in range(first) if page.is_open(i)]
    if first == len(blocks) and waiting:
        # Not one paragraph of prose: short lines are the body, under a title if several.
        first = waiting[0] if len(waiting) == 1 or "title" in labels else waiting[1]
    title_at = _find_title(text, page, min(first, standfirst))
    if title_at is not None:
        labels[title_at] = "title"
        if standfirst < first:
            about = page.rule(standfirst, "end")
            labels[standfirst] = about.zone if about else "title"
        _label_around_title(page, title_at, first)
    return first


def _is_standfirst(page: _Page, i: int) -> bool:
    """Tell whether a sentence stands between the title and the byline."""
    above = any(page.is_open(j) or page.labels[j] == "title" for j in range(i))
    below = page.rule(i + 1, "head", "any", "edge") if i + 1 < len(page.blocks) else None
    short = page.is_body_prose(i) and page.blocks[i].n_words <= _STANDFIRST_WORDS
    return above and short and below is not None and below.zone == "byline"


def _repeats(text: str, block: Block) -> bool:
    """Tell whether a block stands again, whole or cut short, further down."""
    if block.n_words > _TEASER_WORDS:
        return False
    said = _CUT_SHORT.sub("", _WRITES.sub("", block.text[:1000]))
    return len(said) >= 40 and said in " ".join(text[block.end :].split())


def _find_title(text: str, page: _Page, first: int) -> int | None:
    """Find the headline: the first long enough line after the last menu above the body."""
    if "title" in page.labels[:first]:
        return page.labels.index("title")
    labels = page.labels
    runs: list[list[int]] = [[]]
    for i in range(first):
        if page.is_open(i) and page.blocks[i].n_words <= _TITLE_WORDS:
            runs[-1].append(i)
        elif labels[i] == "other_post" or (labels[i] == "navigation" and page.rule(i, "edge")):
            runs.append([])
    ends = [0, *(block.end for block in page.blocks)]
    for run in reversed(runs):
        lines = [i for i in run if page.blocks[i].n_words >= _TITLE_LINE_WORDS]
        apart = [i for i in lines if not _follows(text, ends[i], page.blocks[i].start)]
        if lines:
            return (apart or lines)[0]
    return max(chain(*runs), key=lambda i: page.blocks[i].n_words, default=None)


def _label_around_title(page: _Page, title_at: int, first: int) -> None:
    labels, blocks = page.labels, page.blocks
    below = range(title_at + 2, first)
    pairs = [i for i in below if labels[i] == "byline" and page.is_open(i - 1)]
    if len(pairs) >= 2 and not _NAME_LINE.fullmatch(blocks[pairs[0] - 1].text):
        # Two headlines with their dates are the posts before and after this one.
        for i in pairs:
            labels[i - 1] = labels[i] = "other_post"
    for i in range(first):
        if not page.is_open(i):
            continue
        before, after = labels[i - 1] if i else None, labels[i + 1 : first]
        is_headline = blocks[i].n_words >= _TITLE_LINE_WORDS
        last = not any(page.is_open(j) for j in range(i + 1, first) if blocks[j].n_words > 3)
        is_name = _NAME_LINE.fullmatch(blocks[i].text) and before in ("title", "byline")
        if i < title_at:
            labels[i] = "other_post" if before == "other_post" else "navigation"
        elif (is_name and (last or after[0])) or (before == "byline" and "byline" in after):
            labels[i] = "byline"
        else:
            labels[i] = "title" if before == "title" and is_headline else "body"


def _label_tail(page: _Page, first: int) -> None:
    """Label what rules know below the first paragraph, and what hangs on their headings."""
    current: ZoneRule | None = None
    closed = False
    for i in range(first, len(page.blocks)):
        if not page.is_open(i):
            continue
        block, rule = page.blocks[i], _tail_rule(page, i, current, closed=closed)
        if rule is not None and _is_subheading(page, i, rule, first, closed=closed):
            rule = None
        listed = current is not None and current.scope in ("run", "rest")
        if rule is not None:
            page.labels[i] = rule.zone
            closed = closed or (rule.closes and page.n_words(first, i) >= page.n_words(i))
            passing = rule.scope == "block" and rule.where != "edge" and not rule.closes
            current = current if closed and listed and passing else rule
        elif current is not None and current.scope in ("next", "note"):
            page.labels[i] = current.zone
            current = current if current.scope == "note" and not block.is_prose else None
        elif current is not None and listed and (closed or not block.is_prose):
            page.labels[i] = current.zone
        elif closed:
            page.labels[i] = "navigation"
        else:
            current = None


def _tail_rule(page: _Page, i: int, current: ZoneRule | None, *, closed: bool) -> ZoneRule | None:
    zone = current.zone if current else ""
    listed = current is not None and (current.scope in ("run", "rest") or current.where == "inside")
    inside = page.rule(i, "inside") if listed else None
    rule = page.rule(i, "tail", "any")
    if inside and inside.zone == zone and (rule is None or not rule.closes or rule.scope == "rest"):
        return inside
    if rule is None and closed and not (current and current.scope == "next"):
        rule = page.rule(i, "edge", "end")
        return None if rule and rule.zone in _OWN.get(zone, ()) else rule
    return rule


def _is_subheading(page: _Page, i: int, rule: ZoneRule, first: int, *, closed: bool) -> bool:
    """Tell a subheading of the body from the heading of furniture that it reads like.

    Under the subheading comes a paragraph; under the other come names, dates, links. With
    much prose below, more of the same furniture must stand there too.
    """
    later = range(i + 1, len(page.blocks))
    if rule.scope == "run" and not closed:
        over = i + 1 in later and page.is_body_prose(i + 1) and page.blocks[i + 1].is_long
        return over or page.blocks[i].is_prose
    if rule.scope != "rest":
        return False
    above, below = page.n_words(first, i), page.n_words(i)
    kin = [any(other.zone == rule.zone for other in page.hits[j]) for j in later]
    enough = min(below, _SHORT_ARTICLE) if rule.zone == "comment_form" else below
    if above < (enough if any(kin) else 4 * below):
        return True
    for j, known in zip(later, kin, strict=True):
        if known or (page.is_open(j) and not page.hits[j]):
            return not known and page.blocks[j].is_long
    return False


def _label_end(page: _Page, first: int, author: str) -> None:
    """Label what follows the last paragraph: dates, names, notes on the author, menus."""
    pairs = zip(page.blocks, page.labels, strict=True)
    names = " ".join([author, *(block.text for block, label in pairs if label == "byline")])
    last = len(page.blocks) - 1
    while last > first:
        rule = page.rule(last, "edge", "end")
        if _is_about(page.blocks[last], names) and page.labels[last] in (None, "endnotes"):
            page.labels[last] = "bio"
        elif page.is_open(last) and rule is not None:
            page.labels[last] = rule.zone
        elif page.is_open(last) and page.blocks[last].is_prose:
            break
        last -= 1
    for i in range(last + 1, len(page.blocks)):
        before = page.labels[i - 1]
        if page.is_open(i) and before is not None:
            page.labels[i] = before if before not in ("byline", "view_counter") else "navigation"


def _is_about(block: Block, names: str) -> bool:
    """Tell whether a block opens with one of these names, as a note on the author does."""
    opening = re.match(rf"[(\[*_–— ]*((?:{_NAME} ){{2,5}})[a-z(]", block.text)
    short = block.n_words <= LONGEST_RULE_BLOCK
    return short and opening is not None and opening[1].strip() in names


def _same(a: str, b: str) -> bool:
    def fold(value: str) -> str:
        return " ".join(value.casefold().replace("’", "'").split())

    return bool(b) and fold(a) == fold(b)


def _merge(page: _Page) -> Iterator[Zone]:
    zones: list[Zone] = []
    for block, label in zip(page.blocks, page.labels, strict=True):
        zone = label or "body"
        if zones and zones[-1].zone == zone:
            zones[-1] = Zone(zones[-1].start, block.end, zone)
        else:
            zones.append(Zone(block.start, block.end, zone))
    yield from zones
