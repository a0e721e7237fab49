"""Give sentences their themes, by the weighted patterns of the codebook."""

import math
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.codebook import Codebook, Theme, load_codebook
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

    def __call__(self, doc: Doc) -> Doc:
        """Add the themes to `doc`."""
        doc.spans["themes"] = [
            token_span(doc, offset + start, offset + end, label=theme, span_id=rule_id)
            for sentence in doc.spans["body"]
            for offset in [sentence.start_char]
            for theme, rule_id, start, end in match_themes(sentence.text, self._themes)
        ]
        return doc


def match_themes(sentence: str, themes: tuple[Theme, ...]) -> Iterator[tuple[str, str, int, int]]:
    """Yield theme, pattern id, start and end of every match that gives a theme.

    A theme is given when the weights of its patterns found in the sentence, each counted
    once, add up to 1; patterns of negative weight take it back.
    """
    folded = sentence.casefold()
    for theme in themes:
        weights: list[float] = []
        found: list[tuple[str, str, int, int]] = []
        for rule in theme.patterns:
            if rule.needs and not any(needed in folded for needed in rule.needs):
                continue
            spans = [match.span() for match in rule.pattern.finditer(sentence)]
            if not spans:
                continue
            weights.append(rule.weight)
            if rule.weight > 0:
                found += [(theme.name, rule.id, start, end) for start, end in spans]
        if math.fsum(weights) >= THRESHOLD:
            yield from sorted(found, key=lambda row: (row[2], row[3], row[1]))
