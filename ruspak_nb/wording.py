"""Word a finding from the data, for notebooks that cannot know what they will find."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Told", "list_names", "plural", "tell"]

# What Markdown could take for its own.
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$>])")


@dataclass(frozen=True)
class Told:
    """A text that a notebook shows as Markdown and a terminal as it is."""

    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return self.markdown


class _Name(str):
    """A name from the data: in a sentence it is text, whatever characters it has."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return _MARKS.sub(r"\\\1", html.escape(format(str(self), spec), quote=False))


def tell(*sentences: str, **values: object) -> Told:
    """Fill sentences in Markdown with values, as `str.format` does, and join them.

    A sentence that is empty is left out, so that one can depend on the data. Names in
    `values` are shown as they are written, never as Markdown or HTML. Raises KeyError if a
    sentence asks for a value that is not given.
    """
    escaped = {
        name: _Name(value) if isinstance(value, str) else value for name, value in values.items()
    }
    return Told(" ".join(sentence.format_map(escaped) for sentence in sentences if sentence))


def list_names(names: Iterable[object], most: int = 5) -> str:
    """Write names as a list for a sentence: "a", "a and b", "a, b and 3 more"."""
    listed = [str(name) for name in names]
    if len(listed) > most:
        listed = [*listed[: most - 1], f"{len(listed) - most + 1} more"]
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def plural(n: int, one: str, several: str = "") -> str:
    """Write a number with its noun: "1 sentence", "3 sentences", "2 countries"."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"
