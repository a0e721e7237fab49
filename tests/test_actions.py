"""Every row of actions.csv does what it says: its example is an event, its counter-example none."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from spacy.language import Language

from ruspak_nb import load_codebook
from ruspak_nb.act_rules import Action

BOOK = load_codebook()
ACTIONS = sorted((row for rows in BOOK.actions.values() for row in rows), key=lambda r: r.action_id)
COUNTRIES = {entity.country for entity in BOOK.entities.values() if entity.country}
Found = Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def found(nlp: Language) -> Found:
    """Read the examples and counter-examples of all rows once."""
    texts = sorted({text for row in ACTIONS for text in (row.example, row.counter_example)})
    return {doc.text: doc.user_data["events"] for doc in nlp.pipe(texts)}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.action_id)
def test_an_action_is_known_by_its_row(action: Action, found: Found):
    """The example gives an event of the row with the dyad it names, the counter-example none."""
    dyads = [
        (event["source_country"], event["target_country"])
        for event in found[action.example]
        if event["action_id"] == action.action_id
    ]
    source, target = re.split("[>=]", action.dyad)
    assert (source, target) in dyads or (action.mutual and (target, source) in dyads)
    assert action.action_id not in [event["action_id"] for event in found[action.counter_example]]


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
