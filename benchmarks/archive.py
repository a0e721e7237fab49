"""Measure archives, side by side in one run, as ratios: `python benchmarks/archive.py`.

The articles are those of the seeds with their sentences drawn anew, the same in each run. Each
measurement is a process of its own, whose memory is read when it has ended.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import show

ROOT = Path(__file__).parent.parent
SEED = 8
FAST = ["mentions", "themes", "dates"]
RUN = """
import json, resource, sys, time
from ruspak_nb.archive import annotate_archive
source, out, options = json.loads(sys.argv[1])
began = time.perf_counter()
summary = annotate_archive([source], out, **options)
seconds = time.perf_counter() - began
assert not len(summary.failures), summary.failures
run, workers = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
work = sum(used.ru_utime + used.ru_stime for used in (run, workers))
print(json.dumps({"seconds": seconds, "work": work, "articles": summary.added,
                  "run": run.ru_maxrss / 1e3, "worker": workers.ru_maxrss / 1e3}))
"""


def main() -> None:
    """Measure all, or with a number, with so many articles for the comparisons."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as scratch:
        bench_archive(Path(scratch), number)


def bench_archive(scratch: Path, number: int = 400) -> None:
    """Measure processes, a cluster, and length."""
    bench_processes(scratch, number)
    bench_cluster(scratch, number)
    bench_length(scratch)


def bench_processes(scratch: Path, number: int, repeats: int = 3) -> None:
    """Annotate the same articles, all layers, with one process and with two."""
    source = write_articles(scratch / "processes.jsonl", number)
    one, two = in_turn(
        lambda: measure(source, workers=1, batch=25)["seconds"],
        lambda: measure(source, workers=2, batch=25)["seconds"],
        repeats=repeats,
    )
    show(f"one process, {number:,} articles", one, "two processes", two, ">= 1.8")


def bench_cluster(scratch: Path, number: int, repeats: int = 3) -> None:
    """Annotate the same articles with two processes and with two workers of Dask."""
    from distributed import LocalCluster

    source = write_articles(scratch / "cluster.jsonl", number)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as dask:
        address = dask.scheduler_address
        two, far = in_turn(
            lambda: measure(source, workers=2, batch=25)["seconds"],
            lambda: measure(source, scheduler=address, batch=25)["seconds"],
            repeats=repeats,
        )
    show(f"two processes, {number:,} articles", two, "Dask, two workers", far, ">= 0.9")


def bench_length(scratch: Path, few: int = 1000, many: int = 10_000) -> None:
    """Annotate few and many articles, without the parser; compare work for each, and memory.

    Work is seconds of processors, which do not depend on what else the machine does.
    """
    short = write_articles(scratch / "few.jsonl", few)
    long = write_articles(scratch / "many.jsonl", many)
    begun = measure(write_articles(scratch / "none.jsonl", 1), workers=1, layers=FAST)["work"]
    less = measure(short, workers=1, layers=FAST)
    more = measure(long, workers=1, layers=FAST)
    each = [1000 * (found["work"] - begun) / found["articles"] for found in (more, less)]
    show(f"ms an article, {many:,} articles", each[0], f"{few:,} articles", each[1], "<= 1.1")
    for what in ("run", "worker"):
        sizes = [found[what] for found in (more, less)]
        show(f"peak MB of the {what}, {many:,}", sizes[0], f"{few:,} articles", sizes[1], "<= 1.3")


def measure(source: Path, **options: Any) -> dict[str, float]:
    """Annotate an archive into a new folder, in a process of its own."""
    with tempfile.TemporaryDirectory(dir=source.parent) as out:
        given = json.dumps([str(source), out, options])
        done = subprocess.run(
            [sys.executable, "-c", RUN, given], check=True, cwd=ROOT, stdout=subprocess.PIPE
        )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def in_turn(
    one: Callable[[], float], other: Callable[[], float], *, repeats: int
) -> tuple[float, float]:
    """Measure two things in turn, and give the medians."""
    pairs = [(one(), other()) for _ in range(repeats)]
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    return first, second


def write_articles(path: Path, number: int) -> Path:
    """Write so many articles as JSONL."""
    with path.open("w", encoding="utf-8") as file:
        for row in resample(number):
            file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
    return path


def resample(number: int) -> Iterator[dict[str, str]]:
    """Make articles as long as those of the seeds, of their sentences drawn by lot."""
    from ruspak_nb import annotate, load_corpus

    notes = annotate(load_corpus(), layers=["sentences"])
    pool = [" ".join(text.split()) for text in notes.sentences["text"]]
    lengths = notes.sentences.groupby("article_id", sort=False).size().tolist()
    days = notes.corpus.articles["published_earliest"].tolist()
    chance = random.Random(SEED)
    for place in range(number):
        drawn = chance.choices(pool, k=chance.choice(lengths))
        paragraphs = [" ".join(drawn[at : at + 4]) for at in range(0, len(drawn), 4)]
        yield {
            "text": "\n\n".join(paragraphs) + "\n",
            "author": f"Author{place % 500}",
            "publication_date": chance.choice(days),
        }


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"{time.perf_counter() - began:.0f} seconds in all")
