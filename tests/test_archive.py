"""Annotating an archive: what a run adds, keeps, does anew and drops."""

import json
import random
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ruspak_nb import annotate, load_corpus
from ruspak_nb.archive import (
    Summary,
    annotate_archive,
    batches,
    describe_summary,
    list_parts,
    load_archive,
    read_frame,
    run,
)
from ruspak_nb.archive.batches import COLUMNS, Batch, Result
from ruspak_nb.archive.recipe import RecipeError, _imported, make_recipe
from ruspak_nb.cli import main
from ruspak_nb.codebook import codebook_folder, load_codebook
from ruspak_nb.corpus import seeds_folder

sys.path.insert(0, str(Path(__file__).parent))
from archive_recipes import TinyRecipe

Archive = Callable[..., Summary]
FRAMES = ("articles", "zones", "texts", "reprints", "sentences", "themes")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Annotate with a pipeline that does next to nothing; `out` is a folder's name."""

    def annotate_tiny(
        paths: Path | list[Path], out: str = "out", recipe: TinyRecipe | None = None, **options: Any
    ) -> Summary:
        recipe = recipe or TinyRecipe()
        monkeypatch.setattr(
            batches, "collect_rows", batches.collect_rows
        )  # as it is after this test
        monkeypatch.setattr(run, "make_recipe", lambda *_: recipe)
        if "workers" not in options:  # in this process, which is the same and starts at once
            here = nullcontext(InlineCrew(recipe))
            monkeypatch.setattr(run, "_open_crew", lambda *_: here)
        named = paths if isinstance(paths, list) else [paths]
        return annotate_archive(named, tmp_path / out, **{"batch": 2, **options})

    return annotate_tiny


class InlineCrew:
    """Does what it is given at once, as one worker."""

    def __init__(self, recipe: TinyRecipe) -> None:
        self.recipe = recipe

    def size(self) -> int:
        """One at a time."""
        return 1

    def submit(self, batch: Batch) -> "Future[Result]":
        """Do it."""
        future: Future[Result] = Future()
        future.set_result(self.recipe.load()(batch, lambda _: None))
        return future

    def look(self) -> None:
        """See nothing."""


def write_rows(path: Path, *rows: str | dict[str, str]) -> Path:
    """Write texts, or rows with metadata, as JSONL."""
    given = [row if isinstance(row, dict) else {"text": row} for row in rows]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in given), "utf-8")
    return path


def texts(*numbers: int) -> list[str]:
    """Make texts that differ."""
    return [f"Moscow sold Pakistan {number} helicopters." for number in numbers]


def read_all(folder: Path) -> dict[str, list[list[Any]]]:
    """Read all frames, with their rows in an order that does not depend on the run."""
    frames = {name: read_frame(folder, name) for name in FRAMES}
    return {name: sorted(frame.to_numpy().tolist()) for name, frame in frames.items()}


def parts(folder: Path) -> set[str]:
    """Name all Parquet files that any program would see."""
    return {path.relative_to(folder).as_posix() for path in folder.glob("*/part-*.parquet")}


# One run


def test_the_same_frames_as_in_memory(tmp_path: Path) -> None:
    """The five articles come out as `annotate` gives them, texts and zones too."""
    layers = ("mentions", "themes", "dates")
    annotate_archive([seeds_folder()], tmp_path, layers=layers, workers=1, batch=2)
    ours = load_archive(tmp_path)
    notes = annotate(load_corpus(), layers=layers, cache=False)
    for name, frame in notes.frames().items():
        pd.testing.assert_frame_equal(ours.frames()[name], frame)
    assert dict(ours.corpus.texts) == dict(notes.corpus.texts)


def test_a_layer_that_was_not_annotated_has_no_files(archive: Archive, tmp_path: Path) -> None:
    """No events found is one thing, not looked for another."""
    archive(write_rows(tmp_path / "a.jsonl", *texts(1)))
    folders = {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()}
    assert folders == set(FRAMES)


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_and_workers_do_not_matter(archive: Archive, tmp_path: Path, workers: int) -> None:
    """However the work is shared out, the rows are the same."""
    source = write_rows(tmp_path / "a.jsonl", *texts(*range(7)))
    archive(source, "one", batch=100)
    archive(source, "two", batch=2, workers=workers)
    assert read_all(tmp_path / "one") == read_all(tmp_path / "two")


def test_no_more_is_read_than_is_worked_on(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an input of any length, two batches for each worker are in memory, and one to come."""
    source = write_rows(tmp_path / "a.jsonl", *texts(*range(60)))
    read, kept, most = 0, 0, 0
    read_articles, keep = run.read_articles, run._Run._keep

    def count_read(*args: Any, **options: Any) -> Iterator[Any]:
        nonlocal read, most
        for item in read_articles(*args, **options):
            read += 1
            most = max(most, read - kept)
            yield item

    def count_kept(self: Any, batch: Any, result: Any) -> None:
        nonlocal kept
        keep(self, batch, result)
        kept += len(batch.jobs)

    monkeypatch.setattr(run, "read_articles", count_read)
    monkeypatch.setattr(run._Run, "_keep", count_kept)
    archive(source, workers=2, batch=3)
    assert (read, kept) == (60, 60)
    assert most <= (2 * 2 + 1) * 3


def test_a_long_input_takes_no_more_memory(archive: Archive, tmp_path: Path) -> None:
    """Ten times the articles do not take twice the memory of this process."""
    few, many = [], []
    # Twice, and the least counts: what else the process brings into memory is not meant.
    for turn, (number, peaks) in enumerate([(40, few), (300, many)] * 2):
        source = write_rows(tmp_path / "a.jsonl", *(t * 40 for t in texts(*range(number))))
        tracemalloc.start()
        archive(source, f"out-{turn}", batch=20)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert min(many) < 1.5 * min(few)


# Names


def test_a_name_that_is_taken_gets_letters_of_the_hash(archive: Archive, tmp_path: Path) -> None:
    """Two articles of an author and year are told apart by what is in them."""
    who = {"author": "Ann Lee", "publication_date": "2016"}
    rows = [{"text": text, **who} for text in texts(1, 2)]
    archive(write_rows(tmp_path / "a.jsonl", *rows))
    first, second = sorted(read_frame(tmp_path / "out", "articles")["article_id"])
    assert first == "lee-2016"
    assert second.startswith("lee-2016-")
    assert len(second) == len("lee-2016-") + 8
    assert set(read_frame(tmp_path / "out", "sentences")["sentence_id"]) == {
        f"{first}-s001",
        f"{second}-s001",
    }


def test_a_name_stays_when_others_come(archive: Archive, tmp_path: Path) -> None:
    """An article keeps its name in later runs, whatever is added before it."""
    who = {"author": "Ann Lee", "publication_date": "2016"}
    old, new = ({"text": text, **who} for text in texts(1, 2))
    source = write_rows(tmp_path / "a.jsonl", old)
    archive(source)
    archive(write_rows(source, new, old))
    named = read_frame(tmp_path / "out", "texts").set_index("text")["article_id"]
    assert named[old["text"]] == "lee-2016"
    assert named[new["text"]] != "lee-2016"


def test_the_same_text_counts_once(archive: Archive, tmp_path: Path) -> None:
    """A text under another name is a reprint; the same row again is nothing new."""
    rows = [{"text": "Moscow sold arms.", "outlet": outlet} for outlet in ("Dawn", "TASS", "TASS")]
    summary = archive(write_rows(tmp_path / "a.jsonl", *rows))
    assert (summary.articles, summary.reprints, summary.repeated) == (1, 1, 1)
    reprints = read_frame(tmp_path / "out", "reprints")
    columns = ["article_id", "reprint_of", "similarity", "outlet"]
    assert reprints[columns].to_numpy().tolist() == [["tass", "dawn", 1.0, "TASS"]]
    assert read_frame(tmp_path / "out", "sentences")["article_id"].tolist() == ["dawn"]


# The next run


def test_nothing_new_is_nothing_done(archive: Archive, tmp_path: Path) -> None:
    """The same command again reads the input, and touches no file."""
    source = write_rows(tmp_path / "a.jsonl", *texts(1, 2, 3))
    archive(source)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*/part-*")}
    # Not even a worker is started, so this one's fault is not found.
    summary = archive(source, recipe=TinyRecipe(fault="started"))
    assert (summary.added, summary.articles) == (0, 3)
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*/part-*")}


def test_what_is_new_is_added(archive: Archive, tmp_path: Path) -> None:
    """A longer input, or another one, adds its articles to those that are there."""
    source = write_rows(tmp_path / "a.jsonl", *texts(1, 2, 3))
    archive(source)
    before = parts(tmp_path / "out")
    summary = archive([write_rows(source, *texts(9, 1, 2, 3))])
    assert (summary.added, summary.articles) == (1, 4)
    assert archive(write_rows(tmp_path / "b.jsonl", *texts(4))).articles == 5
    assert before < parts(tmp_path / "out")


def test_what_left_the_input_leaves_the_dataset(archive: Archive, tmp_path: Path) -> None:
    """An article that was edited or deleted is dropped, and its neighbours are not done again."""
    source = write_rows(tmp_path / "a.jsonl", *texts(1, 2, 3, 4))
    other = write_rows(tmp_path / "b.jsonl", *texts(5))
    archive([source, other])
    summary = archive(write_rows(source, *texts(1, 3, 7)))
    assert (summary.added, summary.dropped, summary.articles) == (1, 2, 4)
    archive([source, other], "anew")
    assert read_all(tmp_path / "out")["texts"] == read_all(tmp_path / "anew")["texts"]
    assert set(read_frame(tmp_path / "out", "themes")["text"]) == set(texts(1, 3, 5, 7))


def test_corrected_metadata_are_read_again(archive: Archive, tmp_path: Path) -> None:
    """A date that was corrected in the datasheet makes another article of it."""
    row = {"text": "Moscow sold arms.", "author": "Ann Lee", "publication_date": "2016"}
    source = write_rows(tmp_path / "a.jsonl", row)
    archive(source)
    archive(write_rows(source, row | {"publication_date": "2017-03"}))
    articles = read_frame(tmp_path / "out", "articles")
    assert articles[["article_id", "published"]].to_numpy().tolist() == [["lee-2017", "2017-03"]]
    assert not len(read_frame(tmp_path / "out", "reprints"))


def test_a_reprint_takes_the_place_of_what_is_gone(archive: Archive, tmp_path: Path) -> None:
    """Without the article, the oldest of its reprints is the article."""
    rows = [{"text": "Moscow sold arms.", "outlet": name} for name in ("Dawn", "TASS", "Xinhua")]
    source = write_rows(tmp_path / "a.jsonl", *rows)
    archive(source)
    archive(write_rows(source, *rows[1:]))
    assert read_frame(tmp_path / "out", "articles")["article_id"].tolist() == ["tass"]
    assert read_frame(tmp_path / "out", "sentences")["article_id"].tolist() == ["tass"]
    reprints = read_frame(tmp_path / "out", "reprints")
    assert reprints[["article_id", "reprint_of"]].to_numpy().tolist() == [["xinhua", "tass"]]


def test_another_codebook_does_the_layers_anew(archive: Archive, tmp_path: Path) -> None:
    """What depends on the codebook is made again, and of the old nothing is left to be read."""
    source = write_rows(tmp_path / "a.jsonl", *texts(1, 2, 3))
    archive(source)
    corpus = {part for part in parts(tmp_path / "out") if part[:4] in ("arti", "zone", "text")}
    with pytest.warns(UserWarning, match="another codebook, .*: 3 articles are annotated anew"):
        summary = archive(source, recipe=TinyRecipe("diplomacy"))
    assert summary.added == 3
    assert set(read_frame(tmp_path / "out", "themes")["theme"]) == {"diplomacy"}
    assert corpus < parts(tmp_path / "out")
    archive(source, "anew", recipe=TinyRecipe("diplomacy"))
    assert read_all(tmp_path / "out") == read_all(tmp_path / "anew")
    assert parts(tmp_path / "out") == parts(tmp_path / "anew")


def test_what_is_not_in_the_input_waits(archive: Archive, tmp_path: Path) -> None:
    """With another codebook and half of the input, the summary says that half is missing."""
    sources = [write_rows(tmp_path / f"{n}.jsonl", *texts(n)) for n in (1, 2)]
    archive(sources)
    with pytest.warns(UserWarning, match="2 articles are annotated anew"):
        summary = archive(sources[0], recipe=TinyRecipe("diplomacy"))
    assert (summary.articles, summary.waiting) == (1, 1)
    assert "1 still to be annotated anew, not in this input" in describe_summary(summary)
    assert archive(sources, recipe=TinyRecipe("diplomacy")).waiting == 0


def test_other_zones_do_everything_anew(archive: Archive, tmp_path: Path) -> None:
    """Where the code that reads articles has changed, no file stays."""
    source = write_rows(tmp_path / "a.jsonl", *texts(1, 2, 3))
    archive(source)
    before = parts(tmp_path / "out")
    with pytest.warns(UserWarning, match="annotated anew"):
        archive(source, recipe=TinyRecipe(corpus_digest="zones 2"))
    assert not before & parts(tmp_path / "out")
    assert len(read_frame(tmp_path / "out", "articles")) == 3


@pytest.mark.parametrize("seed", range(6))
def test_any_history_ends_in_the_same_dataset(archive: Archive, tmp_path: Path, seed: int) -> None:
    """Whatever was added, edited and deleted before, the texts are those of one run on the last."""
    chance = random.Random(seed)
    source = tmp_path / "a.jsonl"
    for _ in range(4):
        numbers = chance.choices(range(12), k=chance.randint(1, 9))
        rows = [
            {"text": text, "outlet": chance.choice(["Dawn", "TASS"])} for text in texts(*numbers)
        ]
        archive(write_rows(source, *rows), batch=chance.randint(1, 4))
    archive(source, "anew")
    ours, anew = read_all(tmp_path / "out"), read_all(tmp_path / "anew")
    assert sorted(text for _, text in ours["texts"]) == sorted(text for _, text in anew["texts"])
    assert len(ours["sentences"]) == len(anew["sentences"])
    assert len(ours["reprints"]) == len(anew["reprints"])


# What it depends on


def test_only_what_annotates_counts(tmp_path: Path) -> None:
    """A new figure or page has nothing annotated again; a new rule for dates has."""
    modules = _imported("annotation")
    assert {"dates", "themes", "corpus", "zones", "speakers", "schema"} <= modules
    assert not modules & {"figures", "report", "tables", "cli", "counts"}
    assert "dates" not in _imported("corpus")


def test_the_digests_follow_codebook_model_and_layers(tmp_path: Path) -> None:
    """Each of them changes what the layers depend on, and none what the corpus does."""
    for file in codebook_folder().iterdir():
        if file.suffix in (".csv", ".toml"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "themes.toml").write_text(
        (tmp_path / "themes.toml").read_text("utf-8") + "\n# more\n", "utf-8"
    )
    recipes = [
        make_recipe(),
        make_recipe(load_codebook(tmp_path)),
        make_recipe(model=None),
        make_recipe(layers=["quotes"]),
        make_recipe(layers=["mentions"]),
    ]
    assert len({recipe.layers_digest for recipe in recipes}) == len(recipes)
    assert len({recipe.corpus_digest for recipe in recipes}) == 1


def test_a_worker_with_other_code_does_no_work() -> None:
    """A machine with another version would give other rows, and says so."""
    recipe = make_recipe(model=None, layers=["themes"])
    object.__setattr__(recipe, "layers_digest", "another")
    with pytest.raises(RecipeError, match=r"another version .* install the same on every machine"):
        recipe.load()


def test_a_pipeline_that_does_not_load_ends_the_run(archive: Archive, tmp_path: Path) -> None:
    """No article is to blame for it, and none is set aside."""
    source = write_rows(tmp_path / "a.jsonl", *texts(1))
    with pytest.raises(RecipeError, match="no model here"):
        archive(source, recipe=TinyRecipe(fault="no model here"), workers=1)
    assert archive(source).articles == 1


# The command


def test_the_command_streams(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`ruspak annotate --stream` writes a dataset and says what is in it."""
    out = tmp_path / "out"
    source = write_rows(tmp_path / "news.jsonl", *texts(1, 2))
    command = ["annotate", str(source), "--stream", "--out", str(out), "--workers", "1"]
    assert main([*command, "--layers", "mentions,themes"]) == 0
    assert capsys.readouterr().out == f"{out}: 2 articles, 2 of them new\n"
    assert sorted(read_frame(out, "mentions")["entity_id"].unique()) == ["pakistan", "russia"]


def test_the_command_lists_what_was_set_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Articles that could not be read are listed, with exit code 3."""
    out = tmp_path / "out"
    source = write_rows(tmp_path / "news.jsonl", *texts(1), {"text": "x", "date_earliest": "May"})
    command = ["annotate", str(source), "--stream", "--out", str(out), "--workers", "1"]
    assert main([*command, "--layers", "themes"]) == 3
    said = capsys.readouterr().out
    assert f"1 set aside, listed in {out / 'failures.csv'}:\n    news.jsonl:2: CorpusError" in said
    assert pd.read_csv(out / "failures.csv")["file"].tolist() == ["news.jsonl:2"]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--workers", "2"], "--workers needs --stream"),
        (["--scheduler", "tcp://here:1"], "--scheduler needs --stream"),
        (["--stream", "--format", "csv"], "--stream writes Parquet"),
    ],
    ids=["workers", "scheduler", "format"],
)
def test_options_that_do_not_go_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], fault: str
) -> None:
    """An option that would do nothing is refused."""
    with pytest.raises(SystemExit):
        main(["annotate", str(seeds_folder()), "--out", str(tmp_path), *options])
    assert fault in capsys.readouterr().err


def test_a_folder_that_is_no_dataset(tmp_path: Path) -> None:
    """Reading says how a dataset is made, and which frames there are."""
    with pytest.raises(FileNotFoundError, match="ruspak annotate --stream"):
        list_parts(tmp_path, "texts")
    with pytest.raises(ValueError, match=r"unknown frame 'theme'.*did you mean 'themes'"):
        list_parts(tmp_path, "theme")
    assert set(FRAMES) <= set(COLUMNS)
