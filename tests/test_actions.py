"""Every row of actions.csv does what it says: its example is an event, its counter-example none."""

import re
from dataclasses import replace

import pytest
from spacy.language import Language

from ruspak_nb import load_codebook
from ruspak_nb.act_rules import Action
from ruspak_nb.examples import try_actions

BOOK = load_codebook()
ACTIONS = sorted((row for rows in BOOK.actions.values() for row in rows), key=lambda r: r.action_id)
COUNTRIES = {entity.country for entity in BOOK.entities.values() if entity.country}


@pytest.fixture(scope="module")
def faults(nlp: Language) -> list[str]:
    """Try the examples and counter-examples of all rows once."""
    return list(try_actions(ACTIONS, BOOK, nlp))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.action_id)
def test_an_action_is_known_by_its_row(action: Action, faults: list[str]):
    """The example gives an event of the row with the dyad it names, the counter-example none."""
    assert [fault for fault in faults if fault.startswith(f"{action.where}: ")] == []


def test_a_row_that_does_not_keep_its_word_is_a_fault(nlp: Language):
    """The other way round, each sentence of a row is a fault of its own."""
    row = next(row for row in ACTIONS if row.action_id == "distance-from")
    wrong = replace(row, example=row.counter_example, counter_example=row.example)
    missed, found = try_actions([wrong], BOOK, nlp)
    assert "not found as it says in its example 'The Hungarian rider" in missed
    assert "found in its counter_example 'Hungary distanced itself" in found


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.action_id)
def test_a_dyad_is_written_in_codes_of_the_codebook(action: Action):
    """`RUS>PAK` is one upon the other, `RUS=PAK` both together, which only mutual acts can be."""
    match = re.fullmatch("([A-Z]{3})([>=])([A-Z]{3})", action.dyad)
    assert match
    assert {match[1], match[3]} <= COUNTRIES
    assert action.mutual or match[2] == ">"


def test_a_word_has_a_row_once():
    """Two rows of one word differ in what they ask for: particle, object or places."""
    keys = [
        (row.pos, row.lemma, row.particle, row.objects, row.unless, row.source, row.target)
        for row in ACTIONS
    ]
    assert [key for key in keys if keys.count(key) > 1] == []


def test_an_example_is_of_one_row():
    """Each row has sentences of its own."""
    texts = [text for row in ACTIONS for text in (row.example, row.counter_example)]
    assert [text for text in texts if texts.count(text) > 1] == []
