"""Columns, types and closed vocabularies of every frame, in one place.

The frames are the public contract: other programs read them by these names, so
a change here is a change of version. Text is pandas' `str`, offsets are Unicode
code points of the file's decoded text, dates are EDTF with ISO day bounds.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import pandas as pd

ZONES = (
    "body",
    "title",
    "byline",
    "bio",
    "endnotes",
    "teaser",
    "navigation",
    "comment_form",
    "view_counter",
    "other_post",
    "social",
)
LABELS = (
    "PERSON",
    "NORP",
    "GPE",
    "LOC",
    "FAC",
    "ORG",
    "EVENT",
    "DATE",
    "WEAPON",
    "PROJECT",
)
DATE_BASES = ("explicit", "relative", "named_period")
QUOTE_KINDS = ("direct", "indirect", "scare")
# PLOVER's sixteen types of event, each in its quad class.
QUAD_CLASSES: Mapping[str, tuple[str, ...]] = {
    "verbal_cooperation": ("AGREE", "CONSULT", "SUPPORT", "CONCEDE"),
    "material_cooperation": ("COOPERATE", "AID", "RETREAT"),
    "verbal_conflict": ("REQUEST", "ACCUSE", "REJECT", "THREATEN"),
    "material_conflict": ("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
    "neutral": ("",),
}
PLOVER: Mapping[str, str] = {
    plover: quad_class for quad_class, types in QUAD_CLASSES.items() for plover in types
}
MODALITIES = ("happened", "ongoing", "planned", "possible", "normative", "denied")

# Of a longer list of what is allowed, an error message shows the beginning.
_MOST_SHOWN = 40
_SPAN = {"start": "int64", "end": "int64", "text": "str"}
_IN_SENTENCE = {"sentence_id": "str", "article_id": "str"}

FRAMES: Mapping[str, Mapping[str, str]] = {
    "articles": {
        "article_id": "str",
        "file": "str",
        "title": "str",
        "author": "str",
        "outlet": "str",
        "url": "str",
        "published": "str",
        "published_earliest": "str",
        "published_latest": "str",
        "published_basis": "str",
        "genre": "str",
        "viewpoint": "str",
        "n_words": "int64",
        "sha256": "str",
    },
    "zones": {"article_id": "str", **_SPAN, "zone": "str"},
    "sentences": {**_IN_SENTENCE, "position": "int64", **_SPAN},
    "mentions": {
        **_IN_SENTENCE,
        **_SPAN,
        "label": "str",
        "entity_id": "str",
        "name": "str",
        "metonym": "bool",
    },
    "themes": {**_IN_SENTENCE, "theme": "str", **_SPAN, "rule_id": "str"},
    "dates": {
        **_IN_SENTENCE,
        **_SPAN,
        "edtf": "str",
        "earliest": "str",
        "latest": "str",
        "basis": "str",
    },
    "quotes": {
        **_IN_SENTENCE,
        **_SPAN,
        "kind": "str",
        "speaker_id": "str",
        "speaker_text": "str",
        "cue": "str",
    },
    "events": {
        **_IN_SENTENCE,
        **_SPAN,
        "source_id": "str",
        "source_country": "str",
        "target_id": "str",
        "target_country": "str",
        "action": "str",
        "plover": "str",
        "quad_class": "str",
        "modality": "str",
        "edtf": "str",
        "earliest": "str",
        "latest": "str",
        "speaker_id": "str",
    },
}


def build_frame(name: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Make the frame `name` from row mappings, with its columns in order and its types.

    Raises KeyError if `name` is no frame or a row lacks a column.
    """
    columns = FRAMES[name]
    data = [[row[column] for column in columns] for row in rows]
    return pd.DataFrame(data, columns=list(columns)).astype(dict(columns))


def need_columns(frame: pd.DataFrame, *columns: str) -> None:
    """Raise ValueError, naming what is missing, unless `frame` has all `columns`."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(
            f"this frame lacks {', '.join(map(repr, missing))}; it has {', '.join(frame.columns)}"
        )


def suggest(value: str, allowed: Iterable[str]) -> str:
    """Word the end of an error message: what was allowed, and the nearest guess."""
    names = sorted(allowed)
    near = get_close_matches(value, names, n=1)
    guess = f"; did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(names[:_MOST_SHOWN])
    more = f", … ({len(names):,} in all)" if len(names) > _MOST_SHOWN else ""
    return f"allowed: {shown}{more}{guess}"
