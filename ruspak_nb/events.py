"""Find who does what to whom: dyadic events in PLOVER's terms, from the parse of a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from ruspak_nb.act_rules import Action
from ruspak_nb.actors import Actor, Cast, subject
from ruspak_nb.codebook import Codebook, load_codebook
from ruspak_nb.dependencies import dependents, head, is_passive, marker, relation
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.moods import modality
from ruspak_nb.participants import find_dyads, objects
from ruspak_nb.schema import PLOVER
from ruspak_nb.spans import token_span

Event = dict[str, Any]
# Verbs that announce, by how they are built (see `codebook.CONSTRUCTIONS`).
_ANNOUNCING = ("says-that", "says-to", "tells-someone-that")


class Told(NamedTuple):
    """What of one Doc the words of an event can lie in, by token: dates, and whose words."""

    dates: Mapping[int, str]
    quotes: Mapping[int, Sequence[Mapping[str, Any]]]


@Language.factory("ruspak_events", default_config={"codebook": None})
def build_events(nlp: Language, name: str, codebook: str | None) -> "EventFinder":
    """Build the component for the codebook in the folder `codebook`."""
    return EventFinder(load_codebook(codebook))


class EventFinder:
    """spaCy component: `doc.user_data["events"]`, rows of the frame without text and ids."""

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        self._announcing = frozenset(
            cue.lemma for cue in codebook.cues if cue.construction in _ANNOUNCING
        )

    def __call__(self, doc: Doc) -> Doc:
        """Add the events of all sentences of the body to `doc`; none without a parse."""
        found: list[Event] = []
        if doc.has_annotation("DEP"):
            cast, told = Cast(doc, self._codebook), _read_told(doc)
            for sentence in doc.spans["body"]:
                found += self._in_sentence(sentence, cast, told)
        doc.user_data["events"] = found
        return doc

    def _in_sentence(self, sentence: Span, cast: Cast, told: Told) -> list[Event]:
        if not cast.can_act(sentence):
            return []
        rows: list[Event] = []
        taken: set[int] = set()
        for token in sentence:
            if token.i in taken or cast.names(token) or relation(token) == "compound":
                continue
            action, pairs = self._best(token, cast)
            if action is not None:
                rows += [
                    _row(token, action.action_id, action.plover, *pair, told) for pair in pairs
                ]
                # What is part of an action ("sign an agreement") names no second one.
                taken.update(word.i for word in objects(token) if action.objects)
        return list(_once([*rows, *self._declared(sentence, cast, rows, told)]))

    def _best(self, token: Token, cast: Cast) -> tuple[Action | None, list[tuple[Actor, Actor]]]:
        """Give the first row for a word whose two sides the parse shows, else one that guesses."""
        fitting = [action for action in self._actions(token) if _fits(token, action)]
        for guess in (False, True):
            for action in fitting:
                if pairs := find_dyads(token, action, cast, guess=guess):
                    return action, pairs
        return None, []

    def _actions(self, token: Token) -> Iterator[Action]:
        """Yield the rows for a word; for "lifting" those of "lift" as well."""
        lemma = token.lemma_.casefold()
        for form in (lemma, *(_stems(lemma) if token.pos_ == "NOUN" else ())):
            yield from self._codebook.actions.get(form, ())

    def _declared(
        self, sentence: Span, cast: Cast, rows: Sequence[Event], told: Told
    ) -> Iterator[Event]:
        """Yield what is done by saying what one will do, will not, or what another must.

        In PLOVER's terms "said it will open the border to Chile" is an AGREE, beside the act
        that it speaks of; a threat where that act is hostile, a REJECT where it will not be.
        """
        for verb in sentence:
            if verb.lemma_ not in self._announcing or verb.pos_ != "VERB":
                continue
            speaker = subject(verb)
            speakers = cast.actors(speaker) if speaker is not None else []
            for name, clause in dependents(verb) if speakers else ():
                if name in ("ccomp", "xcomp"):
                    for plover, target in _promised(clause, speakers, cast, rows):
                        yield from (
                            _row(verb, "declaration", plover, one, target, told)
                            for one in speakers
                            if not one.is_same(target) and (one.country or one.entity_id)
                        )


def _read_told(doc: Doc) -> Told:
    dates = {token.i: span.id_ for span in doc.spans["dates"] for token in span}
    quotes: dict[int, list[Mapping[str, Any]]] = {}
    for quote in doc.user_data.get("quotes", ()):
        if quote["kind"] != "scare":
            words = token_span(doc, quote["start"], quote["end"], label="", span_id="")
            for place in range(words.start, words.end):
                quotes.setdefault(place, []).append(quote)
    return Told(dates, quotes)


def _promised(
    clause: Token, speakers: Sequence[Actor], cast: Cast, rows: Sequence[Event]
) -> Iterator[tuple[str, Actor]]:
    """Yield what saying a clause amounts to, and towards whom."""
    noun, mood = subject(clause), modality(clause)
    doers = cast.actors(noun) if noun is not None else []
    is_own = any(one.is_same(other) for one in speakers for other in doers)
    if mood == "normative" and not is_own:
        yield from (("REQUEST", doer) for doer in doers if doer.country or doer.entity_id)
        return
    will = {child.lemma_ for child in clause.children if child.pos_ == "AUX"} & {"will", "would"}
    if not will or not (is_own or (noun is not None and noun.pos_ == "PRON")):
        return
    inside = {token.idx for token in clause.subtree}
    for row in rows:
        if row["start"] in inside and row["quad_class"] != "neutral":
            is_hostile = row["quad_class"].endswith("conflict")
            plover = "THREATEN" if is_hostile else "AGREE"
            if mood == "denied":
                plover = "AGREE" if is_hostile else "REJECT"
            at = clause.i
            yield plover, Actor(row["target_id"], row["target_country"], at)


def action_span(trigger: Token) -> Span:
    """Give the words of an action: the verb with particle, negation and object, or the noun."""
    words = [trigger]
    for name, word in dependents(trigger):
        if name == "compound:prt" or (word.lemma_ == "not" and word.i < trigger.i):
            words.append(word)
    if trigger.pos_ == "VERB" and not is_passive(trigger):
        # Of a name of several words the parse gives but one: "met Olaf".
        words += [w for w in objects(trigger) if w.i > trigger.i and not _is_long_name(w)]
    inside = [word.i for word in words if abs(word.i - trigger.i) <= 12]
    return trigger.doc[min(inside) : max(inside) + 1]


def _is_long_name(word: Token) -> bool:
    return any(name == "flat" for name, _ in dependents(word))


def _fits(token: Token, row: Action) -> bool:
    if not _has_pos(token, row):
        return False
    if row.particle:
        after = [word.lower_ for word in token.children if word.i > token.i]
        # "pulled out of the talks": a parser may hang the particle on what follows.
        if row.particle not in (*after, *(word.lower_ for word in token.doc[token.i + 1 :][:1])):
            return False
    if not row.objects:
        return True
    if row.pos == "NOUN":
        said = {word.lemma_.casefold() for word in token.children if word.i < token.i}
    else:
        said = {word.lemma_.casefold() for what in objects(token) for word in _kinds(what)}
    return not said & row.objects if row.unless else bool(said & row.objects)


def _has_pos(token: Token, row: Action) -> bool:
    pos = row.pos
    if pos == "VERB" and token.pos_ == "NOUN":
        # "the exchange of prisoners", "the lifting of the embargo"
        return bool(row.objects and not row.unless)
    if pos == "NOUN":
        # A gerund with a possessor is a noun to a reader: "Moscow's opening up to Islamabad".
        return token.pos_ == "NOUN" or (token.pos_ == "PROPN" and token.ent_type_ == "")
    if pos == "ADJ":
        return token.pos_ == "ADJ" and any(word.lemma_ == "be" for word in token.children)
    return token.pos_ == pos


def _kinds(noun: Token) -> Iterator[Token]:
    """Yield a noun and what it is made of: "part of an aid programme" is aid as well."""
    yield noun
    for name, word in dependents(noun):
        if name == "compound" or (name == "nmod" and marker(word) == "of"):
            yield from _kinds(word)


def _stems(noun: str) -> Iterator[str]:
    """Yield what verbs a noun in -ing may be of: lifting of lift, easing of ease."""
    stem = noun.removesuffix("ing")
    if stem != noun and len(stem) > 2:
        yield from (stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else stem)


def _row(
    trigger: Token, action_id: str, plover: str, source: Actor, target: Actor, told: Told
) -> Event:
    span = action_span(trigger)
    said = [word for word in objects(trigger)[:1] if not _is_long_name(word)]
    said = said if trigger.pos_ == "VERB" else []
    words = [trigger.lemma_, *(word.lemma_ for word in said)]
    edtf = _date(trigger, told.dates)
    earliest, latest = edtf_bounds(edtf) if edtf else ("", "")
    return {
        "start": span.start_char,
        "end": span.end_char,
        "source_id": source.entity_id,
        "source_country": source.country,
        "target_id": target.entity_id,
        "target_country": target.country,
        "action": " ".join(words).casefold(),
        "action_id": action_id,
        "plover": plover,
        "quad_class": PLOVER[plover],
        "modality": modality(trigger),
        "edtf": edtf,
        "earliest": earliest,
        "latest": latest,
        "speaker_id": _speaker(span, told.quotes.get(span.start, ())),
    }


def _date(trigger: Token, dates: Mapping[int, str]) -> str:
    """Give the value of the date that stands nearest below the clause of a trigger, if any."""
    word = trigger
    seen: set[int] = set()
    while word.i not in seen:
        seen.add(word.i)
        for token in word.subtree:
            if token.i in dates:
                return dates[token.i]
        if relation(word) in ("conj", "ccomp", "parataxis", "acl:relcl", "advcl"):
            return ""
        word = head(word)
    return ""


def _speaker(span: Span, quotes: Sequence[Mapping[str, Any]]) -> str:
    """Give who says it: the speaker of the shortest quotation around a span."""
    around = [
        quote
        for quote in quotes
        if quote["start"] <= span.start_char and span.end_char <= quote["end"]
    ]
    shortest = min(around, key=lambda quote: quote["end"] - quote["start"], default=None)
    return str(shortest["speaker_id"]) if shortest else ""


def _once(rows: Sequence[Event]) -> Iterator[Event]:
    """Yield each event once: of two that overlap and agree in all but words, the longer."""
    kept: list[Event] = []
    for row in sorted(rows, key=lambda row: (row["start"] - row["end"], row["start"])):
        same = ("source_id", "target_id", "quad_class")
        if not any(
            all(row[key] == other[key] for key in same)
            and row["start"] < other["end"]
            and other["start"] < row["end"]
            for other in kept
        ):
            kept.append(row)
    yield from sorted(kept, key=lambda row: (row["start"], row["end"], row["target_id"]))
