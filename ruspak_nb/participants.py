"""Find who acts and upon whom: the two sides of an action, from the parse around its word."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from spacy.tokens import Token

from ruspak_nb.act_rules import Action
from ruspak_nb.actors import Actor, Cast, listed, subject
from ruspak_nb.dependencies import dependents, head, is_passive, marker, relation

# Prepositions that hardly lead to anything but the other side.
_PLAIN = ("with", "between", "against", "towards", "toward")


def find_dyads(
    trigger: Token, action: Action, cast: Cast, *, guess: bool = False
) -> list[tuple[Actor, Actor]]:
    """Give source and target of an action, as pairs; a mutual one gives each pair once.

    With `guess`, where the parse leads to one of the two only, the other is the nearest actor
    of the same clause: before the action its source, after it its target. A passive that
    names no source has none.
    """
    sources = _sources(trigger, action, cast)
    targets = _targets(trigger, action, cast, sources)
    if action.mutual and (len(sources) > 1 or len(targets) > 1) and not (sources and targets):
        return _all_pairs(sources or targets)
    if guess and action.mutual and not sources and not targets:
        return _all_pairs(cast.near(trigger, after=False))
    if not targets and sources and action.plover == "REQUEST" and action.pos == "NOUN":
        # "At India's request Moscow called it off."
        targets = [actor for actor in _above(trigger, cast) if not actor.is_same(sources[0])]
    if guess and not targets and sources:
        targets = cast.near(trigger, after=True)
    elif guess and not sources and targets and not is_passive(trigger):
        sources = cast.near(trigger, after=False)
    home = cast.countries(cast.sentence(trigger))
    sources, targets = _placed(sources, home), _placed(targets, home)
    pairs = [(a, b) for a in sources for b in targets if not a.is_same(b)]
    # "Russia and Pakistan agreed with China": all three with each other.
    return pairs + (_all_pairs(sources) if action.mutual else [])


def _placed(actors: Sequence[Actor], countries: Sequence[str]) -> list[Actor]:
    """Put people of no said country in the only one that their sentence speaks of."""
    return [
        actor if actor.entity_id or actor.country else replace(actor, country=countries[0])
        for actor in actors
        if actor.entity_id or actor.country or len(countries) == 1
    ]


def _all_pairs(actors: Sequence[Actor]) -> list[tuple[Actor, Actor]]:
    known = [actor for actor in actors if actor.entity_id or actor.country]
    return [(a, b) for a, b in combinations(known, 2) if not a.is_same(b)]


def objects(verb: Token) -> list[Token]:
    """Give what a verb acts on: its object, or in the passive its subject, with those listed."""
    if verb.pos_ == "NOUN":
        about = [w for name, w in dependents(verb) if name == "nmod" and marker(w) == "of"]
        return [part for word in about for part in listed(word)]
    found = [word for name, word in dependents(verb) if name in ("obj", "nsubj:pass")]
    if not found and relation(verb) == "acl" and verb.morph.get("VerbForm", []) == ["Part"]:
        # "weapons sold by Russia"
        found = [head(verb)] if "Past" in verb.morph.get("Tense", []) else []
    if not found and relation(verb) not in ("acl", "xcomp"):
        # What a verb of change has for its subject: "relations improved".
        found = [word for name, word in dependents(verb) if name == "nsubj"]
    return [part for word in found for part in listed(word)]


def _sources(trigger: Token, action: Action, cast: Cast) -> list[Actor]:
    if action.source:
        return _through(trigger, action.source, cast)
    if trigger.pos_ in ("NOUN", "PROPN"):
        return _noun_sources(trigger, cast)
    if is_passive(trigger) or _is_reduced_passive(trigger):
        agents = [word for name, word in dependents(trigger) if name == "obl:agent"]
        agents += [
            word for name, word in dependents(trigger) if name == "obl" and marker(word) == "by"
        ]
        return [actor for word in agents for actor in cast.actors(word)]
    noun = subject(trigger)
    return cast.actors(noun) if noun is not None else _above(trigger, cast)


def _noun_sources(noun: Token, cast: Cast) -> list[Actor]:
    """Give whose a deed is: the owner, who does it "by …", or the subject of the verb above."""
    owners = cast.owners(noun)
    by = [
        actor
        for name, word in dependents(noun)
        if name == "nmod" and marker(word) in ("by", "between", "among", "of")
        for actor in cast.actors(word)
    ]
    return owners or by or _above(noun, cast)


def _above(token: Token, cast: Cast) -> list[Actor]:
    """Give the actor of the noun or verb that governs a deed: "Moscow's refusal to sell"."""
    name, above = relation(token), head(token)
    if name in ("obj", "obl", "nsubj:pass", "xcomp", "advcl") and above.pos_ == "VERB":
        noun = subject(above)
        return cast.actors(noun) if noun is not None and noun.i != token.i else []
    if name in ("acl", "nmod") and above.pos_ in ("NOUN", "PROPN"):
        return _noun_sources(above, cast)
    return []


def _targets(trigger: Token, action: Action, cast: Cast, sources: Sequence[Actor]) -> list[Actor]:
    known = {actor.at for actor in sources}
    for place in action.target:
        found = [actor for actor in _through(trigger, (place,), cast) if actor.at not in known]
        if found:
            return found
    return []


def _through(trigger: Token, places: Sequence[str], cast: Cast) -> list[Actor]:
    """Give the actors that stand in one of the places a row names."""
    found: list[Actor] = []
    for place in places:
        if place == "object":
            words = [w for name, w in dependents(trigger) if name in ("iobj", "dative")]
            words += objects(trigger)
            found += [actor for word in words for actor in cast.actors(word)]
        elif place == "owner":
            found += [actor for word in objects(trigger) for actor in cast.owners(word)]
        elif place == "subject":
            noun = subject(trigger)
            found += cast.actors(noun) if noun is not None else []
        elif place == "clause":
            for name, word in dependents(trigger):
                if name in ("ccomp", "xcomp"):
                    noun = subject(word)
                    found += cast.actors(noun) if noun is not None else []
        else:
            found += [actor for word in _after(trigger, place, cast) for actor in cast.actors(word)]
        if found:
            break
    return found


def _after(trigger: Token, marker: str, cast: Cast) -> list[Token]:
    """Give what a preposition leads to, below an action or below what the action is about.

    Where the parse has hung the phrase elsewhere, the next "with …" or "between …" counts.
    """
    if trigger.i not in cast.phrases:
        cast.phrases[trigger.i] = list(_phrases(trigger))
    found = [word for mark, word in cast.phrases[trigger.i] if mark == marker]
    if found or marker not in _PLAIN:
        return found
    for token in trigger.doc[trigger.i + 1 : cast.sentence(trigger).end]:
        if token.pos_ == "VERB" and "Fin" in token.morph.get("VerbForm", []):
            break
        if token.lower_ == marker and token.i + 1 < len(trigger.doc):
            return [head(token) if head(token).i > token.i else token.nbor(1)]
    return []


def _phrases(trigger: Token) -> Iterator[tuple[str, Token]]:
    """Yield what prepositions lead to, below an action or what it is about."""
    for word in _about(trigger, depth=3):
        for name, below in dependents(word):
            if name.startswith(("obl", "nmod")) and (mark := marker(below)):
                yield mark, below


def _about(word: Token, depth: int) -> Iterator[Token]:
    """Yield a word and what it is about: objects and complements, "a share of Iraq's debt"."""
    yield word
    for name, below in dependents(word) if depth else ():
        if name in ("obj", "nsubj:pass", "xcomp", "obl", "nmod"):
            yield from _about(below, depth - 1)


def _is_reduced_passive(verb: Token) -> bool:
    return relation(verb) == "acl" and verb.tag_ == "VBN"
