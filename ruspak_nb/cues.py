"""Find the cues of a text: words that say that somebody says or thinks something."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from spacy.attrs import LEMMA, LOWER  # type: ignore[import-not-found]
from spacy.tokens import Doc, Span, Token

from ruspak_nb.act_rules import Cue
from ruspak_nb.dependencies import dependents, head, is_passive, relation
from ruspak_nb.sheets import read_own_rules

# Constructions in which a verb can stand beside words in quotation marks.
SAYING = frozenset({"says-that", "tells-someone-that", "says-words"})
THINKING = frozenset({"thinks-that"})
NOMINAL = frozenset({"noun-that", "noun-as", "in-the-view-of"})


class CueWords:
    """The cues of a codebook by word, to be found in a Doc."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._constructions: dict[tuple[str, str], set[str]] = defaultdict(set)
        for cue in cues:
            self._constructions[cue.pos, cue.lemma].add(cue.construction)
        self._words = {word for _, word in self._constructions}
        verbs = {
            (form, kind)
            for (pos, word), kinds in self._constructions.items()
            for form in (inflect(word) if pos == "VERB" else ())
            for kind in kinds
        }
        self._saying = {form for form, kind in verbs if kind in SAYING}
        self._calling = {form for form, kind in verbs if kind == "calls-as"}

    def find(self, doc: Doc) -> Iterator[tuple[Token, frozenset[str]]]:
        """Yield the tokens of a parsed Doc that can be cues, with their constructions."""
        strings = doc.vocab.strings
        keys = np.array([strings[word] for word in self._words if word in strings], dtype="uint64")
        hits = np.isin(doc.to_array([LEMMA, LOWER]), keys).any(axis=1)
        for i in np.flatnonzero(hits).tolist():
            if kinds := self.of(doc[i]):
                yield doc[i], kinds

    def of(self, token: Token) -> frozenset[str]:
        """Give the constructions that a token can be the cue of, by lemma and part of speech."""
        lemma = token.lemma_.casefold()
        if token.lower_ == "according":
            return self._row("PREP", "according")
        is_state = token.pos_ == "ADJ" or (token.pos_ == "VERB" and _is_state(token))
        if is_state and (kinds := self._row("ADJ", token.lower_)):
            return kinds
        # A noun with a subject is a verb that the tagger took for one: "the bank forecasts".
        if token.pos_ in ("VERB", "AUX") or any(name == "nsubj" for name, _ in dependents(token)):
            return self._row("VERB", lemma)
        return self._row("NOUN", lemma) if token.pos_ == "NOUN" else frozenset()

    def says(self, token: Token) -> bool:
        """Tell whether a token is a verb that can stand beside words in quotation marks."""
        if not token.lemma_:
            return token.lower_ in self._saying
        return token.pos_ in ("VERB", "AUX") and bool(self.of(token) & (SAYING | THINKING))

    def calls(self, token: Token) -> bool:
        """Tell from its form whether a token may be a verb such as "describe … as"."""
        return token.lower_ in self._calling

    def _row(self, pos: str, word: str) -> frozenset[str]:
        return frozenset(self._constructions.get((pos, word), ()))


def inflect(verb: str) -> set[str]:
    """Give the forms of a regular verb, and the past of some that are not."""
    stem = verb[:-1] if verb.endswith("e") else verb
    forms = {verb, verb + "s", verb + "es", stem + "ing", stem + "ed"}
    forms |= {verb + verb[-1] + "ed", verb + verb[-1] + "ing"}
    if verb.endswith("y"):
        forms |= {verb[:-1] + "ies", verb[:-1] + "ied"}
    return forms | {read_own_rules("speech.toml")["past"].get(verb, verb)}


def cue_words(token: Token) -> tuple[int, int]:
    """Give the range of a verb or adjective with its auxiliaries: "has repeatedly said"."""
    start = place = token.i
    before = {word.i: name for name, word in dependents(token) if word.i < token.i}
    while (name := before.get(place - 1, "")).startswith(("aux", "cop", "advmod")):
        place -= 1
        start = start if name == "advmod" else place
    return start, token.i + 1


def can_speak(word: Token | None) -> bool:
    """Tell whether a subject can mean somebody, and somebody other than the author."""
    if word is None or word.lower_ in word_list("author") | word_list("nobody"):
        return False
    is_empty = word.lower_ == "it" and relation(word) == "expl"
    return not is_empty and not any(child.lower_ in ("no", "what") for child in word.children)


def is_author(word: Token | None) -> bool:
    """Tell whether a subject means the author, or the readers."""
    return word is not None and word.lower_ in word_list("author")


def is_asserted(cue: Token, sentence: Span) -> bool:
    """Tell whether something is said, not denied, asked, or only supposed."""
    words = {word.lower_ for word in cue.children if word.i < cue.i}
    if words & (word_list("negations") | word_list("hypothetical")):
        return False
    # "refused to say", "it is not true to say"
    above = head(cue)
    if relation(cue) == "xcomp" and (
        above.lemma_ in word_list("refusals")
        or word_list("negations") & {word.lower_ for word in above.children}
    ):
        return False
    return not sentence.text.rstrip("\"'”’»)] ").endswith("?")


@cache
def word_list(name: str) -> frozenset[str]:
    """Give a list of `codebook/speech.toml`."""
    return frozenset(read_own_rules("speech.toml")["words"][name])


def _is_state(verb: Token) -> bool:
    """Tell whether a participle describes: "is convinced", "remains convinced"."""
    return is_passive(verb) or relation(verb) in ("xcomp", "acl", "advcl", "amod")
