"""Read a parse in one scheme, Universal Dependencies, whichever of two it was made in.

Pipelines for English label dependencies as Universal Dependencies do, or in spaCy's own way;
`codebook/dependencies.toml` says what the labels of the one are called in the other. A form
of "be" that heads what it links ("Russia is a partner") is left the head.
"""

from functools import cache, lru_cache

from spacy.tokens import Token

from ruspak_nb.sheets import read_own_rules

# In spaCy's own scheme these stand between a word and what it governs through them.
_PREPOSITIONS = ("prep", "agent", "dative")
_OBJECTS = ("pobj", "pcomp")
_STEPPED = frozenset((*_PREPOSITIONS, *_OBJECTS))
_NOMINAL = ("NOUN", "PROPN", "PRON", "NUM", "SYM")


def relation(token: Token) -> str:
    """Give the relation of a token to its head, as Universal Dependencies name it.

    An object of a preposition gets the relation of its whole phrase: in "sanctioned by
    Washington", `Washington` is `obl:agent`, in "ties with Moscow", `Moscow` is `nmod`.
    """
    if token.dep_ == "pobj" and token.head.dep_ in _PREPOSITIONS:
        if token.head.dep_ == "agent":
            return "obl:agent"
        return "nmod" if head(token).pos_ in _NOMINAL else "obl"
    return _labels().get(token.dep_, token.dep_)


def head(token: Token) -> Token:
    """Give what a token depends on, stepping over the prepositions that mark it."""
    above = token.head
    if token.dep_ in _OBJECTS:
        while above.dep_ in _PREPOSITIONS:
            above = above.head
    return above


@lru_cache(maxsize=4096)
def dependents(token: Token) -> tuple[tuple[str, Token], ...]:
    """Give what depends on a token, with its relation, in the order of the text.

    A preposition that has an object is stepped over; `preposition` gives it. The layers ask
    the same words again and again, so the last answers are kept.
    """
    children = list(token.children)
    labels = [child.dep_ for child in children]
    if _STEPPED.isdisjoint(labels):
        # Universal Dependencies, and most words of the other scheme: nothing is stepped over.
        names = _labels()
        return tuple(
            (names.get(label, label), w) for label, w in zip(labels, children, strict=True)
        )
    found = [word for child in children for word in _objects(child) or [child]]
    return tuple((relation(word), word) for word in sorted(found))


def preposition(token: Token) -> Token | None:
    """Give the preposition that marks a token: "with" for Moscow in "ties with Moscow"."""
    if token.dep_ in _OBJECTS:
        return token.head
    return next((word for word in token.children if word.dep_ == "case" and word.i < token.i), None)


def marker(token: Token) -> str:
    """Give the preposition that marks a token in lower case; empty if there is none."""
    found = preposition(token)
    return found.lower_ if found is not None else ""


def is_passive(verb: Token) -> bool:
    """Tell whether a verb is in the passive: "was sanctioned by Washington"."""
    return any(
        name in ("nsubj:pass", "csubj:pass", "aux:pass", "obl:agent")
        for name, _ in dependents(verb)
    )


def _objects(child: Token) -> list[Token]:
    """Give what a preposition of spaCy's own scheme leads to, through "out of" as well."""
    if child.dep_ not in _PREPOSITIONS:
        return []
    return [
        word
        for below in child.children
        for word in ([below] if below.dep_ in _OBJECTS else _objects(below))
    ]


@cache
def _labels() -> dict[str, str]:
    labels: dict[str, str] = read_own_rules("dependencies.toml")["labels"]
    return labels
