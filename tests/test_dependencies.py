"""A parse reads the same, whichever of the two label schemes it was made in."""

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from ruspak_nb.dependencies import dependents, head, is_passive, preposition, relation

SANCTIONED = {
    "words": ["Pakistan", "was", "sanctioned", "by", "Washington", "for", "its", "tests", "."],
    "pos": ["PROPN", "AUX", "VERB", "ADP", "PROPN", "ADP", "PRON", "NOUN", "PUNCT"],
}
UNIVERSAL = {
    "heads": [2, 2, 2, 4, 2, 7, 7, 2, 2],
    "deps": [
        "nsubj:pass",
        "aux:pass",
        "ROOT",
        "case",
        "obl:agent",
        "case",
        "nmod:poss",
        "obl",
        "punct",
    ],
}
SPACYS = {
    "heads": [2, 2, 2, 2, 3, 2, 7, 5, 2],
    "deps": ["nsubjpass", "auxpass", "ROOT", "agent", "pobj", "prep", "poss", "pobj", "punct"],
}


def make(words: list[str], pos: list[str], heads: list[int], deps: list[str]) -> Doc:
    """Make a parsed Doc by hand."""
    return Doc(Vocab(), words=words, pos=pos, heads=heads, deps=deps)


@pytest.fixture(params=[UNIVERSAL, SPACYS], ids=["universal", "spacys-own"])
def sanctioned(request: pytest.FixtureRequest) -> Doc:
    """Parse one passive sentence in either scheme."""
    return make(**SANCTIONED, **request.param)


def test_a_verb_has_the_same_dependents_in_both(sanctioned: Doc):
    """Subject and agent of a passive are found under one name each."""
    found = [(name, word.text) for name, word in dependents(sanctioned[2])]
    assert found == [
        ("nsubj:pass", "Pakistan"),
        ("aux:pass", "was"),
        ("obl:agent", "Washington"),
        ("obl", "tests"),
        ("punct", "."),
    ]


def test_a_word_has_the_same_head_in_both(sanctioned: Doc):
    """A preposition is no head of what it marks."""
    assert [head(word).text for word in sanctioned if word.pos_ in ("PROPN", "NOUN")] == [
        "sanctioned",
        "sanctioned",
        "sanctioned",
    ]


def test_the_preposition_is_found_in_both(sanctioned: Doc):
    """What is stepped over is not lost."""
    marks = [preposition(sanctioned[i]) for i in (0, 4, 7)]
    assert [mark and mark.text for mark in marks] == [None, "by", "for"]


def test_a_passive_is_one_in_both(sanctioned: Doc):
    """The verb of "was sanctioned" is passive."""
    assert is_passive(sanctioned[2])


def test_the_root_is_named_as_in_universal_dependencies(sanctioned: Doc):
    """spaCy writes ROOT in both schemes."""
    assert relation(sanctioned[2]) == "root"


@pytest.mark.parametrize(
    ("heads", "deps"),
    [
        pytest.param([0, 2, 0], ["ROOT", "case", "nmod"], id="universal"),
        pytest.param([0, 0, 1], ["ROOT", "prep", "pobj"], id="spacys-own"),
    ],
)
def test_a_phrase_under_a_noun_is_nmod(heads: list[int], deps: list[str]):
    """In "ties with Moscow" Moscow belongs to ties."""
    doc = make(["ties", "with", "Moscow"], ["NOUN", "ADP", "PROPN"], heads, deps)
    assert [(name, word.text) for name, word in dependents(doc[0])] == [("nmod", "Moscow")]


def test_two_prepositions_in_a_row_are_stepped_over():
    """In "withdrew out of Kabul" the place hangs on the verb."""
    doc = make(
        ["withdrew", "out", "of", "Kabul"],
        ["VERB", "ADP", "ADP", "PROPN"],
        [0, 0, 1, 2],
        ["ROOT", "prep", "prep", "pobj"],
    )
    assert [(name, word.text) for name, word in dependents(doc[0])] == [("obl", "Kabul")]
    assert head(doc[3]).text == "withdrew"


def test_a_preposition_without_an_object_stays():
    """In "the deal they argued over" nothing follows the preposition."""
    doc = make(["argued", "over"], ["VERB", "ADP"], [0, 0], ["ROOT", "prep"])
    assert [word.text for _, word in dependents(doc[0])] == ["over"]


def test_an_active_verb_is_not_passive():
    """A subject alone makes no passive."""
    doc = make(["Moscow", "refused"], ["PROPN", "VERB"], [1, 1], ["nsubj", "ROOT"])
    assert not is_passive(doc[1])
