"""The frames: columns and types in one place, and errors that say what is missing."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb import annotate, load_corpus
from ruspak_nb.schema import (
    FRAMES,
    LABELS,
    MODALITIES,
    PLOVER,
    QUAD_CLASSES,
    QUOTE_KINDS,
    ZONES,
    build_frame,
    need_columns,
    suggest,
)

ZONE = {"article_id": "rana-2017", "start": 0, "end": 6, "text": "Moscow", "zone": "body"}


def test_frames_of_the_contract() -> None:
    """Other programs read the frames by these columns, in this order."""
    assert {name: list(columns) for name, columns in FRAMES.items()} == {
        "articles": [
            "article_id",
            "file",
            "title",
            "author",
            "outlet",
            "url",
            "published",
            "published_earliest",
            "published_latest",
            "published_basis",
            "genre",
            "viewpoint",
            "n_words",
            "sha256",
        ],
        "zones": ["article_id", "start", "end", "text", "zone"],
        "sentences": ["sentence_id", "article_id", "position", "start", "end", "text"],
        "mentions": [
            "sentence_id",
            "article_id",
            "start",
            "end",
            "text",
            "label",
            "entity_id",
            "name",
            "metonym",
        ],
        "themes": ["sentence_id", "article_id", "theme", "start", "end", "text", "rule_id"],
        "dates": [
            "sentence_id",
            "article_id",
            "start",
            "end",
            "text",
            "edtf",
            "earliest",
            "latest",
            "basis",
        ],
        "quotes": [
            "sentence_id",
            "article_id",
            "start",
            "end",
            "text",
            "kind",
            "speaker_id",
            "speaker_text",
            "cue",
        ],
        "events": [
            "sentence_id",
            "article_id",
            "start",
            "end",
            "text",
            "source_id",
            "source_country",
            "target_id",
            "target_country",
            "action",
            "plover",
            "quad_class",
            "modality",
            "edtf",
            "earliest",
            "latest",
            "speaker_id",
        ],
    }


def test_closed_vocabularies() -> None:
    """What a column may say is a closed list without repeats."""
    assert len(ZONES) == len(set(ZONES)) == 11
    assert len(LABELS) == len(set(LABELS)) == 10
    assert len(MODALITIES) == len(set(MODALITIES)) == 6
    assert QUOTE_KINDS == ("direct", "indirect", "scare")


def test_a_type_of_event_has_one_quad_class() -> None:
    """PLOVER's sixteen types are parted into four classes; what has no type is neutral."""
    assert {quad: len(types) for quad, types in QUAD_CLASSES.items()} == {
        "verbal_cooperation": 4,
        "material_cooperation": 3,
        "verbal_conflict": 4,
        "material_conflict": 5,
        "neutral": 1,
    }
    assert len(PLOVER) == 17
    assert PLOVER["ASSAULT"] == "material_conflict"
    assert PLOVER[""] == "neutral"


def test_every_frame_keeps_the_contract() -> None:
    """What `annotate` returns has the columns and types of the schema, and no others."""
    for name, frame in annotate(load_corpus(), cache=False).frames().items():
        assert frame.dtypes.astype(str).to_dict() == dict(FRAMES[name]), name
        assert list(frame.columns) == list(FRAMES[name]), name
        assert frame.index.equals(pd.RangeIndex(len(frame))), name


def test_every_span_is_a_slice_of_its_file() -> None:
    """In every frame with spans, `text[start:end]` of the file is the text of the row."""
    notes = annotate(load_corpus(), cache=False)
    for name, frame in notes.frames().items():
        if "start" in FRAMES[name]:
            for row in frame.itertuples():
                quote = notes.corpus.texts[row.article_id][row.start : row.end]
                assert quote == row.text, name


def test_build_frame_orders_columns_and_sets_types() -> None:
    """Rows in any order of keys become a frame in the order of the schema."""
    frame = build_frame("zones", [dict(reversed(ZONE.items()))])
    assert frame.to_dict("records") == [ZONE]
    assert frame.dtypes.astype(str).to_dict() == dict(FRAMES["zones"])


def test_build_frame_leaves_other_keys_out() -> None:
    """What the schema does not know stays out of the frame."""
    assert list(build_frame("zones", [ZONE | {"rule": "x"}]).columns) == list(ZONE)


@pytest.mark.parametrize("name", FRAMES)
def test_an_empty_frame_has_its_types(name: str) -> None:
    """Without rows, columns and types are there all the same."""
    frame = build_frame(name, [])
    assert frame.dtypes.astype(str).to_dict() == dict(FRAMES[name])


def test_build_frame_needs_every_column() -> None:
    """A row that lacks a column is an error, not a missing value."""
    with pytest.raises(KeyError, match="zone"):
        build_frame("zones", [{key: value for key, value in ZONE.items() if key != "zone"}])


def test_build_frame_knows_its_frames() -> None:
    """A frame that is not in the schema cannot be built."""
    with pytest.raises(KeyError, match="sones"):
        build_frame("sones", [])


def test_need_columns_is_silent_where_all_are_there() -> None:
    """A frame may have more columns than are needed."""
    need_columns(build_frame("zones", [ZONE]), "start", "end")


def test_need_columns_names_what_is_missing() -> None:
    """The error lists the missing columns, and those that are there."""
    frame = pd.DataFrame({"article_id": ["rana-2017"], "start": [0]})
    with pytest.raises(ValueError, match=r"lacks 'end', 'text'; it has article_id, start$"):
        need_columns(frame, "start", "end", "text")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("enrgy", "allowed: arms_sales, energy; did you mean 'energy'?"),
        ("arms sales", "allowed: arms_sales, energy; did you mean 'arms_sales'?"),
        ("xyz", "allowed: arms_sales, energy"),
    ],
    ids=["typing-error", "space", "nothing-near"],
)
def test_suggest(value: str, said: str) -> None:
    """What is allowed is listed in order; the guess is left out where none is near."""
    assert suggest(value, ["energy", "arms_sales"]) == said


@given(st.text())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_suggest_takes_any_text(value: str) -> None:
    """Whatever was typed, the message says what is allowed."""
    assert suggest(value, {"body", "title"}).startswith("allowed: body, title")
