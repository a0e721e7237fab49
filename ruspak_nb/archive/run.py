"""Annotate an archive: read, hand out batches, write what comes back, and keep the ledger."""

import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ruspak_nb.archive.batches import CORPUS, Batch, Job, Result
from ruspak_nb.archive.crew import Crew, local_crew
from ruspak_nb.archive.ledger import GROUPS, Ledger
from ruspak_nb.archive.lock import hold_lock
from ruspak_nb.archive.recipe import Recipe, RecipeError, make_recipe
from ruspak_nb.archive.sources import (
    Article,
    Unreadable,
    count_articles,
    read_articles,
    source_of,
)
from ruspak_nb.archive.store import (
    ArchiveError,
    check_folder,
    find_damage,
    part_name,
    sweep,
    without_articles,
    write_part,
    writing,
)
from ruspak_nb.archive.summary import Summary, write_failures
from ruspak_nb.codebook import Codebook
from ruspak_nb.pipeline import SHIPPED

# Of articles of 800 words, a batch takes a worker half a minute.
BATCH = 256  # articles
MOST_CHARACTERS = 4_000_000  # of a batch, if it has more than one article
SECONDS = 120.0  # for one article
SECONDS_TO_LOOK = 10.0  # after the workers, if nothing comes back from them
_FORMAT = "1"
_SHOWN = 5


def annotate_archive(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    codebook: Codebook | None = None,
    model: str | Path | None = SHIPPED,
    layers: Sequence[str] | None = None,
    encoding: str = "utf-8",
    workers: int | None = None,
    scheduler: str | None = None,
    seconds: float = SECONDS,
    batch: int = BATCH,
    retry: bool = False,
    verify: bool = False,
    progress: bool = False,
) -> Summary:
    """Annotate articles of any number into a dataset of Parquet files, a folder a frame.

    `paths` are read as `read_articles` says, and annotated by processes of this machine
    (`workers`, by default one for each core) or by those of the Dask cluster at `scheduler`.
    Rows are those of `annotate`; names of articles are those of `load_corpus`, but a second
    article of a name gets letters of its hash instead of b, c, …; of texts that are the same,
    character by character, the one met first counts and the others are `reprints`.

    Each batch is kept as soon as it is done, so a run that was stopped goes on where it was. A
    run on the same folder annotates what is new, and drops what is no longer in the sources that
    it reads; with another codebook, model, code or `layers`, all is annotated anew. An article
    that takes longer than `seconds`, makes the pipeline raise or kills its worker is set aside;
    it is tried again if its text or the pipeline has changed, or with `retry`. A file that was
    damaged since it was written is made again; `verify` looks for that in files of the same size
    and time too.

    Raises ArchiveError if the disk is full, the cluster does not answer or workers cannot do
    their work, LockedError if another run is writing to `out`, CorpusError as `read_articles`.
    """
    recipe = make_recipe(codebook, model, layers)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    check_folder(folder)
    with writing(folder), hold_lock(folder), closing(Ledger(folder)) as ledger:
        run = _Run(folder, ledger, recipe, batch)
        run.prepare(retry=retry, verify=verify)
        with _open_crew(recipe, workers, scheduler, seconds) as crew:
            while run.go(paths, encoding, crew, progress):
                pass
        return run.summarise()


def _open_crew(
    recipe: Recipe, workers: int | None, scheduler: str | None, seconds: float
) -> AbstractContextManager[Crew]:
    if scheduler is None:
        return local_crew(recipe, workers or _cores(), seconds)
    try:
        from ruspak_nb.archive.cluster import dask_crew
    except ModuleNotFoundError as error:
        raise ArchiveError(
            f"--scheduler needs {error.name}: pip install 'ruspak-nb[cluster]'"
        ) from None
    return dask_crew(recipe, scheduler, seconds)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _result(future: Future[Result]) -> Result:
    """Give the result of a batch; whatever a cluster says when it gives up is one error."""
    try:
        return future.result()
    except (ArchiveError, RecipeError):
        raise
    except (Exception, CancelledError) as error:
        raise ArchiveError(
            f"the workers gave up ({type(error).__name__}: {error}); what was done is kept, and "
            "the same command goes on from there"
        ) from error


class _Run:
    """A run on a folder that is locked."""

    def __init__(self, folder: Path, ledger: Ledger, recipe: Recipe, batch: int) -> None:
        self.folder = folder
        self.ledger = ledger
        self.digests = {"corpus": recipe.corpus_digest, "layers": recipe.layers_digest}
        self.batch = batch
        self.counts: Counter[str] = Counter()

    def prepare(self, *, retry: bool, verify: bool) -> None:
        """Drop from the dataset what is no longer valid or was damaged."""
        ledger = self.ledger
        if (ledger.fact("format") or _FORMAT) != _FORMAT:
            raise ArchiveError(
                f"{self.folder} was written by another version of ruspak; write to another folder"
            )
        ledger.note("format", _FORMAT)
        for group in GROUPS:
            if ledger.fact(group) not in ("", self.digests[group]):
                number = ledger.drop_group(group)
                if group == "layers":
                    warnings.warn(
                        f"{self.folder} was made with another codebook, model, version or "
                        f"choice of layers: {number:,} articles are annotated anew",
                        stacklevel=3,
                    )
            ledger.note(group, self.digests[group])
        if retry:
            ledger.forget_failures()
        damaged = find_damage(self.folder, ledger, every=verify)
        number = sum(ledger.drop_part(*of) for of in {(f.part, f.group): 0 for f, _ in damaged})
        if damaged:
            named = "; ".join(f"{file.path} {fault}" for file, fault in damaged[:_SHOWN])
            more = f"; … ({len(damaged):,} in all)" if len(damaged) > _SHOWN else ""
            warnings.warn(
                f"damaged, and made again ({number:,} articles): {named}{more}", stacklevel=3
            )
        ledger.save()
        sweep(self.folder, ledger)

    def go(self, paths: Sequence[str | Path], encoding: str, crew: Crew, progress: bool) -> bool:
        """Pass over the input once; tell whether another pass is needed."""
        met = self.ledger.begin_pass()
        self.counts["empty"] = self.counts["repeated"] = 0
        items = read_articles(paths, encoding=encoding)
        shown = progress and sys.stderr.isatty()
        total = count_articles(paths) if shown else None
        with tqdm(
            total=total, desc="annotating", unit=" articles", disable=not shown, leave=False
        ) as bar:
            self._work(self._plan(items, met, bar), crew, bar)
        again = self._drop_gone([source_of(path) for path in paths], met)
        self.ledger.save()
        sweep(self.folder, self.ledger)
        return again

    def _plan(
        self,
        items: Iterable[Article | Unreadable],
        met: int,
        bar: "tqdm[None]",
    ) -> Iterator[Batch]:
        """Put what is to be done into batches, in order of the input."""
        jobs: list[Job] = []
        characters = 0
        for item in items:
            job = self._meet(item, met)
            if job is None:
                bar.update()
                continue
            if jobs and characters + len(job.article.text) > MOST_CHARACTERS:
                yield Batch(tuple(jobs))
                jobs, characters = [], 0
            jobs.append(job)
            characters += len(job.article.text)
            if len(jobs) == self.batch:
                yield Batch(tuple(jobs))
                jobs, characters = [], 0
        if jobs:
            yield Batch(tuple(jobs))

    def _meet(self, item: Article | Unreadable, met: int) -> Job | None:
        if isinstance(item, Unreadable):
            self.ledger.set_aside(item, met)
            return None
        if not item.text.replace("\ufeff", "").strip():
            self.counts["empty"] += 1
            return None
        job = self.ledger.meet(item, met)
        if isinstance(job, Job):
            return job
        self.counts[job] += 1
        return None

    def _work(self, batches: Iterator[Batch], crew: Crew, bar: "tqdm[None]") -> None:
        """Hand out batches, never more than two for each worker, and keep what comes back."""
        waiting: dict[Future[Result], Batch] = {}
        for batch in batches:
            while len(waiting) >= 2 * crew.size():
                self._keep_done(waiting, crew, bar)
            waiting[crew.submit(batch)] = batch
        while waiting:
            self._keep_done(waiting, crew, bar)

    def _keep_done(
        self, waiting: "dict[Future[Result], Batch]", crew: Crew, bar: "tqdm[None]"
    ) -> None:
        done, _ = wait(waiting, SECONDS_TO_LOOK, return_when=FIRST_COMPLETED)
        if not done:
            crew.look()
        for future in done:
            batch = waiting.pop(future)
            self._keep(batch, _result(future))
            bar.update(len(batch.jobs))

    def _keep(self, batch: Batch, result: Result) -> None:
        """Write the tables of a batch, then count them as done."""
        good = [job for job in batch.jobs if job.article.key not in result.failures]
        for group in GROUPS:
            wanted = [
                job.article.key
                for job in good
                if (job.corpus if group == "corpus" else job.layers and not job.reprint_of)
            ]
            if wanted:
                tables = {
                    frame: content
                    for frame, content in result.tables.items()
                    if (frame in CORPUS) == (group == "corpus")
                }
                part = part_name(self.digests[group], wanted)
                files = write_part(self.folder, part, group, tables)
                self.ledger.add_part(files, wanted)
        self.ledger.fail(result.failures)
        self.ledger.save()
        self.counts["added"] += len(good)

    def _drop_gone(self, sources: list[str], met: int) -> bool:
        """Drop what is no longer in the sources; tell whether a reprint has to take its place."""
        self.counts["dropped"] += self.ledger.find_gone(sources, met)
        heirs = self.ledger.bereave()
        for group in GROUPS:
            for part, ids in self.ledger.gone(group):
                files = self.ledger.files_of(part)
                tables = {file.frame: without_articles(self.folder, file, ids) for file in files}
                name = part_name(part, sorted(ids))
                written = write_part(self.folder, name, group, tables)
                self.ledger.replace_part(part, group, written)
        self.ledger.bury()
        return heirs > 0

    def summarise(self) -> Summary:
        """Say what was done, and write down what was set aside."""
        held = self.ledger.count()
        failures = pd.DataFrame(
            list(self.ledger.failures()), columns=["file", "reason"], dtype="str"
        )
        write_failures(self.folder, failures)
        return Summary(
            folder=self.folder,
            articles=held["done"],
            reprints=held["reprints"],
            waiting=held["open"],
            added=self.counts["added"],
            dropped=self.counts["dropped"],
            repeated=self.counts["repeated"],
            empty=self.counts["empty"],
            failures=failures,
        )
