"""A project of the user's own: a folder with articles, a codebook, notebooks and tables."""

import csv
import io
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruspak_nb.annotation import Annotations, annotate
from ruspak_nb.codebook import load_codebook
from ruspak_nb.corpus import (
    ARTICLES,
    COLUMNS,
    DATASHEET,
    ORIGINALS,
    load_corpus,
    seeds_folder,
)

CODEBOOK, NOTEBOOKS, REFERENCE = "codebook", "notebooks", "reference"
ANNOTATIONS = "annotations"
_TEMPLATE = Path(__file__).parent / "template"
# Under another name in the template, where it would hide files of the template itself.
_RENAMED = {"gitignore": ".gitignore"}


@dataclass(frozen=True)
class Project:
    """Where the articles are, and what else is to be used; None: the package's own.

    `articles` is a folder of `.txt` files or one such file.
    """

    articles: Path
    codebook: Path | None = None
    notebooks: Path | None = None
    reference: Path | None = None

    def environment(self) -> Mapping[str, str]:
        """Give the variables by which another process uses this codebook and these tables."""
        used = {"RUSPAK_CODEBOOK": self.codebook, "RUSPAK_REFERENCE": self.reference}
        return {name: str(path.resolve()) for name, path in used.items() if path}


def find_project(folder: str | Path, *, codebook: str | Path | None = None) -> Project:
    """Find out what a folder is: a project, if it holds `seeds/`, or articles alone.

    Of several codebooks `codebook` counts, then `RUSPAK_CODEBOOK`, then that of the project;
    of reference tables `RUSPAK_REFERENCE`, then those of the project; one that has none holds
    its articles against none. Raises FileNotFoundError if there is no such folder or file.
    """
    folder = Path(folder)
    if not folder.exists():
        raise FileNotFoundError(
            f"{folder}: no such folder or file; make a project with: ruspak new {folder}"
        )
    whole = (folder / ARTICLES).is_dir()

    def part(name: str) -> Path | None:
        return folder / name if whole and (folder / name).is_dir() else None

    # What we know of the five articles says nothing about others.
    others = whole and (folder / ARTICLES).resolve() != seeds_folder().resolve()
    given, tables = os.environ.get("RUSPAK_CODEBOOK"), os.environ.get("RUSPAK_REFERENCE")
    named = codebook or given
    return Project(
        articles=folder / ARTICLES if whole else folder,
        codebook=Path(named) if named else part(CODEBOOK),
        notebooks=part(NOTEBOOKS),
        reference=Path(tables) if tables else folder / REFERENCE if others else None,
    )


def default_project() -> Path:
    """Give the current folder if it is a project, else the five articles of the package."""
    return Path() if (Path() / ARTICLES).is_dir() else seeds_folder()


def open_project(folder: str | Path = "..") -> Annotations:
    """Annotate the project in `folder` with its codebook, for a notebook that is to be about it.

    Where the project has annotations on disk already, in a folder `annotations` as
    `open_dataset` opens it, they are what counts, whatever is in `seeds`: each frame is read
    into memory when the notebook first uses it. From then on, in this process, what asks for
    the codebook or the reference tables in use gets those of the project. Raises
    FileNotFoundError if there is no such folder.
    """
    project = find_project(folder)
    os.environ.update(project.environment())
    if any((Path(folder) / ANNOTATIONS / "articles").glob("part-*.parquet")):
        from ruspak_nb.datasets import open_dataset

        return open_dataset(Path(folder) / ANNOTATIONS).annotations()
    return annotate_project(project)


def annotate_project(project: Project) -> Annotations:
    """Annotate the articles of a project with its codebook."""
    return annotate(load_corpus(project.articles), codebook=load_codebook(project.codebook))


def new_project(folder: str | Path) -> Path:
    """Make a project in `folder`, which must be empty or not there yet, and return its path.

    Raises FileExistsError, and touches nothing, if anything is in the folder.
    """
    folder = Path(folder)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise FileExistsError(f"{folder} is no folder; choose another name")
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(
            f"{folder} is not empty, and nothing was changed in it; choose another name, "
            "or move away what is in it"
        )
    shutil.copytree(
        _TEMPLATE,
        folder,
        ignore=shutil.ignore_patterns("__pycache__", ".*"),
        dirs_exist_ok=True,
        # What a package manager installed read-only is to be edited.
        copy_function=shutil.copyfile,
    )
    for name, shown in _RENAMED.items():
        (folder / name).rename(folder / shown)
    for name in (ARTICLES, ORIGINALS, NOTEBOOKS):
        (folder / name).mkdir(exist_ok=True)
    datasheet = io.StringIO()
    csv.writer(datasheet, lineterminator="\n").writerow(COLUMNS)
    (folder / ARTICLES / DATASHEET).write_text(datasheet.getvalue(), encoding="utf-8")
    return folder
