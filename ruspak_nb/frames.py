"""Find what a cue governs in its sentence: the clause that is said, and who says it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spacy.tokens import Doc, Span, Token

from ruspak_nb.cues import NOMINAL, SAYING, THINKING, can_speak, cue_words, is_asserted, word_list
from ruspak_nb.dependencies import dependents, head, is_passive, preposition, relation
from ruspak_nb.speakers import find_agent, find_owner, find_subject

_CLAUSAL = (SAYING - {"says-words"}) | THINKING
_RELATIVE = ("which", "who", "whom", "that", "what")


class Frame(NamedTuple):
    """What a cue governs: the tokens `first` to `last`, said by `speaker`, None if left open.

    `words` are the tokens that say so. With `is_row` this is an indirect quote; with `holds`,
    words in marks inside it are the speaker's. It is no indirect quote if nearly all from
    `core` on is in marks.
    """

    first: int
    last: int
    speaker: Token | None
    words: tuple[int, int]
    is_row: bool = True
    holds: bool = True
    core: int = -1


def find_frames(cue: Token, kinds: frozenset[str], sentence: Span) -> Iterator[Frame]:
    """Yield what a cue governs; nothing if it is denied, asked, or the author's."""
    if not is_asserted(cue, sentence):
        return
    if "according-to" in kinds:
        yield from _according(cue, sentence)
    elif kinds & NOMINAL:
        yield from _under_noun(cue, kinds, sentence)
    elif "adj-that" in kinds:
        subject = find_subject(cue)
        for name, word in dependents(cue) if can_speak(subject) else ():
            if _is_said(name, word):
                yield Frame(*_clause(word, cue), subject, cue_words(cue), holds=False)
    else:
        yield from _under_verb(cue, kinds, sentence)


def _under_verb(verb: Token, kinds: frozenset[str], sentence: Span) -> Iterator[Frame]:
    passive = is_passive(verb)
    speaker = find_agent(verb) if passive else find_subject(verb)
    is_open = passive and speaker is None
    if not is_open and not can_speak(speaker):
        return
    words = cue_words(verb)
    holds = not is_open and not kinds <= THINKING
    clauses = list(_clauses(verb, kinds, sentence, passive=passive))
    for clause in clauses:
        yield Frame(*clause, speaker, words, holds=holds)
    if not clauses and kinds & _CLAUSAL and not passive and _is_inserted(verb, sentence):
        place = _rest(sentence, _range(verb.subtree), head(verb))
        yield Frame(*place, speaker, words, holds=holds)
    if is_open:
        return
    if "calls-as" in kinds:
        yield from _calls(verb, speaker, words, passive=passive)
    for name, word in dependents(verb) if holds else ():
        if word.i > verb.i and _is_object(name, word):
            yield Frame(*_range(word.subtree), speaker, words, is_row=False)


def _clauses(
    verb: Token, kinds: frozenset[str], sentence: Span, *, passive: bool
) -> Iterator[tuple[int, int]]:
    objects = [word for name, word in dependents(verb) if name in ("obj", "iobj")]
    for name, word in dependents(verb):
        if kinds & _CLAUSAL and _is_said(name, word) and not _is_tail(word, sentence):
            first, last = _clause(word, verb)
            # "said the man had been drinking": a subject that was taken for an object
            lost = [noun for noun in objects if verb.i < noun.i < first]
            has_subject = any(name.startswith("nsubj") for name, _ in dependents(word))
            tells = "tells-someone-that" in kinds
            yield (lost[0].left_edge.i if lost and not has_subject and not tells else first), last
        elif name == "xcomp" and _is_infinitive(word) and (passive or "says-to" in kinds):
            first, last = _clause(word, verb)
            # "expects inflation to fall"
            begins = objects and not passive and verb.i < objects[0].i < word.i
            yield (objects[0].left_edge.i if begins else first), last
    # A parser may hang the clause on the noun before it: "told the house that it was late".
    beside = ("iobj", "obl", "obl:agent", *(("obj",) if "tells-someone-that" in kinds else ()))
    for name, noun in dependents(verb) if kinds & _CLAUSAL else ():
        if name in beside and noun.i > verb.i:
            after_person = name in ("obj", "iobj")
            for _, word in dependents(noun):
                if _begins_with_that(word, after_person=after_person):
                    yield _clause(word, verb)


def _calls(
    verb: Token, speaker: Token | None, words: tuple[int, int], *, passive: bool
) -> Iterator[Frame]:
    """Yield from A to the end of B in "sees A as B", "calls A B"."""
    subject = "nsubj:pass" if passive else "obj"
    what = next((word for name, word in dependents(verb) if name == subject), None)
    if what is None:
        return
    for name, word in (*dependents(verb), *dependents(what)):
        is_as = _marked_by(word, "as") and name in ("obl", "advcl", "xcomp", "nmod", "obj")
        is_bare = name in ("xcomp", "obj") and word.pos_ in ("NOUN", "PROPN", "ADJ")
        if word.i <= max(verb.i, what.i) or not (is_as or is_bare):
            continue
        first, (core, last) = what.left_edge.i, _range(word.subtree)
        core += verb.doc[core].lower_ == "as"
        last = _with_relative(verb.doc, last)
        if what.lower_ in _RELATIVE:
            if relation(verb) != "acl:relcl":
                return
            # "CPEC, which India sees as a threat": A is the article's, B is India's.
            first = core
        yield Frame(first, last, speaker, words, core=core)
        return


def _with_relative(doc: Doc, last: int) -> int:
    """Give the last token of a phrase with the "in which …" that a parser has hung elsewhere."""
    after = doc[last + 1 : last + 3]
    if len(after) < 2 or after[0].pos_ != "ADP" or after[1].lower_ not in _RELATIVE:
        return last
    return next((token.i - 1 for token in doc[last + 3 :] if token.is_punct), last)


def _under_noun(noun: Token, kinds: frozenset[str], sentence: Span) -> Iterator[Frame]:
    owner, words = find_owner(noun), (noun.i, noun.i + 1)
    if "noun-that" in kinds:
        above = head(noun)
        speaker = owner
        if owner is None and relation(noun) == "obj" and above.lemma_ in word_list("light_verbs"):
            speaker = find_subject(above) if is_asserted(above, sentence) else None
        for _, word in dependents(noun) if can_speak(speaker) else ():
            if _begins_with_that(word):
                yield Frame(*_clause(word, noun), speaker, words)
    mark = preposition(noun)
    if "in-the-view-of" in kinds and owner and can_speak(owner) and _is_set_off(mark, sentence):
        is_of = owner.i > noun.i
        assert mark is not None
        phrase = mark.i, _phrase_end(owner if is_of else noun, sentence)
        words = (mark.i, noun.i + 2) if is_of else words
        yield Frame(*_rest(sentence, phrase, head(noun)), owner, words)
    if "noun-as" in kinds:
        yield from _noun_as(noun, sentence)


def _is_set_off(mark: Token | None, sentence: Span) -> bool:
    """Tell whether a phrase with "in" stands before a clause, or after a comma."""
    if mark is None or mark.lower_ != "in" or mark.nbor(1).lower_ in ("view", "word", "words"):
        return False
    before = mark.nbor(-1) if mark.i > sentence.start else None
    return before is None or before.is_punct or before.pos_ in ("CCONJ", "SCONJ", "ADV")


def _noun_as(noun: Token, sentence: Span) -> Iterator[Frame]:
    owner = find_owner(noun, of=False)
    what = next((word for _, word in dependents(noun) if _marked_by(word, "of")), None)
    if what is None or not can_speak(owner):
        return
    for word in noun.doc[what.i + 1 : sentence.end]:
        if _marked_by(word, "as") and head(word) in (noun, what, head(noun)):
            core, last = _range(word.subtree)
            core += noun.doc[core].lower_ == "as"
            mark = preposition(what)
            first = max(what.left_edge.i, mark.i + 1 if mark is not None else 0)
            yield Frame(first, last, owner, (noun.i, noun.i + 1), core=core)
            return


def _according(token: Token, sentence: Span) -> Iterator[Frame]:
    doc, to = token.doc, token.i + 1
    if to >= sentence.end or doc[to].lower_ != "to":
        return
    marks = (token, doc[to])
    words = doc[to + 1 : min(to + 15, sentence.end)]
    source = next((word for word in words if preposition(word) in marks), None)
    if source is None or not can_speak(source) or source.lemma_ in word_list("standards"):
        return
    phrase = token.i, _phrase_end(source, sentence)
    yield Frame(*_rest(sentence, phrase, head(source)), source, (token.i, to + 1))


def _phrase_end(word: Token, sentence: Span) -> int:
    """Give the last token of a phrase; its first comma, if the parse runs on to the end."""
    last = word.right_edge.i
    commas = [token.i for token in word.doc[word.i : last] if token.text == ","]
    return commas[0] - 1 if commas and last >= sentence.end - 2 else last


def _rest(sentence: Span, phrase: tuple[int, int], clause: Token) -> tuple[int, int]:
    """Give the clause around or beside a phrase that is no part of what is said."""
    doc, (start, end) = sentence.doc, phrase
    first, last = sentence.start, sentence.end - 1
    own = _range(clause.subtree)
    if own[0] <= start and end <= own[1] and not start <= clause.i <= end:
        first, last = own
    before = [token for token in doc[first:start] if token.pos_ not in ("PUNCT", "CCONJ", "ADV")]
    after = [token for token in doc[end + 1 : last + 1] if not token.is_punct]
    if not before:
        return min(end + 1, last), last
    if not after or after[0].pos_ == "CCONJ":
        return first, max(start - 1, first)
    return first, last


def _clause(word: Token, cue: Token) -> tuple[int, int]:
    """Give the clause that a word heads, without what links it to its cue."""
    first, last = _range(word.subtree)
    doc = word.doc
    if first < cue.i < word.i and all(
        token.lower_ in _RELATIVE or token.is_punct for token in word.subtree if token.i < cue.i
    ):
        first = cue.i + 1
    for name, below in dependents(word):
        # "They argue it is bad, while others say it is good": the rest is not theirs.
        start = next((token.i for token in below.subtree if not token.is_punct), below.i)
        is_after = name in ("advcl", "conj", "parataxis") and start - 1 > max(word.i, cue.i)
        contrasts = doc[start].lower_ in ("while", "whereas", "but")
        if is_after and contrasts and doc[start - 1].text == ",":
            last = min(last, start - 2)
    while first < last and (doc[first].is_punct or doc[first].lower_ in ("that", "to", "as")):
        # "said that is wrong": a pronoun
        if doc[first].lower_ == "that" and doc[first + 1].pos_ in ("AUX", "VERB"):
            break
        first += 1
    return first, last


def _range(words: Iterable[Token]) -> tuple[int, int]:
    places = [word.i for word in words]
    return min(places), max(places)


def _is_said(name: str, word: Token) -> bool:
    """Tell whether a dependent of a cue is a clause that is said, and no question."""
    # "which experts claim would be": without its subject a clause looks like an infinitive.
    finite = name == "xcomp" and any(x in ("aux", "cop") for x, _ in dependents(word))
    is_clause = name in ("ccomp", "csubj:pass", "csubj") or (finite and not _is_infinitive(word))
    if not is_clause and not _begins_with_that(word):
        return False
    if any(child.lower_ in ("if", "whether") for child in word.children if child.i < word.i):
        return False
    first = next((token for token in word.subtree if not token.is_punct), word)
    asks = first.lower_ in word_list("questions") and (head(first) == word or first == word)
    return not (asks and first.i > head(word).i)


def _begins_with_that(word: Token, *, after_person: bool = False) -> bool:
    """Tell a clause ("the claim that it failed") from a relative one ("the claim that he made").

    A clause has all it needs without "that": one that is the subject beside another is none.
    After whom something is told an object "that" is likelier a fault of the parse.
    """
    subjects = [child.lower_ for name, child in dependents(word) if name.startswith("nsubj")]
    for name, child in dependents(word):
        if child.lower_ == "that" and child.i == word.left_edge.i:
            return (
                name == "mark"
                or subjects[:1] != subjects[-1:]
                or (after_person and name == "obj" and bool(subjects))
            )
    return False


def _is_infinitive(word: Token) -> bool:
    return any(child.lower_ == "to" and child.i < word.i for child in word.children)


def _is_object(name: str, word: Token) -> bool:
    """Tell whether words in marks inside a dependent of a verb are what the verb says."""
    if name in ("obj", "xcomp", "ccomp", "parataxis"):
        return True
    return (name == "obl" and _marked_by(word, "as")) or (name == "advcl" and _is_infinitive(word))


def _marked_by(word: Token, mark: str) -> bool:
    found = preposition(word)
    if found is not None:
        return found.lower_ == mark
    return any(child.lower_ == mark and child.i < word.i for child in word.children)


def _is_inserted(verb: Token, sentence: Span) -> bool:
    """Tell whether a clause is put into another: "The deal, officials say, is dead."."""
    first, last = _range(token for token in verb.subtree if not token.is_punct)
    if relation(verb) == "advcl":
        return verb.doc[first].lower_ == "as"
    if _is_tail(verb, sentence):
        return True
    if relation(verb) not in ("parataxis", "acl:relcl"):
        return False
    doc = verb.doc
    opens = first > sentence.start and doc[first - 1].text in (",", "–", "—", "-")
    closes = last + 1 >= sentence.end or doc[last + 1].is_punct
    relative = any(token.lower_ in _RELATIVE for token in doc[first : verb.i])
    return opens and closes and not relative


def _is_tail(verb: Token, sentence: Span) -> bool:
    """Tell whether a sentence ends with who says it: "Talks go on, the Kremlin said."."""
    subject = next((word for name, word in dependents(verb) if name == "nsubj"), None)
    if subject is None or not sentence.start < subject.i < verb.i or relation(verb) == "root":
        return False
    first, last = subject.left_edge.i, _range(verb.subtree)[1]
    clauses = ("ccomp", "xcomp", "obj", "advcl")
    has_content = any(name in clauses and word.i > verb.i for name, word in dependents(verb))
    is_last = all(token.is_punct for token in verb.doc[last + 1 : sentence.end])
    return verb.doc[first - 1].text == "," and is_last and not has_content
