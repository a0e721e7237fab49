"""Any text, with spans anywhere in it, comes back from every format as it was."""

import hashlib
import json
import tempfile
import warnings
import zipfile
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb.annotation import Annotations
from ruspak_nb.corpus import Corpus
from ruspak_nb.exchange import export_annotations, import_codings
from ruspak_nb.exchange.vocabulary import note_columns, read_note, write_note
from ruspak_nb.schema import FRAMES, LABELS, build_frame

# All that a file in UTF-8 can hold, and more often what formats stumble over.
CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "\0\t\n\r\x0b\x1f\x85\u2028\ufeff\ufffe<&]\"'|\\\u0301\u200f\U0001f600"
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=50)
WORDS = st.text(CHARACTERS, max_size=12)
SPAN_NAMES = ("mentions", "quotes")


def make_notes(text: str, spans: list[tuple[int, int, str]]) -> Annotations:
    """Annotate a text by hand: one sentence, and each span as a mention and a quotation."""
    raw = text.encode("utf-8")
    empty: dict[str, Any] = dict.fromkeys(FRAMES["articles"], "")
    article = empty | {"article_id": "a", "sha256": hashlib.sha256(raw).hexdigest(), "n_words": 1}
    whole = {"article_id": "a", "start": 0, "end": len(text), "text": text}
    sentence = {"sentence_id": "a-s001"} | whole | {"position": 1}
    rows = []
    for one, other, words in spans:
        start, end = sorted((one % len(text), other % len(text)))
        row = {"sentence_id": "a-s001", "article_id": "a", "start": start, "end": end + 1}
        row |= {"text": text[start : end + 1], "label": LABELS[one % len(LABELS)]}
        row |= {"entity_id": "", "name": words or "x", "metonym": bool(one % 2), "kind": "direct"}
        rows.append(row | {"speaker_id": words, "speaker_text": words, "cue": ""})
    frames = {name: build_frame(name, []) for name in ("themes", "dates", "events")}
    frames |= {name: build_frame(name, rows) for name in SPAN_NAMES}
    return Annotations(
        Corpus(
            articles=build_frame("articles", [article]),
            zones=build_frame("zones", [whole | {"zone": "body"}]),
            texts=MappingProxyType({"a": text}),
        ),
        sentences=build_frame("sentences", [sentence]),
        **frames,
    )


SPANS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), WORDS), max_size=5)


@settings(max_examples=40, deadline=None)
@given(TEXTS, SPANS)
def test_a_project_brings_back_every_row(text: str, spans: list[tuple[int, int, str]]) -> None:
    """With what stands in notes, and for a reader who knows nothing but XML and zips."""
    notes = make_notes(text, spans)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="replaced .* that XML cannot hold")
        (path,) = export_annotations(notes, Path(folder) / "a.qdpx", format="qdpx")
        ((_, coding),) = import_codings(path, notes).items()
        with zipfile.ZipFile(path) as archive:
            root = ET.fromstring(archive.read("project.qde"))
            (stored,) = [archive.read(n) for n in archive.namelist() if n.endswith(".txt")]
    assert stored.decode("utf-8") == text
    places = [
        (int(s.get("startPosition", "")), int(s.get("endPosition", "")))
        for s in root.iter("{urn:QDA-XML:project:1.0}PlainTextSelection")
        for _ in s.iter("{urn:QDA-XML:project:1.0}Coding")
    ]
    frames = notes.frames()
    layers = ("zones", "sentences", *SPAN_NAMES)
    wanted = [
        p for name in layers for p in zip(frames[name]["start"], frames[name]["end"], strict=True)
    ]
    assert sorted(places) == sorted(wanted)
    for name in layers:
        columns = list(FRAMES[name])
        read, had = (
            f.sort_values(columns, ignore_index=True) for f in (coding[name], frames[name])
        )
        pd.testing.assert_frame_equal(read, had)


@settings(max_examples=40, deadline=None)
@given(TEXTS, SPANS)
def test_an_annotation_finds_its_span_again(text: str, spans: list[tuple[int, int, str]]) -> None:
    """By position, and by quotation between its prefix and suffix."""
    notes = make_notes(text, spans)
    with tempfile.TemporaryDirectory() as folder:
        (path,) = export_annotations(notes, Path(folder) / "a.json", format="webannotation")
        document = json.loads(path.read_bytes())
    found = []
    for item in document["first"]["items"]:
        position, quote = item["target"]["selector"]
        start, end = position["start"], position["end"]
        assert text[start:end] == quote["exact"]
        assert text[:start].endswith(quote["prefix"])
        assert text[end:].startswith(quote["suffix"])
        found.append((item["body"][0]["value"], start, end))
    frames = notes.frames()
    wanted = [
        (name, row.start, row.end)
        for name in FRAMES
        if name != "articles"
        for row in frames[name].itertuples(index=False)
    ]
    assert sorted(found) == sorted(wanted)
    assert document["total"] == len(wanted)


@given(st.dictionaries(st.sampled_from(note_columns("events")), WORDS))
def test_notes_keep_every_value(values: dict[str, str]) -> None:
    """Whatever an article or an id is made of; what is empty is not written."""
    row = dict.fromkeys(FRAMES["events"], "") | values
    written = write_note("events", row)
    ET.fromstring(f"<a>{written.replace('&', '&amp;').replace('<', '&lt;')}</a>")
    assert read_note("events", [written]) == {k: v for k, v in values.items() if v}
