"""Add files to a corpus: read each, write what was read, and say what became of it."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ruspak_nb.corpus import ARTICLES, ORIGINALS
from ruspak_nb.intake.containers import Found, read_paths
from ruspak_nb.intake.readers import check_file
from ruspak_nb.intake.record import Reading, Refused
from ruspak_nb.intake.store import (
    OTHER_LANGUAGES,
    Store,
    corpus_folder,
    ids_of,
    same_source,
)
from ruspak_nb.intake.worker import SECONDS, Worker

STATUSES = ("taken", "known", "other_language", "refused")
_NEEDED = {
    "trafilatura": "trafilatura",
    "htmldate": "htmldate",
    "dateparser": "dateparser",
    "lxml": "lxml",
    "charset_normalizer": "charset-normalizer",
    "py3langid": "py3langid",
    "pdfminer": "pdfminer.six",
    "mammoth": "mammoth",
    "mistune": "mistune",
}
_COLUMNS = ("path", "status", "file", "title", "reason")


def add_articles(
    paths: str | Path | Sequence[str | Path],
    corpus: str | Path = ".",
    *,
    languages: Collection[str] = ("en",),
    seconds: float = SECONDS,
    progress: bool = False,
) -> pd.DataFrame:
    """Add files, folders and zip files of articles to the corpus in a folder.

    Each article becomes `seeds/NAME.txt`, its file is kept in `originals`, and a row of
    `seeds/documents.csv` says what was found and how; what is there already is never changed,
    and a file that was added before is left alone. A text in none of `languages` (ISO 639-1)
    goes to `seeds/other-languages`, a corpus of its own, which is loaded if it is named.

    Returns a row for each file: path, status (`taken`, `known`, `other_language`, `refused`),
    file (of the text, within `seeds`), title, and reason: why it was refused, or what to look
    at. At most 20 MB of a page or text are read, 100 MB of any other file, 300 MB of what is in
    a zip file, 200 pages of a PDF, and one file for `seconds`; nothing is fetched.

    Raises ImportError if a library is missing, CorpusError if the datasheet has a fault,
    ValueError without a path, with one that holds the corpus, or with a language that is no
    code.
    """
    missing = [package for name, package in _NEEDED.items() if find_spec(name) is None]
    if missing:
        raise ImportError(
            f"adding articles needs {', '.join(missing)}: pip install 'ruspak-nb[add]'"
        )
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if not given:
        raise ValueError("there is nothing to add: name files or folders")
    asked = {_language(language) for language in languages}
    folder = corpus_folder(Path(corpus))
    for path in map(Path, given):
        # Its texts would be taken a second time, and its own pages for articles.
        if folder.resolve().is_relative_to(path.resolve()):
            raise ValueError(f"{path} holds the corpus itself; name what is to be added to it")
    originals = (folder.parent if folder.name == ARTICLES else folder) / ORIGINALS
    stores = Store(folder, originals), Store(folder / OTHER_LANGUAGES, originals)
    found: Iterable[Found] = read_paths([Path(path) for path in given])
    if progress:
        found = tqdm(found, desc="adding", unit=" files", disable=None, leave=False)
    with Worker(seconds) as worker:
        rows = [(item.path, *_add(item, stores, asked, worker)) for item in found]
    return pd.DataFrame(rows, columns=list(_COLUMNS), dtype="str")


def describe_added(added: pd.DataFrame) -> str:
    """Write what `add_articles` returned as lines for a terminal, with the counts at the end."""
    width = max((len(status) for status in added["status"]), default=0)
    lines = []
    for row in added.itertuples():
        arrow = f" -> {row.file}" if row.file else ""
        reason = f": {row.reason}" if row.reason else ""
        # A file's name can hold what a terminal takes as an order.
        line = f"{row.status:{width}}  {row.path}{arrow}{reason}"
        lines.append("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line))
    counts = added["status"].value_counts()
    said = [f"{counts[status]} {status}" for status in STATUSES if status in counts]
    return "\n".join([*lines, f"{len(added)} file(s): {', '.join(said) or 'none'}", ""])


def _add(
    item: Found, stores: tuple[Store, Store], asked: Collection[str], worker: Worker
) -> tuple[str, str, str, str]:
    """Add one file; give its status, text file, title and reason."""
    try:
        if isinstance(item.content, Refused):
            raise item.content
        check_file(item.name, item.content)
        sha256 = hashlib.sha256(item.content).hexdigest()
        for store in stores:
            row = store.find_original(sha256)
            if row is not None:
                reason = "added before"
                if store is stores[1] and row.get("language", "") in asked:
                    reason += f", when its language was not asked for; load {OTHER_LANGUAGES} too"
                return "known", _file(store, stores, row), row.get("title", ""), reason
        reading = worker.read(item.name, item.content)
        return _keep(item.name, item.content, reading, stores, asked)
    except Refused as fault:
        return "refused", "", "", str(fault)
    except OSError as fault:
        return "refused", "", "", f"it cannot be written: {fault.strerror or fault}"


def _keep(
    name: str,
    content: bytes,
    reading: Reading,
    stores: tuple[Store, Store],
    asked: Collection[str],
) -> tuple[str, str, str, str]:
    notes = []
    for store in stores:
        row = store.find_text(reading.text)
        if row is not None and same_source(row, reading):
            where = _file(store, stores, row)
            return (
                "known",
                where,
                row.get("title", ""),
                "its text was added before, from another file",
            )
        if row is not None:
            notes.append(f"same text as {row['file']}")
    language = reading.fields.get("language", "")
    store = stores[0] if language in asked else stores[1]
    file = store.add(name, content, reading, ids_of(*stores), "; ".join(notes))
    reasons = [*reading.remarks, *notes]
    if "title" not in reading.fields:
        reasons.append("no title was found")
    if not reading.fields.get("published"):
        reasons.append("no date was found")
    status = "taken"
    if store is stores[1]:
        status = "other_language"
        reasons.insert(0, f"its language is {language!r}, not {' or '.join(sorted(asked))}")
    title = reading.fields.get("title", "")
    return status, _file(store, stores, {"file": file}), title, "; ".join(reasons)


def _file(store: Store, stores: tuple[Store, Store], row: dict[str, str]) -> str:
    return row["file"] if store is stores[0] else f"{OTHER_LANGUAGES}/{row['file']}"


def _language(language: str) -> str:
    code = language.strip().lower()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise ValueError(f"language {language!r} is no code of two letters; write en, ru or ur")
    return code
