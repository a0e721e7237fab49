"""Who does what to whom is counted once by hand here, and every n is the length of its evidence."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ruspak_nb.dyads import (
    MOODS,
    STANCES,
    balance_dyads,
    compare_dyads,
    count_dyads,
    count_roles,
    count_turns,
    name_dyads,
)
from ruspak_nb.schema import MODALITIES, QUAD_CLASSES

RAW = pd.DataFrame(
    [
        ("a", 0, 4, "vladimir-putin", "RUS", "pakistan", "PAK", "verbal_cooperation", "happened"),
        ("a", 0, 4, "russia", "RUS", "tajikistan", "TJK", "verbal_cooperation", "happened"),
        ("a", 9, 12, "ussr", "RUS", "pakistan", "PAK", "material_conflict", "ongoing"),
        ("b", 3, 8, "pakistan", "PAK", "russia", "RUS", "material_cooperation", "planned"),
        ("b", 10, 15, "pakistan", "PAK", "taliban", "AFG", "neutral", "denied"),
        ("b", 17, 20, "sco", "", "russia", "RUS", "verbal_conflict", "normative"),
    ],
    columns=[
        *("article_id", "start", "end", "source_id", "source_country"),
        *("target_id", "target_country", "quad_class", "modality"),
    ],
)


@pytest.fixture
def events() -> pd.DataFrame:
    """Name the sides of six events."""
    return name_dyads(RAW)


def test_people_and_places_count_as_their_state(events: pd.DataFrame):
    """A president and a state that is gone act for the state of today."""
    assert events["source"].tolist() == [
        "Russia",
        "Russia",
        "Russia",
        "Pakistan",
        "Pakistan",
        "SCO",
    ]


def test_groups_count_as_themselves(events: pd.DataFrame):
    """To fight a group is not to fight the country in which it sits."""
    assert events["target"].tolist()[-2:] == ["Taliban", "Russia"]


def test_a_pair_is_the_same_both_ways(events: pd.DataFrame):
    """Whoever acts, the pair has one name."""
    assert events["pair"].tolist()[2:4] == ["Pakistan and Russia"] * 2


def test_a_state_of_today_gives_its_name():
    """Germany is not called East Germany because that comes first in the alphabet."""
    row = RAW.head(1).assign(source_id="", source_country="DEU")
    assert name_dyads(row)["source"].tolist() == ["Germany"]


def test_what_the_codebook_does_not_know_keeps_its_id():
    """An actor without a country, unknown to the codebook, is named by its id."""
    row = RAW.head(1).assign(source_id="the-league", source_country="")
    assert name_dyads(row)["source"].tolist() == ["the-league"]


def test_events_without_two_sides_are_dropped_loudly():
    """A row of which one side is nobody is left out, and counted in a warning."""
    rows = RAW.assign(target_id="", target_country="").head(2)
    with pytest.warns(UserWarning, match=r"left out 2 event\(s\) without two sides"):
        assert name_dyads(rows).empty


def test_every_class_and_modality_has_a_group():
    """No event of the schema falls between the groups."""
    assert set(STANCES) == set(QUAD_CLASSES)
    assert set(STANCES.values()) == {"cooperation", "conflict", "neutral"}
    assert set(MOODS) == set(MODALITIES)


def test_naming_leaves_the_events_as_they_are():
    """The frame that is passed is not changed."""
    before = RAW.copy()
    name_dyads(RAW)
    assert_frame_equal(RAW, before)


def test_dyads_are_counted_with_their_spans(events: pd.DataFrame):
    """Source, target, class and modality, and the ids of what is counted."""
    table = count_dyads(events)
    assert table.columns.tolist() == [
        *("source", "target", "quad_class", "modality", "n", "evidence")
    ]
    assert len(table) == 6
    row = table[table["target"] == "Tajikistan"].iloc[0]
    assert (row["source"], row["n"], row["evidence"]) == ("Russia", 1, ("a:0-4",))


def test_an_act_with_several_partners_counts_once(events: pd.DataFrame):
    """One meeting of three is one act of the one who acts, not two."""
    table = count_dyads(events, by="source").set_index("source")
    assert table.loc["Russia", "evidence"] == ("a:0-4", "a:9-12")


def test_balance_sets_cooperation_against_conflict(events: pd.DataFrame):
    """One act of each gives 0, conflict alone -1, neither of them nothing."""
    table = balance_dyads(events, by="pair").set_index("pair")
    assert table.loc["Pakistan and Russia", ["n", "cooperation", "conflict"]].tolist() == [3, 2, 1]
    assert table["balance"].round(2).to_dict() == pytest.approx(
        {
            "Pakistan and Russia": 0.33,
            "Russia and Tajikistan": 1.0,
            "Russia and SCO": -1.0,
            "Pakistan and Taliban": float("nan"),
        },
        nan_ok=True,
    )


def test_balance_sets_fact_against_hope(events: pd.DataFrame):
    """What is told as done, what is hoped, what is denied add up to n."""
    table = balance_dyads(events, by="pair")
    assert (table[["fact", "hope", "denied"]].sum(axis=1) == table["n"]).all()
    assert table.set_index("pair").loc["Pakistan and Russia", "hope"] == 1


def test_turns_hold_every_step(events: pd.DataFrame):
    """A pair that an article does not have is 0 there, against all acts of that article."""
    table = count_turns(events, ["b", "a"], by="pair")
    pair = table[table["pair"] == "Pakistan and Russia"]
    assert pair[["article_id", "n", "n_step"]].to_numpy().tolist() == [["b", 1, 3], ["a", 2, 2]]
    assert (table["n"] == table["evidence"].map(len)).all()


def test_steps_that_are_not_asked_for_do_not_count(events: pd.DataFrame):
    """Only the steps named are counted, in their order, and an unknown one is empty."""
    table = count_turns(events, ["b", "z"], by="source")
    assert table["article_id"].tolist() == ["b", "z"] * 2
    assert table.loc[table["article_id"] == "z", ["n", "n_step"]].to_numpy().sum() == 0


def test_codings_stand_side_by_side(events: pd.DataFrame):
    """What only one coder has is 0 for the other."""
    table = compare_dyads({"human": events, "machine": events.head(1)}, by="pair")
    first = table[table["pair"] == "Russia and Tajikistan"]
    assert first[["coder", "n"]].to_numpy().tolist() == [["human", 1], ["machine", 0]]


def test_roles_show_who_is_only_acted_upon(events: pd.DataFrame):
    """Everybody has both roles, and who never acts has 0 in one."""
    table = count_roles(events).pivot(index="actor", columns="role", values="n")
    assert table.loc["Tajikistan"].tolist() == [0, 1]
    assert table.loc["Russia"].tolist() == [2, 2]


@pytest.mark.parametrize("function", [count_dyads, balance_dyads, count_roles])
def test_no_events_no_rows(function, events: pd.DataFrame):
    """Nothing in, nothing out, with the columns there."""
    table = function(events.head(0))
    assert table.empty
    assert {"n", "evidence"} <= set(table.columns)


@pytest.mark.parametrize("function", [count_dyads, balance_dyads, count_roles, name_dyads])
def test_a_missing_column_is_named(function, events: pd.DataFrame):
    """The error says what is missing."""
    with pytest.raises(ValueError, match="lacks"):
        function(events[["article_id", "start", "end"]])
