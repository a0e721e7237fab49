"""Find where quotation marks open and close, in plain text."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_MARK = re.compile(r"``|''|[\"“”„‟«»‹›‘’‚‛'＂]")
_FAMILIES = {
    "double": ("“", "”", "„", "‟", '"', "＂", "``", "''"),
    "single": ("‘", "’", "‚", "‛", "'"),
    "angle": ("«", "»"),
    "small angle": ("‹", "›"),
}
_FAMILY = {mark: family for family, marks in _FAMILIES.items() for mark in marks}
_OPENING = frozenset("“„‟‘‚‛«‹") | {"``"}
_CLOSING = frozenset("”’»›") | {"''"}
# What may stand before a mark that opens, and after one that closes.
_BEFORE = frozenset("([{—–-/“„‘‚«‹\"'`")
_AFTER = frozenset(".,;:!?…)]}—–-/[”’»›\"'")
# Words that lose their beginning to an apostrophe, and years that do: '90s.
_CLIPPED = re.compile(r"(?:\d|(?:em|til|tis|twas|cause|bout|round|n)\b)", re.IGNORECASE)
# Words that ‘…s’ may hold before its last mark is taken for that of a possessive.
_LABEL = 8


class Marked(NamedTuple):
    """Words between quotation marks: `start` to `end` without the marks, `opens` to `closes` with.

    `goes_on` tells that the paragraph ends before the mark closes, and the next opens again;
    `inner` that other marks stand around these.
    """

    start: int
    end: int
    opens: int
    closes: int
    goes_on: bool = False
    inner: bool = False


def find_marked(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Marked]:
    """Find what stands in quotation marks in the paragraphs of a text, in order.

    A mark that is never closed ends with its paragraph if the next paragraph opens with a mark
    of its kind, and counts for nothing if not. An apostrophe is no mark.
    """
    found: list[Marked] = []
    continued = ""
    for n, (start, end) in enumerate(paragraphs):
        after = paragraphs[n + 1][0] if n + 1 < len(paragraphs) else len(text)
        pairs, left = _pair(text[start:end])
        closed = {family for _, _, family in pairs}
        opening = _MARK.match(text, after)
        continued_from, continued = continued, ""
        for (a, b), family in left:
            # One stray mark is likelier than a quotation that holds another of its own kind.
            is_first = a == 0 and family == continued_from
            reopens = opening is not None and _FAMILY[opening[0]] == family
            reopens = reopens and not text[start + b : start + b + 1].islower()
            if is_first or (reopens and family not in closed):
                found.append(_marked(text, start + a, start + b, end, end, goes_on=reopens))
                continued = family if reopens else ""
                break
        found += [_marked(text, start + a[0], start + a[1], start + b[0], start + b[1])
                  for a, b, _ in pairs]  # fmt: skip
    return list(_nest(sorted(mark for mark in found if mark.start < mark.end)))


def _marked(
    text: str, opens: int, start: int, end: int, closes: int, *, goes_on: bool = False
) -> Marked:
    inside = text[start:end]
    start, end = end - len(inside.lstrip()), start + len(inside.rstrip())
    return Marked(start, end, opens, closes, goes_on)


def _nest(found: list[Marked]) -> Iterator[Marked]:
    """Tell which stand inside others."""
    reach = -1
    for mark in sorted(found, key=lambda mark: mark.opens):
        yield mark._replace(inner=mark.opens < reach)
        reach = max(reach, mark.closes)


_Place = tuple[int, int]


def _pair(
    paragraph: str,
) -> tuple[list[tuple[_Place, _Place, str]], list[tuple[_Place, str]]]:
    """Give the pairs of marks of a paragraph, and the opening marks that have no partner."""
    pairs: list[tuple[_Place, _Place, str]] = []
    opened: list[tuple[_Place, str]] = []
    marks = [match.span() for match in _MARK.finditer(paragraph)]
    marks = [place for place in marks if not _is_apostrophe(paragraph, *place)]
    for n, place in enumerate(marks):
        family = _FAMILY[paragraph[slice(*place)]]
        partner = next((p for p, other in reversed(opened) if other == family), None)
        direction = _direction(paragraph, place, is_open=partner is not None)
        if direction == "open":
            opened.append((place, family))
        elif direction == "close" and partner is not None:
            at = opened.index((partner, family))
            if family == "single" and (
                any(other != "single" for _, other in opened[at:])
                or _is_possessive(paragraph, partner, place, marks[n + 1 :])
            ):
                continue
            pairs.append((partner, place, family))
            # What opened inside and never closed is dropped.
            del opened[at:]
    return pairs, opened


def _around(text: str, place: _Place) -> tuple[str, str]:
    start, end = place
    return text[start - 1] if start else " ", text[end] if end < len(text) else " "


def _is_apostrophe(text: str, start: int, end: int) -> bool:
    """Tell whether a mark stands for letters left out, or before a possessive's s."""
    if _FAMILY[text[start:end]] != "single":
        return False
    before, after = _around(text, (start, end))
    if before.isalnum() or not after.isalnum():
        return before.isalnum() and after.isalnum()
    # At the beginning of a word, ’ is never a quotation mark.
    return text[start:end] == "’" or (
        text[start:end] == "'" and _CLIPPED.match(text, end) is not None
    )


def _is_possessive(text: str, opened: _Place, place: _Place, later: list[_Place]) -> bool:
    """Tell whether the mark in "the workers’ rights" is no closing mark.

    It is one if it follows an s, a word in small letters comes next, and the mark that closes
    comes later, or what would be marked is long.
    """
    before, _ = _around(text, place)
    if before not in "sS" or not re.match(r"\s+[a-z]", text[place[1] : place[1] + 3]):
        return False
    if text.count(" ", opened[1], place[0]) >= _LABEL:
        return True
    for other in later:
        if _FAMILY[text[slice(*other)]] == "single":
            direction = _direction(text, other, is_open=True)
            return direction == "close" and _around(text, other)[0] not in "sS"
    return False


def _direction(text: str, place: _Place, *, is_open: bool) -> str:
    """Tell whether a mark opens or closes, from its neighbours first and then its form."""
    mark = text[slice(*place)]
    before, after = _around(text, place)
    if _FAMILY[mark] in ("angle", "small angle"):
        return "open" if mark in _OPENING else "close"
    opens = (before.isspace() or before in _BEFORE) and not after.isspace()
    closes = not before.isspace() and (after.isspace() or after in _AFTER)
    if opens == closes:
        if mark in _OPENING:
            return "open"
        if mark in _CLOSING or is_open:
            return "close"
        return "" if before.isalnum() else "open"
    if mark in _OPENING:
        return "close" if closes and is_open else "open"
    if mark in _CLOSING:
        return "open" if opens and not is_open and _FAMILY[mark] == "double" else "close"
    return "open" if opens else "close"
