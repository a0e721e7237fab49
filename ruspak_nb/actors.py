"""Tell which states, organisations and people a noun phrase of a parse stands for."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from spacy.tokens import Doc, Span, Token

from ruspak_nb.codebook import Codebook
from ruspak_nb.dependencies import dependents, head, marker, relation
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.sheets import read_own_rules

# Relations between a noun and what tells whose or who it is.
_MODIFIERS = ("amod", "compound", "nmod:poss", "nmod:desc", "flat", "appos", "nmod:unmarked")
# How far down a phrase its owner is looked for: "the [Russian foreign ministry]'s spokesman".
_DEPTH = 3
# Words that join two names of a list at most: ", and".
_JOINT = 2
# Sentences through which "both countries" are remembered.
_MEMORY = 6


@dataclass(frozen=True)
class Actor:
    """Somebody who acts in politics: the entity named, the country it stands for, and where.

    `is_part` tells that it is but a part of the country: its rebels, its police, a party.
    """

    entity_id: str
    country: str
    at: int
    is_part: bool = False

    def is_same(self, other: "Actor") -> bool:
        """Tell whether both are one and the same: one state, or one entity of no state.

        The police of a country and its protesters are two.
        """
        if self.country != other.country or self.at == other.at:
            return self.at == other.at
        if not self.country:
            return self.entity_id == other.entity_id
        return not (self.is_part or other.is_part)


class Cast:
    """The actors of one Doc, found from its mentions and its parse."""

    def __init__(self, doc: Doc, codebook: Codebook) -> None:
        self._entities = codebook.entities
        self._roles = codebook.roles
        published = doc.user_data.get("published", "")
        self._day = edtf_bounds(published)[0] if published else ""
        # What prepositions lead to below a word that names an action: asked once for each row.
        self.phrases: dict[int, list[tuple[str, Token]]] = {}
        self._body: list[Span] = list(doc.spans["body"])
        self._starts = [sentence.start for sentence in self._body]
        self._told: dict[int, list[Actor]] = {}
        self._mention: dict[int, Span] = {
            token.i: span for span in doc.spans["mentions"] for token in span
        }

    def names(self, token: Token) -> bool:
        """Tell whether a word is part of a name: "war" in "Cold War" is no deed."""
        return token.i in self._mention

    def countries(self, sentence: Span) -> list[str]:
        """Give the countries that a sentence names, each once."""
        return list({actor.country: None for actor in self._all(sentence) if actor.country})

    def sentence(self, token: Token) -> Span:
        """Give the sentence of the body that a word stands in."""
        return self._body[bisect_right(self._starts, token.i) - 1]

    def can_act(self, sentence: Span) -> bool:
        """Tell whether a sentence names an actor at all, or speaks of two named before."""
        meant = _words()["two"] | _words()["pairs"]
        return bool(self._all(sentence)) or any(token.lower_ in meant for token in sentence)

    def near(self, trigger: Token, *, after: bool) -> list[Actor]:
        """Give the nearest actor before or after a word, and those listed with it.

        No finite verb may stand between them: beyond it begins another clause.
        """
        sentence = self.sentence(trigger)
        path = (
            range(trigger.i + 1, sentence.end)
            if after
            else range(trigger.i - 1, sentence.start - 1, -1)
        )
        for index in path:
            token = trigger.doc[index]
            span = self._mention.get(index)
            if span is not None and (actor := self.named(span)):
                found = self.actors(span.root)
                return found if any(a.at == actor.at for a in found) else [actor]
            finite = "Fin" in token.morph.get("VerbForm", []) and token.pos_ == "VERB"
            if finite and relation(token) not in ("acl:relcl",) and head(trigger).i != index:
                return []
        return []

    def named(self, span: Span) -> Actor | None:
        """Give the actor that a mention names, if it is one that can act."""
        entity = self._entities.get(span.id_)
        country = entity.country if entity else ""
        if span.label_ == "ORG" or (country and span.label_ in ("GPE", "NORP", "PERSON")):
            is_part = span.label_ in ("ORG", "PERSON")
            return Actor(span.id_, country, span.start, is_part) if entity else None
        return None

    def actors(self, token: Token) -> list[Actor]:
        """Give the actors that a noun phrase stands for, by the word that heads it.

        Several where they are listed ("Russia, China and Pakistan") or meant by a pronoun or
        a plain description ("both countries"); none where it is nobody who acts.
        """
        return _once(
            actor
            for word in listed(token)
            for actor in self._named(word) or self._meant(word) or self._unplaced(word)
        )

    def owners(self, noun: Token) -> list[Actor]:
        """Give the actors to whom a noun belongs: Russia in "Russia's sale", "Russian sale"."""
        return _once(
            actor
            for name, word in dependents(noun)
            if name in _MODIFIERS and name != "appos"
            for actor in self.actors(word)
            # Neither "military cooperation" nor "prisoner swap" tells whose it is.
            if actor.entity_id or actor.country or name == "nmod:poss"
        )

    def before(self, sentence: Span, token: Token) -> list[Actor]:
        """Give the different actors named in a sentence before a word, in order."""
        found: dict[str, Actor] = {}
        for index in range(sentence.start, token.i):
            span = self._mention.get(index)
            if span is not None and span.start == index and (actor := self.named(span)):
                found.setdefault(actor.country or actor.entity_id, actor)
        return list(found.values())

    def _named(self, token: Token, depth: int = _DEPTH) -> list[Actor]:
        """Give the actors that a word or what describes it names."""
        span = self._mention.get(token.i)
        if span is not None and (actor := self.named(span)):
            return self._joined(span, actor)
        for name, word in dependents(token) if depth else ():
            if name in _MODIFIERS or _belongs(name, word):
                found = [a for part in listed(word) for a in self._named(part, depth - 1)]
                if found:
                    return [self._described(token, actor) for actor in found]
        return self._at_left(token)

    def _joined(self, span: Span, actor: Actor) -> list[Actor]:
        """Give all of "US-Russia" or "China, Russia and Pakistan" for any of them.

        Parsers seldom agree on what hangs on what there.
        """
        found = [actor]
        for step in (-1, 1):
            place: Span | None = span
            while place is not None and (place := self._beside(place, step)) is not None:
                other = self.named(place)
                if other is None:
                    break
                found.insert(0 if step < 0 else len(found), other)
        return found

    def _beside(self, span: Span, step: int) -> Span | None:
        """Give the mention that a dash, a comma or "and" joins to another, before or after it."""
        doc, index = span.doc, span.start - 1 if step < 0 else span.end
        between: list[str] = []
        while 0 <= index < len(doc) and len(between) < _JOINT and index not in self._mention:
            between.append(doc[index].lower_)
            index += step
        beside = self._mention.get(index)
        if beside is None or beside.label_ != span.label_ or not between:
            return None
        words = _words()
        dash = max(span.start, beside.start) - 1
        if len(between) == 1 and between[0] in words["dashes"] and not doc[dash - 1].whitespace_:
            return beside
        is_list = set(between) <= words["listing"] and not _begins_clause(max(span, beside))
        return beside if is_list and self._ends_list(beside, span, step) else None

    def _ends_list(self, beside: Span, span: Span, step: int) -> bool:
        """Tell a list, which has an "and", from a clause that begins after a comma."""
        doc = span.doc
        first, last = (beside, span) if step < 0 else (span, beside)
        while first.end < len(doc):
            gap = [token.lower_ for token in doc[first.end : last.start]]
            if "and" in gap:
                return True
            after = last.end + 1
            while after < len(doc) and after <= last.end + _JOINT and after not in self._mention:
                after += 1
            following = self._mention.get(after)
            gap = [token.lower_ for token in doc[last.end : after]]
            if following is None or not set(gap) <= _words()["listing"] or last == following:
                return False
            first, last = last, following
        return False

    def _at_left(self, token: Token) -> list[Actor]:
        """Give the actor in what runs up to a name: "Palestinian leader Yasser Arafat"."""
        for index in range(token.i - 1, max(self.sentence(token).start, token.i - 6) - 1, -1):
            word = token.doc[index]
            if word.pos_ not in ("ADJ", "NOUN", "PROPN", "PART"):
                break
            span = self._mention.get(index)
            if span is not None and (actor := self.named(span)):
                return [self._described(token, actor)]
        return []

    def _described(self, token: Token, actor: Actor) -> Actor:
        is_part = token.lemma_.casefold() in _words()["parts"]
        holder = self._holder(token, actor) if token.i not in self._mention else ""
        return replace(
            actor,
            entity_id=holder or actor.entity_id,
            is_part=actor.is_part or is_part or bool(holder),
        )

    def _holder(self, token: Token, actor: Actor) -> str:
        """Give who held the office when the article appeared: "the Indian prime minister"."""
        if not self._day or not actor.country:
            return ""
        before = [word for word in token.lefts if relation(word) not in ("det", "nmod:poss")]
        if any(word.lower_ in _words()["former"] for word in before):
            return ""
        for words in ([*before[-1:], token], [token]):
            role = " ".join(word.lemma_.casefold() for word in words)
            for held in self._roles.get((actor.country, role), ()):
                if held.covers(self._day):
                    return held.entity_id
        return ""

    def _unplaced(self, token: Token) -> list[Actor]:
        """Give somebody of whom it is not said to which country he belongs: "the rebels"."""
        span = self._mention.get(token.i)
        is_name = span is not None and not span.id_ and span.label_ in ("PERSON", "ORG", "GPE")
        words = _words()
        is_people = token.lemma_.casefold() in words["parts"] | words["people"]
        return [Actor("", "", token.i, True)] if is_name or is_people else []

    def _meant(self, token: Token) -> list[Actor]:
        """Give the antecedent of a pronoun or of "both countries", if there is but one."""
        if token.lower_ in _words()["relatives"]:
            noun = _relative_antecedent(token)
            return self.actors(noun) if noun is not None else []
        sentence = self.sentence(token)
        if token.lower_ in _words()["one"]:
            noun = _subject_before(token)
            found = self.actors(noun) if noun is not None and noun.i < token.i else []
            return found if len(found) == 1 else []
        if token.lower_ in _words()["many"]:
            noun = _subject_before(token)
            found = self.actors(noun) if noun is not None and noun.i < token.i else []
            if noun is not None and found and "Plur" in noun.morph.get("Number", []):
                return found
        children = {word.lower_ for word in token.children}
        is_side = token.lemma_.casefold() in _words()["sides"]
        if token.lower_ in _words()["pairs"] or (is_side and children & _words()["two"]):
            return self._told_before(sentence, token, 2)
        if is_side and children & _words()["three"]:
            return self._told_before(sentence, token, 3)
        return []

    def _told_before(self, sentence: Span, token: Token, n: int) -> list[Actor]:
        """Give the `n` actors of the nearest sentence that names so many; none if more."""
        sentences, position = self._body, bisect_left(self._starts, sentence.start)
        known = self.before(sentence, token)
        for earlier in range(position - 1, max(position - 1 - _MEMORY, -1), -1):
            if len(known) >= n:
                break
            known = self._all(sentences[earlier])
        return known if len(known) == n else []

    def _all(self, sentence: Span) -> list[Actor]:
        if sentence.start not in self._told:
            self._told[sentence.start] = self.before(sentence, sentence[-1])
        return self._told[sentence.start]


def _begins_clause(span: Span) -> bool:
    """Tell a name that is the subject of a clause of its own: "… and Pakistan refused"."""
    return relation(span.root).startswith("nsubj") and span.root.head.i > span.root.i


def _once(actors: Iterable[Actor]) -> list[Actor]:
    return list({(actor.entity_id, actor.country): actor for actor in actors}.values())


def _belongs(name: str, word: Token) -> bool:
    """Tell "officials of Chile" and "rebels in Chile" from "the war in Chile"."""
    if name != "nmod":
        return False
    mark = marker(word)
    is_people = head(word).lemma_.casefold() in _words()["people"] | _words()["parts"]
    return mark in ("of", "from") or (mark in ("in", "within", "inside") and is_people)


def listed(token: Token) -> list[Token]:
    """Give a word and all that are coordinated with it."""
    found = [token]
    for name, word in dependents(token):
        if name == "conj" and word.pos_ != "VERB":
            found += listed(word)
        elif name in ("appos", "flat"):
            # "Libyan leader Gaddafi and …": what follows may hang on the name.
            found += listed(word)[1:]
    return found


def subject(verb: Token) -> Token | None:
    """Give the subject of a verb, active or passive, its own or the one it shares.

    A coordinated verb shares the subject of the first, an infinitive that of the verb above
    or, after an object, that object ("urged India to withdraw").
    """
    seen = set()
    while verb.i not in seen:
        seen.add(verb.i)
        own = next((w for name, w in dependents(verb) if name in ("nsubj", "nsubj:pass")), None)
        if own is not None:
            return own
        name, above = relation(verb), head(verb)
        if name == "xcomp":
            controller = next((w for n, w in dependents(above) if n in ("obj", "iobj")), None)
            if controller is not None and controller.i < verb.i:
                return controller
        elif name in ("acl", "acl:relcl") or (name == "advcl" and above.pos_ == "NOUN"):
            return above
        elif name not in ("conj", "advcl", "ccomp", "parataxis"):
            return None
        verb = above
    return None


def _relative_antecedent(token: Token) -> Token | None:
    clause = head(token)
    seen = set()
    while relation(clause) != "acl:relcl" and clause.i not in seen:
        seen.add(clause.i)
        clause = head(clause)
    return head(clause) if relation(clause) == "acl:relcl" else None


def _subject_before(token: Token) -> Token | None:
    """Give the subject of the clause a pronoun stands in, or of the clause above it."""
    clause = head(token)
    seen = set()
    while clause.i not in seen:
        seen.add(clause.i)
        noun = next((w for name, w in dependents(clause) if name.startswith("nsubj")), None)
        if noun is not None and noun.i < token.i:
            return noun
        clause = head(clause)
    return None


@cache
def _words() -> Mapping[str, frozenset[str]]:
    rules = read_own_rules("pronouns.toml")
    return {name: frozenset(words) for name, words in rules.items()}
