"""From a corpus to frames, and from the cache to the same frames."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ruspak_nb import (
    Annotations,
    annotate,
    build_nlp,
    load_codebook,
    load_corpus,
    save_annotations,
)
from ruspak_nb.annotation import cache_folder
from ruspak_nb.cli import main
from ruspak_nb.codebook import codebook_folder
from ruspak_nb.corpus import Corpus, seeds_folder
from ruspak_nb.patterns import CodebookError
from ruspak_nb.schema import DATE_BASES, FRAMES, LABELS, MODALITIES, PLOVER, QUOTE_KINDS

LAYERS = ["sentences", "mentions", "themes", "dates", "quotes", "events"]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate three articles of a sentence or two."""
    corpus = write_corpus(
        tmp_path_factory.mktemp("tiny"),
        clef="𝄞 The café spoke of Russia.\r\n\r\nThe Kremlin refused.",
        markup='Russia <b onclick="x()">sold</b> arms.',
        war="Tashkent followed the 1965 war.",
    )
    return annotate(corpus, model=None, cache=False)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty cache folder that is used instead of the user's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("RUSPAK_CACHE", str(folder))
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Load an article of two sentences."""
    return write_corpus(tmp_path / "articles", one="Russia sold arms in 2015. India protested.")


def write_corpus(folder: Path, **articles: str) -> Corpus:
    """Load a folder of articles given as `id=text`."""
    folder.mkdir(exist_ok=True)
    for name, text in articles.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    return load_corpus(folder)


def run_python(code: str, **environment: str) -> str:
    """Run Python code in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_same_frames(one: Annotations, other: Annotations) -> None:
    """Assert that two annotations have the same frames, cell by cell and type by type."""
    for name, frame in one.frames().items():
        assert_frame_equal(frame, other.frames()[name])


# What the frames are


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_as_the_schema_says(seeds: Annotations, name: str):
    """Every frame has exactly the schema's columns, in order, with its types."""
    assert seeds.frames()[name].dtypes.astype("str").to_dict() == FRAMES[name]
    assert seeds.frames()[name].columns.tolist() == list(FRAMES[name])


@pytest.mark.parametrize("name", FRAMES)
def test_no_cell_is_missing(seeds: Annotations, name: str):
    """What is not known is an empty string, never a missing value."""
    assert not seeds.frames()[name].isna().any().any()


@pytest.mark.parametrize("name", ["zones", *LAYERS])
def test_a_span_is_the_source(seeds: Annotations, name: str):
    """`text` is the file's own text from `start` to `end`, for every row."""
    frame = seeds.frames()[name]
    assert not frame.empty
    for row in frame.itertuples():
        assert seeds.corpus.texts[row.article_id][row.start : row.end] == row.text


def test_offsets_count_code_points(tiny: Annotations):
    """Characters outside the basic plane, accents and carriage returns count as one each."""
    assert tiny.corpus.texts["clef"] == "𝄞 The café spoke of Russia.\r\n\r\nThe Kremlin refused."
    mentions = tiny.mentions.query("article_id == 'clef'")
    spans = mentions[["start", "end", "text"]].itertuples(index=False, name=None)
    assert list(spans) == [(20, 26, "Russia"), (35, 42, "Kremlin")]


def test_sentences_are_numbered_from_one(seeds: Annotations):
    """`rana-2017-s014` is the fourteenth sentence of the body of that article."""
    for article_id, frame in seeds.sentences.groupby("article_id"):
        assert frame["position"].tolist() == list(range(1, len(frame) + 1))
        assert frame["sentence_id"].tolist() == [
            f"{article_id}-s{number:03}" for number in frame["position"]
        ]
    assert "rana-2017-s014" in set(seeds.sentences["sentence_id"])


def test_sentences_lie_in_the_body(seeds: Annotations):
    """No sentence comes from a title, byline, comment form or any other zone."""
    body = seeds.corpus.zones.query("zone == 'body'").reset_index()
    inside = seeds.sentences.merge(body, on="article_id", suffixes=("", "_zone"))
    inside = inside.query("start_zone <= start and end <= end_zone")
    assert inside["sentence_id"].tolist() == seeds.sentences["sentence_id"].tolist()


@pytest.mark.parametrize("name", ["mentions", "themes", "dates", "events"])
def test_a_row_lies_in_its_sentence(seeds: Annotations, name: str):
    """Every mention, theme, date and event lies inside the sentence that it names."""
    rows = getattr(seeds, name).merge(
        seeds.sentences, on="sentence_id", suffixes=("", "_sentence"), validate="m:1"
    )
    assert len(rows) == len(getattr(seeds, name))
    assert (rows["article_id"] == rows["article_id_sentence"]).all()
    assert (rows["start_sentence"] <= rows["start"]).all()
    assert (rows["end"] <= rows["end_sentence"]).all()


def test_a_quote_begins_in_its_sentence(seeds: Annotations):
    """A quotation may run over sentences; it belongs to the one in which it begins."""
    rows = seeds.quotes.merge(
        seeds.sentences, on="sentence_id", suffixes=("", "_sentence"), validate="m:1"
    )
    assert len(rows) == len(seeds.quotes)
    assert rows["start"].between(rows["start_sentence"], rows["end_sentence"]).all()
    assert (rows["end"] > rows["end_sentence"]).any()


@pytest.mark.parametrize("name", LAYERS)
def test_rows_are_in_the_order_of_the_text(seeds: Annotations, name: str):
    """Each frame goes from sentence to sentence of each article, and has no row twice."""
    frame = seeds.frames()[name]
    assert not frame.duplicated().any()
    for _, rows in frame.groupby("article_id"):
        assert rows["sentence_id"].is_monotonic_increasing


def test_mentions_do_not_overlap(seeds: Annotations):
    """Each letter belongs to one mention at most, dates included."""
    for _, frame in seeds.mentions.groupby("article_id"):
        ends = frame["end"].shift(fill_value=0)
        assert (frame["start"] >= ends).all()


def test_values_are_of_the_closed_vocabularies(seeds: Annotations):
    """Labels, themes, kinds, types and moods are among those that the schema allows."""
    assert set(seeds.mentions["label"]) <= set(LABELS)
    assert set(seeds.dates["basis"]) <= set(DATE_BASES)
    assert set(seeds.quotes["kind"]) == set(QUOTE_KINDS)
    assert set(seeds.events["modality"]) <= set(MODALITIES)
    assert seeds.events["quad_class"].tolist() == [PLOVER[t] for t in seeds.events["plover"]]
    assert set(seeds.themes["theme"]) <= {theme.name for theme in load_codebook().themes}


def test_a_mention_of_the_codebook_has_its_name(seeds: Annotations):
    """Whatever form was used, `name` is the entity's own; a date has none."""
    named = seeds.mentions.query("entity_id != ''")
    entities = load_codebook().entities
    assert len(named) > 300
    for row in named[named["entity_id"].isin(set(entities))].itertuples():
        assert row.name == entities[row.entity_id].name
    assert set(seeds.mentions.query("label == 'DATE'")["entity_id"]) <= {""}


def test_a_name_that_is_not_listed_goes_by_its_form(tmp_path: Path):
    """A person found by the trained pipeline has a label and a name, and no identity."""
    corpus = write_corpus(tmp_path, one="The paper was written by Marcus Albrecht in Russia.")
    found = annotate(corpus, cache=False).mentions[["text", "label", "entity_id", "name"]]
    assert found.to_numpy().tolist() == [
        ["Marcus Albrecht", "PERSON", "", "Marcus Albrecht"],
        ["Russia", "GPE", "russia", "Russia"],
    ]


def test_without_a_model_only_the_codebook_speaks(tmp_path: Path):
    """With `model=None` a name that is not listed is not a mention."""
    corpus = write_corpus(tmp_path, one="The paper was written by Marcus Albrecht in Russia.")
    assert annotate(corpus, model=None, cache=False).mentions["text"].tolist() == ["Russia"]


def test_without_a_model_there_are_marks_and_no_events(tmp_path: Path):
    """Who does what is read from a parse; what stands in quotation marks is not."""
    corpus = write_corpus(tmp_path, one="Russia praised India. “Trade grows,” said Lavrov.")
    both, bare = (annotate(corpus, cache=False, **kw) for kw in ({}, {"model": None}))
    assert both.events["action"].tolist() == ["praise india"]
    assert bare.events.empty
    for notes in (both, bare):
        quotes = notes.quotes[["text", "kind", "speaker_id", "cue"]].to_numpy().tolist()
        assert quotes == [["Trade grows", "direct", "sergei-lavrov", "said"]]


def test_the_date_of_the_article_is_known(tmp_path: Path):
    """What an article calls last year is counted from its own date."""
    (tmp_path / "documents.csv").write_text("file,publication_date\none.txt,2014-06-05\n")
    corpus = write_corpus(tmp_path, one="Russia sold arms to India last year.")
    dates = annotate(corpus, cache=False).dates[["text", "edtf", "basis"]]
    assert dates.to_numpy().tolist() == [["last year", "2013", "relative"]]


def test_only_a_date_in_the_words_is_a_mention(seeds: Annotations):
    """A relative date or a named period is a row of the dates alone."""
    ends = set(zip(seeds.dates["article_id"], seeds.dates["end"], strict=True))
    explicit = seeds.dates.query("basis == 'explicit'")
    named = seeds.mentions.query("label == 'DATE'")
    assert set(seeds.dates["basis"]) == set(DATE_BASES)
    assert set(zip(named["article_id"], named["end"], strict=True)) <= ends
    assert set(named["text"]) <= set(explicit["text"])


def test_another_model_has_another_place(corpus: Corpus, cache: Path):
    """What one pipeline found is not given out as another's."""
    annotate(corpus)
    annotate(corpus, model=None)
    assert count_entries(cache) == 2


def test_a_text_too_long_for_a_parser_is_refused_by_name(tmp_path: Path):
    """Two million characters in one line: the article is named, and the ways out."""
    corpus = write_corpus(tmp_path, long="Russia sold arms to India " * 80_000)
    with pytest.raises(ValueError, match=r"article 'long' has 2,080,000 characters; .*model=None"):
        annotate(corpus, cache=False)


def test_a_date_inside_a_name_is_no_second_mention(tiny: Annotations):
    """The year of "the 1965 war" is a date of the sentence, but one mention only."""
    assert tiny.dates.query("article_id == 'war'")["edtf"].tolist() == ["1965"]
    mentions = tiny.mentions.query("article_id == 'war'")
    assert mentions["text"].tolist() == ["Tashkent", "1965 war"]


def test_a_date_keeps_both_bounds(tiny: Annotations):
    """A year is read as its first and last day."""
    (row,) = tiny.dates.query("article_id == 'war'").to_dict("records")
    assert row == {
        "sentence_id": "war-s001",
        "article_id": "war",
        "start": 22,
        "end": 26,
        "text": "1965",
        "edtf": "1965",
        "earliest": "1965-01-01",
        "latest": "1965-12-31",
        "basis": "explicit",
    }


def test_nothing_found_keeps_the_columns(tmp_path: Path):
    """A body in which nothing is found gives frames without rows, of the same types."""
    notes = annotate(write_corpus(tmp_path, one="The cat sat on the mat."), cache=False)
    assert len(notes.sentences) == 1
    for name in LAYERS[1:]:
        frame = getattr(notes, name)
        assert frame.empty
        assert frame.dtypes.astype("str").to_dict() == FRAMES[name]


def test_no_body_keeps_the_columns(corpus: Corpus):
    """An article that is all navigation has no sentences at all."""
    notes = annotate(replace(corpus, zones=corpus.zones.assign(zone="navigation")), cache=False)
    for name in LAYERS:
        assert getattr(notes, name).empty
        assert getattr(notes, name).dtypes.astype("str").to_dict() == FRAMES[name]


def test_markup_is_text(tiny: Annotations):
    """What looks like HTML in an article stands in its sentence, letter for letter."""
    sentences = tiny.sentences.query("article_id == 'markup'")
    assert sentences["text"].tolist() == ['Russia <b onclick="x()">sold</b> arms.']


# Without an article


def test_without_an_article(seeds: Annotations):
    """All frames are as if one article were not there, numbered anew."""
    rest = seeds.without("rana-2017")
    assert len(rest.corpus) == 4
    assert "rana-2017" not in rest.corpus.texts
    for name, frame in rest.frames().items():
        assert "rana-2017" not in set(frame["article_id"])
        assert frame.index.tolist() == list(range(len(frame)))
        assert frame.dtypes.astype("str").to_dict() == FRAMES[name]


def test_without_leaves_the_rest_alone(seeds: Annotations):
    """The annotations asked keep all their articles."""
    before = {name: len(frame) for name, frame in seeds.frames().items()}
    seeds.without("rana-2017")
    assert {name: len(frame) for name, frame in seeds.frames().items()} == before


def test_without_is_annotating_the_rest(tmp_path: Path):
    """Articles are annotated one by one: leaving one out before or after is the same."""
    both = write_corpus(tmp_path / "a", one="Russia sold arms.", two="India protested.")
    alone = write_corpus(tmp_path / "b", one="Russia sold arms.")
    assert_same_frames(annotate(both, cache=False).without("two"), annotate(alone, cache=False))


def test_without_an_unknown_article(seeds: Annotations):
    """An article that is not there cannot be left out."""
    with pytest.raises(KeyError, match="no article 'rana-2018'"):
        seeds.without("rana-2018")


def test_annotations_say_how_much_there_is(seeds: Annotations):
    """In a notebook the counts of all layers are shown."""
    shown = seeds._repr_html_()
    assert "5 articles" in shown
    assert f"{len(seeds.mentions):,} mentions" in shown


# The same each time


def test_two_runs_are_equal(seeds: Annotations):
    """Annotating again gives the same frames."""
    assert_same_frames(annotate(load_corpus(), cache=False), seeds)


DIGEST = """
import hashlib, ruspak_nb
notes = ruspak_nb.annotate(ruspak_nb.load_corpus(), cache=False)
print({k: hashlib.sha256(f.to_csv().encode()).hexdigest() for k, f in notes.frames().items()})
"""


def test_the_order_of_hashes_changes_nothing(seeds: Annotations):
    """Another seed for Python's hashes gives the same bytes."""
    here = {
        name: sha256(frame.to_csv().encode()).hexdigest() for name, frame in seeds.frames().items()
    }
    assert run_python(DIGEST, PYTHONHASHSEED="4242").strip() == str(here)


def test_the_sources_are_untouched(cache: Path):
    """Neither loading nor annotating writes to the folder of the articles."""

    def state() -> dict[str, tuple[bytes, int]]:
        files = sorted(seeds_folder().rglob("*"))
        return {str(f): (f.read_bytes(), f.stat().st_mtime_ns) for f in files if f.is_file()}

    before = state()
    annotate(load_corpus())
    assert state() == before


# Saved for other programs


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a saved frame with nothing but the standard library, parquet excepted."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        lines = path.read_text(encoding="utf-8").split("\n")
        return [{k: str(v) for k, v in json.loads(line).items()} for line in lines if line]
    return pd.read_parquet(path).astype("str").to_dict("records")


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_saved_frames_are_the_frames(seeds: Annotations, tmp_path: Path, form: str):
    """One file a frame, under its name, with the same columns and cells."""
    paths = save_annotations(seeds, tmp_path / "out", format=form)
    assert [path.name for path in paths] == [f"{name}.{form}" for name in FRAMES]
    for path in paths:
        expected = seeds.frames()[path.stem].astype("str").to_dict("records")
        assert read_rows(path) == expected


def test_saved_cells_may_hold_anything(tmp_path: Path):
    """Quotes, separators and line breaks of every kind come back as they were."""
    text = 'Russia sold "arms", tanks; and\u2028more.\rIndia protested.\r\nIt said \\n = 1.'
    notes = annotate(write_corpus(tmp_path / "in", one=text), cache=False)
    for form in ("csv", "jsonl"):
        save_annotations(notes, tmp_path / form, format=form)
        for name in ("zones", "sentences"):
            rows = read_rows(tmp_path / form / f"{name}.{form}")
            assert [row["text"] for row in rows] == notes.frames()[name]["text"].tolist()


def test_an_unknown_format_is_an_error(seeds: Annotations, tmp_path: Path):
    """The error says which formats there are."""
    with pytest.raises(ValueError, match=r"unknown format 'json'.*did you mean 'jsonl'"):
        save_annotations(seeds, tmp_path, format="json")


# Only some of the layers


def test_a_layer_not_asked_for_is_empty(corpus: Corpus, cache: Path):
    """Its frame has the columns of the schema; those asked for are as without a model."""
    whole = annotate(corpus, model=None, cache=False)
    some = annotate(corpus, layers=["themes", "mentions"], cache=False)
    for name in ("sentences", "mentions", "themes"):
        assert_frame_equal(getattr(some, name), getattr(whole, name))
    assert not whole.dates.empty
    for name in ("dates", "quotes", "events"):
        assert getattr(some, name).empty
        assert getattr(some, name).dtypes.astype("str").to_dict() == FRAMES[name]


def test_without_a_model_quotes_are_those_in_marks(tmp_path: Path):
    """What is said without marks is read from a parse."""
    corpus = write_corpus(tmp_path, one="“Talks go on,” Lavrov said. Delhi said that talks failed.")
    quotes = annotate(corpus, model=None, layers=["quotes"], cache=False).quotes
    assert quotes["kind"].tolist() == ["direct"]


def test_other_layers_have_another_place(corpus: Corpus, cache: Path):
    """What was cached for some layers is not taken for all, nor their order for others."""
    assert annotate(corpus, layers=["themes"]).mentions.empty
    assert not annotate(corpus, layers=["themes", "mentions"]).mentions.empty
    annotate(corpus, layers=("mentions", "themes"))
    assert len(list(cache.iterdir())) == 2


def test_the_command_makes_only_the_layers_named(tmp_path: Path, corpus: Corpus):
    """`ruspak annotate --layers` writes the other frames empty."""
    out = tmp_path / "out"
    main(["annotate", str(tmp_path / "articles"), "--out", str(out), "--layers", "mentions, dates"])
    sizes = {path.stem: len(pd.read_csv(path)) for path in out.iterdir()}
    assert sizes["mentions"] > 0
    assert sizes["dates"] > 0
    assert sizes["themes"] == sizes["quotes"] == sizes["events"] == 0


# The cache


def test_the_second_time_is_read_from_the_cache(corpus: Corpus, cache: Path):
    """What was annotated once is read from one folder, with the same types."""
    first = annotate(corpus)
    (folder,) = cache.iterdir()
    assert sorted(file.stem for file in folder.iterdir()) == sorted(LAYERS)
    changed = pd.read_parquet(folder / "themes.parquet").iloc[:0]
    changed.to_parquet(folder / "themes.parquet", index=False)
    second = annotate(corpus)
    assert second.themes.empty
    assert_frame_equal(second.mentions, first.mentions)


def test_a_cached_frame_is_the_same_frame(cache: Path, seeds: Annotations):
    """Writing and reading changes neither a cell nor a type."""
    annotate(load_corpus())
    assert_same_frames(annotate(load_corpus()), seeds)


def test_a_cached_corpus_does_not_import_spacy(cache: Path):
    """The second notebook pays neither for spaCy nor for what it does not draw."""
    annotate(load_corpus())
    code = """
import json, sys, ruspak_nb
notes = ruspak_nb.annotate(ruspak_nb.load_corpus())
ruspak_nb.count_themes(notes.themes, notes.sentences)
heavy = {"spacy", "matplotlib", "plotly"}
print(json.dumps([len(notes.mentions), sorted(heavy & set(sys.modules))]))
"""
    n, imported = json.loads(run_python(code))
    assert n > 0
    assert imported == []


def test_cache_false_writes_nothing(corpus: Corpus, cache: Path):
    """Without the cache nothing is read or written."""
    annotate(corpus, cache=False)
    assert not cache.exists()


def test_the_cache_is_where_the_variable_says(cache: Path, monkeypatch: pytest.MonkeyPatch):
    """`RUSPAK_CACHE` names the folder; without it, it is the user's cache."""
    assert cache_folder() == cache
    monkeypatch.delenv("RUSPAK_CACHE")
    assert cache_folder().name == "ruspak_nb"


def count_entries(cache: Path) -> int:
    """Count the annotations in the cache."""
    return sum(1 for entry in cache.iterdir() if entry.is_dir())


def test_another_text_has_another_place(tmp_path: Path, cache: Path):
    """A changed letter is not read from the old cache."""
    annotate(write_corpus(tmp_path, one="Russia sold arms."))
    notes = annotate(write_corpus(tmp_path, one="Russia sold army."))
    assert notes.sentences["text"].tolist() == ["Russia sold army."]
    assert count_entries(cache) == 2


def test_another_encoding_has_another_place(tmp_path: Path, cache: Path):
    """The same bytes read as another encoding are another text."""
    (tmp_path / "one.txt").write_bytes(b"Russia said \x93sell\x94 to Pakistan.")
    annotate(load_corpus(tmp_path, encoding="latin-1"))
    notes = annotate(load_corpus(tmp_path, encoding="cp1252"))
    assert notes.sentences["text"].tolist() == ["Russia said “sell” to Pakistan."]


def test_another_zone_has_another_place(corpus: Corpus, cache: Path):
    """Zones that are drawn anew are annotated anew."""
    annotate(corpus)
    narrower = corpus.zones.assign(end=25)
    assert len(annotate(replace(corpus, zones=narrower)).sentences) == 1
    assert count_entries(cache) == 2


def test_another_codebook_has_another_place(corpus: Corpus, cache: Path, tmp_path: Path):
    """A changed alias is annotated anew."""
    copytree(codebook_folder(), tmp_path / "codebook")
    states = tmp_path / "codebook" / "states.csv"
    text = states.read_text(encoding="utf-8")
    changed = text.replace("\nrussia,Russia,RUS,", "\nrussia,Rossiya,RUS,")
    assert changed != text
    states.write_text(changed, encoding="utf-8")
    before = annotate(corpus, model=None)
    after = annotate(corpus, codebook=load_codebook(tmp_path / "codebook"), model=None)
    assert before.mentions["text"].tolist() == ["Russia", "2015", "India"]
    assert after.mentions["text"].tolist() == ["2015", "India"]
    assert count_entries(cache) == 2


def damage_by_writing(folder: Path) -> None:
    (folder / "mentions.parquet").write_bytes(b"not parquet")


def damage_by_deleting(folder: Path) -> None:
    (folder / "dates.parquet").unlink()


def damage_by_dropping_a_column(folder: Path) -> None:
    file = folder / "sentences.parquet"
    pd.read_parquet(file).drop(columns="position").to_parquet(file, index=False)


@pytest.mark.parametrize(
    "damage",
    [damage_by_writing, damage_by_deleting, damage_by_dropping_a_column],
    ids=["overwritten", "deleted", "column missing"],
)
def test_a_damaged_cache_is_made_anew(corpus: Corpus, cache: Path, damage):
    """A file that cannot be read costs one warning and nothing else."""
    first = annotate(corpus)
    (folder,) = cache.iterdir()
    damage(folder)
    with pytest.warns(UserWarning, match="damaged and made anew") as caught:
        second = annotate(corpus)
    assert len(caught) == 1
    assert_same_frames(second, first)
    assert_same_frames(annotate(corpus), first)


def test_a_cache_that_cannot_be_written_is_a_warning(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The annotations are returned even where they cannot be kept."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("RUSPAK_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="were not cached"):
        notes = annotate(corpus)
    assert len(notes.sentences) == 2


def test_a_codebook_edited_after_loading_is_refused(tmp_path: Path):
    """Rules that were not loaded must not be cached under the digest of those that were."""
    folder = tmp_path / "codebook"
    copytree(codebook_folder(), folder)
    codebook = load_codebook(folder)
    with (folder / "places.toml").open("a", encoding="utf-8") as file:
        file.write("\n# edited\n")
    with pytest.raises(CodebookError, match="edited since it was loaded"):
        build_nlp(codebook)
