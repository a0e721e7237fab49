"""Know where in a text a pattern can match: at words that begin as the pattern does.

To search a sentence for hundreds of patterns takes far longer than to try each at the few
places where it can begin. A pattern of the codebook begins where a word does, so those
places are learnt once for each different word.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_MARKS = (ops.AT, ops.ASSERT, ops.ASSERT_NOT)
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
# Longer openings tell more, but all ways to go on are too many.
_MOST_OPENINGS = 300
_LARGEST_RANGE = 100
# What is learnt of words is forgotten when it becomes this many, and never kept of what is too
# long to come again: memory stays flat.
_MOST_WORDS = 200_000
_LONGEST_WORD = 60
_WORD_START = re.compile(r"(?<!\w)(?s:.)")
_DIGITS = frozenset("0123456789")
_ANYTHING = frozenset({""})

Match = re.Match[str]


class Opening(NamedTuple):
    """How matches begin: with one of `cut`, or with one of `whole`, of which nothing is missing."""

    cut: frozenset[str]
    whole: frozenset[str]


class Word(NamedTuple):
    """What a word tells: which needs it meets, a bit each, and which patterns begin where in it."""

    meets: int
    begins: tuple[tuple[int, int], ...]


_NOTHING = Word(0, ())


class Openings(dict[str, Word]):
    """What each word tells of a list of patterns, learnt as words come.

    Patterns go by their number. None may match after a word character, and with each goes what
    its matches need (see `patterns.needed_together`).
    """

    def __init__(self, rules: Iterable[tuple[re.Pattern[str], Iterable[frozenset[str]]]]) -> None:
        super().__init__()
        self._beginning: dict[str, set[int]] = defaultdict(set)
        self._meeting: dict[str, int] = defaultdict(int)
        self._needs: list[int] = []
        bits: dict[frozenset[str], int] = {}
        for number, (pattern, needs) in enumerate(rules):
            for opening in find_openings(pattern):
                self._beginning[opening].add(number)
            self._needs.append(0)
            for texts in needs:
                bit = bits.setdefault(texts, 1 << len(bits))
                self._needs[number] |= bit
                for text in texts:
                    self._meeting[text] |= bit
        self._longest_opening = max(map(len, self._beginning), default=0)
        self._longest_need = max(map(len, self._meeting), default=0)

    def __missing__(self, word: str) -> Word:
        meets, folded = 0, fold(word)
        for start in range(len(folded)):
            for end in range(start + 1, min(len(folded), start + self._longest_need) + 1):
                meets |= self._meeting.get(folded[start:end], 0)
        begins = []
        for match in _WORD_START.finditer(word):
            rest = fold(word[match.start() : match.start() + self._longest_opening])
            numbers = {
                n for end in range(len(rest) + 1) for n in self._beginning.get(rest[:end], ())
            }
            begins += [(match.start(), number) for number in sorted(numbers)]
        told = Word(meets, tuple(begins)) if meets or begins else _NOTHING
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = told
        return told

    def find(self, text: str) -> dict[int, list[int]]:
        """Give the patterns that may match in a text, and the places where each may begin."""
        met = place = 0
        words = []
        for word in text.split():
            place = text.index(word, place)
            meets, begins = self[word]
            met |= meets
            if begins:
                words.append((place, begins))
            place += len(word)
        lacking, needs = ~met, self._needs
        found: dict[int, list[int]] = {}
        for place, begins in words:
            for offset, number in begins:
                if not needs[number] & lacking:
                    found.setdefault(number, []).append(place + offset)
        return found


def matches_at(pattern: re.Pattern[str], text: str, places: Iterable[int]) -> Iterator[Match]:
    """Yield what `pattern.finditer(text)` does, from the places where a match may begin."""
    end = 0
    for place in places:
        if place >= end and (match := pattern.match(text, place)):
            end = match.end()
            yield match


def find_openings(pattern: re.Pattern[str]) -> frozenset[str]:
    """Give strings, folded, with one of which every match begins; "" if it may be any."""
    cut, whole = _sequence(parser.parse(pattern.pattern, pattern.flags))
    return cut | whole


def fold(text: str) -> str:
    """Make all that a pattern may take for the same the same: cases, and digits of any script."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return "".join(str(int(char)) if char.isdecimal() else char for char in folded)


def _sequence(tree: Iterable[tuple[object, Any]]) -> Opening:
    cut: frozenset[str] = frozenset()
    whole = _ANYTHING
    for op, argument in tree:
        if op in _MARKS:
            continue
        after = _item(op, argument)
        if len(whole) * len(after.cut | after.whole) > _MOST_OPENINGS:
            cut |= whole - _ANYTHING
            whole &= _ANYTHING
        cut |= _joined(whole, after.cut)
        whole = _joined(whole, after.whole)
        if not whole:
            break
    return Opening(cut, whole)


def _joined(firsts: frozenset[str], lasts: frozenset[str]) -> frozenset[str]:
    return frozenset(first + last for first in firsts for last in lasts)


def _item(op: object, argument: Any) -> Opening:
    if op is ops.LITERAL:
        return Opening(frozenset(), frozenset({fold(chr(argument))}))
    if op is ops.IN and (characters := _members(argument)):
        return Opening(frozenset(), characters)
    if op is ops.SUBPATTERN:
        return _sequence(argument[-1])
    if op is ops.ATOMIC_GROUP:
        return _sequence(argument)
    if op is ops.BRANCH:
        choices = [_sequence(choice) for choice in argument[1]]
        return Opening(*(frozenset().union(*sets) for sets in zip(*choices, strict=True)))
    if op in _REPEATS:
        low, high, body = argument
        cut, whole = _sequence(body)
        none = _ANYTHING if low == 0 else frozenset()
        return Opening(cut, whole | none) if high == 1 else Opening(cut | whole, none)
    return Opening(_ANYTHING, frozenset())


def _members(items: Iterable[tuple[object, Any]]) -> frozenset[str]:
    """Give the characters of a class; none if they are too many to list."""
    found: frozenset[str] = frozenset()
    for op, argument in items:
        if op is ops.LITERAL:
            found |= {fold(chr(argument))}
        elif op is ops.RANGE and argument[1] - argument[0] < _LARGEST_RANGE:
            found |= {fold(chr(code)) for code in range(argument[0], argument[1] + 1)}
        elif (op, argument) == (ops.CATEGORY, ops.CATEGORY_DIGIT):
            found |= _DIGITS
        else:
            return frozenset()
    return found
