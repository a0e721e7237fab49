"""Where a word begins and ends: every rule does what its example says, and no more."""

from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokenizer import Tokenizer

from ruspak_nb import tokens
from ruspak_nb.sheets import read_own_rules
from ruspak_nb.tokens import WordParter, part_words

RULES = [
    pytest.param(rule, id=rule["id"])
    for kind in ("infix", "suffix", "prefix", "whole")
    for rule in read_own_rules("tokens.toml")[kind]
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    """Make a pipeline that does nothing but part words."""
    return part_words(spacy.blank("en"))


def words(nlp: Language, text: str) -> list[str]:
    """Part a text into words."""
    return [token.text for token in nlp(text)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_parts_its_example(nlp: Language, rule: dict[str, Any]):
    """The example has exactly the tokens that stand beside it."""
    assert words(nlp, rule["example"]) == rule["tokens"]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_leaves_its_counter_example(nlp: Language, rule: dict[str, Any]):
    """The counter-example is parted as spaCy alone would part it."""
    bare = spacy.blank("en")
    assert words(nlp, rule["counter_example"]) == words(bare, rule["counter_example"])


@pytest.mark.parametrize("text", read_own_rules("tokens.toml")["drop"]["exceptions"])
def test_a_dropped_exception_is_parted(nlp: Language, text: str):
    """A smiley that ends a bracket is two marks."""
    assert len(words(nlp, text)) > 1


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("US-Russia", ["US", "-", "Russia"], id="two states"),
        pytest.param("Indo-Pak", ["Indo", "-", "Pak"], id="short forms"),
        pytest.param("anti-Pakistan", ["anti", "-", "Pakistan"], id="prefix before a state"),
        pytest.param("Pakistan’s", ["Pakistan", "’s"], id="curly apostrophe"),
        pytest.param("“India”", ["“", "India", "”"], id="curly quotes"),
        pytest.param("(see p. 8)", ["(", "see", "p.", "8", ")"], id="no smiley"),
    ],
)
def test_names_stand_free(nlp: Language, text: str, tokens: list[str]):
    """Whatever is joined to the name of a state, the name is a word of its own."""
    assert words(nlp, text) == tokens


def test_another_tokenizer_is_refused():
    """The rules are those of spaCy's tokenizer."""
    nlp = spacy.blank("en")
    nlp.tokenizer = str.split
    with pytest.raises(TypeError, match=r"tokenizer is a \w+, not spaCy's own"):
        part_words(nlp)


# What was parted before


NLP = part_words(spacy.blank("en"))
SPACYS = Tokenizer(*NLP.tokenizer.__reduce__()[1])
RUNS = [*NLP.tokenizer.rules, *(rule.values[0]["example"] for rule in RULES), "Moscow's", "(U.S.)"]
repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=200)


@repeatably
@given(
    st.lists(
        st.tuples(
            st.sampled_from(RUNS) | st.text(max_size=5), st.sampled_from([" ", " ", "\n", "", "  "])
        ),
        max_size=20,
    ).map(lambda parts: "".join(map("".join, parts)))
)
def test_words_are_those_of_spacys_tokenizer(text: str):
    """What is remembered changes no word and no space, exceptions beside it or not."""
    ours, spacys = NLP.make_doc(text), SPACYS(text)
    assert [(t.text, t.whitespace_) for t in ours] == [(t.text, t.whitespace_) for t in spacys]
    assert ours.text == text


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch):
    """Memory stays flat however many different words there are."""
    monkeypatch.setattr(tokens, "_MOST_REMEMBERED", 3)
    nlp = part_words(spacy.blank("en"))
    assert isinstance(nlp.tokenizer, WordParter)
    assert words(nlp, f"one two (three) four's {'long' * 20}") == [
        *("one", "two", "(", "three", ")", "four", "'s", "long" * 20)
    ]
    assert len(nlp.tokenizer._known) == 3
