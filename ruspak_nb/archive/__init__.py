"""Annotate archives too large for memory: streamed, resumable, over processes or a cluster.

`annotate_archive` does the work, `load_archive` and `read_frame` read what it has written.
"""

from ruspak_nb.archive.reading import list_parts, load_archive, read_frame
from ruspak_nb.archive.run import annotate_archive
from ruspak_nb.archive.store import ArchiveError
from ruspak_nb.archive.summary import Summary, describe_summary

__all__ = [
    "ArchiveError",
    "Summary",
    "annotate_archive",
    "describe_summary",
    "list_parts",
    "load_archive",
    "read_frame",
]
