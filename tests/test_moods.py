"""In which mood an event is told: by its auxiliaries, by what governs it, by its tense."""

from typing import Any

import pytest
from spacy.language import Language

from ruspak_nb.schema import MODALITIES
from ruspak_nb.sheets import read_own_rules

RULES = read_own_rules("moods.toml")["rule"]


def moods(nlp: Language, text: str) -> list[str]:
    """List the modality of the events of a sentence."""
    return [event["modality"] for event in nlp(text).user_data["events"]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["modality"])
def test_a_rule_matches_its_example(nlp: Language, rule: dict[str, Any]):
    """The example is told in the mood of its rule, the counter-example in another."""
    assert rule["modality"] in moods(nlp, rule["example"])
    assert rule["modality"] not in moods(nlp, rule["counter_example"])


def test_every_word_is_of_one_rule():
    """Moods are those of the schema, and no word tells two of them."""
    assert {rule["modality"] for rule in RULES} < set(MODALITIES)
    for key in ("on", "above"):
        words = [word for rule in RULES for word in sorted(set(rule[key]))]
        assert [word for word in words if words.count(word) > 1] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("France sold ships to Greece.", "happened"),
        ("France has sold ships to Greece.", "happened"),
        ("Ships were sold to Greece by France.", "happened"),
        ("France is selling ships to Greece.", "ongoing"),
        ("France sells ships to Greece.", "ongoing"),
        ("France will sell ships to Greece.", "planned"),
        ("France plans to sell ships to Greece.", "planned"),
        ("France decided to sell ships to Greece.", "planned"),
        ("France is to sell ships to Greece.", "planned"),
        ("France may sell ships to Greece.", "possible"),
        ("France is ready to sell ships to Greece.", "possible"),
        ("Turkey will protest if France sells ships to Greece.", "possible"),
        ("The French sale of ships to Greece may be delayed.", "possible"),
        ("France should sell ships to Greece.", "normative"),
        ("France needs to sell ships to Greece.", "normative"),
        ("France did not sell ships to Greece.", "denied"),
        ("France has never sold ships to Greece.", "denied"),
        ("France refused to sell ships to Greece.", "denied"),
        ("France failed to sell ships to Greece.", "denied"),
    ],
)
def test_a_sale_in_every_mood(nlp: Language, text: str, expected: str):
    """The nearest word decides: first those on the verb, then those above it, then the tense."""
    found = [row for row in nlp(text).user_data["events"] if row["plover"] == "COOPERATE"]
    assert [row["modality"] for row in found] == [expected]


def test_a_verb_shares_the_auxiliary_of_the_first(nlp: Language):
    """What is said once of the first of two verbs holds for both."""
    text = "France will visit Greece and sell ships to Turkey."
    assert set(moods(nlp, text)) == {"planned"}


def test_an_act_and_what_it_is_about_have_moods_of_their_own(nlp: Language):
    """A refusal has happened; what is refused has not."""
    assert moods(nlp, "France refused to sell ships to Greece.") == ["happened", "denied"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("France denied that it sold ships to Greece.", "denied"),
        ("France did not deny that it sold ships to Greece.", "happened"),
        ("France ought to sell ships to Greece.", "normative"),
    ],
)
def test_what_governs_a_clause_reaches_into_it(nlp: Language, text: str, expected: str):
    """To deny a clause is to deny the act in it, whatever its tense."""
    assert set(moods(nlp, text)) == {expected}
