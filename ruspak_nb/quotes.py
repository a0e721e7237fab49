"""Find what somebody other than the author says or thinks, in quotation marks and without."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.attribution import NOBODY, Attribution, Said
from ruspak_nb.blocks import split_blocks
from ruspak_nb.codebook import Alias, Codebook, load_codebook
from ruspak_nb.cues import CueWords, is_author
from ruspak_nb.frames import Frame, find_frames
from ruspak_nb.marks import Marked, find_marked
from ruspak_nb.spans import whole_text
from ruspak_nb.speakers import Speakers

# A clause of which this much stands in marks is no indirect quote beside the direct one.
_NEARLY_ALL = 0.8
_EDGE = ",;:–—- \t\r\n\f\v\u00a0\u2028\u2029"
# Not the stop of an ellipsis or of "U.S."
_FINAL_STOP = re.compile(r"(?<!\.)(?<!\b[A-Z])\.$")


class Quote(NamedTuple):
    """Characters `start` to `end` are somebody's words or thoughts."""

    start: int
    end: int
    kind: str
    said: Said


@Language.factory("ruspak_quotes", default_config={"codebook": None})
def build_quotes(nlp: Language, name: str, codebook: str | None) -> "QuoteFinder":
    """Build the component for the codebook in the folder `codebook`."""
    return QuoteFinder(load_codebook(codebook))


class QuoteFinder:
    """spaCy component: `doc.user_data["quotes"]`, rows of the frame without text and ids.

    Without a parse there are only direct quotes and scare quotes, and a speaker is who is
    named beside a verb of saying.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._cues = CueWords(codebook.cues)
        self._aliases = codebook.aliases

    def __call__(self, doc: Doc) -> Doc:
        """Add the quotes to `doc`."""
        text, paragraphs = whole_text(doc), _paragraphs(doc)
        marked = find_marked(text, paragraphs)
        frames = list(_frames(doc, self._cues)) if doc.has_annotation("DEP") else []
        quotes: list[Quote] = []
        if marked:
            read = Attribution(doc, self._cues, frames, marked, paragraphs).read()
            for mark, said in read:
                place = _trim(text, mark.start, mark.end)
                if place and not is_author(said.speaker):
                    quotes.append(Quote(*place, "scare" if said == NOBODY else "direct", said))
        quotes = sorted(
            [*quotes, *_indirect(doc, frames, quotes, marked)], key=lambda quote: quote[:2]
        )
        doc.user_data["quotes"] = _rows(doc, quotes, self._aliases, paragraphs)
        return doc


def _rows(
    doc: Doc, quotes: list[Quote], aliases: Mapping[str, Alias], paragraphs: list[tuple[int, int]]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    speakers = Speakers(doc, aliases, paragraphs) if quotes else None
    names: dict[int, tuple[str, str]] = {}
    for start, end, kind, (speaker, words) in quotes:
        name = entity_id = ""
        if speakers is not None and speaker is not None:
            if speaker.i not in names:
                names[speaker.i] = speakers.name(speaker)
            name, entity_id = names[speaker.i]
        rows.append(
            {
                "start": start,
                "end": end,
                "kind": kind,
                "speaker_id": entity_id,
                "speaker_text": name,
                "cue": doc[slice(*words)].text if words else "",
            }
        )
    return rows


def _paragraphs(doc: Doc) -> list[tuple[int, int]]:
    """Give the paragraphs of the body."""
    text = whole_text(doc)
    stretches = doc.user_data.get("body", [(0, len(text))])
    return [
        (start + block.start, start + block.end)
        for start, end in stretches
        for block in split_blocks(text[start:end])
    ]


def _frames(doc: Doc, cues: CueWords) -> Iterator[Frame]:
    """Yield what each cue of the body governs."""
    sentences = list(doc.spans["body"])
    starts = [sentence.start for sentence in sentences]
    for cue, kinds in cues.find(doc):
        n = bisect_right(starts, cue.i) - 1
        if n >= 0 and cue.i < sentences[n].end:
            yield from find_frames(cue, kinds, sentences[n])


def _indirect(
    doc: Doc, frames: list[Frame], quotes: list[Quote], marked: list[Marked]
) -> Iterator[Quote]:
    """Yield the clauses that are said, but for what is a direct quote or stands inside one."""
    text = whole_text(doc)
    direct = [quote for quote in quotes if quote.kind == "direct"]
    begins = [quote.start for quote in direct]
    opens = [mark.opens for mark in marked]
    longest = max((mark.closes - mark.opens for mark in marked), default=0)
    seen = set()
    for frame in frames:
        first, last = doc[frame.first], doc[frame.last]
        if first.lower_ == "that" and frame.first < frame.last and first.pos_ == "SCONJ":
            first = doc[frame.first + 1]
        place = _trim(text, first.idx, last.idx + len(last))
        if place:
            around = slice(bisect_left(opens, place[0] - longest), bisect_right(opens, place[0]))
            place = _without_marks(text, *place, marked[around])
        if not frame.is_row or place is None or place in seen:
            continue
        start, end = place
        at = doc[frame.words[0]].idx
        core = doc[frame.core].idx if frame.core >= 0 else start
        # Direct quotes do not overlap, so the last to begin before a place is the one around it.
        low = max(bisect_right(begins, min(start, at)) - 1, 0)
        near = direct[low : bisect_right(begins, max(end, at))]
        inside = sum(max(0, min(q.end, end) - max(q.start, core)) for q in near)
        crosses = any(q.start < start < q.end < end or start < q.start < end < q.end for q in near)
        in_quote = any(q.start <= at < q.end for q in near)
        if not crosses and not in_quote and inside < _NEARLY_ALL * (end - core):
            seen.add(place)
            yield Quote(start, end, "indirect", Said(frame.speaker, frame.words))


def _without_marks(text: str, start: int, end: int, marked: list[Marked]) -> tuple[int, int] | None:
    """Leave out a mark at one end whose partner is not inside, and a pair around the whole."""
    for mark in marked:
        if mark.opens <= start and mark.end < end <= mark.closes:
            end = mark.end
        if mark.opens <= start < mark.start and end <= mark.closes:
            start = mark.start
    return _trim(text, start, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave white space and closing punctuation out of a span; None if nothing is left."""
    words = text[start:end]
    while True:
        bare = _FINAL_STOP.sub("", words.rstrip(_EDGE))
        if bare == words:
            break
        words = bare
    begins = start + len(words) - len(words.lstrip(_EDGE))
    return (begins, start + len(words)) if begins < start + len(words) else None
