"""A finding is asked once more without each article."""

import pytest

from ruspak_nb.annotation import Annotations
from ruspak_nb.robustness import find_flips


def count(notes: Annotations, entity: str) -> int:
    return int((notes.mentions["entity_id"] == entity).sum())


def test_a_finding_that_rests_on_one_article_names_it(seeds: Annotations) -> None:
    table = find_flips(
        seeds,
        {
            "CPEC is named": lambda notes: count(notes, "cpec") > 0,
            "Russia is named": lambda notes: count(notes, "russia") > 0,
        },
    ).set_index("finding")
    assert table.loc["CPEC is named", "flips"] == "rana-2017"
    assert table["n"].tolist() == [1, 0]


def test_what_does_not_hold_is_no_finding(seeds: Annotations) -> None:
    with pytest.raises(ValueError, match="does not hold on all articles"):
        find_flips(seeds, {"Iran is named": lambda notes: count(notes, "iran") > 0})
