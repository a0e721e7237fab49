"""Give sentences their themes, by the weighted patterns of the codebook."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.codebook import Codebook, Theme, load_codebook
from ruspak_nb.patterns import all_needed, can_match, find_needed
from ruspak_nb.spans import token_span

THRESHOLD = 1.0


@Language.factory("ruspak_themes", default_config={"codebook": None})
def build_themes(nlp: Language, name: str, codebook: str | None) -> "ThemeFinder":
    """Build the component for the codebook in the folder `codebook`."""
    return ThemeFinder(load_codebook(codebook))


class ThemeFinder:
    """spaCy component: `doc.spans["themes"]`, a span for each match that counts.

    Each span has the theme as its label and the pattern's id as `id_`.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._themes = codebook.themes
        self._needed = all_needed(_needs(codebook.themes))

    def __call__(self, doc: Doc) -> Doc:
        """Add the themes to `doc`."""
        # What no sentence of the text can match is not tried on each.
        needed = find_needed(doc.text, self._needed)
        themes = tuple(_possible(theme, needed) for theme in self._themes)
        doc.spans["themes"] = [
            token_span(doc, offset + start, offset + end, label=theme, span_id=rule_id)
            for sentence in doc.spans["body"]
            for offset in [sentence.start_char]
            for theme, rule_id, start, end in match_themes(sentence.text, themes, needed)
        ]
        return doc


def _possible(theme: Theme, words: frozenset[str]) -> Theme:
    return replace(
        theme, patterns=tuple(rule for rule in theme.patterns if can_match(rule.needs, words))
    )


def _needs(themes: Iterable[Theme]) -> Iterator[tuple[frozenset[str], ...]]:
    return (rule.needs for theme in themes for rule in theme.patterns)


def match_themes(
    sentence: str, themes: tuple[Theme, ...], needed: frozenset[str] | None = None
) -> Iterator[tuple[str, str, int, int]]:
    """Yield theme, pattern id, start and end of every match that gives a theme.

    A theme is given when the weights of its patterns found in the sentence, each counted
    once, add up to 1; patterns of negative weight take it back.
    """
    folded = sentence.casefold()
    # Many patterns need the same word: it is looked for once.
    searched = all_needed(_needs(themes)) if needed is None else needed
    words = frozenset(word for word in searched if word in folded)
    for theme in themes:
        rules = [rule for rule in theme.patterns if can_match(rule.needs, words)]
        # A lone cue gives no theme: nothing needs to be matched.
        if math.fsum(rule.weight for rule in rules if rule.weight > 0) < THRESHOLD:
            continue
        weights: list[float] = []
        found: list[tuple[str, str, int, int]] = []
        for rule in rules:
            spans = [match.span() for match in rule.pattern.finditer(sentence)]
            if not spans:
                continue
            weights.append(rule.weight)
            if rule.weight > 0:
                found += [(theme.name, rule.id, start, end) for start, end in spans]
        if math.fsum(weights) >= THRESHOLD:
            yield from sorted(found, key=lambda row: (row[2], row[3], row[1]))
