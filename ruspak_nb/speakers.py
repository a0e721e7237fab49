"""Tell who speaks: the subject of a cue, its name in the text, and the entity behind it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from spacy.tokens import Doc, Span, Token

from ruspak_nb.codebook import Alias
from ruspak_nb.dependencies import dependents, head, preposition, relation
from ruspak_nb.entities import place_id
from ruspak_nb.sheets import read_own_rules

SUBJECTS = ("nsubj", "nsubj:pass")
_ARTICLES = ("a", "an", "the")
_RELATIVE = ("who", "which", "that")
_PERSONAL = ("he", "she")
# What names a person beside the noun that heads the phrase: "the spokesman, Dmitry Peskov".
_NAMING = ("flat", "appos", "nmod:desc", "nmod:unmarked")
_DESCRIBING = (
    *("amod", "compound", "nummod", "det", "det:predet", "nmod", "nmod:poss", "nmod:desc"),
    *("flat", "advmod", "nmod:unmarked", "goeswith"),
)


class Speakers:
    """Names the speakers of one Doc, in the order of the text: pronouns ask who spoke before."""

    def __init__(
        self, doc: Doc, aliases: Mapping[str, Alias], paragraphs: Sequence[tuple[int, int]]
    ) -> None:
        self._doc = doc
        self._aliases = aliases
        self._mentions: dict[int, Span] = {
            token.i: span for span in doc.spans["mentions"] for token in span
        }
        self._starts = [span.start for span in doc.spans["mentions"]]
        self._begins = [start for start, _ in paragraphs]
        self._forms = _longest_forms(doc)
        self._last: tuple[int, str] | None = None

    def name(self, token: Token) -> tuple[str, str]:
        """Give the shortest expression that names a speaker, and the ids of the entities."""
        words = list(_coordinated(token))
        places = [self._expression(word) for word in words]
        start, end = min(a for a, _ in places), max(b for _, b in places)
        ids = dict.fromkeys(filter(None, (self._entity(word) for word in words)))
        entity_id = ";".join(ids)
        if any(span.label_ == "PERSON" for span in map(self._mention, words) if span) or (
            token.lower_ in _PERSONAL
        ):
            self._last = (token.i, entity_id)
        return self._doc[start:end].text, entity_id

    def _mention(self, word: Token) -> Span | None:
        """Give the mention that names what a word heads."""
        found = self._mentions.get(word.i)
        if found is not None and found.label_ == "PERSON":
            return found
        for name, below in dependents(word):
            span = self._mentions.get(below.i)
            if name in _NAMING and span is not None and span.label_ == "PERSON":
                return span
        return self._set_off(word) or found

    def _set_off(self, word: Token) -> Span | None:
        """Give the name in "the head of the board, Wanjiru Kamau, said", whoever knows it."""
        doc = self._doc
        for token in word.subtree if word.pos_ == "NOUN" and _is_parsed(doc) else ():
            if token.i <= word.i or relation(token) != "appos" or token.pos_ != "PROPN":
                continue
            name = [w for w in token.subtree if not w.is_punct]
            span = doc[name[0].i : name[-1].i + 1]
            known = any(self._mentions[w.i].id_ for w in span if w.i in self._mentions)
            is_name = len(span) > 1 and all(w.is_title and w.pos_ == "PROPN" for w in span)
            if is_name and not known and doc[span.start - 1].text == ",":
                return Span(doc, span.start, span.end, label="PERSON")
        return None

    def _expression(self, word: Token) -> tuple[int, int]:
        span = self._mention(word)
        if span is not None and (span.label_ == "PERSON" or not _is_parsed(self._doc)):
            return _untitled(span)
        if not _is_parsed(self._doc):
            return _capitalised(word)
        return _phrase(word)

    def _entity(self, word: Token) -> str:
        if word.lower_ in _PERSONAL:
            return self._person_before(word)
        if word.lower_ == "it":
            return self._thing_before(word)
        span = self._mention(word)
        if span is None or span.label_ == "NORP":
            return ""
        if span.label_ == "PERSON":
            return self._person(span)
        # A capital that speaks is its state, whatever its neighbours made of it.
        alias = self._aliases.get(span.text) if span.label_ == "GPE" else None
        return alias.entity_id if alias else span.id_

    def _person(self, span: Span) -> str:
        """Give a person's id, or make one of the fullest form of the name in the text."""
        name = _words(span)
        forms = self._forms.get(name, [])
        if (entity_id := _own_id(span)) or not forms:
            return entity_id or place_id(" ".join(name))
        # Of forms of one length the last before the name, else the last of all.
        before = bisect_right(forms, span.start, key=lambda form: form[0])
        _, entity_id, words = forms[before - 1]
        return entity_id or place_id(" ".join(words))

    def _person_before(self, pronoun: Token) -> str:
        start, previous = self._paragraph(pronoun)
        since = start
        if self._last is not None and self._last[0] >= previous:
            since = self._last[0] + 1
        subjects = {self._person(span) for span in self._subjects(since, pronoun.i, "PERSON")}
        if self._last is not None and since != start and subjects <= {self._last[1]}:
            return self._last[1]
        subjects = {self._person(span) for span in self._subjects(start, pronoun.i, "PERSON")}
        return subjects.pop() if len(subjects) == 1 else ""

    def _thing_before(self, pronoun: Token) -> str:
        found = self._subjects(pronoun.sent.start, pronoun.i, "GPE", "ORG") if pronoun.i else ()
        ids = {self._entity(span.root) for span in found}
        return ids.pop() if len(ids) == 1 else ""

    def _subjects(self, start: int, end: int, *labels: str) -> Iterator[Span]:
        mentions = self._doc.spans["mentions"]
        for n in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            span = mentions[n]
            if span.label_ in labels:
                above = span.root
                if relation(above) in ("appos", "flat", "nmod:desc"):
                    above = head(above)
                if not _is_parsed(self._doc) or relation(above) in SUBJECTS:
                    yield span

    def _paragraph(self, token: Token) -> tuple[int, int]:
        """Give the first token of a token's paragraph, and of the paragraph before it."""
        number = bisect_right(self._begins, token.idx) - 1
        here, before = (self._first_token(n) for n in (number, number - 1))
        return here, before

    def _first_token(self, paragraph: int) -> int:
        if paragraph < 0:
            return 0
        at = self._begins[paragraph]
        span = self._doc.char_span(at, at + 1, alignment_mode="expand")
        return span.start if span is not None else 0


def _longest_forms(doc: Doc) -> dict[tuple[str, ...], list[tuple[int, str, tuple[str, ...]]]]:
    """Give for each end of a person's name the longest forms that have it: where, id, words."""
    found: dict[tuple[str, ...], list[tuple[int, str, tuple[str, ...]]]] = {}
    for span in doc.spans["mentions"]:
        words = _words(span) if span.label_ == "PERSON" else ()
        for n in range(len(words)):
            forms = found.setdefault(words[n:], [])
            if forms and len(forms[0][2]) < len(words):
                forms.clear()
            if not forms or len(forms[0][2]) == len(words):
                forms.append((span.start, _own_id(span), words))
    return found


def find_subject(verb: Token) -> Token | None:
    """Find who does what a verb says: its own subject, or that of the verb it hangs on.

    For a relative pronoun it is the noun before, for a participle ("a report saying") what it
    stands at, for a gerund ("the efforts of branding") the owner.
    """
    for _ in range(8):
        own = [word for name, word in dependents(verb) if name in SUBJECTS]
        if own:
            before = [word for word in own if word.i < verb.i]
            subject = before[-1] if before else own[0]
            return _antecedent(verb) if subject.lower_ in _RELATIVE else subject
        name, above = relation(verb), head(verb)
        if name in ("acl", "acl:relcl"):
            is_gerund = any(word.lower_ in ("of", "at") for word in verb.children if word < verb)
            return (find_owner(above) or above) if is_gerund else above
        if name == "advcl" and any(word.lower_ == "of" for word in verb.children):
            return next((word for name, word in dependents(above) if name == "obj"), None)
        if name not in ("conj", "xcomp", "advcl") or above.pos_ not in ("VERB", "AUX", "ADJ"):
            return None
        verb = above
    return None


def find_owner(noun: Token, *, of: bool = True) -> Token | None:
    """Find whose a noun is: "Ankara's claim", "the claim by Ankara", "the Indian claim".

    With `of` also "the claim of Ankara".
    """
    marks = ("by", "from", "among", "of") if of else ("by", "from", "among")
    found = {}
    for name, word in dependents(noun):
        mark = preposition(word)
        if name in ("nmod:poss", "obl:agent"):
            return word
        if name == "nmod" and mark is not None and mark.lower_ in marks:
            found["nmod"] = word
        elif name == "amod" and word.ent_type_ == "NORP":
            found["amod"] = word
    return found.get("nmod") or found.get("amod")


def find_agent(verb: Token) -> Token | None:
    """Find who does what a verb in the passive says: "regarded by Beijing"."""
    for name, word in dependents(verb):
        mark = preposition(word)
        if name.startswith("obl") and mark is not None and mark.lower_ == "by":
            return word
    return None


def _antecedent(verb: Token) -> Token | None:
    while relation(verb) == "conj":
        verb = head(verb)
    return head(verb) if relation(verb) == "acl:relcl" else None


def _coordinated(word: Token) -> Iterator[Token]:
    """Yield a word and those that are joined to it by "and"."""
    yield word
    if not _is_parsed(word.doc):
        return
    joined = [other for name, other in dependents(word) if name == "conj"]
    joined = [w for w in joined if w.pos_ in ("NOUN", "PROPN", "PRON") and not preposition(w)]
    # "Ines Duarte, a guide": what looks like a list is an apposition.
    joined = [w for w in joined if not any(c.lower_ in ("a", "an") for c in w.children)]
    if any(child.lower_ in ("and", "or", "&") for w in joined for child in w.children):
        yield from joined


def _phrase(word: Token) -> tuple[int, int]:
    """Give the noun phrase of a word without article, relative clause and apposition."""
    inside = {word.i}
    for name, below in dependents(word):
        if name in _DESCRIBING:
            inside |= {token.i for token in below.subtree}
            mark = preposition(below)
            inside |= {mark.i} if mark is not None else set()
    start = end = word.i
    while start - 1 in inside:
        start -= 1
    while end + 1 in inside and word.doc[end + 1].text not in (",", "(", "–", "—"):
        end += 1
    words = read_own_rules("speech.toml")["words"]
    left_out = (*_ARTICLES, *words["honorifics"])
    while start < word.i and (
        word.doc[start].lower_.strip(".") in left_out or word.doc[start].is_punct
    ):
        start += 1
    return start, end + 1


def _capitalised(word: Token) -> tuple[int, int]:
    """Give the run of capitalised words around one, for want of a parse."""
    doc, start, end = word.doc, word.i, word.i + 1
    while start and doc[start - 1].is_title and word.is_title:
        start -= 1
    while end < len(doc) and doc[end].is_title and word.is_title:
        end += 1
    return start, end


def _untitled(span: Span) -> tuple[int, int]:
    """Give the tokens of a name without titles before it and a possessive behind."""
    doc, start, end = span.doc, span.start, span.end
    # A codebook may list only part of a name: "Novak" of "Pavel Novak".
    while start and _belongs(doc[start - 1], doc[start]) and not doc[start - 1].ent_type_:
        start -= 1
    while end < len(doc) and _belongs(doc[end], doc[end - 1]) and not doc[end].ent_type_:
        end += 1
    while end - 1 > start and span.doc[end - 1].lower_ in ("'s", "’s", "'", "’"):
        end -= 1
    while start < end - 1 and span.doc[start].lower_.strip(".") in _titles():
        start += 1
    return start, end


def _belongs(token: Token, name: Token) -> bool:
    """Tell whether a word is another part of the name beside it."""
    return (
        token.pos_ == "PROPN"
        and token.is_title
        and token.lower_.strip(".") not in _titles()
        and (head(token) == name or head(name) == token or head(token) == head(name))
        and not any(relation(word) in ("appos", "conj", "nmod:poss") for word in (token, name))
    )


def _words(span: Span) -> tuple[str, ...]:
    start, end = _untitled(span)
    return tuple(re.sub(r"\W+", " ", span.doc[start:end].text).split()) or (span.text,)


@cache
def _titles() -> frozenset[str]:
    words = read_own_rules("speech.toml")["words"]
    return frozenset([*words["honorifics"], *words["titles"]])


def _own_id(span: Span) -> str:
    """Give the id of a mention, if it is all of the name."""
    start, end = _untitled(span)
    return span.id_ if span.start <= start and end <= span.end else ""


def _is_parsed(doc: Doc) -> bool:
    # A parser labels every token; asking all of them, sentence by sentence, takes longer.
    return len(doc) > 0 and doc[0].has_dep()
