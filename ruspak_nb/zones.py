"""Tell an article's body from what surrounds it on a saved page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby, islice, pairwise, takewhile
from typing import Any

from ruspak_nb.blocks import Block, find_running_heads, split_blocks
from ruspak_nb.patterns import compile_pattern
from ruspak_nb.schema import ZONES, suggest
from ruspak_nb.sheets import read_own_rules

# A block of more words or characters than this is prose, whatever it matches.
_MOST_RULE_WORDS = 60
_MOST_RULE_CHARACTERS = 900
_TITLE_LINE_WORDS = 4
_TEASER_WORDS = 80
_STANDFIRST_WORDS = 40
_NAME = r"[A-ZÀ-Þ][\w.'’-]{0,24}"
_NAME_LINE = re.compile(
    rf"{_NAME}(?: (?:{_NAME}|\((?:r|[Rr]etd\.?)\)|de|la|van|von|bin|al|ul|ur|and|&)){{1,5}}"
)
# Dates in a list are the list's own; in comments and links so are notes on people.
_OWN = {"endnotes": {"byline"}, "comment_form": {"byline", "bio"}, "other_post": {"byline", "bio"}}
_NOTES, _LISTS = ("next", "note"), ("run", "rest")
_WRITES = re.compile(r"^.{3,60}? (?:writes|argues|reports) ?: ?")
_CUT_SHORT = re.compile(r" ?(?:\[?(?:…|\.\.\.)\]?|read more|continue reading).{0,4}$", re.I)


@dataclass(frozen=True)
class Zone:
    """A span of the file with its zone; offsets are code points of the decoded text."""

    start: int
    end: int
    zone: str


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


@dataclass
class _Part:
    """A block, the rules that it matches, and its zone as soon as that is known."""

    block: Block
    rules: tuple[ZoneRule, ...]
    zone: str | None

    @property
    def is_body(self) -> bool:
        """Whether this is prose that no rule knows, except those for the end of a page."""
        known = self.zone or self.rule("head", "tail", "any", "edge")
        return not known and self.block.is_prose

    def rule(self, *where: str) -> ZoneRule | None:
        return next((rule for rule in self.rules if rule.where in where), None)


@cache
def load_zone_rules() -> tuple[ZoneRule, ...]:
    """Read the rules of `zones.toml`, in the order in which they apply."""
    return tuple(map(_make_rule, read_own_rules("zones.toml")["rule"]))


def zones_named(reason: str) -> list[str]:
    """Name the zones that a datasheet's free-text `reason` for a span speaks of.

    Raises ValueError, listing the zones, if it speaks of none.
    """
    said = reason.casefold().replace("-", " ").replace("_", " ")
    found = [
        zone
        for zone, words in read_own_rules("zone_reasons.toml")["reasons"].items()
        if any(word in said for word in (*words, zone.replace("_", " ")))
    ]
    if not found:
        raise ValueError(f"{reason!r} names no zone; {suggest(reason, ZONES)}")
    return found


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
    edges = {edge for start, end, _ in spans for edge in (start, end)}
    parts = [_read_part(block, spans) for block in split_blocks(text, cuts=edges)]
    known = {i for i, part in enumerate(parts) if part.rules}
    for i in find_running_heads([part.block for part in parts], known=known):
        parts[i].zone = parts[i].zone or "navigation"
    first = _label_head(parts, title, author)
    _label_tail(parts, first)
    _label_end(parts, first, author)
    runs = groupby(parts, key=lambda part: part.zone or "body")
    runs_of_blocks = [(zone, [part.block for part in run]) for zone, run in runs]
    return [Zone(blocks[0].start, blocks[-1].end, zone) for zone, blocks in runs_of_blocks]


def _make_rule(row: Mapping[str, Any]) -> ZoneRule:
    fields = {"closes": row["scope"] == "rest", **row}
    if "words" in row:
        pattern = _words_pattern(fields.pop("words"))
    else:
        regex = "|".join(fields.pop("patterns"))
        pattern = compile_pattern(regex, f"zones.toml, rule {row['id']!r}", whole=True)
    return ZoneRule(pattern=pattern, **fields)


def _words_pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Match one or several of these words, longest first, and separators between them."""
    # Atomic groups: without them "latest news latest news …" has two readings a word.
    choices = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    word = rf"(?>(?:{choices})(?!\w))"
    return re.compile(rf"{word}(?:(?>[\s,/|·•∙»›>:–-]{{1,4}}){word}){{0,30}}\W{{0,3}}", re.I)


def _read_part(block: Block, spans: Sequence[tuple[int, int, Sequence[str]]]) -> _Part:
    """Match a block against every rule, and give it the zone of a span that holds it."""
    rules: tuple[ZoneRule, ...] = ()
    if block.n_words <= _MOST_RULE_WORDS and len(block.text) <= _MOST_RULE_CHARACTERS:
        rules = tuple(rule for rule in load_zone_rules() if rule.pattern.fullmatch(block.text))
    held = [zones for start, end, zones in spans if start <= block.start and block.end <= end]
    zone = (
        next((rule.zone for rule in rules if rule.zone in held[0]), held[0][-1]) if held else None
    )
    return _Part(block, rules, zone)


def _label_head(parts: Sequence[_Part], title: str, author: str) -> int:
    """Label what stands above the first paragraph of the body; return its index."""
    first = _find_body(parts, {_fold(author): "byline", _fold(title): "title"})
    waiting = [i for i in range(first) if parts[i].zone is None]
    if first == len(parts) and waiting:
        # Not one paragraph of prose: short lines are the body, under a title if several.
        titled = any(part.zone == "title" for part in parts)
        first = waiting[0] if len(waiting) == 1 or titled else waiting[1]
    title_at = _find_title(parts[:first])
    if title_at is not None:
        parts[title_at].zone = "title"
        _label_around_title(parts[:first], title_at)
    return first


def _find_body(parts: Sequence[_Part], given: Mapping[str, str]) -> int:
    """Label what is known above the first paragraph of the body; return its index."""
    for i, part in enumerate(parts):
        rule = part.rule("head", "any", "edge")
        known = given.get(_fold(part.block.text)) or (rule.zone if rule else None)
        part.zone = part.zone or known
        if part.is_body and _stands_again(part.block, parts[i + 1 :]):
            part.zone = "teaser"
        elif part.is_body and not _is_standfirst(parts, i):
            return i
    return len(parts)


def _is_standfirst(parts: Sequence[_Part], i: int) -> bool:
    """Tell whether this is a sentence, the first, between the title and the byline."""
    above = any(part.zone in (None, "title") for part in parts[:i])
    below = parts[i + 1].rule("head", "any", "edge") if i + 1 < len(parts) else None
    short = parts[i].block.n_words <= _STANDFIRST_WORDS
    is_first = not any(part.is_body for part in parts[:i])
    return short and is_first and above and below is not None and below.zone == "byline"


def _stands_again(block: Block, below: Sequence[_Part]) -> bool:
    """Tell whether a block stands again, whole or cut short, further down."""
    said = _CUT_SHORT.sub("", _WRITES.sub("", block.text))
    if block.n_words > _TEASER_WORDS or len(said) < 40:
        return False
    rest = "".join(part.block.gap + part.block.text for part in below)
    return said in " ".join(rest.split())


def _find_title(head: Sequence[_Part]) -> int | None:
    """Find the headline: the first long enough line after the last menu above the body."""
    runs: list[list[int]] = [[]]
    for i, part in enumerate(takewhile(lambda part: not part.is_body, head)):
        if part.zone == "title":
            return i
        if part.zone is None:
            runs[-1].append(i)
        elif part.zone == "other_post" or (part.zone == "navigation" and part.rule("edge")):
            runs.append([])
    for run in reversed(runs):
        lines = [i for i in run if head[i].block.n_words >= _TITLE_LINE_WORDS]
        apart = [i for i in lines if not head[i].block.follows]
        if lines:
            return (apart or lines)[0]
    return max(chain(*runs), key=lambda i: head[i].block.n_words, default=None)


def _label_around_title(head: Sequence[_Part], title_at: int) -> None:
    for part in filter(lambda part: part.is_body, head):  # the standfirst
        about = part.rule("end")
        part.zone = about.zone if about else "title"
    below = pairwise(head[title_at + 1 :])
    dated = [pair for pair in below if pair[0].zone is None and pair[1].zone == "byline"]
    if len(dated) >= 2 and not _NAME_LINE.fullmatch(dated[0][0].block.text):
        # Two headlines with their dates are the posts before and after this one.
        for part in chain(*dated):
            part.zone = "other_post"
    for i, part in enumerate(head):
        before = head[i - 1].zone if i else None
        if part.zone is None and i < title_at:
            part.zone = "other_post" if before == "other_post" else "navigation"
        elif part.zone is None:
            part.zone = _zone_below_title(part.block, before, head[i + 1 :])


def _zone_below_title(block: Block, before: str | None, after: Sequence[_Part]) -> str:
    """Tell names and further titles from short lines of the body."""
    is_name = before in ("title", "byline") and _NAME_LINE.fullmatch(block.text)
    if is_name or (before == "byline" and any(part.zone == "byline" for part in after)):
        return "byline"
    return "title" if before == "title" and block.n_words >= _TITLE_LINE_WORDS else "body"


def _label_tail(parts: Sequence[_Part], first: int) -> None:
    """Label what rules know below the first paragraph, and what hangs on their headings."""
    over: ZoneRule | None = None  # the rule whose section this is
    closed = False  # whether the article has ended
    for i, part in enumerate(parts):
        if i < first or part.zone:
            continue
        rule, short = _tail_rule(part, over, closed), not part.block.is_prose
        if rule and not _is_subheading(rule, parts, first, i, closed):
            part.zone = rule.zone
            closed = closed or (rule.closes and _count(parts[first:i]) >= _count(parts[i:]))
            passing = rule.scope == "block" and rule.where != "edge" and not rule.closes
            if not (closed and passing and over and over.scope in _LISTS):
                over = rule
        elif over and (over.scope in _NOTES or (over.scope in _LISTS and (closed or short))):
            part.zone = over.zone
            if over.scope == "next" or (over.scope == "note" and not short):
                over = None
        elif closed:
            part.zone = "navigation"
        else:
            over = None


def _tail_rule(part: _Part, over: ZoneRule | None, closed: bool) -> ZoneRule | None:
    """Choose the rule that labels a part in the section of the rule `over`, if any does."""
    rule, inside = part.rule("tail", "any"), part.rule("inside")
    if over and inside and inside.zone == over.zone:
        listed = over.scope in _LISTS or over.where == "inside"
        if listed and (rule is None or not rule.closes or rule.scope == "rest"):
            return inside
    if rule or not closed or (over and over.scope == "next"):
        return rule
    rule = part.rule("edge", "end")
    return None if over and rule and rule.zone in _OWN.get(over.zone, ()) else rule


def _is_subheading(
    rule: ZoneRule, parts: Sequence[_Part], first: int, i: int, closed: bool
) -> bool:
    """Tell a subheading of the body from the heading of furniture that it reads like.

    Under the subheading comes a paragraph; under the other come names, dates, links. With
    much prose below, more of the same furniture must stand there too.
    """
    if rule.scope == "run" and not closed:
        over_text = any(part.is_body and part.block.is_long for part in parts[i + 1 : i + 2])
        return over_text or parts[i].block.is_prose
    if rule.scope != "rest":
        return False
    below = [(part, any(r.zone == rule.zone for r in part.rules)) for part in parts[i + 1 :]]
    enough = _count(parts[i:]) * (1 if any(kin for _, kin in below) else 4)
    if _count(parts[first:i]) < enough:
        return True
    nearest = (pair for pair in below if pair[1] or not (pair[0].zone or pair[0].rules))
    return any(not kin and part.block.is_long for part, kin in islice(nearest, 1))


def _count(parts: Sequence[_Part]) -> int:
    """Count the words of body prose, as far as it is known."""
    return sum(part.block.n_words for part in parts if part.is_body)


def _label_end(parts: Sequence[_Part], first: int, author: str) -> None:
    """Label what follows the last paragraph: dates, names, notes on the author, menus."""
    bylines = [part.block.text for part in parts if part.zone == "byline"]
    names = " ".join([author, *bylines])
    last = len(parts) - 1
    while last > first:
        part, rule = parts[last], parts[last].rule("edge", "end")
        if part.zone in (None, "endnotes") and _is_about(part.block, names):
            part.zone = "bio"
        elif part.zone is None and rule:
            part.zone = rule.zone
        elif part.zone is None and part.block.is_prose:
            break
        last -= 1
    for above, part in pairwise(parts[max(last, 0) :]):
        if part.zone is None and above.zone:
            part.zone = "navigation"


def _is_about(block: Block, names: str) -> bool:
    """Tell whether a block opens with one of these names, as a note on the author does."""
    opening = re.match(rf"[(\[*_–— ]*((?:{_NAME} ){{2,5}})[a-z(]", block.text)
    short = block.n_words <= _MOST_RULE_WORDS
    return short and opening is not None and opening[1].strip() in names


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
