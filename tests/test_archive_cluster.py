"""The same work on a Dask cluster: the same files, and a lost worker is made good."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from distributed import LocalCluster

from ruspak_nb.archive import ArchiveError, annotate_archive, cluster, run
from ruspak_nb.cli import main

sys.path.insert(0, str(Path(__file__).parent))
from archive_recipes import TinyRecipe

# Dask's own threads and sockets are closed when they are collected, and not before.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def dask() -> Iterator[LocalCluster]:
    """Start a scheduler and two workers on this machine."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as started:
        yield started


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Annotate with the tiny pipeline."""
    monkeypatch.setattr(run, "make_recipe", lambda *_: TinyRecipe())


def write_rows(path: Path, *texts: str) -> Path:
    """Write texts as JSONL."""
    path.write_text("".join(f"{json.dumps({'text': text})}\n" for text in texts), "utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Read all Parquet files that any program would see."""
    paths = sorted(folder.glob("*/*"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.usefixtures("tiny")
def test_the_same_files_as_on_one_machine(tmp_path: Path, dask: LocalCluster) -> None:
    """Byte for byte, poisoned articles and all."""
    texts = [f"Moscow sold {n} helicopters." for n in range(9)]
    texts[4] += " [raises]"
    source = write_rows(tmp_path / "a.jsonl", *texts)
    local = annotate_archive([source], tmp_path / "local", workers=1, batch=2)
    far = annotate_archive([source], tmp_path / "far", scheduler=dask.scheduler_address, batch=2)
    assert (far.articles, len(far.failures)) == (local.articles, 1) == (8, 1)
    assert contents(tmp_path / "far") == contents(tmp_path / "local")


@pytest.mark.usefixtures("tiny")
def test_an_article_that_kills_its_process_spares_the_worker(
    tmp_path: Path, dask: LocalCluster
) -> None:
    """It is set aside as on one machine, and Dask notices nothing."""
    source = write_rows(tmp_path / "a.jsonl", "Moscow [dies] sold arms.", "New Delhi did not.")
    before = set(dask.scheduler_info["workers"])
    summary = annotate_archive([source], tmp_path / "out", scheduler=dask.scheduler_address)
    assert summary.articles == 1
    assert "its worker died" in summary.failures["reason"].item()
    assert set(dask.scheduler_info["workers"]) == before


@pytest.mark.usefixtures("tiny")
def test_a_lost_worker_is_made_good(
    tmp_path: Path, dask: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker of Dask that is killed in the middle costs time, and nothing else."""
    texts = [f"Moscow sold {n} helicopters. [sleeps]" for n in range(24)]
    source = write_rows(tmp_path / "a.jsonl", *texts)
    annotate_archive([source], tmp_path / "local", workers=1, batch=2)
    victim = next(iter(dask.workers.values())).pid
    keep = run._Run._keep

    def kill_one(*given: object) -> None:
        nonlocal victim
        if victim:
            os.kill(victim, signal.SIGKILL)
            victim = 0
        keep(*given)

    monkeypatch.setattr(run._Run, "_keep", kill_one)
    summary = annotate_archive(
        [source], tmp_path / "far", scheduler=dask.scheduler_address, batch=2
    )
    assert (summary.articles, len(summary.failures)) == (24, 0)
    assert contents(tmp_path / "far") == contents(tmp_path / "local")


@pytest.mark.usefixtures("tiny")
def test_a_cluster_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that has nobody to give work to is an error that says how to start one."""
    monkeypatch.setattr(cluster, "_SECONDS_FOR_WORKERS", 0.2)
    source = write_rows(tmp_path / "a.jsonl", "Moscow sold arms.")
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as empty,
        pytest.raises(ArchiveError, match="has no workers; start some with `dask worker"),
    ):
        annotate_archive([source], tmp_path / "out", scheduler=empty.scheduler_address)


@pytest.mark.usefixtures("tiny")
def test_a_scheduler_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says so in a sentence."""
    monkeypatch.setattr(cluster, "_SECONDS_TO_ANSWER", 0.2)
    source = write_rows(tmp_path / "a.jsonl", "Moscow sold arms.")
    command = ["annotate", str(source), "--stream", "--out", str(tmp_path / "out")]
    assert main([*command, "--scheduler", "tcp://127.0.0.1:1"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("ruspak: error: no Dask scheduler answers at tcp://127.0.0.1:1 (")
    assert said.count("\n") == 1
    assert main([*command, "--scheduler", "nonsense"]) == 1


class Deserted:
    """A client of a scheduler that has lost its workers, and then itself."""

    gone = False

    def get_executor(self, **_: object) -> None:
        """Have nobody to give work to."""

    def nthreads(self) -> dict[str, int]:
        """Know of no worker, or of nothing."""
        if self.gone:
            raise OSError("closed")
        return {}


def test_a_cluster_that_goes_away_in_the_middle() -> None:
    """Without workers the run waits, and says so once; without a scheduler it ends."""
    client = Deserted()
    crew = cluster.DaskCrew(client, "tcp://far:1", "plugin")
    with pytest.warns(UserWarning, match="tcp://far:1 has no workers left; waiting") as caught:
        crew.look()
        crew.look()
    assert len(caught) == 1
    client.gone = True
    with pytest.raises(ArchiveError, match=r"tcp://far:1 is gone; what was done is kept"):
        crew.look()


@pytest.mark.usefixtures("tiny")
def test_without_dask_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask is an extra."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "ruspak_nb.archive.cluster")
    source = write_rows(tmp_path / "a.jsonl", "Moscow sold arms.")
    with pytest.raises(ArchiveError, match=r"pip install 'ruspak-nb\[cluster\]'"):
        annotate_archive([source], tmp_path / "out", scheduler="tcp://127.0.0.1:1")
