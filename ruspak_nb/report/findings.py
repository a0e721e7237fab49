"""List what the annotation found in an article: each span, and each sentence's findings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ruspak_nb.codebook import load_themes

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

__all__ = [
    "LAYERS",
    "Entry",
    "Finding",
    "Layer",
    "Mark",
    "anchor_of",
    "list_entries",
    "list_marks",
]

SHOWN_WORDS = 90


@dataclass(frozen=True)
class Layer:
    """A kind of annotation that a reader can switch: its name, and how the text shows it."""

    key: str
    frame: str
    title: str
    channel: str


LAYERS = (
    Layer("people", "mentions", "People and states", "underlined; dashed for a metonym"),
    Layer("themes", "themes", "Themes", "a tag at the sentence; its words dotted"),
    Layer("dates", "dates", "Dates", "between round brackets"),
    Layer("quotes", "quotes", "Quotations", "shaded; striped if indirect"),
    Layer("events", "events", "Events", "bold, after an arrow"),
)


@dataclass(frozen=True)
class Finding:
    """What was found: its name, what is told of it, and the words it rests on."""

    head: str
    detail: str
    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A span of one layer, where it stands in the file, under an id of its own."""

    mark_id: str
    layer: str
    start: int
    end: int
    kind: str
    sentence_id: str
    finding: Finding


@dataclass(frozen=True)
class Entry:
    """All that was found in one sentence, layer by layer."""

    anchor: str
    number: int
    found: dict[str, list[Finding]]


def anchor_of(sentence_id: str) -> str:
    """Give the id of a sentence on the page of its article: `s014` for `rana-2017-s014`."""
    return sentence_id.rpartition("-")[2]


def list_marks(article_id: str, notes: "Annotations") -> list[Mark]:
    """List the spans of all layers in one article, layer by layer, in the order of the text."""
    named = notes.mentions[notes.mentions["entity_id"] != ""]
    names = dict(zip(named["entity_id"], named["name"], strict=True))
    text = notes.corpus.texts[article_id]
    marks = []
    for layer in LAYERS:
        frame = getattr(notes, layer.frame)
        frame = frame[frame["article_id"] == article_id]
        if layer.key == "people":
            # A day that the model takes for a name stands in the layer of dates.
            frame = frame[frame["label"] != "DATE"]
        for number, row in enumerate(frame.itertuples(index=False), start=1):
            kind, head, detail = _TELL[layer.key](row, names)
            words = text[row.start : row.end]
            finding = Finding(head, detail, (words,))
            mark_id = f"{layer.key}-{number}"
            marks.append(
                Mark(mark_id, layer.key, row.start, row.end, kind, row.sentence_id, finding)
            )
    return marks


def list_entries(article_id: str, notes: "Annotations", marks: Iterable[Mark]) -> list[Entry]:
    """List what was found in each sentence of an article; what is told alike stands once.

    A quotation that runs on is listed with each sentence that it covers.
    """
    marks = list(marks)
    sentences = notes.sentences[notes.sentences["article_id"] == article_id]
    return [
        Entry(
            anchor_of(row.sentence_id),
            row.position,
            _gather(mark for mark in marks if mark.start < row.end and row.start < mark.end),
        )
        for row in sentences.itertuples(index=False)
    ]


def _gather(marks: Iterable[Mark]) -> dict[str, list[Finding]]:
    """Put together, layer by layer, what is told of a sentence in the same words."""
    told: dict[str, dict[tuple[str, str], list[Mark]]] = {}
    for mark in marks:
        key = (mark.finding.head, mark.finding.detail)
        told.setdefault(mark.layer, {}).setdefault(key, []).append(mark)
    return {
        layer: [
            Finding(
                head,
                detail,
                _list_words(alike),
                tuple(mark.mark_id for mark in alike),
            )
            for (head, detail), alike in findings.items()
        ]
        for layer, findings in told.items()
    }


def _list_words(marks: Iterable[Mark]) -> tuple[str, ...]:
    """List the words of some marks, each once, unless they only repeat a name or a day."""
    shown: dict[str, None] = {}
    for mark in marks:
        for words in mark.finding.words:
            if mark.layer == "themes" or words != mark.finding.head:
                shown[_shorten(words)] = None
    return tuple(shown)


def _shorten(words: str) -> str:
    """Give words on one line, and of a long stretch its beginning and end."""
    line = " ".join(words.split())
    if len(line) <= SHOWN_WORDS:
        return line
    first, last = line[: SHOWN_WORDS * 2 // 3], line[-SHOWN_WORDS // 3 :]
    return f"{first.rpartition(' ')[0] or first} … {last.partition(' ')[2] or last}"


@cache
def _theme_labels() -> dict[str, str]:
    """Give the themes of the codebook that comes with the package their names for readers."""
    themes = load_themes()
    return dict(zip(themes["theme"], themes["label"], strict=True))


def _tell_mention(row: Any, names: dict[str, str]) -> tuple[str, str, str]:
    kind = "metonym" if row.metonym else ""
    return kind, row.name or row.text, f"{row.label}, metonym" if kind else row.label


def _tell_theme(row: Any, names: dict[str, str]) -> tuple[str, str, str]:
    return "", _theme_labels().get(row.theme, row.theme.replace("_", " ")), ""


def _tell_date(row: Any, names: dict[str, str]) -> tuple[str, str, str]:
    return "", row.edtf or "no date", row.basis.replace("_", " ")


def _tell_quote(row: Any, names: dict[str, str]) -> tuple[str, str, str]:
    speaker = names.get(row.speaker_id, row.speaker_id) or row.speaker_text or "no speaker"
    said = [row.kind]
    if row.speaker_text and row.speaker_text != speaker:
        said.append(f"in the text “{row.speaker_text}”")
    if row.cue:
        said.append(f"cue “{row.cue}”")
    return "indirect" if row.kind == "indirect" else "", speaker, ", ".join(said)


def _tell_event(row: Any, names: dict[str, str]) -> tuple[str, str, str]:
    source, target = (
        names.get(party, party) or country or "someone"
        for party, country in (
            (row.source_id, row.source_country),
            (row.target_id, row.target_country),
        )
    )
    told = [row.plover or "no PLOVER type", row.modality, row.edtf]
    return "", f"{source} → {target}", ", ".join(part for part in told if part)


_TELL: dict[str, Callable[[Any, dict[str, str]], tuple[str, str, str]]] = {
    "people": _tell_mention,
    "themes": _tell_theme,
    "dates": _tell_date,
    "quotes": _tell_quote,
    "events": _tell_event,
}
