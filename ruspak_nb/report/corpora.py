"""The corpora that the pages of a report are about: its own, and those that notebooks name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.annotation import Annotations
from ruspak_nb.project import annotate_project, find_project
from ruspak_nb.reference import load_reference
from ruspak_nb.report.page import Page

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Subject", "find_subjects"]

# In a notebook's metadata: the folder of its project, where that is not the report's own.
KEY = "corpus"


@dataclass
class Subject:
    """A corpus, how its claims were judged, and the pages about it."""

    notes: Annotations
    claims: pd.DataFrame
    pages: list[Page]


def find_subjects(
    pages: Sequence[Page], nodes: Sequence["NotebookNode"], notes: Annotations
) -> list[Subject]:
    """Find out which pages are about which corpus, that of `notes` first.

    Raises FileNotFoundError if a notebook names a project that is not there.
    """
    own = Subject(notes, load_reference("claims"), [])
    others: dict[Path, Subject] = {}
    for page, node in zip(pages, nodes, strict=True):
        named = node.metadata.get(KEY)
        if not named:
            own.pages.append(page)
            continue
        folder = (page.path.parent / str(named)).resolve()
        if folder not in others:
            others[folder] = _read_subject(folder)
        others[folder].pages.append(page)
    return [own, *others.values()]


def _read_subject(folder: Path) -> Subject:
    """Read the project of a notebook."""
    project = find_project(folder)
    claims = load_reference("claims", project.reference)
    return Subject(annotate_project(project), claims, [])
