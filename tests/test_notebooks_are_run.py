"""The notebooks are stored as they were run, and keep to the form they promise.

nbval passes over a cell that was never run and over a picture; what it does not
see is asked here.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from ruspak_nb.execute import KERNEL_DISPLAY_NAME, execute_notebook, strip_noise, warnings_of

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
SECTIONS = ("In brief", "Before you read", "What this does not show")

each_notebook = pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])


def read(path: Path) -> Any:
    """Read a stored notebook."""
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[Any]:
    """List the cells of code."""
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def outputs(path: Path) -> Iterator[Any]:
    """Go through all stored outputs."""
    for cell in code_cells(path):
        yield from cell.outputs


def prose(path: Path) -> str:
    """Join the Markdown."""
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def headings(path: Path) -> list[tuple[int, str]]:
    """List level and text of each heading."""
    without_code = re.sub(r"^```.*?^```", "", prose(path), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^(#{1,6})\s+(.+?)\s*#*$", without_code, flags=re.MULTILINE)
    return [(len(marks), text) for marks, text in found]


def test_there_are_notebooks() -> None:
    """Without this, an empty folder would pass all the others."""
    assert PATHS, f"no notebook in {FOLDER}"
    assert (FOLDER / "00-start-here.ipynb") in PATHS


@each_notebook
def test_every_cell_was_run_in_order(path: Path) -> None:
    """Counts go from 1 without a gap, so no cell was edited after the run or left out."""
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1)), "store it again with `make notebooks`"


@each_notebook
def test_nothing_warned(path: Path) -> None:
    """A warning in a stored output would be expected by every later run."""
    assert warnings_of(read(path), name=path.name) == []


@each_notebook
def test_no_cell_failed(path: Path) -> None:
    """No error is stored, and none is asked for."""
    assert [output for output in outputs(path) if output.output_type == "error"] == []


@each_notebook
def test_stored_without_noise(path: Path) -> None:
    """No timing, no widget state, the one kernel name: what `make notebooks` writes."""
    stored = read(path)
    assert stored == strip_noise(stored), "store it again with `make notebooks`"
    assert stored.metadata.kernelspec.display_name == KERNEL_DISPLAY_NAME
    assert stored.metadata.language_info.name == "python"
    assert path.read_bytes() == (nbformat.writes(stored) + "\n").encode()


@each_notebook
def test_every_output_is_compared(path: Path) -> None:
    """No tag or comment takes a cell out of the regression test."""
    for cell in code_cells(path):
        assert not [tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval")]
        assert "NBVAL" not in cell.source


@each_notebook
def test_outputs_stay_small(path: Path) -> None:
    """No output is larger than 300 kB, so that a diff and a page stay readable."""
    sizes = [len(str(output)) for output in outputs(path)]
    assert all(size <= 300_000 for size in sizes), f"largest output: {max(sizes):,} characters"


@each_notebook
def test_outputs_name_no_machine(path: Path) -> None:
    """An address in memory, or a folder of one machine, would differ on the next."""
    for output in outputs(path):
        texts = [output.get("text", ""), *output.get("data", {}).values()]
        for text in texts:
            if isinstance(text, str) and len(text) < 100_000:
                found = re.search(r"0x[0-9a-f]{8,}|ipykernel_\d+|/home/\w|/Users/\w|C:\\", text)
                assert found is None, f"output contains {found and found[0]!r}"


@each_notebook
def test_every_figure_is_described(path: Path) -> None:
    """Each picture or plot carries a sentence for those who cannot see it."""
    for output in outputs(path):
        data = output.get("data", {})
        if not {"image/png", "image/svg+xml", "application/vnd.plotly.v1+json"} & set(data):
            continue
        plain = data.get("text/plain", "")
        assert len(plain) > 20 and not plain.startswith("<"), f"no description: {plain!r}"


@each_notebook
def test_cell_ids_are_unique(path: Path) -> None:
    """Two cells of one id are refused by JupyterLab when it saves."""
    ids = [cell.id for cell in read(path).cells]
    assert len(ids) == len(set(ids))


@each_notebook
def test_title_is_a_question(path: Path) -> None:
    """The first heading asks, and it is the only one of its level."""
    titles = [text for level, text in headings(path) if level == 1]
    assert len(titles) == 1
    assert headings(path)[0] == (1, titles[0])
    assert titles[0].rstrip('”"*_').endswith("?")


@each_notebook
def test_sections_are_there_in_order(path: Path) -> None:
    """Findings first, then what to beware of, and limits at the end."""
    found = [text for level, text in headings(path) if level == 2 and text in SECTIONS]
    assert found == list(SECTIONS)


@each_notebook
def test_more_words_than_code(path: Path) -> None:
    """Four words of prose, at least, to a line of code."""
    lines = [line for cell in code_cells(path) for line in cell.source.split("\n") if line.strip()]
    words = prose(path).split()
    assert len(words) >= 4 * len(lines), f"{len(words)} words to {len(lines)} lines"


@each_notebook
def test_cells_are_few_and_short(path: Path) -> None:
    """At most 40 cells, of code at most 15 lines, and 8 in the one that imports."""
    assert len(read(path).cells) <= 40
    cells = code_cells(path)
    lengths = {cell.execution_count: len(cell.source.split("\n")) for cell in cells}
    assert {count: lines for count, lines in lengths.items() if lines > 15} == {}
    if cells:
        assert len(cells[0].source.split("\n")) <= 8, "the set-up cell is too long"


@each_notebook
def test_code_asks_and_does_not_build(path: Path) -> None:
    """Functions, classes, patterns and paths live in the package, where they are tested."""
    for cell in code_cells(path):
        assert not re.search(r"^\s*(async def|def|class) ", cell.source, flags=re.MULTILINE)
        modules = re.findall(r"^\s*(?:from|import)\s+([\w.]+)", cell.source, flags=re.MULTILINE)
        other = [name for name in modules if name.split(".")[0] != "ruspak_nb"]
        assert other == [], "a notebook imports from ruspak_nb only"


@each_notebook
def test_claims_are_asserted(path: Path) -> None:
    """Words cannot outlive the data: a notebook with findings asserts some of them."""
    assert any("assert " in cell.source for cell in code_cells(path))


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("print(42)", "print(42)", None),
        ("print(42)", "print(41)", "Cell outputs differ"),
        ("print(42)", "print(42); import sys; print('oh', file=sys.stderr)", "stderr"),
    ],
    ids=["same", "other-number", "stderr"],
)
def test_nbval_sees_what_changed(
    write_notebook: Callable[..., Path], before: str, after: str, complaint: str | None
) -> None:
    """Under this project's settings a changed output fails, and so does a new warning."""
    path = write_notebook("a", before)
    execute_notebook(path, store=True)
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    command = ["-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(path.parent)]
    run = subprocess.run(
        [sys.executable, *command, "--color=no", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == (1 if complaint else 0), run.stdout
    assert (complaint or "1 passed") in run.stdout
