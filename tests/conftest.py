"""What holds for every test: notebooks run here as they run when they are stored."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spacy.language import Language

    from ruspak_nb import Annotations

# The kernels that nbval starts inherit these; see `execute.py` for the reasons.
os.environ["TQDM_DISABLE"] = "1"
os.environ.pop("PLOTLY_RENDERER", None)
os.environ.pop("MPLBACKEND", None)


@pytest.fixture(scope="session")
def nlp() -> "Language":
    """Build the shipped pipeline, once for all tests that parse."""
    from ruspak_nb import build_nlp

    return build_nlp()


@pytest.fixture(scope="session")
def bare() -> "Language":
    """Build the pipeline without a trained model."""
    from ruspak_nb import build_nlp

    return build_nlp(model=None)


@pytest.fixture(scope="session")
def seeds() -> "Annotations":
    """Annotate the five articles."""
    from ruspak_nb import annotate, load_corpus

    return annotate(load_corpus(), cache=False)


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook to a folder `notebooks`: text that starts with `%% ` is Markdown."""
    import nbformat
    from nbformat import v4

    def write(name: str, *sources: str, **metadata: object) -> Path:
        cells = []
        for number, source in enumerate(sources):
            if source.startswith("%% "):
                cell = v4.new_markdown_cell(source.removeprefix("%% "))
            else:
                cell = v4.new_code_cell(source)
            cell["id"] = f"cell-{number:02d}"
            cells.append(cell)
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.ipynb"
        nbformat.write(v4.new_notebook(cells=cells, metadata=metadata), path)
        return path

    return write
