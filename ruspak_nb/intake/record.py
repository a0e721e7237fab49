"""What is known of an article that is being added, and why a file is not taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Control characters that no article has; tabs, line ends and page breaks stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_LONGEST_FIELD = 500

FIELDS = ("title", "author", "outlet", "url", "published", "language")


class Refused(ValueError):
    """A file that is not taken: the message says why, and what would help."""


@dataclass(frozen=True)
class Reading:
    """The text of a file and what is known of it.

    `fields` holds what was found of `FIELDS` (`published` in EDTF), `found` in words where
    each came from, `remarks` what was done to the text or should be looked at.
    """

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


class Finds:
    """Collects fields: the first find of a field stays, later ones are dropped."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.found: dict[str, str] = {}

    def add(self, name: str, value: str | None, where: str) -> None:
        """Keep `value` for the field `name` unless it is empty or the field is known."""
        value = one_line(value or "")
        if value and name not in self.fields:
            self.fields[name] = value
            self.found[name] = where


def one_line(value: str) -> str:
    """Make a value fit a cell: one line, no control characters, not longer than a title is."""
    return _SPACE.sub(" ", _CONTROLS.sub("", value)).strip()[:_LONGEST_FIELD]


def drop_controls(text: str) -> tuple[str, list[str]]:
    """Drop control characters from a text; the list says in words how many, if any."""
    kept, dropped = _CONTROLS.subn("", text)
    return kept, [f"{dropped} control character(s) left out of the text"] if dropped else []


def fold(text: str) -> str:
    """Give a text as it is compared: without case, quotes and white space of its own."""
    text = text.casefold().translate(str.maketrans("’‘“”–—", "''\"\"--"))
    return _SPACE.sub(" ", text).strip()
