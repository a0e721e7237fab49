"""Patterns of the codebook: read as written, and refused if they could hang."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb import load_codebook
from ruspak_nb.patterns import CodebookError, compile_pattern, needed_together

WHERE = "themes.toml, theme 'arms_sales', pattern 'arms'"


# What a pattern means


@pytest.mark.parametrize(
    ("regex", "text", "found"),
    [
        ("arms deal", "The Arms Deal was signed.", "Arms Deal"),
        ("arms deal", "an arms\u00a0 deal", "arms\u00a0 deal"),
        ("arms deal", "an arms\r\ndeal", "arms\r\ndeal"),
        ("arms deal", "an armsdeal", None),
        ("arms ?deal", "an armsdeal", "armsdeal"),
        ("arms ?deal", "an arms  deal", "arms  deal"),
        ("arms  deal", "an arms deal", "arms deal"),
        ("arms[ -]deal", "an arms-deal", "arms-deal"),
        ("arms[ -]deal", "an arms\ndeal", "arms\ndeal"),
        ("India's view", "India’s view", "India’s view"),
        ("India['s]+", "India’s view", "India’s"),
        ("arm", "the arms deal", None),
        ("arm", "disarm them", None),
        ("arm", "an arm's length", "arm"),
        ("(?-i:SCO)", "the sco", None),
        ("(?-i:SCO)", "the SCO", "SCO"),
        (r"arms\ deal", "arms  deal", None),
    ],
    ids=[
        "any-case",
        "any-white-space",
        "across-a-line-break",
        "a-space-is-needed",
        "unless-optional",
        "optional-spaces",
        "many-spaces-are-one",
        "space-in-a-class",
        "line-break-in-a-class",
        "any-apostrophe",
        "apostrophe-in-a-class",
        "whole-words-end",
        "whole-words-start",
        "apostrophe-ends-a-word",
        "case-kept",
        "case-kept-found",
        "escaped-space-is-one-space",
    ],
)
def test_a_pattern_is_read_as_written(regex: str, text: str, found: str | None) -> None:
    """A space is any white space, `'` any apostrophe; whole words, any case."""
    match = compile_pattern(regex, WHERE).search(text)
    assert (match[0] if match else None) == found


def test_whole_is_for_fullmatch() -> None:
    """With `whole` a pattern need not begin or end at a word."""
    pattern = compile_pattern(r"\W?reply\W?", WHERE, whole=True)
    assert pattern.fullmatch("«Reply»")
    assert not pattern.fullmatch("no reply")


@given(st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_any_name_finds_itself(name: str) -> None:
    """A name in any script, escaped, is found where it stands alone."""
    match = compile_pattern(re.escape(name), WHERE).search(f"+  {name}  +")
    assert match is not None
    assert match.span() == (3, 3 + len(name))


# What is refused

REFUSED = {
    "repeat-in-a-repeat": r"(a+)+ arms",
    "repeat-in-a-bounded-repeat": r"(\w+){1,9} arms",
    "optional-in-a-repeat": r"(aa?)+ arms",
    "optional-words-in-a-repeat": r"(?:\w\w?)+ arms",
    "all-optional-in-a-repeat": r"(?:\w?\w?){1,100} arms",
    "optional-space-in-a-repeat": r"arms(?: ?,?){0,16} deal",
    "optional-group-with-a-space": r"arms(?: (?:of )?){0,16} deal",
    "choice-without-end": r"(?:sell|sold|buy)+",
    "choice-in-a-group-without-end": r"(?:the (?:sale|deal) )* arms",
    "choice-too-often": r"(?:sell |buy ){0,17}",
    "choice-that-overlaps": r"(?:the |a |\w+ ){0,16} arms",
    "endless-dot": r"arms.*deal",
    "endless-class-with-spaces": r"arms[^.]*deal",
    "endless-white-space": r"arms\s+deal",
    "endless-space": r"arms  *deal",
    "too-long": r"arms.{0,1001}deal",
    "neighbours": r"\w+\w+ arms",
    "neighbours-that-meet": r"[a-m]+[k-z]+ arms",
    "neighbours-in-groups": r"(\w+)(\w+)(\w+) arms",
    "neighbours-with-an-option-between": r"\w+x?\w+ arms",
    "gaps-that-multiply": r"arms[^.]{0,1000}[^.]{0,1000}[^.]{0,1000}deal",
    "in-a-look-ahead": r"arms(?=(a+)+ deal)",
    "in-a-branch": r"arms|(?:\w+)+ deal",
    "lazy": r"(a+?)+? arms",
}
ACCEPTED = {
    "words": r"arms deal",
    "endings": r"suppl(?:y|ies|ied|ying)",
    "options": r"arms?(?: sales?)?(?:,)?",
    "word": r"Rosoboron\w*",
    "words-with-hyphens": r"\w+-based",
    "gap-within-a-sentence": r"arms[^.;]{0,40}Russia",
    "longest-gap": r"arms.{0,1000}deal",
    "some-words": r"arms(?: \w+){0,3} deal",
    "list": r"arms(?:, \w+){0,5} and tanks",
    "choice-bounded": r"(?:the |a |an ){0,3}arms",
    "look-ahead": r"arms(?! race)",
    "look-behind": r"(?<!nuclear\s)arms",
    "digits": r"Su-?\d{2,3}[A-Z]{0,3}",
    "number": r"\d+(?:,\d{3}){0,4}(?:\.\d+)? dollars",
    "neighbours-apart": r"\d+[A-Z]+ tanks",
    "possessive": r"(?:\w++ ){0,3}arms",
    "atomic": r"(?>\w+) arms",
}


@pytest.mark.parametrize("regex", REFUSED.values(), ids=REFUSED)
def test_refuses_what_can_run_away(regex: str) -> None:
    """A pattern whose backtracking may explode is an error with row, shape and fix."""
    fault = rf"^{re.escape(WHERE)}: the pattern .* can run away: \S"
    with pytest.raises(CodebookError, match=fault):
        compile_pattern(regex, WHERE)


@pytest.mark.parametrize("regex", ACCEPTED.values(), ids=ACCEPTED)
def test_accepts_what_cannot(regex: str) -> None:
    """What editors need most is accepted."""
    assert compile_pattern(regex, WHERE).flags & re.IGNORECASE


@pytest.mark.parametrize(
    ("regex", "fault"),
    [
        ("", "is no text; write one"),
        ("arms(", r"does not compile: missing \), .*; a plain bracket, dot or question mark"),
        ("arms)", "does not compile: unbalanced parenthesis"),
        ("*arms", "does not compile: nothing to repeat"),
        ("[z-a]", "does not compile: bad character range z-a"),
        ("[[arms]", "does not compile: Possible nested set"),
        ("a{99999999999}", "does not compile: the repetition number is too large"),
        ("(" * 5000 + "a" + ")" * 5000, "does not compile: maximum recursion"),
        ("(?<=the )arms", "does not compile: look-behind requires fixed-width"),
        ("arms\\", "does not compile: bad escape"),
        ("(?:arms)?", "matches an empty text; at least one of its parts must not be optional"),
        ("x*", "matches an empty text"),
        ("a|", "matches an empty text"),
    ],
    ids=[
        "empty",
        "open-bracket",
        "closing-bracket",
        "star",
        "range",
        "nested-set",
        "huge-number",
        "deep-nesting",
        "space-in-a-look-behind",
        "backslash",
        "all-optional",
        "star-only",
        "empty-branch",
    ],
)
def test_refuses_what_is_no_pattern(regex: str, fault: str) -> None:
    """What does not compile, or matches nothing, is an error with row and fix."""
    with pytest.raises(CodebookError, match=rf"^{re.escape(WHERE)}: the pattern .* ?{fault}"):
        compile_pattern(regex, WHERE)


PIECES = ["a", "\\w", "[a-z]", "[^.]", " ", "'", ".", "?", "*", "+", "{0,3}", "{2,}", "(", ")"]
PIECES += ["(?:", "(?=", "(?<!", "(?>", "|", "[", "]", "\\", "\\b", "\\1", "(?P<x>", "^", "$", "é"]


@given(st.text(max_size=12) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_any_text_is_a_pattern_or_a_codebook_error(regex: str) -> None:
    """Whatever an editor types, it works or is an error that names the row."""
    try:
        assert not compile_pattern(regex, WHERE).fullmatch("")
    except CodebookError as error:
        assert str(error).startswith(WHERE)


# What is shipped


@pytest.mark.parametrize(
    "text",
    [
        "military cooperation and arms sales to ".ljust(40) * 500,
        "the " * 5000,
        "a" * 20000,
        "1990-2000, " * 1800,
        "arms " + " " * 20000,
        "arms\n \t" * 2500,
    ],
    ids=["phrases", "one-word", "one-long-word", "years", "spaces", "lines"],
)
def test_shipped_patterns_do_not_run_away(text: str) -> None:
    """On 20,000 characters made to tempt them, all patterns come to an end, and soon."""
    codebook = load_codebook()
    patterns = [rule.pattern for theme in codebook.themes for rule in theme.patterns]
    patterns += [rule.pattern for rule in (*codebook.dates, *codebook.places)]
    for pattern in patterns:
        assert all(match.end() <= len(text) for match in pattern.finditer(text))


def test_a_pattern_of_two_words_needs_both():
    """A sentence without either is ruled out before the pattern is tried."""
    assert needed_together(r"\b(?:china|beijing)\b.{0,20}\brussia\b") == (
        frozenset({"beijing", "china"}),
        frozenset({"russia"}),
    )
    assert needed_together(r"\bu-?2\b|\bspy plane\b") == needed_together(r"\bspy plane\b|\bu-?2\b")
