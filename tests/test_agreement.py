"""Two codings of one corpus are held against each other row by row."""

import pandas as pd
import pytest

from ruspak_nb.agreement import (
    MEASURES,
    Measure,
    list_disagreements,
    masi_distance,
    match_rows,
    score_agreement,
    theme_alpha,
)


def mentions(*rows: tuple[int, int, str, str]) -> dict[str, pd.DataFrame]:
    columns = ["start", "end", "label", "entity_id"]
    frame = pd.DataFrame(list(rows), columns=columns).assign(article_id="a", metonym=False)
    return {"mentions": frame}


def themes(**coded: str) -> dict[str, pd.DataFrame]:
    """Make a coding from sentence ids and their themes, divided by semicolons."""
    rows = [(s, "a", t, n, n + 1) for n, s in enumerate(coded) for t in coded[s].split(";") if t]
    frame = pd.DataFrame(rows, columns=["sentence_id", "article_id", "theme", "start", "end"])
    return {"themes": frame, "sentences": pd.DataFrame({"sentence_id": list(coded)})}


def score(one: dict, other: dict, layer: str, measure: str, label: str = "all") -> pd.Series:
    table = score_agreement(one, other, [layer])
    kept = table[(table["measure"] == measure) & (table["label"] == label)]
    assert len(kept) == 1
    return kept.iloc[0]


def test_a_coding_agrees_with_itself() -> None:
    coding = mentions((0, 6, "GPE", "russia"), (10, 18, "GPE", "pakistan"))
    scores = score_agreement(coding, coding, ["mentions"])
    assert (scores[["precision", "recall", "f1"]] == 1).all().all()


def test_precision_is_of_the_second_coding_and_recall_of_the_first() -> None:
    gold = mentions((0, 6, "GPE", "russia"), (10, 18, "GPE", "pakistan"))
    found = mentions((0, 6, "GPE", "russia"), (20, 25, "GPE", "india"), (30, 34, "ORG", "nato"))
    row = score(gold, found, "mentions", "exact span and label")
    assert (row["n_one"], row["n_other"], row["n_both"]) == (2, 3, 1)
    assert row["precision"] == pytest.approx(1 / 3)
    assert row["recall"] == pytest.approx(1 / 2)
    assert row["f1"] == pytest.approx(2 / 5)


def test_a_longer_span_overlaps_but_is_not_exact() -> None:
    gold, found = mentions((0, 6, "GPE", "russia")), mentions((0, 8, "GPE", "russia"))
    assert score(gold, found, "mentions", "exact span and label")["f1"] == 0
    assert score(gold, found, "mentions", "overlapping span and label")["f1"] == 1


def test_another_label_is_no_match() -> None:
    gold, found = mentions((0, 6, "GPE", "russia")), mentions((0, 6, "NORP", "russia"))
    assert score(gold, found, "mentions", "overlapping span and label")["f1"] == 0


def test_one_row_never_counts_twice() -> None:
    """Two halves of one span are one match and one row too many."""
    gold, found = mentions((0, 10, "GPE", "x")), mentions((0, 5, "GPE", "x"), (5, 10, "GPE", "x"))
    assert score(gold, found, "mentions", "overlapping span and label")["n_both"] == 1


def test_the_best_overlap_is_matched_first() -> None:
    one = mentions((0, 10, "GPE", "x"), (8, 20, "GPE", "y"))["mentions"]
    other = mentions((9, 20, "GPE", "y"))["mentions"]
    assert match_rows(one, other, Measure("any", same=("label",), overlap=0.0)) == [(1, 0)]


def test_rows_of_two_articles_never_match() -> None:
    one = mentions((0, 6, "GPE", "russia"))
    other = {"mentions": one["mentions"].assign(article_id="b")}
    assert score(one, other, "mentions", "exact span and label")["n_both"] == 0


def test_a_value_is_compared_in_matched_rows_only() -> None:
    """The entity of a name that the other did not find is nobody's mistake but the finder's."""
    gold = mentions((0, 6, "GPE", "russia"), (10, 18, "GPE", "pakistan"), (20, 25, "GPE", "x"))
    found = mentions((0, 6, "GPE", "russia"), (10, 18, "GPE", "afghanistan"))
    row = score(gold, found, "mentions", "entity_id of states")
    assert (row["n_one"], row["n_both"], row["precision"]) == (2, 1, 0.5)


def test_zones_are_scored_by_characters() -> None:
    columns = ["article_id", "start", "end", "zone"]
    gold = {"zones": pd.DataFrame([("a", 0, 100, "body")], columns=columns)}
    found = {"zones": pd.DataFrame([("a", 0, 50, "body"), ("a", 50, 100, "bio")], columns=columns)}
    assert score(gold, found, "zones", "characters")["f1"] == 0.5
    assert score(gold, found, "zones", "characters", "body")["recall"] == 0.5


def test_a_theme_counts_once_a_sentence() -> None:
    gold = themes(s1="terrorism", s2="afghanistan;terrorism")
    found = themes(s1="terrorism;terrorism", s2="afghanistan")
    row = score(gold, found, "themes", "sentences")
    assert (row["n_one"], row["n_other"], row["n_both"]) == (3, 2, 2)


def test_an_empty_coding_has_no_precision() -> None:
    row = score(mentions((0, 6, "GPE", "russia")), mentions(), "mentions", "exact span and label")
    assert pd.isna(row["precision"])
    assert row["recall"] == 0


def test_disagreements_are_listed_in_the_order_of_the_text() -> None:
    gold = mentions((10, 18, "GPE", "pakistan"), (0, 6, "GPE", "russia"))
    found = mentions((0, 6, "GPE", "russia"), (2, 5, "ORG", "nato"))
    listed = list_disagreements(gold, found, "mentions")
    assert listed[["start", "coded_by"]].values.tolist() == [[2, "other"], [10, "one"]]


def test_disagreements_on_themes_are_by_sentence() -> None:
    listed = list_disagreements(themes(s1="terrorism"), themes(s1="cpec;terrorism"), "themes")
    assert listed[["theme", "coded_by"]].values.tolist() == [["cpec", "other"]]


def test_an_unknown_layer_is_named_with_the_likely_one() -> None:
    with pytest.raises(ValueError, match="did you mean 'quotes'"):
        score_agreement({}, {}, ["quote"])


def test_alpha_is_one_for_agreement_and_falls_below_zero_for_contradiction() -> None:
    one, other = themes(s1="a", s2="b", s3="", s4="a"), themes(s1="b", s2="a", s3="", s4="b")
    same = theme_alpha(one, one).set_index("theme")["alpha"]
    assert (same == 1).all()
    against = theme_alpha(one, other).set_index("theme")["alpha"]
    assert against["a"] < 0
    assert against["all"] <= 0


def test_alpha_agrees_with_a_textbook_example() -> None:
    """Krippendorff (2011), nominal data with two coders and ten units: 0.095."""
    first, second = "0100000010", "1110010000"
    one, other = (
        themes(**{f"s{n}": "x" if value == "1" else "" for n, value in enumerate(values)})
        for values in (first, second)
    )
    assert theme_alpha(one, other).set_index("theme").loc["x", "alpha"] == pytest.approx(
        0.0952, abs=1e-4
    )


def test_the_masi_distance_weighs_how_one_set_contains_the_other() -> None:
    a, b, ab = frozenset("a"), frozenset("b"), frozenset("ab")
    assert masi_distance(a, a) == 0
    assert masi_distance(a, b) == 1
    assert masi_distance(a, ab) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert masi_distance(frozenset("ac"), ab) == pytest.approx(1 - 1 / 3 * 1 / 3)


def test_every_measure_names_columns_of_its_frame() -> None:
    from ruspak_nb.schema import FRAMES

    for layer, measures in MEASURES.items():
        for measure in measures:
            named = {measure.label, measure.value, *measure.same} - {""}
            assert named <= set(FRAMES[layer])
