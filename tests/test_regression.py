"""The stored notebooks are a regression test: a changed number must fail it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ruspak_nb

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks" / "01-corpus.ipynb"


def run_nbval(codebook: Path, scratch: Path) -> subprocess.CompletedProcess[str]:
    """Compare a stored notebook with what it gives under another codebook."""
    environment = os.environ | {
        "RUSPAK_CODEBOOK": str(codebook),
        "RUSPAK_FIGURES": str(scratch / "figures"),
        "RUSPAK_CACHE": str(scratch / "cache"),
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", str(NOTEBOOK)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def codebook(tmp_path: Path) -> Path:
    """A copy of the shipped codebook, to be edited."""
    copy = tmp_path / "codebook"
    shutil.copytree(Path(ruspak_nb.__file__).parent / "codebook", copy)
    return copy


def test_an_untouched_copy_of_the_codebook_gives_the_stored_numbers(codebook: Path, tmp_path: Path):
    """What fails the next test is the changed alias, not the copying."""
    result = run_nbval(codebook, tmp_path)

    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout


def test_one_changed_alias_fails_the_stored_notebook(codebook: Path, tmp_path: Path):
    """Without one name of one state its mentions are fewer, and nbval sees it."""
    states = codebook / "states.csv"
    text = states.read_text(encoding="utf-8")
    assert text.count(",Moscow,Kremlin,") == 1
    states.write_text(text.replace(",Moscow,Kremlin,", ",Moscow,,"), encoding="utf-8")

    result = run_nbval(codebook, tmp_path)

    assert result.returncode == 1, result.stdout
    assert " failed" in result.stdout
