"""Read a text as blocks: its paragraphs, or its lines where lines are not wrapped."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_PROSE_WORDS = 25
_PROSE_CHARACTERS = 200
_SENTENCE_WORDS = 5
_WRAP_WIDTH = 100
_RUN_ON_WIDTH = 40
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SENTENCE_END = re.compile(r"[.!…۔।。][\"'”’»)\]*]{0,3}(\[\w{1,4}\]|\d{1,2})?$")
_PAGE_NUMBER = re.compile(r"\d{1,3}")
_NUMBER_IN_HEAD = re.compile(r"^\d{1,3} | \d{1,3}$")


@dataclass(frozen=True)
class Block:
    """A stretch of text read as one: a paragraph, or a line where lines are not wrapped.

    `text` is what stands from `start` to `end`, its white space made single spaces; `gap`
    is the white space before it.
    """

    start: int
    end: int
    text: str
    gap: str

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

    @property
    def follows(self) -> bool:
        """Whether no blank line stands before this."""
        return self.gap.count("\n") == 1


def split_blocks(text: str, *, cuts: Collection[int] = ()) -> list[Block]:
    """Split a text into blocks, in order, without the white space around them.

    A line is a block unless the text is hard-wrapped (nearly every line short, most
    followed directly by another): then the lines of a paragraph are read as one block.
    A block ends at each offset of `cuts`. A byte order mark at the start counts as white
    space.
    """
    text = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text
    lines = list(_blocks(text, (match.span() for match in _LINE.finditer(text))))
    spans = _unwrap(lines, _full_width(lines))
    return list(_blocks(text, (piece for span in spans for piece in _cut(span, cuts))))


def find_running_heads(blocks: Sequence[Block], *, known: Collection[int] = ()) -> set[int]:
    """Find page numbers and the lines that stand beside them, as in text made from a PDF.

    Returns indices of `blocks`; those in `known` are no running heads.
    """
    breaks = {i for i, block in enumerate(blocks) if i and "\f" in block.gap}
    numbers = {i for i, block in enumerate(blocks) if _PAGE_NUMBER.fullmatch(block.text)}
    beside = {j for i in numbers for j in (i - 1, i + 1)}
    on_edge = beside | breaks | {i - 1 for i in breaks}
    bare = [_NUMBER_IN_HEAD.sub("", block.text) for block in blocks]
    times = Counter(bare)
    heads = set()
    for i, block in enumerate(blocks):
        # In a line as short as "Article 5" the number need not be that of a page.
        numbered = bare[i] != block.text and block.n_words > 4
        repeated = times[bare[i]] > 1 and (i in on_edge or numbered)
        plain = block.n_words > 1 and not block.is_prose and i not in known
        if plain and (repeated or i in beside & breaks):
            heads.add(i)
    return heads | {i for i in numbers if {i, i + 1} & breaks or {i - 1, i + 1} & heads}


def _blocks(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Block]:
    """Make a block of each span that is not all white space."""
    last = 0
    for start, end in spans:
        piece = text[start:end]
        words = piece.split()
        if words:
            start, end = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
            yield Block(start, end, " ".join(words), text[last:start])
            last = end


def _full_width(lines: Sequence[Block]) -> float:
    """Give the width from which a line runs on into the next; no line has it if none does."""
    never = float("inf")
    widths = sorted(line.end - line.start for line in lines)
    wide = sum(width for width in widths if width > _WRAP_WIDTH)
    if len(lines) < 8 or wide > 0.1 * sum(widths):
        return never
    full = 0.6 * widths[len(widths) * 9 // 10]
    runs_on = [b.follows for a, b in pairwise(lines) if a.end - a.start >= full]
    return full if sum(runs_on) > len(runs_on) / 2 else never


def _unwrap(lines: Sequence[Block], full: float) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    width = 0
    for line in lines:
        # Also where a text is too short to have a width: a sentence goes on in lower case.
        in_lower_case = width >= _RUN_ON_WIDTH and line.text[0].islower()
        goes_on = line.follows and (width >= full or in_lower_case)
        spans.append((spans.pop()[0] if goes_on else line.start, line.end))
        width = line.end - line.start
    return spans


def _cut(span: tuple[int, int], cuts: Collection[int]) -> Iterable[tuple[int, int]]:
    start, end = span
    return pairwise([start, *sorted(cut for cut in cuts if start < cut < end), end])
