"""Running notebooks: what they say is kept, what changes from run to run is not."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from ruspak_nb.execute import (
    NotebookError,
    execute_notebook,
    execute_notebooks,
    find_notebooks,
    read_notebook,
    strip_noise,
    warnings_of,
)

Write = Callable[..., Path]


def noisy_notebook() -> nbformat.NotebookNode:
    """Return a notebook as other tools store it."""
    stream = [v4.new_output("stream", name="stdout", text=text) for text in ("one\n", "two\n")]
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    cell = v4.new_code_cell("1", outputs=[*stream, v4.new_output("display_data", data=view)])
    cell.metadata = {"execution": {"iopub.busy": "2026-01-01T00:00:00Z"}, "tags": ["kept"]}
    return v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}, "title": "Kept"})


def test_strip_noise_drops_what_changes() -> None:
    """Timings, widgets and the cuts within a stream go; tags and titles stay."""
    clean = strip_noise(noisy_notebook())
    assert clean.cells[0].metadata == {"tags": ["kept"]}
    assert [output.text for output in clean.cells[0].outputs] == ["one\ntwo\n"]
    assert "widgets" not in clean.metadata
    assert clean.metadata.title == "Kept"
    assert clean.metadata.kernelspec.name == "python3"


def test_strip_noise_leaves_its_argument_alone() -> None:
    """The notebook handed in is not changed."""
    notebook = noisy_notebook()
    before = nbformat.writes(notebook)
    strip_noise(notebook)
    assert nbformat.writes(notebook) == before


def test_warnings_of_names_the_cell() -> None:
    """Each output on stderr is one fault, with the cell counted from 1."""
    error = v4.new_output("stream", name="stderr", text="careful\n")
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("a"), v4.new_code_cell("b()", outputs=[error])]
    )
    (fault,) = warnings_of(notebook, name="x.ipynb")
    assert str(fault) == "x.ipynb, cell 2 (b()): wrote to stderr: careful"


def test_runs_in_its_own_folder_and_leaves_the_file(write_notebook: Write) -> None:
    """The kernel starts beside the notebook; without `store` the file keeps its bytes."""
    path = write_notebook("a", "import os; os.path.exists('a.ipynb')")
    before = path.read_bytes()
    notebook = execute_notebook(path)
    assert notebook.cells[0].outputs[0].data["text/plain"] == "True"
    assert path.read_bytes() == before


def test_two_stored_runs_give_the_same_bytes(write_notebook: Write) -> None:
    """Storing twice changes nothing the second time."""
    path = write_notebook("a", "%% # Text", "print('one', flush=True)\nprint('two')\n3")
    execute_notebook(path, store=True)
    first = path.read_bytes()
    execute_notebook(path, store=True)
    assert path.read_bytes() == first
    assert b"\r" not in first
    assert b'"execution_count": 1' in first


def test_another_version_of_python_is_no_change(write_notebook: Write) -> None:
    """A file that differs in nothing but the version that ran it stays as it is."""
    path = write_notebook("a", "1")
    execute_notebook(path, store=True)
    stored = read_notebook(path)
    stored.metadata.language_info.version = "3.11.0"
    path.write_text(nbformat.writes(stored) + "\n", encoding="utf-8", newline="\n")
    before = path.read_bytes()
    execute_notebook(path, store=True)
    assert path.read_bytes() == before


def test_names_every_notebook_and_cell_that_fails(write_notebook: Write) -> None:
    """All notebooks run, and the error has a line for each fault; the good ones are stored."""
    good = write_notebook("good", "'fine'")
    raises = write_notebook("raises", "%% text", "1 / 0")
    warns = write_notebook("warns", "import warnings", "warnings.warn('careful')")
    with pytest.raises(NotebookError) as caught:
        execute_notebooks([good, raises, warns], store=True)
    first, second = str(caught.value).split("\n", 1)
    assert first == "raises.ipynb, cell 2 (1 / 0): ZeroDivisionError: division by zero"
    assert second.startswith("warns.ipynb, cell 2 (warnings.warn('careful')): wrote to stderr:")
    assert "UserWarning: careful" in second
    assert b"fine" in good.read_bytes().split(b"outputs")[1]
    assert b"ZeroDivisionError" not in raises.read_bytes()


def test_a_cell_that_takes_too_long_is_named(write_notebook: Write) -> None:
    """The limit is for each cell."""
    path = write_notebook("slow", "import time; time.sleep(60)")
    with pytest.raises(NotebookError, match=r"slow\.ipynb, cell 1 .*longer than 1 seconds"):
        execute_notebook(path, timeout=1)


def test_a_kernel_that_dies_is_named(write_notebook: Write) -> None:
    """A crash is a fault of its cell, not a hang."""
    path = write_notebook("dies", "import os; os._exit(3)")
    with pytest.raises(NotebookError, match=r"dies.ipynb, cell 1 .*the kernel died"):
        execute_notebook(path)


def test_find_notebooks_sorts_a_folder(write_notebook: Write) -> None:
    """A folder gives its notebooks in order of name."""
    second, first = write_notebook("01-b"), write_notebook("00-a")
    assert find_notebooks(first.parent) == [first, second]


@pytest.mark.parametrize(
    ("source", "message"),
    [("nowhere", "no folder 'nowhere'"), (["a.ipynb", "b.ipynb"], "a.ipynb, b.ipynb")],
    ids=["folder", "list"],
)
def test_find_notebooks_names_what_is_missing(source: object, message: str) -> None:
    """The error says which path is missing."""
    with pytest.raises(FileNotFoundError, match=message):
        find_notebooks(source)  # type: ignore[arg-type]


def test_find_notebooks_refuses_an_empty_folder(tmp_path: Path) -> None:
    """An empty report would look like a success."""
    with pytest.raises(FileNotFoundError, match="no notebook"):
        find_notebooks(tmp_path)


def test_a_file_that_is_no_notebook_is_named(tmp_path: Path) -> None:
    """Broken JSON is a fault of the file, not a traceback."""
    path = tmp_path / "a.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(NotebookError, match=r"a\.ipynb: not a notebook that can be read"):
        read_notebook(path)


def test_jobs_must_be_positive() -> None:
    """Zero notebooks at a time would wait for ever."""
    with pytest.raises(ValueError, match="jobs=0"):
        execute_notebooks([], jobs=0)
