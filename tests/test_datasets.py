"""Annotations on disk: the same names count them, and every number is that of pandas."""

import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from ruspak_nb import (
    Annotations,
    annotate,
    concordance,
    count_cooccurrences,
    count_dyads,
    count_mentions,
    count_themes,
    count_years,
    find_evidence,
    load_codebook,
    load_corpus,
    name_dyads,
    open_project,
    quote,
    read_clocks,
)
from ruspak_nb.archive import annotate_archive
from ruspak_nb.archive.batches import TEXTS
from ruspak_nb.corpus import seeds_folder
from ruspak_nb.datasets import Dataset, open_dataset
from ruspak_nb.dyads import balance_dyads, count_roles
from ruspak_nb.schema import FRAMES

pytest.importorskip("duckdb", reason="annotations on disk are counted by DuckDB")

KARSUND = Path(__file__).parent / "corpora" / "karsund-tavelia"


def write(folder: Path, frames: dict[str, pd.DataFrame], *, rows: int = 50) -> Path:
    """Write frames as the archive does: a folder each, in parts of so many rows."""
    for name, frame in frames.items():
        (folder / name).mkdir(parents=True)
        for number, start in enumerate(range(0, len(frame), rows)):
            part = frame.iloc[start : start + rows]
            part.to_parquet(folder / name / f"part-{number:05}.parquet", index=False)
    return folder


def tables(notes: Annotations) -> dict[str, pd.DataFrame]:
    """Give all frames of some annotations, and their texts as one more."""
    texts = pd.DataFrame(list(notes.corpus.texts.items()), columns=list(TEXTS))
    return notes.frames() | {"texts": texts}


def by_article(notes: Annotations) -> Annotations:
    """Put frames in the order that rows on disk have."""
    frames = {
        name: frame.sort_values("article_id", kind="stable", ignore_index=True)
        for name, frame in notes.frames().items()
    }
    corpus = replace(notes.corpus, articles=frames.pop("articles"), zones=frames.pop("zones"))
    return replace(notes, corpus=corpus, **frames)


@pytest.fixture(scope="module")
def shelf(seeds: Annotations) -> Annotations:
    """Have the five articles in the order of their ids."""
    return by_article(seeds)


@pytest.fixture(scope="module", params=["the five articles", "another corpus"])
def both(
    request: pytest.FixtureRequest, seeds: Annotations, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Annotations, Dataset]:
    """Have a corpus annotated in memory and, the same, on disk."""
    notes = seeds
    if request.param == "another corpus":
        codebook = load_codebook(KARSUND / "codebook")
        notes = annotate(load_corpus(KARSUND / "seeds"), codebook=codebook, cache=False)
    folder = write(tmp_path_factory.mktemp("annotations") / "all", tables(notes))
    return by_article(notes), open_dataset(folder, threads=2)


@pytest.fixture
def small(seeds: Annotations, tmp_path: Path) -> Path:
    """Write the annotations of the five articles to a folder."""
    return write(tmp_path / "annotations", tables(seeds))


def assert_same(on_disk: pd.DataFrame, in_memory: pd.DataFrame) -> None:
    """Compare rows, order, types and evidence; sums of fractions may differ in the last bit."""
    assert not on_disk["evidence_capped"].any()
    assert (on_disk["n"] == on_disk["evidence"].map(len)).all()
    plain = on_disk.drop(columns="evidence_capped")
    # Of no rows pandas cannot tell that evidence holds tuples.
    in_memory = in_memory.astype({"evidence": "object"})
    assert_frame_equal(plain, in_memory, check_exact=False, rtol=1e-12, atol=0)


def quietly(make: Callable[..., object], *frames: object, **options: object) -> object:
    """Call a function whose warnings are tested elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make(*frames, **options)


# The same numbers


@pytest.mark.parametrize("by", ["entity_id", "name", "article_id", "metonym", ["label", "name"]])
def test_mentions_are_counted_as_in_memory(both: tuple[Annotations, Dataset], by):
    """By any column: the same rows in the same order, with the same evidence."""
    notes, dataset = both
    assert_same(count_mentions(dataset.mentions, by=by), count_mentions(notes.mentions, by=by))


@pytest.mark.parametrize("by", ["article_id", None])
def test_themes_are_counted_as_in_memory(both: tuple[Annotations, Dataset], by):
    """Pairs that do not occur are there too, with 0."""
    notes, dataset = both
    assert_same(
        count_themes(dataset.themes, dataset.sentences, by=by),
        count_themes(notes.themes, notes.sentences, by=by),
    )


@pytest.mark.parametrize("item", ["theme", "rule_id"])
def test_what_stands_together_is_counted_as_in_memory(both: tuple[Annotations, Dataset], item):
    """Pairs, their sizes and the sentences."""
    notes, dataset = both
    assert_same(
        count_cooccurrences(dataset.themes, item=item), count_cooccurrences(notes.themes, item=item)
    )


def test_entities_that_stand_together(both: tuple[Annotations, Dataset]):
    """Mentions without an entity are left out, on disk as in memory."""
    notes, dataset = both
    assert_same(
        count_cooccurrences(dataset.mentions, item="entity_id"),
        count_cooccurrences(notes.mentions, item="entity_id"),
    )


def test_both_clocks_are_read_as_in_memory(both: tuple[Annotations, Dataset]):
    """Each date beside the publication of its article, with the same lag to the last bit."""
    notes, dataset = both
    on_disk = quietly(read_clocks, dataset.dates, dataset.articles)
    in_memory = quietly(read_clocks, notes.dates, notes.corpus.articles)
    assert_frame_equal(on_disk.frame(), in_memory)


@pytest.mark.parametrize("step", [1, 10])
@pytest.mark.parametrize("by", ["article_id", "clock", None])
def test_years_are_counted_as_in_memory(both: tuple[Annotations, Dataset], step, by):
    """Each year or decade, by article or anything else, with the weight of each date."""
    notes, dataset = both
    on_disk = quietly(read_clocks, dataset.dates, dataset.articles)
    in_memory = quietly(read_clocks, notes.dates, notes.corpus.articles)
    assert_same(count_years(on_disk, step=step, by=by), count_years(in_memory, step=step, by=by))


@pytest.mark.parametrize("by", [("source", "target", "quad_class", "modality"), "pair", "mood"])
def test_dyads_are_named_and_counted_as_in_memory(both: tuple[Annotations, Dataset], by):
    """Names, groups and counts of who does what to whom."""
    notes, dataset = both
    on_disk, in_memory = quietly(name_dyads, dataset.events), quietly(name_dyads, notes.events)
    assert_frame_equal(on_disk.frame(), in_memory)
    assert_same(count_dyads(on_disk, by=by), count_dyads(in_memory, by=by))


@pytest.mark.parametrize("pattern", ["the", r"\b[A-Z]\w+’s\b", "no such words"])
def test_a_pattern_is_lined_up_as_in_memory(both: tuple[Annotations, Dataset], pattern: str):
    """The pattern means the same, character for character."""
    notes, dataset = both
    assert_frame_equal(concordance(dataset, pattern), concordance(notes, pattern))


def test_entities_and_themes_are_lined_up_as_in_memory(both: tuple[Annotations, Dataset]):
    """Every mention of an entity, and every word that gave a theme."""
    notes, dataset = both
    entity = notes.mentions.query("entity_id != ''")["entity_id"].iloc[0]
    theme = notes.themes["theme"].iloc[0]
    for wanted in ({"entity_id": entity}, {"theme": theme, "width": 9}):
        assert_frame_equal(concordance(dataset, **wanted), concordance(notes, **wanted))


def test_an_article_s_columns_can_be_counted_by(both: tuple[Annotations, Dataset]):
    """`join` brings what the datasheet says of each article."""
    notes, dataset = both
    outlets = notes.corpus.articles[["article_id", "outlet"]]
    themes, sentences = (
        frame.merge(outlets, on="article_id") for frame in (notes.themes, notes.sentences)
    )
    joined = (rows.join(dataset.articles, "outlet") for rows in (dataset.themes, dataset.sentences))
    assert_same(count_themes(*joined, by="outlet"), count_themes(themes, sentences, by="outlet"))


# What is random

ODD = [
    "",
    "a",
    "b",
    "A",
    "'",
    '"',
    "'; DROP TABLE mentions; --",
    "?",
    "$1",
    "é",
    "e\u0301",
    "🚢",
    "\n",
]
text = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3),
)
missing = st.one_of(st.none(), text)
place = st.integers(0, 5)
repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=25)


@st.composite
def random_frames(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Make small frames with ties, odd words and missing values, in order of the articles."""

    def rows(**cells: st.SearchStrategy[object]) -> pd.DataFrame:
        given = draw(st.lists(st.fixed_dictionaries(cells), max_size=8))
        frame = pd.DataFrame(given, columns=list(cells))
        frame["article_id"] = frame["sentence_id"].str[0]
        return frame.sort_values("article_id", kind="stable")

    sentence = st.sampled_from(["x-s1", "x-s2", "y-s1"])
    span = {"sentence_id": sentence, "start": place, "end": place}
    made = {
        "mentions": rows(**span, label=missing, entity_id=missing, name=missing),
        "themes": rows(**span, theme=missing, rule_id=text),
        "sentences": rows(sentence_id=sentence, text=missing),
        "events": rows(**span, action=missing, plover=text),
    }
    return {name: filled(name, frame) for name, frame in made.items()}


def filled(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame all columns and types of the schema."""
    types = FRAMES[name]
    zero = {"str": "", "int64": 0, "bool": False}
    missing = {column: zero[types[column]] for column in types if column not in frame}
    return frame.assign(**missing)[list(types)].astype(dict(types))


@repeatably
@given(frames=random_frames())
def test_any_rows_are_counted_as_in_memory(
    frames: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
):
    """Whatever stands in the columns, it is counted, not run, and in the same order."""
    folder = tmp_path_factory.mktemp("random")
    articles = filled("articles", pd.DataFrame({"article_id": ["x", "y", "z"]}))
    disk = open_dataset(write(folder / "all", {"articles": articles, **frames}, rows=3), threads=2)
    mentions, themes, sentences, events = (
        frames[name] for name in ("mentions", "themes", "sentences", "events")
    )
    for by in ("entity_id", "label", ["name", "start"]):
        assert_same(count_mentions(disk.mentions, by=by), count_mentions(mentions, by=by))
    for by in ("article_id", None, "text"):
        assert_same(
            count_themes(disk.themes, disk.sentences, by=by),
            count_themes(themes, sentences, by=by),
        )
    # In memory a pair of which one side is missing cannot be put in order.
    named = themes.dropna(subset="theme")
    assert_same(count_cooccurrences(disk.themes), count_cooccurrences(named))
    for by in ("action", ["plover", "article_id"]):
        assert_same(count_dyads(disk.events, by=by), count_dyads(events, by=by))
    assert_frame_equal(
        disk.mentions.where(entity_id=ODD).frame(),
        mentions[mentions["entity_id"].isin(ODD)].reset_index(drop=True),
    )


# Numbers with more evidence than one wants to hold


def test_evidence_is_capped_and_says_so(shelf: Annotations, small: Path):
    """`n` stays the count of all; `evidence` is the first of it, and a column says it is cut."""
    in_memory = count_mentions(shelf.mentions)
    on_disk = count_mentions(open_dataset(small, evidence=3).mentions)
    assert on_disk["n"].tolist() == in_memory["n"].tolist()
    assert on_disk["evidence"].tolist() == [ids[:3] for ids in in_memory["evidence"]]
    assert on_disk["evidence_capped"].tolist() == (in_memory["n"] > 3).tolist()
    assert on_disk["evidence_capped"].nunique() == 2


def test_every_count_caps_its_evidence(small: Path):
    """In each summary `n` is the length of the evidence, or the row says that it is more."""
    dataset = open_dataset(small, evidence=1)
    clocks = quietly(read_clocks, dataset.dates, dataset.articles)
    for table in (
        count_themes(dataset.themes, dataset.sentences, by=None),
        count_cooccurrences(dataset.themes),
        count_dyads(quietly(name_dyads, dataset.events), by="pair"),
        count_years(clocks, step=100, by=None),
    ):
        held = table["evidence"].map(len)
        assert ((table["n"] > held) == table["evidence_capped"]).all()
        assert held.max() == 1 and table["evidence_capped"].any()


def test_the_rest_of_the_evidence_can_be_had(shelf: Annotations, small: Path):
    """Of the one row that is of interest, all ids are there for the asking."""
    name = count_mentions(shelf.mentions).head(1)
    rows = open_dataset(small, evidence=1).mentions.where(entity_id=name["entity_id"].item())
    assert_same(count_mentions(rows.with_evidence(10_000)), name)


@pytest.mark.parametrize("most", [0, -1, 1_000_000])
def test_an_impossible_cap_is_refused(small: Path, most: int):
    """The error names the value and what is allowed."""
    with pytest.raises(ValueError, match=rf"evidence {most}: .* from 1 to 999,999"):
        open_dataset(small, evidence=most)


def test_evidence_opens_its_sentence(both: tuple[Annotations, Dataset]):
    """From any number to the text: spans and sentences are looked up in their articles alone."""
    notes, dataset = both
    ids = [count_mentions(notes.mentions)["evidence"][0][-1], notes.sentences["sentence_id"][3]]
    assert_frame_equal(find_evidence(dataset, ids), find_evidence(notes, ids))


def test_evidence_that_leads_nowhere_is_an_error(small: Path):
    """An id of no article is not passed over."""
    with pytest.raises(KeyError, match="no article 'nobody-1999'"):
        find_evidence(open_dataset(small), ["nobody-1999:0-5"])


# Order


def test_order_is_by_article_and_as_written(tmp_path: Path, seeds: Annotations, shelf: Annotations):
    """However many threads read, and whatever the files are called."""
    parts = [frame for _, frame in seeds.mentions.groupby("article_id", sort=False)]
    for names, threads in (("abcde", 1), ("ebdac", 2)):
        folder = write(tmp_path / names, tables(seeds) | {"mentions": seeds.mentions.iloc[:0]})
        for name, part in zip(names, parts, strict=True):
            part.to_parquet(folder / "mentions" / f"part-{name}.parquet", index=False)
        mentions = open_dataset(folder, threads=threads, evidence=2).mentions
        assert_frame_equal(mentions.frame(), shelf.mentions)
        some = [ids[:2] for ids in count_mentions(shelf.mentions)["evidence"]]
        assert count_mentions(mentions)["evidence"].tolist() == some


@pytest.mark.parametrize("name", ["a=b", "we[i]rd", "it's", "st*r?", "корпус"])
def test_a_folder_may_have_any_name(tmp_path: Path, seeds: Annotations, name: str):
    """No name of a folder is a pattern, a partition or a piece of a query."""
    folder = write(tmp_path / name, tables(seeds))
    assert len(open_dataset(folder).sentences) == len(seeds.sentences)


# Narrower, wider, in memory


def test_rows_are_narrowed_by_values(shelf: Annotations, small: Path):
    """One value, any of several, or none at all."""
    mentions = open_dataset(small).mentions
    places = shelf.mentions.query("label in ['GPE', 'LOC'] and metonym").reset_index(drop=True)
    assert_frame_equal(mentions.where(label=["GPE", "LOC"], metonym=True).frame(), places)
    assert len(mentions.where(label=[])) == 0
    assert mentions.frame("text", limit=2)["text"].tolist() == shelf.mentions["text"][:2].tolist()


def test_an_unknown_column_is_named(small: Path):
    """What is not there is not looked for in SQL."""
    dataset = open_dataset(small)
    column = 'x" OR true --'
    for ask in (
        lambda: dataset.mentions.where(**{column: 1}),
        lambda: count_mentions(dataset.mentions, by=column),
        lambda: count_themes(dataset.themes, dataset.sentences, by=column),
        lambda: dataset.mentions.join(dataset.articles, column),
        lambda: dataset.mentions.frame(column),
    ):
        with pytest.raises(ValueError, match=r"these rows lack 'x\" OR true --'; they have"):
            ask()


def test_what_stands_twice_cannot_be_joined(tmp_path: Path, seeds: Annotations):
    """Two rows for one article would count everything of it twice."""
    twice = tables(seeds) | {"articles": pd.concat([seeds.corpus.articles] * 2)}
    dataset = open_dataset(write(tmp_path / "all", twice))
    with pytest.raises(ValueError, match=r"article_id '\S+' stands in several rows"):
        dataset.mentions.join(dataset.articles, "outlet")


def test_rows_on_disk_are_no_frame(small: Path):
    """What does not take them says so, instead of counting something else."""
    events = quietly(name_dyads, open_dataset(small).events)
    for ask in (lambda: count_roles(events), lambda: balance_dyads(events), lambda: events.query):
        with pytest.raises(AttributeError, match=r"no frame .* frame\(\)"):
            ask()
    with pytest.raises(TypeError, match=r"where\(column=value\)"):
        _ = events["source"]


def test_frames_are_read_when_they_are_used(seeds: Annotations, small: Path):
    """As annotations, a dataset has the frames that everything else takes."""
    notes = open_dataset(small).annotations()
    assert "mentions" not in vars(notes)
    for name, frame in seeds.frames().items():
        assert_frame_equal(notes.frames()[name], frame)
    assert notes.source == seeds.source
    assert dict(notes.corpus.texts) == dict(seeds.corpus.texts)
    assert len(notes.corpus) == 5
    some = seeds.sentences["sentence_id"][0]
    assert quote(notes, some)._repr_html_() == quote(seeds, some)._repr_html_()
    left_out = seeds.corpus.articles["article_id"][0]
    assert_frame_equal(notes.without(left_out).events, seeds.without(left_out).events)


def test_columns_can_be_chosen(seeds: Annotations, small: Path):
    """Where a frame is too wide for memory, some of its columns will do."""
    notes = open_dataset(small).annotations({"mentions": ["article_id", "name"]})
    assert notes.mentions.columns.tolist() == ["article_id", "name"]
    assert notes.events.columns.tolist() == seeds.events.columns.tolist()
    with pytest.raises(ValueError, match="these rows lack 'nmae'"):
        open_dataset(small).annotations({"mentions": ["nmae"]})


def test_a_notebook_opens_a_project_with_annotations(seeds: Annotations, tmp_path: Path):
    """A project whose annotations are on disk is opened like any other."""
    write(tmp_path / "annotations", tables(seeds))
    (tmp_path / "seeds").mkdir()
    assert_frame_equal(open_project(tmp_path).themes, seeds.themes)


def test_warnings_count_what_is_left_out(small: Path, seeds: Annotations):
    """On disk as in memory, and at the caller's line."""
    dates = seeds.dates.assign(earliest="", latest="")
    write(small.parent / "undated", tables(seeds) | {"dates": dates})
    dataset = open_dataset(small.parent / "undated")
    said = rf"left out {len(dates)} date\(s\)"
    for frames in ((dates, seeds.corpus.articles), (dataset.dates, dataset.articles)):
        with pytest.warns(UserWarning, match=said) as caught:
            read_clocks(*frames)
        assert caught[0].filename == __file__


# What can be wrong with a folder


def test_no_dataset_is_named(tmp_path: Path):
    """A folder without annotations says what there must be."""
    with pytest.raises(FileNotFoundError, match=r"no annotations on disk; .* `articles`"):
        open_dataset(tmp_path)


def test_a_layer_that_was_not_annotated_is_no_empty_layer(tmp_path: Path, seeds: Annotations):
    """No events looked for is not the same as no events found."""
    frames = {name: frame for name, frame in tables(seeds).items() if name != "events"}
    dataset = open_dataset(write(tmp_path / "fast", frames))
    with pytest.raises(AttributeError, match=r"no 'events' in fast, which was annotated without"):
        _ = dataset.events
    with pytest.raises(AttributeError, match="was annotated without"):
        _ = dataset.annotations().events
    with pytest.raises(AttributeError, match="knows nothing of that name"):
        _ = dataset.evnets
    (tmp_path / "fast" / "events").mkdir()
    empty = open_dataset(tmp_path / "fast").events
    assert_frame_equal(empty.frame(), seeds.events.iloc[:0])


@pytest.mark.parametrize("number", [0, 1])
def test_a_damaged_part_is_named(small: Path, number: int):
    """Half a file stops the count and says which file it is and what to do."""
    part = small / "mentions" / f"part-0000{number}.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(OSError, match=rf"part-0000{number}.*run `ruspak annotate` again"):
        count_mentions(open_dataset(small).mentions)


def test_a_part_of_another_version_is_named(small: Path, seeds: Annotations):
    """A column that is missing is missed before anything is counted."""
    part = small / "themes" / "part-00000.parquet"
    seeds.themes.drop(columns="rule_id").to_parquet(part, index=False)
    with pytest.raises(ValueError, match=r"themes/part-00000.parquet lacks rule_id"):
        open_dataset(small)


def test_too_little_memory_says_what_to_do(small: Path):
    """An error, not a wrong number."""
    dataset = open_dataset(small, memory="1MB", threads=1)
    with pytest.raises(MemoryError, match="memory='4GB'"):
        dataset.sentences.frame()


def test_settings_that_are_none_are_refused(small: Path):
    """The error has an example of right ones."""
    with pytest.raises(ValueError, match=r"memory 'much' .* write memory='2GB'"):
        open_dataset(small, memory="much")


def test_without_duckdb_frames_are_counted_all_the_same(small: Path):
    """Only rows on disk need DuckDB, and they say how to get it."""
    code = """
import sys
sys.modules["duckdb"] = None
from ruspak_nb import count_mentions
from ruspak_nb.datasets import open_dataset
import pandas as pd
columns = ["article_id", "entity_id", "start", "end"]
assert len(count_mentions(pd.DataFrame([["a", "b", 0, 1]], columns=columns))) == 1
try:
    open_dataset(sys.argv[1])
except ImportError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(small)], capture_output=True, text=True, check=True
    )
    assert "pip install 'ruspak-nb[archive]'" in ran.stdout


def test_an_archive_is_counted_as_in_memory(tmp_path: Path, seeds: Annotations):
    """What `ruspak annotate` streams to disk gives the numbers that `annotate` gives."""
    annotate_archive([seeds_folder()], tmp_path / "out", model=None, layers=["mentions"], workers=1)
    dataset = open_dataset(tmp_path / "out")
    notes = by_article(annotate(load_corpus(), model=None))
    assert_same(count_mentions(dataset.mentions), count_mentions(notes.mentions))
    assert notes.corpus.texts == dict(dataset.annotations().corpus.texts)
    (tmp_path / "out" / "mentions" / "part-left-over.parquet").write_bytes(b"half a par")
    assert_same(
        count_mentions(open_dataset(tmp_path / "out").mentions), count_mentions(notes.mentions)
    )
