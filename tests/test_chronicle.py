"""What the events of a chronology name is read by the codebook and by rules."""

import pandas as pd
import pytest

from ruspak_nb.chronicle import claim_patterns, find_cues, read_events
from ruspak_nb.patterns import compile_pattern
from ruspak_nb.sheets import read_own_rules

RULES = read_own_rules("claims.toml")["rule"]


def event(what: str, actors: str = ""):
    """Read one event."""
    row = {"event_id": "e", "date": "2010", "earliest": "2010-01-01", "latest": "2010-12-31"}
    row |= {"what": what, "actors": actors, "theme": "diplomacy"}
    return read_events(pd.DataFrame([row]))["e"]


@pytest.mark.parametrize("rule", RULES, ids=[rule["value"] for rule in RULES])
def test_a_rule_matches_its_example_only(rule: dict):
    """Each rule of claims.toml finds its example and passes over its counter-example."""
    pattern = compile_pattern(rule["pattern"], rule["value"])
    assert pattern.search(rule["example"])
    assert not pattern.search(rule["counter_example"])


def test_names_places_and_states():
    """Actors and words are looked up; a capital is also a place."""
    read = event("The Kremlin hosts talks in Dushanbe and Goa.", "Russia; Vladimir Putin")
    assert {"russia", "vladimir-putin", "goa"} <= read.entities
    assert read.places == {"dushanbe", "goa"} and read.states == {"RUS", "TJK"}
    assert read.kinds == {"talks"}


def test_a_longer_name_is_one_name():
    """The words of a name are not looked at one by one."""
    assert "uri" not in event("The Uri attack was condemned.").entities


def test_what_is_denied_is_the_first_name_after():
    """A denial is of the first thing that it names; states are parties to it."""
    read = event("Russia denies that India pays for CPEC, unlike the SCO.")
    assert read.denied == "cpec"
    assert event("Russia pays for CPEC.").denied == ""


def test_idle_words_share_nothing():
    """Words that stand anywhere are no feature, nor are short ones."""
    values = {value for kind, value in event("They were there with the very big kettle.").features}
    assert values == {"kettle", "diplomacy"}


def test_cues_are_named_by_their_value():
    """A text can have several cues of one group."""
    assert find_cues("their first visit, a turning point", "rank") == {"first", "turning point"}
    assert find_cues("no rank at all", "rank") == frozenset()
    assert [value for value, _ in claim_patterns("denial")] == ["denied"]
