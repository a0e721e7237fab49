"""A second coding of a project is found, and held against what was coded in it, no more."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from ruspak_nb.agreement import score_agreement
from ruspak_nb.annotation import Annotations, save_annotations
from ruspak_nb.codings import coded_twice, load_codings
from ruspak_nb.exchange.vocabulary import ExchangeError
from ruspak_nb.project import open_project

KARSUND = Path(__file__).parent / "corpora" / "karsund-tavelia"


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Annotations:
    """Annotate the made-up corpus, and leave the environment as it was."""
    monkeypatch.setenv("RUSPAK_CODEBOOK", "")
    monkeypatch.setenv("RUSPAK_REFERENCE", "")
    return open_project(KARSUND)


@pytest.fixture
def write_coding(tmp_path: Path) -> Callable[..., Path]:
    """Write rows of a theme coding under `codings`, for one coder or for several."""

    def write(*rows: str, coder: str = "") -> Path:
        folder = tmp_path / "codings" / coder
        folder.mkdir(parents=True, exist_ok=True)
        table = "\n".join(["article_id,start,end,theme", *rows, ""])
        (folder / "themes.csv").write_text(table, encoding="utf-8")
        return tmp_path

    return write


def test_without_a_folder_there_is_no_second_coding(notes: Annotations, tmp_path: Path) -> None:
    """A project that nobody coded again has none, and that is no fault."""
    assert load_codings(notes, tmp_path) == {}


def test_the_coding_of_the_made_up_corpus_is_read(notes: Annotations) -> None:
    """64 marks in four articles, under the name that a single coder gets."""
    codings = load_codings(notes, KARSUND)
    assert list(codings) == ["second coder"]
    assert len(codings["second coder"]["themes"]) == 64


def test_only_what_was_coded_twice_is_compared(notes: Annotations) -> None:
    """Four articles and one layer: the other seven articles are not counted as missed."""
    reading, program, layers = coded_twice(notes, load_codings(notes, KARSUND)["second coder"])
    assert layers == ["themes"]
    assert program["themes"]["article_id"].nunique() == 4
    assert len(program["sentences"]) == len(reading["sentences"]) < len(notes.sentences)
    assert score_agreement(reading, program, layers).iloc[0]["n_both"] == 38


def test_several_coders_have_a_folder_each_and_our_own_is_left_out(
    notes: Annotations, write_coding: Callable[..., Path]
) -> None:
    """What we exported and what came back with it is no second coding."""
    first = notes.sentences.iloc[0]
    row = f"{first.article_id},{first.start},{first.end},customs_dispute"
    for coder in ("anna", "ben", "ruspak-nb"):
        project = write_coding(row, coder=coder)
    assert list(load_codings(notes, project)) == ["anna", "ben"]


def test_a_coding_of_another_text_is_refused(
    notes: Annotations, write_coding: Callable[..., Path]
) -> None:
    """A span beyond the end of the article names its row."""
    with pytest.raises(ExchangeError, match=r"themes\.csv, row 1"):
        load_codings(notes, write_coding("hale-2021,5,99999,customs_dispute"))


def test_who_names_an_export_ours_is_who_is_left_out() -> None:
    """The folder that is passed over is the one that an import gives our own coder."""
    from ruspak_nb.codings import OWN
    from ruspak_nb.exchange.qdpx import USER
    from ruspak_nb.exchange.sheets import _folder_name

    assert _folder_name(USER, {USER: {}, "anna": {}}) == OWN


def test_nothing_but_a_copy_is_needed(notes: Annotations, tmp_path: Path) -> None:
    """The folder can be moved with the project."""
    copytree(KARSUND / "codings", tmp_path / "codings")
    assert len(load_codings(notes, tmp_path)["second coder"]["themes"]) == 64


def test_what_we_exported_is_no_second_coding(notes: Annotations, tmp_path: Path) -> None:
    """Brought back untouched it would agree with itself in everything."""
    save_annotations(notes, tmp_path / "codings")
    assert load_codings(notes, tmp_path) == {}
