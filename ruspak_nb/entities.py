"""Find the codebook's entities in a text: states, people, organisations, weapons, …"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

import numpy as np
from spacy.attrs import IS_SPACE, ORTH  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from ruspak_nb.codebook import Alias, Codebook, PlaceRule, load_codebook
from ruspak_nb.spans import whole_text

_CONTEXT = 40
# Names that a trained pipeline finds; what else it finds (dates, amounts) is not a mention.
_NAMES = frozenset({"PERSON", "NORP", "GPE", "LOC", "FAC", "ORG", "EVENT"})
_POSSESSIVE = ("'s", "’s")


@Language.factory("ruspak_entities", default_config={"codebook": None})
def build_entities(nlp: Language, name: str, codebook: str | None) -> "EntityFinder":
    """Build the component for the codebook in the folder `codebook`."""
    return EntityFinder(nlp, load_codebook(codebook))


class EntityFinder:
    """spaCy component: `doc.spans["mentions"]`, longest form first, never overlapping.

    Each span has the mention's label, its `entity_id` as `id_`, and "metonym" as `kb_id_`
    where a capital or palace stands for the state. Names that stood in `doc.ents`, found by
    a trained pipeline, are kept without an id where no form of the codebook overlaps them.
    `doc.ents` then holds the same spans.
    """

    def __init__(self, nlp: Language, codebook: Codebook) -> None:
        self._aliases = codebook.aliases
        self._places = codebook.places
        self._matcher = PhraseMatcher(nlp.vocab, attr="ORTH")
        for form in codebook.aliases:
            # Texts differ in their apostrophes; the codebook writes straight ones.
            spellings = {form, form.replace("'", "’")}
            self._matcher.add(form, [nlp.make_doc(spelling) for spelling in spellings])

    def __call__(self, doc: Doc) -> Doc:
        """Add the mentions to `doc`."""
        listed = [
            span
            for sentence, aliases in self._matches(doc)
            for span in self._in_sentence(sentence, aliases)
        ]
        found = sorted([*listed, *_other_names(doc, listed)]) if doc.ents else listed
        doc.spans["mentions"] = found
        doc.set_ents(found, default="outside")
        return doc

    def _matches(self, doc: Doc) -> Iterator[tuple[Span, dict[tuple[int, int], Alias]]]:
        """Yield the sentences in which forms stand, with the forms by first and last token."""
        strings = doc.vocab.strings
        matches = sorted(self._find(doc))
        n = 0
        for sentence in doc.spans["body"]:
            first, last = sentence.start, sentence.end
            n = bisect_left(matches, (first,), n)
            begin = n
            while n < len(matches) and matches[n][0] < last:
                n += 1
            if aliases := {
                (start, end): self._aliases[strings[key]]
                for start, end, key in matches[begin:n]
                if end <= last
            }:
                yield sentence, aliases

    def _find(self, doc: Doc) -> Iterator[tuple[int, int, int]]:
        """Find forms across line breaks and double spaces, which are tokens of their own."""
        words, is_space = doc.to_array([ORTH, IS_SPACE]).T
        kept = np.flatnonzero(is_space == 0)
        bare = doc if len(kept) == len(doc) else Doc(doc.vocab, words=words[kept].tolist())
        places = kept.tolist()
        for key, start, end in self._matcher(bare):
            yield places[start], places[end - 1] + 1, key

    def _in_sentence(
        self, sentence: Span, aliases: Mapping[tuple[int, int], Alias]
    ) -> Iterator[Span]:
        doc, previous = sentence.doc, None
        for span in filter_spans([doc[start:end] for start, end in aliases]):
            previous = self._mention(span, aliases[span.start, span.end], sentence, previous)
            yield previous

    def _mention(self, span: Span, alias: Alias, sentence: Span, previous: Span | None) -> Span:
        doc = span.doc
        entity_id, metonym = alias.entity_id, ""
        if alias.kind == "capital" and (
            is_literal_place(span, sentence, self._places)
            or (previous is not None and self._continues_list(previous, span))
        ):
            entity_id = place_id(alias.form)
        elif alias.kind in ("capital", "metonym"):
            metonym = "metonym"
        return Span(doc, span.start, span.end, label=alias.label, span_id=entity_id, kb_id=metonym)

    def _continues_list(self, previous: Span, span: Span) -> bool:
        """Tell whether a capital is listed with a city: "envoy to Moscow and Washington".

        After a comma only if the list goes on: in "at the talks in Astana, Moscow refused"
        a new clause begins.
        """
        doc = span.doc
        between = doc[previous.end : span.start].text
        after = doc[span.end].text if span.end < len(doc) else ""
        alias = self._aliases.get(previous.text)
        listed = between in ("and", "or", ", and") or (between == "," and after in (",", "and"))
        is_city = alias is not None and alias.kind == "capital" and not previous.kb_id_
        return listed and is_city and after not in _POSSESSIVE


def _other_names(doc: Doc, listed: list[Span]) -> Iterator[Span]:
    """Yield the names of a trained pipeline that lie in the body and overlap no mention."""
    taken = {i for span in listed for i in range(span.start, span.end)}
    sentences = list(doc.spans["body"])
    starts = [sentence.start for sentence in sentences]
    for ent in doc.ents:
        n = bisect_right(starts, ent.start) - 1
        inside = n >= 0 and ent.end <= sentences[n].end
        if ent.label_ in _NAMES and inside and taken.isdisjoint(range(ent.start, ent.end)):
            yield Span(doc, ent.start, ent.end, label=ent.label_)


def place_id(form: str) -> str:
    """Give the entity id of a capital that is meant as a city: `new-delhi`."""
    return re.sub(r"[^\w]+", "-", form.casefold()).strip("-")


def is_literal_place(span: Span, sentence: Span, rules: tuple[PlaceRule, ...]) -> bool:
    """Tell whether a capital is meant as the city, from the words that touch it."""
    doc = span.doc
    if span.end < len(doc) and doc[span.end].text in _POSSESSIVE:
        return False
    text = whole_text(doc)[sentence.start_char : sentence.end_char]
    start, end = span.start_char - sentence.start_char, span.end_char - sentence.start_char
    before = re.sub(r"\s+(?:the\s+)?$", "", text[max(0, start - _CONTEXT) : start])
    after = text[end : end + _CONTEXT].lstrip()
    shown = [rule.means for rule in rules if _touches(rule, before, after)]
    return "city" in shown and "state" not in shown


def _touches(rule: PlaceRule, before: str, after: str) -> bool:
    if rule.side == "after":
        return rule.pattern.match(after) is not None
    return any(match.end() == len(before) for match in rule.pattern.finditer(before))
