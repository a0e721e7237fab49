"""What a reader takes home: the frames, the notebooks, and how to cite them."""

import hashlib
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ruspak_nb.annotation import save_annotations
from ruspak_nb.wording import plural

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ruspak_nb.annotation import Annotations

__all__ = ["Citation", "Download", "cite", "write_frames", "write_notebook"]

FORMATS = ("csv", "parquet")
FRAMES = "files/frames"
NOTEBOOKS = "files/notebooks"
_BIBTEX = {mark: f"\\{mark}" for mark in "{}%&$#_"} | {"\\": "\\textbackslash{}"}


@dataclass(frozen=True)
class Download:
    """A frame on offer: how many rows it has, and its files by format with their sizes."""

    name: str
    rows: int
    files: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Citation:
    """How to cite the site: the release that made it, and the texts it was made from."""

    title: str
    version: str
    corpus: str
    n_articles: int

    @property
    def text(self) -> str:
        """Give the reference as a line."""
        return (
            f"{self.title}. Report made with ruspak_nb {self.version} from "
            f"{plural(self.n_articles, 'article')}, corpus {self.corpus[:12]}."
        )

    @property
    def bibtex(self) -> str:
        """Give the reference as an entry for BibTeX."""
        return (
            f"@misc{{ruspak-{self.corpus[:12]},\n"
            f"  title = {{{{{_plain(self.title)}}}}},\n"
            f"  howpublished = {{Report made with ruspak\\_nb {self.version}}},\n"
            f"  note = {{{self.n_articles} articles, corpus SHA-256 {self.corpus}}}\n"
            "}"
        )


def cite(title: str, notes: "Annotations") -> Citation:
    """Name the release and the corpus; the corpus by a hash of its files' hashes, in order."""
    articles = notes.corpus.articles
    hashes = "\n".join(sorted(articles["sha256"]))
    return Citation(
        title=title,
        version=version("ruspak-nb"),
        corpus=hashlib.sha256(hashes.encode()).hexdigest(),
        n_articles=len(articles),
    )


def write_frames(notes: "Annotations") -> tuple[list[Download], dict[str, bytes]]:
    """Write every frame in every format: what is on offer, and the files by address."""
    files: dict[str, bytes] = {}
    offered: dict[str, dict[str, tuple[str, str]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for kind in FORMATS:
            for path in save_annotations(notes, Path(scratch) / kind, format=kind):
                address = f"{FRAMES}/{path.name}"
                files[address] = path.read_bytes()
                offered.setdefault(path.stem, {})[kind] = (address, _size(files[address]))
    frames = notes.frames()
    return [Download(name, len(frames[name]), kinds) for name, kinds in offered.items()], files


def write_notebook(name: str, notebook: "NotebookNode") -> tuple[str, bytes]:
    """Write a notebook to be run anew: its address in the site, and the file without outputs."""
    import nbformat

    bare = nbformat.from_dict(notebook)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return f"{NOTEBOOKS}/{name}.ipynb", (nbformat.writes(bare) + "\n").encode()


def _size(content: bytes) -> str:
    """Say how large a file is."""
    return f"{max(1, round(len(content) / 1000)):,} kB"


def _plain(text: str) -> str:
    """Write a text so that BibTeX takes nothing in it for a command."""
    return "".join(_BIBTEX.get(character, character) for character in text)
