"""For whom a phrase stands: which state, organisation or people, and whose deed it is."""

import pytest
from spacy.language import Language
from spacy.tokens import Doc, Token

from ruspak_nb import load_codebook
from ruspak_nb.actors import Actor, Cast, subject

BOOK = load_codebook()


def word(doc: Doc, text: str) -> Token:
    """Find the one word of a text."""
    (found,) = (token for token in doc if token.text == text)
    return found


def who(actors: list[Actor]) -> list[str]:
    """List countries, or ids of those that have none; a part of a country has a `*`."""
    return sorted((a.country or a.entity_id) + "*" * a.is_part for a in actors)


@pytest.mark.parametrize(
    ("text", "head", "expected"),
    [
        ("Kenya met Uganda.", "Kenya", ["KEN"]),
        ("Russia, China and Pakistan met.", "Russia", ["CHN", "PAK", "RUS"]),
        ("The Chilean foreign minister spoke.", "minister", ["CHL"]),
        ("Chile's foreign minister spoke.", "minister", ["CHL"]),
        ("The president of Chile spoke.", "president", ["CHL"]),
        ("Rebels in Colombia met.", "Rebels", ["COL*"]),
        ("The war in Colombia ended.", "war", []),
        ("NATO met.", "NATO", ["nato*"]),
        ("The cat slept in Kenya.", "cat", []),
    ],
)
def test_a_phrase_stands_for_its_actors(nlp: Language, text: str, head: str, expected: list[str]):
    """Names and those listed with them, offices of a state, people in a country; not things."""
    doc = nlp(text)
    assert who(Cast(doc, BOOK).actors(word(doc, head))) == expected


@pytest.mark.parametrize(
    ("text", "noun", "expected"),
    [
        ("Kenya's visit was short.", "visit", ["KEN"]),
        ("The Kenyan visit was short.", "visit", ["KEN"]),
        ("The US-Russia talks failed.", "talks", ["RUS", "USA"]),
        ("The visit to Kenya was short.", "visit", []),
    ],
)
def test_a_noun_has_owners(nlp: Language, text: str, noun: str, expected: list[str]):
    """A possessor or an adjective of nation owns a deed; the place it leads to does not."""
    doc = nlp(text)
    assert who(Cast(doc, BOOK).owners(word(doc, noun))) == expected


@pytest.mark.parametrize(
    ("text", "verb", "expected"),
    [
        ("Kenya praised Uganda.", "praised", "Kenya"),
        ("Uganda was praised by Kenya.", "praised", "Uganda"),
        ("Kenya met Uganda and praised Rwanda.", "praised", "Kenya"),
        ("Kenya wants to praise Uganda.", "praise", "Kenya"),
        ("Kenya urged Uganda to withdraw.", "withdraw", "Uganda"),
    ],
)
def test_a_verb_has_a_subject_or_shares_one(nlp: Language, text: str, verb: str, expected: str):
    """A second verb shares that of the first; an infinitive has that of the verb, or its object."""
    found = subject(word(nlp(text), verb))
    assert found is not None
    assert found.text == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Actor("moscow", "RUS", 1), Actor("vladimir-putin", "RUS", 5), True),
        (Actor("russia", "RUS", 1), Actor("india", "IND", 5), False),
        (Actor("colombia", "COL", 1), Actor("colombia", "COL", 5, is_part=True), False),
        (Actor("nato", "", 1, is_part=True), Actor("nato", "", 5, is_part=True), True),
        (Actor("nato", "", 1, is_part=True), Actor("sco", "", 5, is_part=True), False),
    ],
    ids=["state and leader", "two states", "state and rebels", "one alliance", "two alliances"],
)
def test_who_is_the_same(one: Actor, other: Actor, same: bool):
    """A state and its leader are one; the rebels of a state and the state are two."""
    assert one.is_same(other) is other.is_same(one) is same
