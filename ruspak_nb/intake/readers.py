"""Which reader takes which file, and what a file may be: the table of formats."""

from collections.abc import Callable
from pathlib import PurePath

from ruspak_nb.intake.books import read_docx, read_epub
from ruspak_nb.intake.containers import MEGABYTE
from ruspak_nb.intake.pages import read_mhtml, read_page
from ruspak_nb.intake.pdfs import read_pdf
from ruspak_nb.intake.plain import read_markdown, read_text
from ruspak_nb.intake.record import Reading, Refused

READERS: dict[str, Callable[[bytes], Reading]] = {
    ".docx": read_docx,
    ".epub": read_epub,
    ".htm": read_page,
    ".html": read_page,
    ".md": read_markdown,
    ".mht": read_mhtml,
    ".mhtml": read_mhtml,
    ".pdf": read_pdf,
    ".txt": read_text,
    ".xhtml": read_page,
}
# A page of text is never as long as this; what a parser makes of one is many times as large.
MOST_TEXT = 20 * MEGABYTE
_TEXTS = frozenset((".htm", ".html", ".md", ".txt", ".xhtml"))


def check_file(name: str, content: bytes) -> None:
    """Raise Refused for a file that no reader takes, is empty, or is too large to be an article."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        raise Refused(
            f"{suffix or 'a file without a suffix'} is not read; {', '.join(READERS)} are"
        )
    if not content:
        raise Refused("it is empty")
    if suffix in _TEXTS and len(content) > MOST_TEXT:
        raise Refused(
            f"it is {len(content) / MEGABYTE:,.0f} MB; a page or text of at most "
            f"{MOST_TEXT // MEGABYTE} MB is read"
        )


def read_file(name: str, content: bytes) -> Reading:
    """Read a file by the suffix of its name. Raises Refused if it is not taken."""
    check_file(name, content)
    return READERS[PurePath(name).suffix.lower()](content)
