"""Say where a word begins and ends, on top of spaCy's rules for English."""

import re

from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from ruspak_nb.sheets import read_own_rules


def part_words(nlp: Language) -> Language:
    """Give the pipeline's tokenizer the rules of `codebook/tokens.toml`, and return it.

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
    tokenizer.prefix_search = compile_prefix_regex(prefixes).search
    tokenizer.suffix_search = compile_suffix_regex(suffixes).search
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    tokenizer.token_match = re.compile(rf"(?:{'|'.join(_patterns('whole'))})\Z").match
    dropped = read_own_rules("tokens.toml")["drop"]["exceptions"]
    tokenizer.rules = {k: v for k, v in tokenizer.rules.items() if k not in dropped}
    return nlp


def _patterns(kind: str) -> list[str]:
    return [rule["pattern"] for rule in read_own_rules("tokens.toml")[kind]]
