"""Say where a word begins and ends, on top of spaCy's rules for English."""

import re
from typing import Any

from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from ruspak_nb.sheets import read_own_rules

# Different runs of characters; what is not among so many, or is so long, hardly comes again.
_MOST_REMEMBERED = 100_000
_LONGEST_REMEMBERED = 60


def part_words(nlp: Language) -> Language:
    """Give the pipeline a tokenizer with the rules of `codebook/tokens.toml`, and return it.

    Web text runs words together ("India.[i]", "U.S.-led"), and the treebanks of Universal
    Dependencies keep some whole that spaCy parts ("non-state", "!!"). Raises TypeError if the
    tokenizer is not spaCy's own.
    """
    tokenizer, spacys = nlp.tokenizer, nlp.Defaults
    if not isinstance(tokenizer, Tokenizer):
        raise TypeError(f"the tokenizer is a {type(tokenizer).__name__}, not spaCy's own")
    # spaCy takes the leftmost match, so a run of marks goes before a single one.
    prefixes = [*_patterns("prefix"), *(spacys.prefixes or ())]
    suffixes = [*_patterns("suffix"), *(spacys.suffixes or ())]
    infixes = [*(spacys.infixes or ()), *_patterns("infix")]
    dropped = read_own_rules("tokens.toml")["drop"]["exceptions"]
    nlp.tokenizer = WordParter(
        nlp.vocab,
        {k: v for k, v in tokenizer.rules.items() if k not in dropped},
        compile_prefix_regex(prefixes).search,
        compile_suffix_regex(suffixes).search,
        compile_infix_regex(infixes).finditer,
        re.compile(rf"(?:{'|'.join(_patterns('whole'))})\Z").match,
        tokenizer.url_match,
    )
    return nlp


class WordParter(Tokenizer):  # type: ignore[misc]
    """spaCy's tokenizer, which remembers how it has parted what stands between two spaces.

    spaCy's own ceases to remember in each text at the first of its exceptions ("don't"), and
    takes the rest apart anew. Alone, each run of characters is parted just as in a text.
    """

    def __init__(self, *rules: Any) -> None:
        super().__init__(*rules, max_cache_size=_MOST_REMEMBERED)
        self._known: set[str] = set()

    def __call__(self, string: str) -> Doc:
        """Tokenize a text."""
        for run in set(string.split()).difference(self._known):
            if len(run) <= _LONGEST_REMEMBERED and len(self._known) < _MOST_REMEMBERED:
                self._known.add(run)
                super().__call__(run)
        doc: Doc = super().__call__(string)
        return doc


def _patterns(kind: str) -> list[str]:
    return [rule["pattern"] for rule in read_own_rules("tokens.toml")[kind]]
