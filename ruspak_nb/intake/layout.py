"""Make paragraphs of lines of type, by where they stand and how large they are."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ruspak_nb.intake.record import fold

_EDGE = 0.12  # of a page's height, where running heads and page numbers stand
_SMALL = 0.9  # of the size of the body, and smaller: notes
LARGE = 1.15  # of the size of the body, and larger: headings
_NUMBERS = re.compile(r"\b(?:\d+|[ivx]+)\b", re.I)
_LONGEST_HEAD = 80
_BESIDE = " -–—|[]"  # what stands around a page number
_HYPHEN = re.compile(r"([^\W\d_]{2,})[-\u2010\u00ad]$")
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’)\]\d]*$")


@dataclass(frozen=True)
class Line:
    """A line of type: where it stands on its page, and how large it is."""

    text: str
    page: int
    box: int
    left: float
    right: float
    top: float  # share of the page's height, from above
    size: float


def find_heads(lines: Sequence[Line], pages: int, size: float) -> list[Line]:
    """Find what stands at the edge of several pages, and page numbers."""
    edge = [
        line for line in lines if not _EDGE <= line.top <= 1 - _EDGE and line.size < LARGE * size
    ]
    bare = {line: (_NUMBERS.sub("#", fold(line.text)), round(line.top, 2)) for line in edge}
    times = Counter(said for said, _ in {(said, line.page) for line, said in bare.items()})
    tops: dict[int, list[float]] = {}
    for line in lines:
        tops.setdefault(line.page, []).append(round(line.top, 2))
    outer = {(page, edge) for page, at in tops.items() for edge in (min(at), max(at))}
    numbers = {(line.page, top) for line, (text, top) in bare.items() if text.strip(_BESIDE) == "#"}
    # What stands beside a page number is a running head too, if only once.
    levels = numbers & outer
    return [
        line
        for line, said in bare.items()
        if ((line.page, said[1]) in levels and len(line.text) <= _LONGEST_HEAD)
        or (times[said] > 1 and times[said] * 4 >= pages)
    ]


def body_size_of(lines: Sequence[Line]) -> float:
    """Give the size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size))


def part_notes(lines: Sequence[Line], size: float) -> tuple[list[Line], list[Line]]:
    """Part the notes, small type below the last line of the body, from the rest of a page."""
    last: dict[int, float] = {}
    for line in lines:
        if line.size > _SMALL * size:
            last[line.page] = max(last.get(line.page, 0), line.top)
    notes = [
        line for line in lines if line.size <= _SMALL * size and line.top > last.get(line.page, 1)
    ]
    at_foot = set(notes)
    return [line for line in lines if line not in at_foot], notes


def join_lines(lines: Sequence[Line], size: float, words: Counter[str]) -> list[str]:
    """Join lines into paragraphs, over columns and pages too where a sentence goes on."""
    margins: dict[int, tuple[float, float]] = {}
    for line in lines:
        left, right = margins.get(line.box, (line.left, line.right))
        margins[line.box] = min(left, line.left), max(right, line.right)
    paragraphs: list[str] = []
    before: Line | None = None
    for line in lines:
        if before is None or _begins(before, line, *margins[line.box], size):
            paragraphs.append(line.text)
        else:
            paragraphs[-1] = _join(paragraphs[-1], line.text, words)
        before = line
    return paragraphs


def _begins(before: Line, line: Line, left: float, right: float, size: float) -> bool:
    """Tell whether a line begins a paragraph."""
    if abs(before.size - line.size) > 0.15 * before.size:
        return True
    ended = _SENTENCE_END.search(before.text) is not None
    lower = line.text[:1].islower()
    if before.box != line.box:
        return ended or not (lower or _HYPHEN.search(before.text))
    if line.size > LARGE * size:
        return False  # a heading of several lines
    indent = left + 0.6 * line.size
    if ended and line.left > indent >= before.left:
        return True
    # A word that would have stood on the line before was not put there.
    width = (len(line.text.split()[0]) + 1) * (line.right - line.left) / len(line.text)
    return before.right + width < right and not (lower and not ended)


def _join(text: str, line: str, words: Counter[str]) -> str:
    """Join a line to the text before it; a word divided between them is made whole."""
    divided = _HYPHEN.search(text)
    rest = re.match(r"\w+", line)
    if not divided or not rest or not rest[0][0].islower():
        return f"{text}{'' if divided else ' '}{line}"
    whole, hyphened = (f"{divided[1]}{rest[0]}".casefold(), f"{divided[1]}-{rest[0]}".casefold())
    if words[hyphened] > words[whole] and "\u00ad" not in text[-1:]:
        return text + line
    return text[:-1] + line
