"""Where a pattern can begin is known from the words, and nothing that matches is missed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb import load_codebook, openings
from ruspak_nb.openings import Openings, find_openings, matches_at
from ruspak_nb.patterns import compile_pattern, needed_together

BOOK = load_codebook()
RULES = [
    *((rule.pattern, rule.needs) for theme in BOOK.themes for rule in theme.patterns),
    *((rule.pattern, rule.needs) for rule in BOOK.dates),
    (BOOK.calendar.period_pattern, ()),
]
INDEX = Openings(RULES)
EXAMPLES = [
    *(text for r in BOOK.dates for text in (r.example, r.counter_example)),
    *(text for t in BOOK.themes for r in t.patterns for text in (r.example, r.counter_example)),
    *(r.example for periods in BOOK.calendar.periods.values() for r in periods),
]
WORDS = sorted({word for text in EXAMPLES for word in text.split()})
repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=150)


def compiled(regex: str) -> re.Pattern[str]:
    """Compile a pattern as a codebook's."""
    return compile_pattern(regex, "here")


def assert_nothing_is_missed(index: Openings, text: str) -> None:
    """Assert that each pattern matches where it does when all of the text is searched."""
    places = index.find(text)
    for number, (pattern, _) in enumerate(RULES):
        found = [match.span() for match in matches_at(pattern, text, places.get(number, ()))]
        assert found == [match.span() for match in pattern.finditer(text)], pattern.pattern


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        pytest.param(r"\barms (?:sales?|deal)", {"arms"}, id="to the first space"),
        pytest.param(r"(?:arms|Weapons?) sale", {"arms", "weapon", "weapons"}, id="choice"),
        pytest.param(r"(?:the )?Kabul", {"the", "kabul"}, id="may be left out"),
        pytest.param(r"u\.?s\.?", {"us", "us.", "u.s", "u.s."}, id="marks left out"),
        pytest.param(r"(?<=\san\s)S-?[34]00", {"s300", "s400", "s-300", "s-400"}, id="class"),
        pytest.param(r"\w+stan", {""}, id="anything"),
        pytest.param(r"'90s", {"'90s", "’90s", "‘90s", "ʼ90s"}, id="apostrophes"),
    ],
)
def test_openings_are_read_from_the_pattern(regex: str, expected: set[str]):
    """Every match begins with one of them, whatever its case."""
    assert find_openings(compiled(regex)) == expected


@pytest.mark.parametrize("text", EXAMPLES)
def test_no_match_in_an_example_is_missed(text: str):
    """The places lead to the matches that a search of the whole text finds."""
    assert_nothing_is_missed(INDEX, text)


@repeatably
@given(
    st.lists(
        st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", " ", "\n", "-", "’s ", "  "])),
        max_size=30,
    ).map(lambda parts: "".join(map("".join, parts)))
)
def test_no_match_is_missed(text: str):
    """Nor is one in words of examples, put together by chance."""
    assert_nothing_is_missed(INDEX, text)


def test_a_pattern_is_tried_only_where_it_can_match():
    """A sentence needs all that the pattern needs, and only its words that open are tried."""
    regex = r"\b(?:china|beijing)\b.{0,20}\brussia\b"
    index = Openings([(compiled(regex), needed_together(regex))])
    assert index.find("In Beijing and Russia") == {0: [3]}
    assert index.find("In Beijing and Rome") == {}
    assert index.find("(Pro-Beijing Russia)") == {0: [5]}


def test_what_was_learnt_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch):
    """Memory stays flat however many different words there are, and nothing is lost."""
    monkeypatch.setattr(openings, "_MOST_WORDS", 5)
    index = Openings(RULES)
    for text in EXAMPLES[:50]:
        assert_nothing_is_missed(index, text)
        assert len(index) <= 5


def test_a_run_of_any_length_is_read():
    """What has no space takes time in proportion to its length, and is not kept."""
    index = Openings(RULES)
    assert len(index.find("arms-" * 20_000 + "sales Kabul")) > 1
    assert set(index) == {"Kabul"}
