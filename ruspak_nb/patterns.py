"""Compile the regular expressions of the codebook, and refuse those that can run away.

The codebook is edited by people who do not program, so a pattern is written as it is
read: a space stands for any white space, `'` for any apostrophe, and it matches whole
words whatever their case. A pattern whose backtracking could explode on an unlucky
sentence is an error when the codebook is loaded, not a hang a thousand articles later.
"""

import re
import warnings
from collections.abc import Iterator
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ruspak_nb.sheets import SheetError

_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_LONGEST_GAP = 1000
_MOST_CHOICES_REPEATED = 16
_MOST_COMBINATIONS = 10_000_000
_APOSTROPHES = "'’‘ʼ"
# Enough of Unicode to tell whether two character classes can meet.
_SAMPLE = frozenset(map(chr, range(128))) | frozenset("éÉяЯ١中’“–…\u00a0")


class CodebookError(SheetError):
    """A fault in the codebook: file, row, value, what is allowed, and the likely fix."""


def compile_pattern(regex: str, where: str, *, whole: bool = False) -> re.Pattern[str]:
    """Compile a codebook pattern.

    It matches whole words; with `whole` it is meant for `fullmatch`. `where` names file and
    row for the error. Raises CodebookError if it does not compile, matches the empty
    string, or can run away.
    """
    if not isinstance(regex, str) or not regex:
        raise CodebookError(
            f"{where}: the pattern {regex!r} is no text; write one between single quotes"
        )
    try:
        with warnings.catch_warnings():
            # What Python only warns of, such as "[[a]", is never meant.
            warnings.simplefilter("error", FutureWarning)
            return _compile(regex, where, whole)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise CodebookError(
            f"{where}: the pattern {regex[:80]!r} does not compile: {error}; "
            "a plain bracket, dot or question mark needs a backslash before it"
        ) from None


def _compile(regex: str, where: str, whole: bool) -> re.Pattern[str]:
    fault = _runaway(parser.parse(regex, re.IGNORECASE))
    if fault:
        raise CodebookError(f"{where}: the pattern {regex!r} can run away: {fault}")
    spaced = _loosen(regex)
    pattern = re.compile(spaced if whole else rf"(?<!\w)(?:{spaced})(?!\w)", re.IGNORECASE)
    if pattern.fullmatch(""):
        raise CodebookError(
            f"{where}: the pattern {regex!r} matches an empty text; "
            "at least one of its parts must not be optional"
        )
    return pattern


def needed_together(regex: str) -> tuple[frozenset[str], ...]:
    """Give sets of strings of each of which any match must contain one, case-folded.

    None of them holds a space. A look at its words rules a sentence out far sooner than the
    pattern would: "china ... russia" needs one for each. Empty if nothing is known to be needed.
    """
    sets = set(_candidates(parser.parse(regex, re.IGNORECASE)))
    # A letter or two stand in nearly every sentence, and are not worth a search.
    telling = [words for words in sets if min(map(len, words)) > 2] or sets
    return tuple(sorted(telling, key=sorted))


def _needed(tree: parser.SubPattern) -> frozenset[str]:
    # The longer the shortest of them, the rarer it is in other sentences.
    return max(_candidates(tree), key=lambda c: (min(map(len, c)), -len(c)), default=frozenset())


def _candidates(tree: parser.SubPattern) -> list[frozenset[str]]:
    candidates: list[frozenset[str]] = []
    run = ""
    for op, argument in [*tree, (None, None)]:
        char = chr(argument).casefold() if op is ops.LITERAL else ""
        # A space and an apostrophe are matched loosely, so they end a literal.
        if char and char not in (" ", "'"):
            run += char
            continue
        if run:
            candidates.append(frozenset({run}))
            run = ""
        if op is ops.SUBPATTERN or (op in _REPEATS and argument[0] > 0):
            candidates += _candidates(argument[-1])
        elif op is ops.BRANCH:
            choices = [_needed(choice) for choice in argument[1]]
            candidates.append(frozenset().union(*choices) if all(choices) else frozenset())
    return [candidate for candidate in candidates if candidate]


def _loosen(regex: str) -> str:
    """Let a space match any white space and `'` any apostrophe."""
    out: list[str] = []
    in_class = False
    i = 0
    while i < len(regex):
        char, after = regex[i], regex[i + 1 : i + 2]
        if char == "\\":
            out.append(regex[i : i + 2])
            i += 2
            continue
        if char == "[" and not in_class:
            in_class = True
        elif char == "]" and in_class:
            in_class = False
        if char == "'":
            out.append(_APOSTROPHES if in_class else f"[{_APOSTROPHES}]")
        elif char == " " and not in_class and after == "?":
            # Possessive: what a space has taken it never gives back.
            out.append(r"\s*+")
            i += 1
        elif char == " " and not in_class and after == " ":
            pass
        elif char == " ":
            out.append(r"\s" if in_class or after in ("{", "*", "+") else r"\s++")
        else:
            out.append(char)
        i += 1
    return "".join(out)


def _runaway(tree: parser.SubPattern) -> str:
    """Say why a pattern's backtracking may explode; empty if it cannot.

    Refused are an endless repeat that crosses spaces, one over a choice, a repeat within a
    repeat with nothing certain between the rounds, two endless repeats that can take
    the same characters with nothing certain between them, and bounds that multiply.
    """
    for _, high, body in _repeats(tree):
        if high != ops.MAXREPEAT and high > _LONGEST_GAP:
            return f"it repeats up to {high} times; {_LONGEST_GAP} is the most"
        single = _single_class(body)
        if high == ops.MAXREPEAT and single is None and _has_choice(body):
            return "a choice is repeated without end; say how often, as in (…){0,3}"
        if high == ops.MAXREPEAT and single is not None and " " in single:
            return "a repeat without end crosses spaces; bound it, as in [^.;]{0,40}"
        if high != ops.MAXREPEAT and high > _MOST_CHOICES_REPEATED and _has_choice(body):
            return f"a choice is repeated {high} times; {_MOST_CHOICES_REPEATED} is the most"
        if high > 1 and single is None and not _is_delimited(body):
            return (
                "a repeat stands inside a repeat with nothing certain between the rounds; "
                r"put a separator into each round, as in (?: \w+){0,3}"
            )
    if _combinations(tree) > _MOST_COMBINATIONS:
        return "its bounded repeats multiply to too many ways; lower their bounds"
    return _neighbouring_repeats(tree, [frozenset()])


def _repeats(
    tree: parser.SubPattern,
) -> Iterator[tuple[int, int, parser.SubPattern]]:
    for op, argument in tree:
        if op in _REPEATS:
            yield argument
        for part in _parts(op, argument):
            yield from _repeats(part)


def _parts(op: object, argument: Any) -> list[parser.SubPattern]:
    if op in _REPEATS or op is ops.SUBPATTERN:
        return [argument[-1]]
    if op is ops.BRANCH:
        return list(argument[1])
    if op in (ops.ASSERT, ops.ASSERT_NOT):
        return [argument[1]]
    if op is ops.ATOMIC_GROUP:
        return [argument]
    if op is ops.GROUPREF_EXISTS:
        return [part for part in argument[1:] if part is not None]
    return []


def _single_class(body: parser.SubPattern) -> frozenset[str] | None:
    """Give the characters a one-character body can match, or None if it is longer."""
    if len(body) != 1:
        return None
    op, argument = body[0]
    if op is ops.SUBPATTERN:
        return _single_class(argument[-1])
    return _characters(op, argument)


def _characters(op: object, argument: Any) -> frozenset[str] | None:
    if op is ops.ANY:
        return _SAMPLE
    if op is ops.LITERAL:
        char = chr(argument)
        return frozenset({char.lower(), char.upper()})
    if op is ops.NOT_LITERAL:
        return _SAMPLE - {chr(argument)}
    if op is ops.CATEGORY:
        return _category(argument)
    if op is ops.IN:
        return _class_members(argument)
    return None


def _class_members(items: list[tuple[object, Any]]) -> frozenset[str]:
    found: set[str] = set()
    negated = False
    for op, argument in items:
        if op is ops.NEGATE:
            negated = True
        elif op is ops.RANGE:
            low, high = argument
            span = {char for char in _SAMPLE if low <= ord(char) <= high}
            found |= span | {c.lower() for c in span} | {c.upper() for c in span}
        else:
            found |= _characters(op, argument) or frozenset()
    return _SAMPLE - found if negated else frozenset(found)


def _category(name: Any) -> frozenset[str]:
    escape = {
        ops.CATEGORY_DIGIT: r"\d",
        ops.CATEGORY_NOT_DIGIT: r"\D",
        ops.CATEGORY_SPACE: r"\s",
        ops.CATEGORY_NOT_SPACE: r"\S",
        ops.CATEGORY_WORD: r"\w",
        ops.CATEGORY_NOT_WORD: r"\W",
    }[name]
    return frozenset(char for char in _SAMPLE if re.match(escape, char))


def _has_choice(body: parser.SubPattern) -> bool:
    return any(
        op is ops.BRANCH or any(map(_has_choice, _parts(op, argument))) for op, argument in body
    )


def _is_delimited(body: parser.SubPattern) -> bool:
    """Tell whether each round of a repeat is marked off from the next.

    True if nothing in the body varies in length, or if it must contain a character
    that none of its varying parts can match.
    """
    while len(body) == 1 and body[0][0] is ops.SUBPATTERN:
        body = body[0][1][-1]
    varying = [_reach(inner) for low, high, inner in _repeats(body) if low != high]
    if not varying:
        return True
    soft = frozenset().union(*varying)
    certain = [_certain(op, argument) for op, argument in body]
    return any(chars is not None and not chars & soft for chars in certain)


def _certain(op: object, argument: Any) -> frozenset[str] | None:
    """Give the characters of an item that must be there, or None if it need not be."""
    if op in _REPEATS:
        low, _, inner = argument
        return _single_class(inner) if low else None
    if op is ops.SUBPATTERN and len(argument[-1]) == 1:
        return _certain(*argument[-1][0])
    return _characters(op, argument)


def _reach(body: parser.SubPattern) -> frozenset[str]:
    """Give every character that a body can match."""
    found: frozenset[str] = frozenset()
    for op, argument in body:
        found |= _characters(op, argument) or frozenset()
        for part in _parts(op, argument):
            found |= _reach(part)
    return found


def _neighbouring_repeats(tree: parser.SubPattern, held: list[frozenset[str]]) -> str:
    """Find two endless repeats of the same characters with nothing certain in between.

    `held` has what the endless repeats since the last certain character can take.
    """
    for op, argument in tree:
        if op in _REPEATS and argument[1] == ops.MAXREPEAT:
            taken = _reach(argument[2])
            # A group that opens with a separator of its own, as in \d+(?:,\d{3})*.
            opening = _certain(*argument[2][0]) if len(argument[2]) > 1 else None
            if (taken if opening is None else opening) & held[-1]:
                return "two repeats without end stand side by side; keep one of them"
            held[-1] |= taken
            continue
        if op is ops.BRANCH:
            faults = [_neighbouring_repeats(part, [held[-1]]) for part in argument[1]]
        else:
            faults = [_neighbouring_repeats(part, held) for part in _parts(op, argument)]
        if any(faults):
            return next(filter(None, faults))
        certain = _certain(op, argument)
        if certain is not None and not certain & held[-1]:
            held[-1] = frozenset()
    return ""


def _combinations(tree: parser.SubPattern) -> int:
    """Bound the ways in which the bounded repeats of wide classes can share out a text."""
    ways = 1
    for op, argument in tree:
        if op is ops.BRANCH:
            ways *= max(map(_combinations, argument[1]))
            continue
        if op in _REPEATS and argument[1] != ops.MAXREPEAT:
            single = _single_class(argument[2])
            if single is not None and len(single) > 1:
                ways *= argument[1] - argument[0] + 1
        for part in _parts(op, argument):
            ways *= _combinations(part)
    return ways
