"""How rows of the frames are named as codes, and codes of other programs read as rows."""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ruspak_nb.schema import DATE_BASES, FRAMES, LABELS, PLOVER, QUAD_CLASSES, QUOTE_KINDS, ZONES
from ruspak_nb.sheets import SheetError

Codings = dict[str, dict[str, pd.DataFrame]]
LAYERS = tuple(name for name in FRAMES if name != "articles")
# The columns that make a row's code; the other values of a row go into a note beside it.
CODED: Mapping[str, tuple[str, ...]] = {
    "zones": ("zone",),
    "sentences": (),
    "mentions": ("label", "entity_id"),
    "themes": ("theme",),
    "dates": ("basis",),
    "quotes": ("kind",),
    "events": ("quad_class", "plover"),
}
# Layer, value and what is more exact: parents further up are the coder's own order.
DEPTH = 3
_PLACES = ("article_id", "sentence_id", "start", "end", "text", "position")
# What XML 1.0 cannot hold, even as a reference.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile('(?!["\\s])[^\x00-\x1f\x7f-\x9f\u2028\u2029]*(?<!\\s)')
_LINE = re.compile(r"(\w+): (.*)")


class ExchangeError(SheetError):
    """A fault in a file from another program: what is wrong with it, and the likely fix."""


def code_path(layer: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the code of a row: its layer and what was decided, such as themes, arms_sales."""
    values = (str(row[column]) for column in CODED[layer])
    return (layer, *(value for value in values if value))


def note_columns(layer: str) -> list[str]:
    """List the columns of a layer that neither say where a row is nor make its code."""
    return [name for name in FRAMES[layer] if name not in (*_PLACES, *CODED[layer])]


def write_note(layer: str, row: Mapping[str, Any]) -> str:
    """Write the rest of a row as `key: value` lines, without what is empty or false."""
    lines = []
    for column in note_columns(layer):
        value = row[column]
        if value is True or (value and not isinstance(value, bool)):
            text = str(value).lower() if value is True else str(value)
            safe = _PLAIN.fullmatch(text) and not FORBIDDEN.search(text)
            lines.append(f"{column}: {text if safe else json.dumps(text)}")
    return "\n".join(lines)


def read_note(layer: str, texts: Iterable[str]) -> dict[str, str]:
    """Read the `key: value` lines of a layer's columns; a reader's own words are passed over."""
    allowed, found = note_columns(layer), {}
    for line in "\n".join(texts).splitlines():
        match = _LINE.fullmatch(line.strip())
        if match and match[1] in allowed:
            found[match[1]] = _unquoted(match[2].strip())
    return found


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            return value
    return value


class CodeNames:
    """Read the names of codes, in any of the ways in which programs write them."""

    def __init__(self, themes: pd.DataFrame) -> None:
        self._values = {
            "zones": {_plain(zone): zone for zone in ZONES},
            "mentions": {_plain(label): label for label in LABELS},
            "themes": {
                _plain(name): theme
                for theme, label in themes[["theme", "label"]].itertuples(index=False)
                for name in (label, theme)
            },
            "dates": {_plain(basis): basis for basis in DATE_BASES},
            "quotes": {_plain(kind): kind for kind in QUOTE_KINDS},
        }
        self._layers = {_plain(name): name for name in LAYERS}
        self._layers |= {_plain(name.removesuffix("s")): name for name in LAYERS}

    def read(self, path: Sequence[str]) -> tuple[str, dict[str, str]] | None:
        """Give layer and values of a code, or None; `path` is its name after its parents'.

        The name alone comes first, as `themes/arms_sales`; then with its parents, from the
        furthest of `DEPTH`; then alone as the label of a theme or another value.
        """
        path = path[-DEPTH:]
        for names in (path[-1:], *(path[at:] for at in range(len(path)))):
            parts = [part.strip() for name in names for part in name.split("/")]
            layer = self._layers.get(_plain(parts[0]))
            if layer and (values := self._in_layer(layer, parts[1:])) is not None:
                return layer, values
        if any(_plain(part) in self._layers for name in path for part in name.split("/")):
            return None
        # A theme is what coders most often write without saying that it is one.
        for layer in ("themes", "zones", "mentions", "dates", "quotes"):
            if (value := self._values[layer].get(_plain(path[-1]))) is not None:
                return layer, {CODED[layer][0]: value}
        values = self._event([path[-1]])
        return ("events", values) if values else None

    def _in_layer(self, layer: str, parts: Sequence[str]) -> dict[str, str] | None:
        if layer == "sentences":
            return None if parts else {}
        if not parts:
            return None
        if layer == "events":
            return self._event(parts)
        # An id may hold a slash; the closed vocabularies hold none.
        first, rest = ("/".join(parts), {})
        if layer == "mentions":
            first, rest = parts[0], {"entity_id": "/".join(parts[1:])}
        value = self._values[layer].get(_plain(first))
        return None if value is None else {CODED[layer][0]: value, **rest}

    @staticmethod
    def _event(parts: Sequence[str]) -> dict[str, str] | None:
        types = {_plain(name): name for name in PLOVER if name}
        quads = {_plain(name): name for name in QUAD_CLASSES}
        if len(parts) > 2:
            return None
        if (plover := types.get(_plain(parts[-1]))) is not None:
            if len(parts) == 2 and quads.get(_plain(parts[0])) != PLOVER[plover]:
                return None
            return {"plover": plover, "quad_class": PLOVER[plover]}
        if len(parts) == 1 and (quad := quads.get(_plain(parts[0]))) is not None:
            return {"plover": "", "quad_class": quad}
        return None


def every_code(themes: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """List all codes of the closed vocabularies, for those who go on coding elsewhere."""
    yield from (("zones", zone) for zone in ZONES)
    yield ("sentences",)
    yield from (("mentions", label) for label in LABELS)
    yield from (("themes", theme) for theme in themes["theme"])
    yield from (("dates", basis) for basis in DATE_BASES)
    yield from (("quotes", kind) for kind in QUOTE_KINDS)
    for quad, types in QUAD_CLASSES.items():
        yield from (("events", quad, *((plover,) if plover else ())) for plover in types)


def _plain(name: str) -> str:
    """Fold what programs and people change in a name: case, and what stands between words."""
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()


def warn_unknown(unknown: Counter[str]) -> None:
    """Count the codes that stand for nothing of ours, and list them."""
    if unknown:
        listed = ", ".join(f"{name!r} ({n})" for name, n in sorted(unknown.items()))
        warnings.warn(
            f"left out {unknown.total()} coding(s) of {len(unknown)} code(s) that name no layer "
            f"or theme: {listed}; a code is called like 'themes/arms_sales' or 'Arms sales'",
            stacklevel=5,
        )
