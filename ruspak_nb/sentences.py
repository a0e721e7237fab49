"""Split body text into sentences."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

import numpy as np
from spacy.attrs import IS_SPACE  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from ruspak_nb.blocks import Block, split_blocks
from ruspak_nb.sheets import read_own_rules
from ruspak_nb.spans import whole_text

# What spaCy has for a word that begins a sentence, and for one that does not.
_BEGINS, _INSIDE = 1, -1
_OPENERS = "\"'“‘«([{—–-"
_STOP = re.compile(
    r"""(?P<stop>[.!?…。！？]+)             # the stop itself
        ["'”’»)\]}]{0,3}                      # closing marks
        (?P<note>(?:\[\w{1,4}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3})*)  # footnote marks
        (?P<gap>\s+)(?=\S)""",
    re.VERBOSE,
)
# Words that a heading has at most.
_HEADING = 20
_COMMA = re.compile(r",\s+(?=\S)")
_WORD_BEFORE = re.compile(r"[\w.’'-]{1,20}$")
_WORD_AFTER = re.compile(rf"[{re.escape(_OPENERS)}\s]*(?P<word>[\w’']{{1,20}})?")
_LIST_MARK = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})$")
_ACRONYM = re.compile(r"(?:\w\.)+\w$")


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence of a stretch of body text.

    A sentence never crosses a block (see `blocks.split_blocks`), whatever its last
    character; within one it ends at a full stop, question or exclamation mark that does
    not belong to an abbreviation, an initial or a list number.
    """
    for block in split_blocks(text):
        start = block.start
        for stop, ends in _judge_stops(text, block):
            if ends:
                yield start, stop.start("gap")
                start = stop.end("gap")
        yield start, block.end


@Language.factory("ruspak_boundaries", default_config={"parsed": False})
def build_boundaries(nlp: Language, name: str, parsed: bool) -> "BoundaryMarker":
    """Build the component; `parsed` tells whether a parser comes after it."""
    return BoundaryMarker(parsed)


class BoundaryMarker:
    """spaCy component: sets where sentences of the body begin, before a parser runs.

    The body is `doc.user_data["body"]`, a list of offsets; without it, the whole text. Where
    a parser follows, only what is sure is set, and the parser keeps to it: a block begins a
    sentence; an abbreviation or a comma ends none; and none begins inside a run of characters.
    Without a parser the rules of `split_sentences` decide alone.
    """

    def __init__(self, parsed: bool) -> None:
        self._parsed = parsed

    def __call__(self, doc: Doc) -> Doc:
        """Set the sentence starts of `doc`."""
        # In an array: setting token by token takes longer than all else here.
        starts = _sure_starts(doc) if self._parsed else np.full(len(doc), _INSIDE)
        doc.spans["body"] = stretches = list(_body(doc))
        for span in stretches:
            text = whole_text(doc)[span.start_char : span.end_char]
            for place, value in _sure_marks(text) if self._parsed else _all_marks(text):
                at = span.start_char + place
                if token := doc.char_span(at, at + 1, alignment_mode="expand"):
                    starts[token.start] = value
            starts[span.end : span.end + 1] = _BEGINS
        doc.user_data["begins"] = frozenset(np.flatnonzero(starts == _BEGINS).tolist())
        doc.from_array(["SENT_START"], starts.view("uint64").reshape(-1, 1))  # type: ignore[arg-type]
        return doc


@Language.component("ruspak_sentences")
def collect_sentences(doc: Doc) -> Doc:
    """Put the sentences of the body in `doc.spans["body"]`, without the space around them.

    Until then it holds the stretches that the body is made of.
    """
    is_word = np.zeros(len(doc), dtype=bool)
    for stretch in doc.spans["body"]:
        is_word[stretch.start : stretch.end] = True
    words = np.flatnonzero(is_word & (doc.to_array(IS_SPACE) == 0)).tolist()
    found: list[Span] = []
    n = 0
    for sentence in doc.sents if words else ():
        first = n
        n = bisect_left(words, sentence.end, n)
        if first == n:
            continue
        start = words[first]
        if found and _goes_on(found[-1], doc[start]):
            start = found.pop().start
        found.append(doc[start : words[n - 1] + 1])
    doc.spans["body"] = found
    return doc


def _goes_on(sentence: Span, word: Token) -> bool:
    """Tell whether a sentence goes on with `word`, though a parser begins another there.

    A boundary without a mark can only follow a heading: something short.
    """
    is_sure = word.i in word.doc.user_data.get("begins", ())
    return not is_sure and not sentence[-1].is_punct and len(sentence) > _HEADING


def _body(doc: Doc) -> Iterator[Span]:
    """Yield the stretches of the body, without what stands before and after their text."""
    text = whole_text(doc)
    for start, end in doc.user_data.get("body", [(0, len(text))]):
        blocks = split_blocks(text[start:end])
        if blocks:
            first, last = start + blocks[0].start, start + blocks[-1].end
            span = doc.char_span(first, last, alignment_mode="expand")
            if span is not None:
                yield span


def _sure_starts(doc: Doc) -> np.ndarray:
    """Leave everything open but words that follow another without a space."""
    starts = np.zeros(len(doc), dtype="int64")
    joined, is_space = doc.to_array(["SPACY", "IS_SPACE"]).T == [[0], [1]]
    starts[1:][joined[:-1] & ~is_space[:-1] & ~is_space[1:]] = _INSIDE
    return starts


def _all_marks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the rules let a sentence begin."""
    for start, _ in split_sentences(text):
        yield start, _BEGINS


def _sure_marks(text: str) -> Iterator[tuple[int, int]]:
    """Yield what needs no parser: where a sentence begins, and where surely none does.

    One begins with a block and after a footnote mark ("… India.[i] The …"); none after a comma
    or the full stop of an abbreviation ("Gen. Bajwa").
    """
    for comma in _COMMA.finditer(text):
        yield comma.end(), _INSIDE
    for block in split_blocks(text):
        for stop, ends in _judge_stops(text, block):
            follows = stop.end("gap")
            if ends and stop["note"]:
                yield follows, _BEGINS
            elif not ends and not text[follows].islower():
                yield follows, _INSIDE
        yield block.start, _BEGINS


def _judge_stops(text: str, block: Block) -> Iterator[tuple[re.Match[str], bool]]:
    """Yield each stop of a block, and whether it ends a sentence."""
    start = block.start
    for stop in _STOP.finditer(text, block.start, block.end):
        ends = _ends_sentence(text, start, stop, block.end)
        yield stop, ends
        start = stop.end("gap") if ends else start


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    after = _WORD_AFTER.match(text, stop.end("gap"), end)
    word = (after["word"] if after else None) or ""
    if word[:1].islower():
        return False
    if stop["stop"] != ".":
        return True
    before = _WORD_BEFORE.search(text, start, stop.start())
    if before is None:
        return True
    said = before[0].strip("’'")
    words = _abbreviations()
    if said in words["never"] or _LIST_MARK.fullmatch(text, start, stop.start()):
        return False
    if said in words["before_number"]:
        return not word[:1].isdigit()
    # An initial ("S. M. Krishna"), an acronym or an abbreviation may end a sentence too.
    may_go_on = (
        (len(said) == 1 and said.isupper())
        or said in words["unless_starter"]
        or _ACRONYM.fullmatch(said)
    )
    return word in words["starters"] if may_go_on else True


@cache
def _abbreviations() -> dict[str, frozenset[str]]:
    rules = read_own_rules("sentences.toml")
    return {name: frozenset(words) for name, words in rules.items()}
