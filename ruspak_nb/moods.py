"""Tell in which mood an event is told: done, going on, planned, possible, wished for, denied."""

from collections.abc import Iterator
from functools import cache

from spacy.tokens import Token

from ruspak_nb.dependencies import dependents, head, relation
from ruspak_nb.sheets import read_own_rules

# Relations of words that colour the verb they stand on.
_ON_VERB = ("aux", "aux:pass", "advmod", "mark", "neg", "det", "cc:preconj")
# Relations through which a governing word tells the mood of what it governs.
_GOVERNED = ("xcomp", "ccomp", "acl", "advcl", "obj", "obl", "nmod", "nsubj:pass", "nsubj")


def modality(trigger: Token) -> str:
    """Give the modality of the event that a verb or noun names (`schema.MODALITIES`).

    Words on the verb itself decide first ("should sell", "did not sell"), then those that
    govern it ("refused to sell", "plans for a sale"), then the tense of the clause.
    """
    for word, governed in _chain(trigger):
        told = _told(word, governed)
        if told:
            return told
        if word.pos_ in ("VERB", "AUX") and (tense := _tense(word)):
            return _told_above(word) or tense
    return "ongoing" if trigger.pos_ == "NOUN" else "happened"


def _chain(token: Token) -> Iterator[tuple[Token, bool]]:
    """Yield a word and those above it that govern it; whether it is one of the latter."""
    governed = False
    seen = set()
    while token.i not in seen:
        seen.add(token.i)
        yield token, governed
        name = relation(token)
        if name == "conj":
            # The first of several verbs carries the auxiliaries of all.
            token = head(token)
            continue
        if name not in _GOVERNED:
            return
        token, governed = head(token), True


def _told(word: Token, governed: bool) -> str:
    on = {child.lemma_.casefold() for name, child in dependents(word) if name in _ON_VERB} | {
        child.lower_ for name, child in dependents(word) if name in _ON_VERB
    }
    for told, on_verb, above, _ in _rules():
        if on & on_verb or (governed and word.lemma_.casefold() in above):
            return told
    return ""


def _told_above(verb: Token) -> str:
    """Give what a verb tells of the finite clause below it: "denied that it sold ships"."""
    above = head(verb)
    if relation(verb) != "ccomp" or _told(above, governed=False) == "denied":
        return ""
    lemma = above.lemma_.casefold()
    return next((told for told, *_, finite in _rules() if lemma in finite), "")


def _tense(verb: Token) -> str:
    """Give what the tense of a finite verb tells; empty for an infinitive or participle."""
    helpers = [child for name, child in dependents(verb) if name in ("aux", "aux:pass", "cop")]
    forms = [verb, *helpers]
    if any(name == "mark" and child.lower_ == "to" for name, child in dependents(verb)):
        # "is to visit" has its auxiliary; a bare infinitive has none.
        return "planned" if any(child.lemma_ == "be" for child in helpers) else ""
    tenses = [
        form.morph.get("Tense", []) for form in forms if "Fin" in form.morph.get("VerbForm", [])
    ]
    if not tenses:
        return ""
    perfect = any(child.lemma_ == "have" for child in helpers)
    return "happened" if perfect or ["Past"] in tenses else "ongoing"


@cache
def _rules() -> tuple[tuple[str, frozenset[str], frozenset[str], frozenset[str]], ...]:
    return tuple(
        (rule["modality"], *(frozenset(rule.get(key, ())) for key in ("on", "above", "finite")))
        for rule in read_own_rules("moods.toml")["rule"]
    )
