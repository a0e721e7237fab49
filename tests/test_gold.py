"""The gold: two codings of the five articles, and what was agreed, as GUIDELINES.md asks."""

from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import ruspak_nb
from ruspak_nb import load_codebook, load_corpus, load_reference, load_themes
from ruspak_nb.agreement import MEASURES, score_agreement
from ruspak_nb.corpus import Corpus
from ruspak_nb.entities import place_id
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.reference import GOLD_LAYERS, load_gold
from ruspak_nb.schema import (
    DATE_BASES,
    FRAMES,
    LABELS,
    MODALITIES,
    PLOVER,
    QUAD_CLASSES,
    QUOTE_KINDS,
    ZONES,
)

GOLD = Path(ruspak_nb.__file__).parent / "reference" / "gold"
# Each layer, coded first by two people apart, then agreed on; zones were coded once.
CODED = ("sentences", "mentions", "dates", "quotes", "events")
FILES = ["zones", *("/".join(pair).lstrip("/") for pair in product(("", "first", "second"), CODED))]
ALLOWED = {
    "label": LABELS,
    "kind": QUOTE_KINDS,
    "basis": DATE_BASES,
    "plover": PLOVER,
    "modality": MODALITIES,
    "zone": ZONES,
    "metonym": ("true", "false"),
}
IDS = ("entity_id", "speaker_id", "source_id", "target_id")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Load the five articles."""
    return load_corpus()


def read(name: str) -> pd.DataFrame:
    """Read a file of the gold as it stands there."""
    types = {"start": "int64", "end": "int64", "position": "int64"}
    frame = pd.read_csv(GOLD / f"{name}.csv", dtype="str", keep_default_na=False)
    return frame.astype({column: types[column] for column in types if column in frame})


@pytest.mark.parametrize("name", FILES)
def test_a_span_is_the_source(name: str, corpus: Corpus) -> None:
    """`text` stands at its offsets, without white space around it."""
    for row in read(name).itertuples():
        assert corpus.texts[row.article_id][row.start : row.end] == row.text, row
        assert row.text == row.text.strip() != "", row


@pytest.mark.parametrize("name", FILES)
def test_rows_stand_once_and_in_order(name: str) -> None:
    """A file follows the text of each article, and says nothing twice."""
    frame = read(name)
    assert not frame.duplicated().any()
    for _, rows in frame.groupby("article_id"):
        assert rows["start"].is_monotonic_increasing


@pytest.mark.parametrize("name", FILES)
def test_vocabularies_are_closed(name: str) -> None:
    """A column with a closed vocabulary keeps to that of the schema."""
    frame = read(name)
    for column in set(ALLOWED) & set(frame):
        assert set(frame[column]) <= set(ALLOWED[column]), column
    if "themes" in frame:
        themes = {theme for cell in frame["themes"] for theme in cell.split(";") if theme}
        assert themes <= set(load_themes()["theme"])


@pytest.mark.parametrize("name", FILES)
def test_ids_are_of_the_codebook(name: str) -> None:
    """An id is that of an entity, or of a city that is meant as one."""
    frame = read(name)
    known = set(load_codebook().entities)
    for row in frame.to_dict("records"):
        found = {entity for column in IDS for entity in row.get(column, "").split(";") if entity}
        assert found <= known | {place_id(row["text"])}, row


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("zones", *CODED[:1])])
def test_a_row_lies_in_its_sentence(name: str) -> None:
    """Each row names the sentence it stands in; a quotation may end in a later one."""
    sentences = read(name.replace(name.split("/")[-1], "sentences"))
    rows = read(name).merge(
        sentences, on=["sentence_id", "article_id"], suffixes=("", "_sentence"), validate="m:1"
    )
    assert len(rows) == len(read(name))
    assert (rows["start_sentence"] <= rows["start"]).all()
    last = "start" if name.endswith("quotes") else "end"
    assert (rows[last] <= rows["end_sentence"]).all()


@pytest.mark.parametrize("coder", ["", "first/", "second/"])
def test_sentences_are_numbered_in_order(coder: str) -> None:
    """Sentences do not overlap, and their ids count them from one."""
    for article_id, rows in read(f"{coder}sentences").groupby("article_id"):
        ids = [f"{article_id}-s{number:03}" for number in range(1, len(rows) + 1)]
        assert rows["sentence_id"].tolist() == ids
        assert rows["position"].tolist() == list(range(1, len(rows) + 1))
        assert (rows["start"] >= rows["end"].shift(fill_value=0)).all()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(("dates", "events"))])
def test_a_value_is_edtf(name: str) -> None:
    """A date has bounds; an event may have no date."""
    for value in read(name)["edtf"]:
        assert (not value and name.endswith("events")) or any(edtf_bounds(value)), value


def test_an_event_has_two_ends() -> None:
    """What was agreed has as source and target an entity or a country, and not the same."""
    for row in read("events").itertuples():
        assert row.source_id or row.source_country, row
        assert row.target_id or row.target_country, row
        assert row.source_id != row.target_id, row


@pytest.mark.parametrize("layer", GOLD_LAYERS)
def test_a_layer_has_the_frame_of_the_schema(layer: str) -> None:
    """The gold is read as `annotate` gives its frames: the same columns and types, no gaps."""
    frame = load_gold()[layer]
    assert frame.dtypes.astype("str").to_dict() == dict(FRAMES[layer])
    assert list(frame.columns) == list(FRAMES[layer])
    assert not frame.empty
    assert not frame.isna().any(axis=None)


def test_each_call_gives_frames_of_its_own() -> None:
    """What a reader does to a frame does not reach the next reader."""
    mine = load_gold()["events"]
    mine["plover"] = "nothing"
    assert "nothing" not in set(load_gold()["events"]["plover"])


def test_what_follows_from_the_files_is_filled_in() -> None:
    """Bounds, quad classes and themes by sentence are derived, not written twice."""
    gold = load_gold()
    assert (gold["dates"]["earliest"] <= gold["dates"]["latest"].replace("", "9999")).all()
    assert set(gold["events"]["quad_class"]) <= set(QUAD_CLASSES)
    themes = (
        read("sentences")["themes"].str.split(";").map(lambda cell: len([t for t in cell if t]))
    )
    assert len(gold["themes"]) == themes.sum()
    assert_frame_equal(gold["sentences"], read("sentences")[list(FRAMES["sentences"])])


def test_the_gold_agrees_with_itself() -> None:
    """Held against itself, each measure of each layer finds every row."""
    scores = score_agreement(load_gold(), load_gold())
    assert set(scores["layer"]) == set(GOLD_LAYERS)
    assert (scores["f1"] == 1).all()


def test_scores_are_of_known_measures() -> None:
    """The stored table names layers and measures as `score_agreement` does, and shares."""
    scores = load_reference("scores")
    assert list(scores.columns) == ["layer", "measure", "n", "score", "must", "aim"]
    assert not scores.duplicated(["layer", "measure"]).any()
    assert scores["score"].between(0, 1).all()
    assert (scores["n"] > 0).all()
    for row in scores.itertuples():
        if row.layer in MEASURES:
            assert row.measure in {measure.name for measure in MEASURES[row.layer]}, row
