"""The README speaks of everything a user can call, and of nothing that is not there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import ruspak_nb
from ruspak_nb import load_themes

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", ruspak_nb.__all__)
def test_every_public_name_is_documented(name: str):
    """A name that can be imported stands in the README."""
    assert f"`{name}`" in README


@pytest.mark.parametrize("theme", load_themes()["theme"])
def test_every_theme_is_documented(theme: str):
    """A theme that a sentence can carry stands in the README."""
    assert f"`{theme}`" in README


def test_every_command_is_documented():
    """A subcommand that `ruspak --help` lists stands in the README."""
    shown = subprocess.run(
        [sys.executable, "-m", "ruspak_nb", "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = re.findall(r"^    (\w+) ", shown, flags=re.MULTILINE)

    assert commands
    assert [name for name in commands if f"`ruspak {name}`" not in README] == []


def test_every_make_target_it_names_exists():
    """Each `make TARGET` of the README is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, flags=re.MULTILINE))

    assert {"report", "test", "lab"} <= named
    assert [target for target in named if f"\n{target}:" not in makefile] == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_is_listed_with_its_question(notebook: Path):
    """The table of notebooks links each and quotes its first heading."""
    import nbformat

    first = nbformat.read(notebook, as_version=4).cells[0].source.splitlines()[0]

    assert f"(notebooks/{notebook.name})" in README
    assert first.removeprefix("# ") in README


def test_every_relative_link_leads_somewhere():
    """Files and folders that the README links to are in the repository."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
