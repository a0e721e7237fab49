"""Count ten million mentions on disk, beside pandas in memory: called by `make bench`.

The rows are those of the seeds, drawn sentence by sentence with a fixed seed. Each run is a
process of its own: its peak of memory is its own too. pandas is given its frame before the
clock starts; the count on disk reads what it needs while it runs.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parent.parent
ROWS, PART, REPEATS = 10_000_000, 500_000, 3
SENTENCES_AN_ARTICLE = 25
CASES = {"by entity": "by='entity_id'", "by label and name": "by=['label', 'name']"}
ON_DISK = """
from ruspak_nb import count_mentions
from ruspak_nb.datasets import open_dataset
mentions = open_dataset(folder, threads=2).mentions
"""
IN_MEMORY = """
import pandas as pd
from ruspak_nb import count_mentions
mentions = pd.read_parquet(f"{folder}/mentions", columns=columns)
"""
# The peak is this process's own: what `resource` reports begins with the size of its parent.
RUN = """
import json, re, sys, time
folder, columns = sys.argv[1], json.loads(sys.argv[2])
began = time.perf_counter()
{made}
ready = time.perf_counter()
table = count_mentions(mentions, {how})
counted = time.perf_counter()
with open("/proc/self/status") as status:
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1]) / 1000
checks = [len(table), int(table["n"].sum()), [ids[0] for ids in table["evidence"]][:20]]
print(json.dumps(dict(read=ready - began, count=counted - ready, peak=peak, checks=checks)))
"""
Row = tuple[str, float, str, float, str]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for what, ours, beside, theirs, aim in bench_datasets(Path(scratch)):
            print(f"{what:44} {ours:8.2f}  {beside:32} {theirs:8.2f}  {ours / theirs:6.3f}  {aim}")


def bench_datasets(scratch: Path, *, rows: int = ROWS, repeats: int = REPEATS) -> Iterator[Row]:
    """Yield what was measured: seconds, then megabytes, of the count on disk and in memory."""
    folder = scratch / "annotations"
    write_mentions(folder, rows)
    for case, how in CASES.items():
        disk: list[Mapping[str, float]] = []
        memory: list[Mapping[str, float]] = []
        for _ in range(repeats):
            disk.append(fresh(ON_DISK, how, folder))
            memory.append(fresh(IN_MEMORY, how, folder))
        assert {json.dumps(run["checks"]) for run in disk} == {
            json.dumps(run["checks"]) for run in memory
        }, "the two do not count the same"
        for measure, unit, aim in (("count", "s", "<= 1"), ("peak", "MB", "<= 0.1")):
            ours, theirs = (
                statistics.median(run[measure] for run in runs) for runs in (disk, memory)
            )
            what = f"{rows:,} mentions {case}, {unit}"
            yield what, ours, f"pandas in memory, {unit}", theirs, aim


def fresh(made: str, how: str, folder: Path, columns: list[str] | None = None) -> dict[str, float]:
    """Count once in a process of its own, and give what it measured."""
    code = RUN.format(made=made, how=how)
    command = [sys.executable, "-c", code, str(folder), json.dumps(columns)]
    ran = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    return json.loads(ran.stdout)


def write_mentions(folder: Path, rows: int = ROWS, *, seed: int = 8) -> None:
    """Write mentions as the archive does, in parts, and the articles that they are in."""
    from ruspak_nb import annotate, load_corpus
    from ruspak_nb.schema import FRAMES, build_frame

    mentions = annotate(load_corpus()).mentions
    mentions = mentions.sort_values("sentence_id", kind="stable", ignore_index=True)
    starts = np.flatnonzero(~mentions["sentence_id"].duplicated().to_numpy())
    lengths = np.diff([*starts, len(mentions)])
    draw = np.random.default_rng(seed)
    for name in ("articles", "mentions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sentences = 0
    for part, done in enumerate(range(0, rows, PART)):
        size = min(PART, rows - done)
        drawn = draw.integers(0, len(starts), size)
        each = lengths[drawn]
        # Places in `mentions` of the rows of each sentence drawn, in order.
        within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
        places = (np.repeat(starts[drawn], each) + within)[:size]
        number = (sentences + np.repeat(np.arange(len(drawn)), each))[:size]
        sentences = int(number[-1]) + 1
        article, position = np.divmod(number, SENTENCES_AN_ARTICLE)
        frame = mentions.iloc[places].reset_index(drop=True)
        ids = "drawn-" + pd.Series(article).astype("str").str.zfill(8)
        found = pd.Series(position + 1).astype("str").str.zfill(3)
        moved = position * 100_000
        frame = frame.assign(
            article_id=ids,
            sentence_id=ids + "-s" + found,
            start=frame["start"] + moved,
            end=frame["end"] + moved,
        ).astype(dict(FRAMES["mentions"]))
        frame.to_parquet(folder / "mentions" / f"part-{part:05}.parquet", index=False)
    build_frame("articles", []).to_parquet(folder / "articles" / "part-00000.parquet", index=False)


if __name__ == "__main__":
    main()
