"""Give sentences their themes, by the weighted patterns of the codebook."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.codebook import Codebook, Theme, ThemePattern, load_codebook
from ruspak_nb.openings import Match, Openings, matches_at
from ruspak_nb.spans import sentence_texts, token_span

THRESHOLD = 1.0

Found = tuple[str, str, int, int]


@Language.factory("ruspak_themes", default_config={"codebook": None})
def build_themes(nlp: Language, name: str, codebook: str | None) -> "ThemeFinder":
    """Build the component for the codebook in the folder `codebook`."""
    return ThemeFinder(load_codebook(codebook))


class ThemeFinder:
    """spaCy component: `doc.spans["themes"]`, a span for each match that counts.

    Each span has the theme as its label and the pattern's id as `id_`.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._rules = [(theme.name, rule) for theme in codebook.themes for rule in theme.patterns]
        self._openings = Openings((rule.pattern, rule.needs) for _, rule in self._rules)

    def __call__(self, doc: Doc) -> Doc:
        """Add the themes to `doc`."""
        doc.spans["themes"] = [
            token_span(doc, offset + start, offset + end, label=theme, span_id=rule_id)
            for offset, sentence in sentence_texts(doc)
            for theme, rule_id, start, end in self._in_sentence(sentence)
        ]
        return doc

    def _in_sentence(self, sentence: str) -> Iterator[Found]:
        tried: dict[str, list[tuple[ThemePattern, Iterable[Match]]]] = defaultdict(list)
        for number, places in sorted(self._openings.find(sentence).items()):
            theme, rule = self._rules[number]
            tried[theme].append((rule, matches_at(rule.pattern, sentence, places)))
        for theme, matches in tried.items():
            yield from _weigh(theme, matches)


def match_themes(sentence: str, themes: Iterable[Theme]) -> Iterator[Found]:
    """Yield theme, pattern id, start and end of every match that gives a theme.

    A theme is given when the weights of its patterns found in the sentence, each counted
    once, add up to 1; patterns of negative weight take it back.
    """
    for theme in themes:
        matches = [(rule, rule.pattern.finditer(sentence)) for rule in theme.patterns]
        yield from _weigh(theme.name, matches)


def _weigh(theme: str, matches: Sequence[tuple[ThemePattern, Iterable[Match]]]) -> Iterator[Found]:
    # A lone cue gives no theme: nothing needs to be matched.
    if math.fsum(rule.weight for rule, _ in matches if rule.weight > 0) < THRESHOLD:
        return
    weights: list[float] = []
    found: list[Found] = []
    for rule, places in matches:
        spans = [match.span() for match in places]
        if not spans:
            continue
        weights.append(rule.weight)
        if rule.weight > 0:
            found += [(theme, rule.id, start, end) for start, end in spans]
    if math.fsum(weights) >= THRESHOLD:
        yield from sorted(found, key=lambda row: (row[2], row[3], row[1]))
