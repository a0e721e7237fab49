"""Run notebooks from top to bottom, side by side, and keep only what they say.

A notebook is stored so that two runs give the same bytes: no timings, no widget
state, one kernel name. Whatever a notebook writes to stderr is a fault, because
a reader of the report would see it and a warning that nobody reads hides the next.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "CellFault",
    "NotebookError",
    "execute_notebook",
    "execute_notebooks",
    "find_notebooks",
    "read_notebook",
    "strip_noise",
    "warnings_of",
]

KERNEL_NAME = "python3"
# JupyterLab marks a notebook as changed on opening it under any other name.
KERNEL_DISPLAY_NAME = "Python 3 (ipykernel)"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CELL_TIMEOUT = 300


@dataclass(frozen=True)
class CellFault:
    """What went wrong in one cell: `cell` counts all cells from 1, 0 is the whole notebook."""

    notebook: str
    cell: int
    source: str
    message: str

    def __str__(self) -> str:
        """Say where it happened, then what."""
        where = f"{self.notebook}, cell {self.cell}" if self.cell else self.notebook
        first_line = self.source.strip().split("\n", 1)[0]
        quoted = f" ({first_line})" if first_line else ""
        return f"{where}{quoted}: {self.message}"


class NotebookError(RuntimeError):
    """Raised when notebooks fail or warn; `faults` has one entry for each."""

    def __init__(self, faults: Sequence[CellFault]) -> None:
        """Join the faults into one message, a line each."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def find_notebooks(source: str | Path | Iterable[str | Path] | None = None) -> list[Path]:
    """List the notebooks of a folder in order of name, or check a list of paths.

    None is the folder `notebooks` under the current one. Raises FileNotFoundError
    if a path is missing or a folder holds no notebook.
    """
    if source is None:
        source = Path("notebooks")
    if isinstance(source, str | Path):
        source = Path(source)
        if not source.is_dir():
            if source.is_file():
                return [source]
            raise FileNotFoundError(
                f"no folder '{source}': run this where the notebooks are, or name their folder"
            )
        paths = sorted(path for path in source.glob("*.ipynb") if not path.name.startswith("."))
        if not paths:
            raise FileNotFoundError(f"no notebook (*.ipynb) in '{source}'")
        return paths
    paths = [Path(path) for path in source]
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"no such notebook: {', '.join(missing)}")
    return paths


def read_notebook(path: str | Path) -> "NotebookNode":
    """Read a notebook as version 4. Raises NotebookError if the file is not one."""
    import nbformat

    path = Path(path)
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise FileNotFoundError(f"no such notebook: {path}") from None
    except Exception as error:
        message = f"not a notebook that can be read: {error}"
        raise NotebookError([CellFault(path.name, 0, "", message)]) from error
    return notebook


def strip_noise(notebook: "NotebookNode") -> "NotebookNode":
    """Copy a notebook without what changes from run to run.

    Drops timings, widget state and widget views; joins the pieces of a stream;
    names the kernel the same everywhere. Cell ids, tags and titles stay, and so
    does `language_info`: JupyterLab marks a notebook as changed on opening it
    unless that is exactly the kernel's own.
    """
    import nbformat

    clean: NotebookNode = nbformat.from_dict(notebook)
    clean.metadata.pop("widgets", None)
    clean.metadata["kernelspec"] = {
        "display_name": KERNEL_DISPLAY_NAME,
        "language": "python",
        "name": KERNEL_NAME,
    }
    for cell in clean.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _join_streams(_drop_widgets(cell.outputs))
    return clean


def warnings_of(notebook: "NotebookNode", *, name: str = "notebook") -> list[CellFault]:
    """List what the cells of a notebook wrote to stderr, a fault for each output."""
    return [
        CellFault(name, number, cell.source, f"wrote to stderr: {output.text.strip()}")
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]


def execute_notebook(
    path: str | Path, *, timeout: int = CELL_TIMEOUT, store: bool = False
) -> "NotebookNode":
    """Run one notebook in a fresh kernel in its own folder and return it with its outputs.

    `timeout` is in seconds and for each cell. The file itself changes only with
    `store=True`. Raises NotebookError if a cell raises, takes too long or writes to stderr.
    """
    return execute_notebooks([path], timeout=timeout, store=store)[0]


def execute_notebooks(
    paths: Iterable[str | Path],
    *,
    jobs: int = 2,
    timeout: int = CELL_TIMEOUT,
    store: bool = False,
    progress: bool = False,
) -> list["NotebookNode"]:
    """Run notebooks, `jobs` at a time, and return them in the order given.

    All of them run even if one fails; with `store=True` those that succeed are
    stored. Raises NotebookError that names every notebook and cell that failed.
    """
    from tqdm import tqdm

    if jobs < 1:
        raise ValueError(f"jobs={jobs}: at least 1 notebook must run at a time")
    futures = []
    done: list[NotebookNode] = []
    faults: list[CellFault] = []
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for path in paths:
            futures.append(pool.submit(_run_and_check, Path(path), timeout=timeout, store=store))
        try:
            # disable=None: a bar on a terminal, nothing in a log.
            for future in tqdm(
                futures, desc="notebooks", unit="notebook", disable=None if progress else True
            ):
                try:
                    done.append(future.result())
                except NotebookError as error:
                    faults.extend(error.faults)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if faults:
        raise NotebookError(faults)
    return done


def _run_and_check(path: Path, *, timeout: int, store: bool) -> "NotebookNode":
    """Run one notebook, refuse it if it warned, store it if asked to."""
    notebook = _run(path, timeout)
    faults = warnings_of(notebook, name=path.name)
    if faults:
        raise NotebookError(faults)
    if store:
        _store(notebook, path)
    return notebook


def _run(path: Path, timeout: int) -> "NotebookNode":
    """Run a notebook and strip the noise, turning what nbclient raises into NotebookError."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    class OwnKernel(KernelSpecManager):
        """Always the interpreter that runs this, whatever kernels the user has installed."""

        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            import ipykernel.kernelspec

            return KernelSpec(
                resource_dir=ipykernel.kernelspec.RESOURCES,
                **ipykernel.kernelspec.get_kernel_dict(),
            )

    notebook = read_notebook(path)
    current = [0]

    def remember(cell: "NotebookNode", cell_index: int) -> None:
        current[0] = cell_index

    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name=KERNEL_NAME, kernel_spec_manager=OwnKernel()),
        timeout=timeout,
        startup_timeout=120,
        record_timing=False,
        coalesce_streams=True,
        # Asked politely, a kernel now and then takes three seconds to leave.
        shutdown_kernel="immediate",
        on_cell_start=remember,
    )

    def fault(message: str) -> NotebookError:
        source = notebook.cells[current[0]].source if notebook.cells else ""
        return NotebookError([CellFault(path.name, current[0] + 1, source, message)])

    # The kernel process says on its own stderr, at each start, that it talks over
    # TCP. That is no output of the notebook; it is kept only to explain a crash.
    # zmq cannot use the event loop that is the default on Windows.
    loop = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with tempfile.TemporaryFile() as process_log, asyncio.Runner(loop_factory=loop) as runner:
        try:
            runner.run(
                client.async_execute(
                    cwd=str(path.parent.resolve()),
                    env=_environment(),
                    stderr=process_log,
                    stdout=subprocess.DEVNULL,
                    cleanup_kc=True,
                )
            )
        except CellExecutionError as error:
            raise fault(f"{error.ename}: {error.evalue}") from None
        except CellTimeoutError:
            raise fault(f"took longer than {timeout} seconds") from None
        except DeadKernelError:
            process_log.seek(0)
            last = process_log.read().decode("utf-8", "replace").strip().split("\n")[-1]
            raise fault(f"the kernel died ({last})") from None
    return strip_noise(notebook)


def _environment() -> dict[str, str]:
    """Copy the environment without what would change outputs from machine to machine."""
    environment = dict(os.environ)
    for name in ("MPLBACKEND", "PLOTLY_RENDERER"):
        environment.pop(name, None)
    environment["TQDM_DISABLE"] = "1"
    # A kernel runs in its notebook's folder, where a relative path means something else.
    for name in ("RUSPAK_CODEBOOK", "RUSPAK_REFERENCE", "RUSPAK_CACHE", "RUSPAK_FIGURES"):
        if environment.get(name):
            environment[name] = str(Path(environment[name]).resolve())
    return environment


def _store(notebook: "NotebookNode", path: Path) -> None:
    """Write a notebook, unless all that changed is the version of Python that ran it."""
    import nbformat

    text = nbformat.writes(notebook) + "\n"
    stored = read_notebook(path)
    version = notebook.metadata.get("language_info", {}).get("version")
    if stored.metadata.get("language_info", {}).get("version") != version:
        stored.metadata.setdefault("language_info", {})["version"] = version
        if nbformat.writes(stored) + "\n" == text:
            return
    path.write_text(text, encoding="utf-8", newline="\n")


def _drop_widgets(outputs: Iterable["NotebookNode"]) -> list["NotebookNode"]:
    """Drop widget views, and outputs that were nothing else."""
    kept = []
    for output in outputs:
        if WIDGET_VIEW in output.get("data", {}):
            del output.data[WIDGET_VIEW]
            if not output.data:
                continue
        kept.append(output)
    return kept


def _join_streams(outputs: Iterable["NotebookNode"]) -> list["NotebookNode"]:
    """Join consecutive pieces of one stream: where they are cut is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if (
            last is not None
            and output.output_type == last.output_type == "stream"
            and output.name == last.name
        ):
            last.text += output.text
        else:
            joined.append(output)
    return joined
