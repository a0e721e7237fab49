"""What can go wrong in a long run: each fault tried for real, nothing lost, nothing twice."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ruspak_nb.archive import ArchiveError, Summary, annotate_archive, read_frame, run, store
from ruspak_nb.archive.batches import COLUMNS
from ruspak_nb.archive.lock import LOCK, LockedError, hold_lock

sys.path.insert(0, str(Path(__file__).parent))
from archive_recipes import TinyRecipe

Archive = Callable[..., Summary]
FRAMES = ("articles", "zones", "texts", "reprints", "sentences", "themes")
not_on_windows = pytest.mark.skipif(os.name == "nt", reason="no such signal on Windows")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Annotate with a tiny pipeline in worker processes; `out` is a folder's name."""
    monkeypatch.setattr(run, "make_recipe", lambda *_: TinyRecipe())

    def annotate_tiny(source: Path, out: str | Path = "out", **options: Any) -> Summary:
        return annotate_archive(
            [source], tmp_path / out, **{"workers": 1, "batch": 2, "seconds": 20, **options}
        )

    return annotate_tiny


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Write an input of seven articles."""
    return write_rows(tmp_path / "a.jsonl", *(f"Moscow sold {n} helicopters." for n in range(7)))


def write_rows(path: Path, *texts: str) -> Path:
    """Write texts as JSONL."""
    path.write_text("".join(f"{json.dumps({'text': text})}\n" for text in texts), "utf-8")
    return path


def read_all(folder: Path) -> dict[str, list[list[Any]]]:
    """Read all frames, with their rows in an order that does not depend on the run."""
    frames = {name: read_frame(folder, name) for name in FRAMES}
    return {name: sorted(frame.to_numpy().tolist()) for name, frame in frames.items()}


def contents(folder: Path) -> dict[str, bytes]:
    """Read all Parquet files that any program would see."""
    paths = sorted(folder.glob("*/*"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


# The run is killed

KILLED = """
import os, signal, sys
sys.path[:] = {path!r}
from archive_recipes import TinyRecipe
from ruspak_nb.archive import ledger, run, store
run.make_recipe = lambda *_: TinyRecipe()
stage, times = {stage!r}, 0
def dies(of, function):
    def wrapped(*given):
        global times
        times += stage == of
        if times == {time}:
            if stage == "writing":
                given[0].write_bytes(given[1][:100])
            if stage == "writing" or stage == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        result = function(*given)
        if times == {time} and stage == of:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return wrapped
store._write = dies("writing", store._write)
run.write_part = dies("moved", dies("before", run.write_part))
ledger.Ledger.save = dies("saved", ledger.Ledger.save)
run.annotate_archive([{source!r}], {out!r}, workers=2, batch=2)
"""


@not_on_windows
@pytest.mark.parametrize(
    ("stage", "time"),
    [("before", 1), ("before", 4), ("writing", 1), ("writing", 13), ("moved", 3), ("saved", 3)],
)
def test_a_killed_run_goes_on(
    archive: Archive, tmp_path: Path, source: Path, stage: str, time: int
) -> None:
    """`kill -9` at any moment: what is there can be read, and the next run does the rest."""
    out = tmp_path / "out"
    script = KILLED.format(path=sys.path, stage=stage, time=time, source=str(source), out=str(out))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert ended.returncode == -9, ended.stderr
    # No file that any program would see is half a file, and of no article are there two rows.
    for frame in FRAMES:
        rows = read_frame(out, frame)
        assert not rows.duplicated().any()
    before = len(read_frame(out, "articles"))
    summary = archive(source)
    assert (summary.articles, len(summary.failures)) == (7, 0)
    assert summary.added <= 7 - before + 2  # a batch of which the layers were not written
    archive(source, "anew")
    assert contents(out) == contents(tmp_path / "anew")


@not_on_windows
def test_a_killed_run_leaves_no_worker(tmp_path: Path, source: Path) -> None:
    """Worker processes end with the run that started them."""
    write_rows(source, "[sleeps] Moscow sold arms.", "[sleeps] New Delhi did not.")
    out = tmp_path / "out"
    script = KILLED.format(path=sys.path, stage="before", time=1, source=str(source), out=str(out))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    # Its output is read to the end, which the workers hold open too.
    assert ended.returncode == -9


# Two runs


def test_the_second_of_two_runs_says_so(archive: Archive, tmp_path: Path, source: Path) -> None:
    """While one run writes to a folder another one is refused, with the number of the first."""
    out = tmp_path / "out"
    out.mkdir()
    wanted = rf"another run \(process {os.getpid()} on .+\) is writing to .*another folder"
    with hold_lock(out), pytest.raises(LockedError, match=wanted):
        archive(source)
    assert archive(source).articles == 7


@not_on_windows
def test_the_lock_of_another_process_holds(archive: Archive, tmp_path: Path, source: Path) -> None:
    """It need not be the same process."""
    out = tmp_path / "out"
    out.mkdir()
    holder = (
        f"import sys; sys.path[:] = {sys.path!r}\nfrom pathlib import Path\n"
        f"from ruspak_nb.archive.lock import hold_lock\nwith hold_lock(Path({str(out)!r})):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match=f"process {process.pid} on"):
            archive(source)
        process.kill()
        process.wait()
        # Its file is still there, and means nothing.
        assert json.loads((out / LOCK).read_text("utf-8"))["pid"] == process.pid
        assert archive(source).articles == 7


# The disk


def test_a_full_disk_keeps_what_is_done(
    archive: Archive, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with a sentence; with room again, the same command does the rest."""
    write, written = store._write, 0

    def fill(path: Path, content: bytes) -> None:
        nonlocal written
        written += 1
        if written > 14:
            path.write_bytes(content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, content)

    monkeypatch.setattr(store, "_write", fill)
    with pytest.raises(ArchiveError, match=r"no room left on the disk of .* kept and valid"):
        archive(source)
    monkeypatch.setattr(store, "_write", write)
    assert len(read_frame(tmp_path / "out", "sentences")) == 4
    assert archive(source).articles == 7
    archive(source, "anew")
    assert contents(tmp_path / "out") == contents(tmp_path / "anew")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 700 kilobytes, where that may be done."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(place)]
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk can be mounted only by root, and not in every container")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_really_full(archive: Archive, tmp_path: Path, small_disk: Path) -> None:
    """The same on a real disk; what was done is all there."""
    source = write_rows(tmp_path / "b.jsonl", *(os.urandom(4000).hex() for _ in range(99)))
    with pytest.raises(ArchiveError, match="no room left on the disk of"):
        archive(source, small_disk / "out", batch=5)
    done = read_all(small_disk / "out")
    assert 0 < len(done["sentences"]) == len(done["texts"]) < 99


# A file is damaged


def flip(path: Path) -> None:
    """Change a byte in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("frame", ["articles", "themes"])
@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (flip, "is not as it was written"),
        (lambda path: path.write_bytes(path.read_bytes()[:-40]), "has .* bytes instead of"),
        (lambda path: path.write_bytes(b""), "has 0 bytes instead of"),
        (lambda path: path.unlink(), "is missing"),
    ],
    ids=["changed", "cut", "empty", "gone"],
)
def test_a_damaged_file_is_named_and_made_again(
    archive: Archive,
    tmp_path: Path,
    source: Path,
    frame: str,
    damage: Callable[[Path], None],
    fault: str,
) -> None:
    """The next run finds it, says which, and does its articles again."""
    archive(source)
    before = contents(tmp_path / "out")
    damaged = sorted((tmp_path / "out" / frame).iterdir())[0]
    damage(damaged)
    with pytest.warns(UserWarning, match=f"made again .*: {frame}/{damaged.name} {fault}"):
        summary = archive(source)
    assert 0 < summary.added <= 2
    assert contents(tmp_path / "out") == before


def test_a_file_that_was_only_copied_is_not_damaged(
    archive: Archive, tmp_path: Path, source: Path
) -> None:
    """A dataset can be moved to another disk."""
    archive(source)
    shutil.copytree(tmp_path / "out", tmp_path / "copy", copy_function=shutil.copyfile)
    assert archive(source, "copy").added == 0


def test_damage_that_leaves_no_trace(archive: Archive, tmp_path: Path, source: Path) -> None:
    """A disk that changes a byte by itself is found out with `verify`."""
    archive(source)
    path = sorted((tmp_path / "out" / "texts").iterdir())[0]
    times = path.stat()
    flip(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert archive(source).added == 0
    with pytest.warns(UserWarning, match="is not as it was written"):
        assert archive(source, verify=True).added == 2


def test_a_damaged_ledger_says_what_to_do(archive: Archive, tmp_path: Path, source: Path) -> None:
    """Without its ledger a dataset cannot be gone on with."""
    archive(source)
    (tmp_path / "out" / "_ledger.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(ArchiveError, match=r"is damaged .* begin anew"):
        archive(source)


def test_a_folder_of_others_is_left_alone(archive: Archive, tmp_path: Path, source: Path) -> None:
    """Files that no run of ours has written are never removed."""
    foreign = tmp_path / "out" / "articles" / "part-0.parquet"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"somebody's own")
    with pytest.raises(ArchiveError, match=r"holds articles and no _ledger.sqlite.* new folder"):
        archive(source)
    assert foreign.exists()


def test_stray_files_are_removed(archive: Archive, tmp_path: Path, source: Path) -> None:
    """What no run has counted as done is no part of the dataset."""
    archive(source)
    stray = tmp_path / "out" / "themes" / "part-00.parquet"
    stray.write_bytes(b"half a file")
    archive(source)
    assert not stray.exists()


# A poisoned article


@not_on_windows
@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("[raises]", "RuntimeError: no such word"),
        ("[loops]", "took longer than 1 seconds"),
        ("[dies]", "its worker died (signal SIGKILL)"),
    ],
)
def test_a_poisoned_article_is_set_aside(
    archive: Archive, tmp_path: Path, order: str, reason: str
) -> None:
    """It is named with its reason, its neighbours are annotated, and it is not tried again."""
    texts = ["Moscow sold arms.", "New Delhi did not.", f"Kabul {order} asked why.", "Fine."]
    source = write_rows(tmp_path / "a.jsonl", *texts)
    seconds = 1 if order == "[loops]" else 60
    summary = archive(source, batch=4, seconds=seconds)
    assert summary.failures.to_numpy().tolist() == [["a.jsonl:3", reason]]
    assert (summary.articles, summary.added) == (3, 3)
    for frame in ("articles", "texts", "sentences", "themes"):
        assert len(read_frame(tmp_path / "out", frame)) == 3
    again = archive(source, seconds=0.001)  # no worker is asked
    assert (again.added, len(again.failures)) == (0, 1)


def test_what_was_set_aside_is_tried_again_on_request(archive: Archive, tmp_path: Path) -> None:
    """With more time, say; or when its text was mended."""
    source = write_rows(tmp_path / "a.jsonl", "Kabul [raises] asked why.", "Moscow knew.")
    assert len(archive(source).failures) == 1
    assert len(archive(source, retry=True).failures) == 1
    write_rows(source, "Kabul asked why.", "Moscow knew.")
    assert (archive(source).articles, len(archive(source).failures)) == (2, 0)
    assert not (tmp_path / "out" / "failures.csv").exists()


@not_on_windows
def test_a_worker_that_dies_is_replaced(archive: Archive, tmp_path: Path) -> None:
    """A worker that was killed is no fault of the article it was at."""
    texts = ["Moscow sold arms.", f"Kabul [once] {tmp_path / 'mark'} asked why.", "New Delhi."]
    summary = archive(write_rows(tmp_path / "a.jsonl", *texts), batch=3)
    assert (tmp_path / "mark").exists()
    assert (summary.articles, len(summary.failures)) == (3, 0)
    assert len(read_frame(tmp_path / "out", "sentences")) == 3


def test_all_frames_are_known(archive: Archive, tmp_path: Path, source: Path) -> None:
    """These tests look at every frame that there is."""
    archive(source)
    assert {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()} == set(FRAMES)
    assert set(FRAMES) < set(COLUMNS)
