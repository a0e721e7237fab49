"""Split body text into sentences."""

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.blocks import split_blocks
from ruspak_nb.sheets import read_own_rules

_OPENERS = "\"'“‘«([{—–-"
_STOP = re.compile(
    r"""(?P<stop>[.!?…。！？]+)             # the stop itself
        (?P<close>["'”’»)\]}]{0,3}           # closing marks
        (?:\[\w{1,4}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3})*)  # footnote marks
        (?P<gap>\s+)(?=\S)""",
    re.VERBOSE,
)
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
        for stop in _STOP.finditer(text, block.start, block.end):
            if _ends_sentence(text, start, stop, block.end):
                yield start, stop.start("gap")
                start = stop.end("gap")
        yield start, block.end


@Language.component("ruspak_sentences")
def mark_sentences(doc: Doc) -> Doc:
    """Set sentence starts; `doc.spans["body"]` holds the sentences of the body.

    The body is `doc.user_data["body"]`, a list of offsets; without it, the whole text.
    """
    text = doc.text
    body: list[tuple[int, int]] = doc.user_data.get("body", [(0, len(text))])
    sentences = [
        span
        for start, end in body
        for first, last in split_sentences(text[start:end])
        if (span := doc.char_span(start + first, start + last, alignment_mode="expand"))
    ]
    # From an array: setting token by token takes longer than all else here.
    starts = np.full(len(doc), -1, dtype="int64")
    edges = [edge for span in sentences for edge in (span.start, span.end) if edge < len(doc)]
    starts[edges] = 1
    doc.from_array(["SENT_START"], starts.view("uint64").reshape(-1, 1))  # type: ignore[arg-type]
    doc.spans["body"] = sentences
    return doc


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
