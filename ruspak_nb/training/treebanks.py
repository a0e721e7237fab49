"""Read the treebanks (CoNLL-U) and Universal NER (IOB2) into spaCy Docs of running text."""

import gzip
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

NAME_LABELS = ("PERSON", "ORG", "GPE", "LOC", "FAC")


@dataclass(frozen=True)
class Word:
    """One syntactic word of a treebank; `head` is the position in the sentence, itself if root."""

    form: str
    lemma: str
    pos: str
    tag: str
    morph: str
    head: int
    dep: str
    space: bool
    misc: str


@dataclass
class Sentence:
    """One sentence: its words, and its names as (start, end, label).

    Where names are None nobody has coded them; where a label is empty, a name may be there.
    """

    sent_id: str
    words: list[Word]
    document: str
    opens_paragraph: bool
    names: list[tuple[int, int, str]] | None = None
    syntax: bool = True
    comments: dict[str, str] = field(default_factory=dict)


def read_conllu(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of a CoNLL-U file, plain or gzipped, in their order.

    A multiword token ("don't") gives its words without a space between them, as in the text.
    """
    document = ""
    for block in _blocks(path):
        comments = _comments(block)
        rows = [line.split("\t") for line in block if not line.startswith("#")]
        document = comments.get("newdoc id", document)
        opens = any(key.startswith(("newpar", "newdoc")) for key in comments)
        yield Sentence(
            comments.get("sent_id", ""), _words(rows), document, opens, comments=comments
        )


def read_names(path: Path) -> dict[str, list[tuple[int, int, str]]]:
    """Read an IOB2 file: the names of each sentence by `sent_id`, with the kinds that GUM has."""
    found = {}
    for block in _blocks(path):
        comments = _comments(block)
        codes = [line.split("\t")[2] for line in block if not line.startswith("#")]
        kinds = {"PER": "person", "ORG": "organization", "LOC": "place"}
        found[comments["sent_id"]] = [(a, b, kinds[code]) for a, b, code in _spans(codes)]
    return found


def gum_names(sentence: Sentence) -> list[tuple[int, int, str]]:
    """Give the names among GUM's entities: those whose head is a proper noun, without the rest.

    GUM marks whole noun phrases ("the former minister Sartaj Aziz, who …"); the name is the
    head with the words that belong to it (`_name`).
    """
    words = sentence.words
    found = []
    for start, end, kind in _entities(words):
        inside = range(start, end)
        heads = [i for i in inside if words[i].head not in inside or words[i].head == i]
        if len(heads) == 1 and words[heads[0]].pos == "PROPN":
            first, last = _name(words, heads[0], start, end)
            people = kind == "person" and words[heads[0]].tag == "NNPS"  # "the Hebrews"
            if not people and not (last - first == 1 and _is_common(words[first].form)):
                found.append((first, last, kind))
    return found


def listed_names(sentence: Sentence, labels: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Give the names of a sentence without entities, by `labels` of the treebank's proper nouns.

    A name that is not listed, or is listed as SKIP, has an empty label: it may be one or not.
    """
    words = sentence.words
    found = []
    for i, word in enumerate(words):
        inside = words[word.head].pos == "PROPN" and word.head != i and _in_name(words, i)
        if word.tag in ("NNP", "NNPS") and word.pos == "PROPN" and not inside:
            first, last = _name(words, i, 0, len(words))
            label = labels.get(text_of(words[first:last]), "SKIP")
            if label != "NONE":
                found.append((first, last, "" if label == "SKIP" else label))
    return found


def text_of(words: list[Word]) -> str:
    """Give the running text of words."""
    return "".join(word.form + " " * word.space for word in words).strip()


def own_names(sentence: Sentence) -> list[tuple[int, int, str]]:
    """Give the names of a sentence of ours, coded in MISC as `NER=B-GPE`, `NER=I-GPE`."""
    codes = [_field(word.misc, "NER") for word in sentence.words]
    return list(_spans(codes))


def ontonotes_label(kind: str, name: str) -> str | None:
    """Give OntoNotes' label for a kind of entity in GUM, or None if it has none.

    Its one kind of place is parted into GPE, LOC and FAC by the words of `names.toml`.
    """
    if kind == "place":
        return _place_label(name)
    return kind if kind in NAME_LABELS else {"person": "PERSON", "organization": "ORG"}.get(kind)


def make_doc(vocab: Vocab, sentences: list[Sentence], *, paragraphs: str = "\n\n") -> Doc:
    """Make one Doc of running text; `paragraphs` is what stands between two paragraphs.

    Where the text gives a space (or nothing) is kept; whatever a sentence has not coded,
    names or syntax, is left missing, so that no component learns from its absence.
    """
    words: list[Word] = []
    starts: list[bool | int | None] = []
    names: list[tuple[int, int, str]] = []
    unknown: set[int] = set()
    for sentence in sentences:
        end_of_last = len(words)
        if words:
            apart = sentence.opens_paragraph and paragraphs != " "
            words[-1] = replace(words[-1], space=not apart)
            if apart:
                words.append(_break(paragraphs, head=end_of_last - 1))
                starts.append(False)
        offset = len(words)
        words += [replace(word, head=offset + word.head) for word in sentence.words]
        starts += [i == 0 for i in range(len(sentence.words))]
        if sentence.names is None:
            unknown.update(range(end_of_last, len(words)))
        for first, last, kind in sentence.names or ():
            if kind:
                names.append((offset + first, offset + last, kind))
            else:
                unknown.update(range(offset + first, offset + last))
    doc = Doc(
        vocab,
        words=[word.form for word in words],
        spaces=[word.space for word in words],
        sent_starts=starts,
        **(_syntax(words) if all(sentence.syntax for sentence in sentences) else {}),
    )
    _name_spans(doc, names, unknown)
    return doc


def _break(text: str, head: int) -> Word:
    """Make the token that stands between two paragraphs, as spaCy's tokenizer makes it."""
    return Word(text, text, "SPACE", "_SP", "", head, "dep", space=False, misc="")


def _syntax(words: list[Word]) -> dict[str, Any]:
    return {
        "tags": [word.tag for word in words],
        "pos": [word.pos for word in words],
        "morphs": [word.morph for word in words],
        "lemmas": [word.lemma for word in words],
        "heads": [word.head for word in words],
        "deps": [word.dep for word in words],
    }


def _name_spans(doc: Doc, names: list[tuple[int, int, str]], unknown: set[int]) -> None:
    """Set the names of a Doc; of two that overlap the longer, of unknown words none."""
    spans = [
        Span(doc, first, last, label)
        for first, last, kind in names
        if (label := ontonotes_label(kind, doc[first:last].text))
    ]
    ents = filter_spans(spans)
    missing = unknown - {token.i for ent in ents for token in ent}
    doc.set_ents(ents, missing=[doc[i : i + 1] for i in sorted(missing)], default="outside")


def group(sentences: Iterable[Sentence], size: int) -> Iterator[list[Sentence]]:
    """Yield runs of at most `size` sentences of one document."""
    run: list[Sentence] = []
    for sentence in sentences:
        if run and (len(run) == size or sentence.document != run[0].document):
            yield run
            run = []
        run.append(sentence)
    if run:
        yield run


def _blocks(path: Path) -> Iterator[list[str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        block: list[str] = []
        for line in file:
            line = line.rstrip("\n")
            if line:
                block.append(line)
            elif block:
                yield block
                block = []
        if block:
            yield block


def _comments(block: list[str]) -> dict[str, str]:
    pairs = (line[1:].partition("=") for line in block if line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _field(misc: str, name: str) -> str:
    return next((f[len(name) + 1 :] for f in misc.split("|") if f.startswith(f"{name}=")), "")


def _spans(codes: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the spans of a sequence of IOB2 codes."""
    starts = [i for i, code in enumerate(codes) if code.startswith("B-")]
    for start in starts:
        end = start + 1
        while end < len(codes) and codes[end].startswith("I-"):
            end += 1
        yield start, end, codes[start][2:]


def _place_label(name: str) -> str:
    words = name.casefold().split()
    rules = _name_rules()
    if set(words) & set(rules["FAC"]["words"]):
        return "FAC"
    region = [word for word in words if word not in rules["LOC"]["before"]]
    bare = name.removeprefix("the ").removeprefix("The ")
    is_region = bare in rules["LOC"]["names"] or " ".join(region).title() in rules["LOC"]["names"]
    return "LOC" if is_region or set(words) & set(rules["LOC"]["words"]) else "GPE"


@cache
def _name_rules() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))


def _words(rows: list[list[str]]) -> list[Word]:
    words = []
    ends: dict[int, bool] = {}  # the last word of a multiword token: space after it?
    inside: set[int] = set()
    for number, form, lemma, pos, tag, morph, head, dep, _, misc in rows:
        if "-" in number:
            first, last = map(int, number.split("-"))
            inside.update(range(first, last))
            ends[last] = "SpaceAfter=No" not in misc
        elif "." not in number:
            i = int(number)
            space = ends.get(i, i not in inside and "SpaceAfter=No" not in misc)
            to = int(head) - 1 if head != "0" else i - 1
            label = "ROOT" if dep == "root" else dep
            feats = "" if morph == "_" else morph
            words.append(Word(form, lemma, pos, tag, feats, to, label, space, misc))
    return words


def _entities(words: list[Word]) -> Iterator[tuple[int, int, str]]:
    """Yield GUM's entities from the bracket notation of MISC, inner before outer."""
    open_ones: dict[str, list[tuple[int, str]]] = {}
    for i, word in enumerate(words):
        for bracket in _brackets(_field(word.misc, "Entity")):
            opens, closes = bracket.startswith("("), bracket.endswith(")")
            parts = bracket.strip("()").split("-")
            if opens and closes:
                yield i, i + 1, parts[1]
            elif opens:
                open_ones.setdefault(parts[0], []).append((i, parts[1]))
            elif open_ones.get(parts[0]):
                start, kind = open_ones[parts[0]].pop()
                yield start, i + 1, kind


def _brackets(code: str) -> Iterator[str]:
    piece = ""
    for character in code:
        if character == "(" and piece:
            yield piece
            piece = ""
        piece += character
        if character == ")":
            yield piece
            piece = ""
    if piece:
        yield piece


def _name(words: list[Word], head: int, start: int, end: int) -> tuple[int, int]:
    """Give the stretch around `head` whose words belong to the name."""
    belongs = {head}
    grown = True
    while grown:
        more = {
            i
            for i in range(start, end)
            if i not in belongs and words[i].head in belongs and _in_name(words, i)
        }
        grown = bool(more)
        belongs |= more
    first = last = head
    while first - 1 in belongs:
        first -= 1
    while last + 1 in belongs:
        last += 1
    while first < head and words[first].pos in ("DET", "PUNCT", "ADP", "CCONJ"):
        first += 1
    while last > head and words[last].pos in ("DET", "PUNCT", "ADP", "CCONJ"):
        last -= 1
    return first, last + 1


def _is_common(word: str) -> bool:
    """Tell whether a word that stands alone is no name, even with a capital: "President"."""
    rules = _name_rules()
    kinds = (rules["not_alone"], rules["LOC"], rules["FAC"])
    return any(word.casefold() in rule["words"] for rule in kinds)


def _in_name(words: list[Word], i: int) -> bool:
    word = words[i]
    named = word.tag in ("NNP", "NNPS")
    if word.dep in ("flat", "compound", "goeswith"):
        return named or word.tag in ("CD", "GW", "FW") or word.dep == "flat"
    if word.dep == "amod":
        return named
    if word.dep in ("nmod", "conj"):
        # "Bank of England", "Procter & Gamble"; but "Khan of Pakistan" is two names.
        links = {w.lemma for w in words if w.dep in ("case", "cc") and words[w.head] is word}
        return (
            named and bool(links & {"of", "for", "&"}) and words[word.head].tag in ("NNP", "NNPS")
        )
    if word.dep in ("case", "cc", "det"):
        return words[word.head].dep in ("nmod", "conj")
    return word.dep == "punct" and word.form in ("-", "–", ".", "'")
