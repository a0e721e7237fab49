"""Build what training begins with: the tokenizer, word classes as vectors, lemma tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import spacy
from spacy.language import Language
from spacy.lookups import Lookups, load_lookups
from spacy.vectors import Vectors  # type: ignore[import-not-found]

from ruspak_nb.tokens import part_words
from ruspak_nb.training.treebanks import Sentence

# A Brown class is a path in a binary tree; classes that share its beginning are alike.
_PREFIXES = (4, 6, 10, 18)
_WIDTH = 96
# Log-probabilities: of a word too rare to be listed, and a difference that decides.
_UNSEEN, _FAR = -21.0, 2.0
# Parts of speech whose lemma can differ from the form for words that no treebank has.
_OPEN = ("adj", "adv", "noun", "verb")


def build_base(sentences: Iterable[Sentence]) -> Language:
    """Build a pipeline of tokenizer, word vectors and lemmatizer, with nothing trained.

    The vectors are Brown classes, the lemma tables WordNet's, both from spacy-lookups-data;
    the forms of `sentences` and their lemmas are exceptions to the tables.
    """
    nlp = part_words(spacy.blank("en"))
    _add_word_classes(nlp)
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
    lemmatizer.initialize(lookups=_lemma_tables(sentences))  # type: ignore[attr-defined]
    return nlp


def _add_word_classes(nlp: Language) -> None:
    """Give each word that has a Brown class the vector of its class.

    The vector is a sum of random ones, one for each prefix of the path in the tree, so that
    alike classes have alike vectors; what they mean the network learns.
    """
    classes = load_lookups("en", ["lexeme_cluster"]).get_table("lexeme_cluster")
    known = sorted(set(classes.values()) - {0})
    random = np.random.default_rng(0)
    nodes: dict[tuple[int, int], np.ndarray] = {}
    for path in known:
        for bits in _PREFIXES:
            # spaCy stores the path with its first step in the lowest bit.
            node = (bits, path & ((1 << bits) - 1))
            if node not in nodes:
                nodes[node] = random.normal(size=_WIDTH)
    rows = [sum(nodes[bits, path & ((1 << bits) - 1)] for bits in _PREFIXES) / 2 for path in known]
    vectors = Vectors(strings=nlp.vocab.strings, data=np.array(rows, dtype="float32"))
    row_of = {path: row for row, path in enumerate(known)}
    for word, path in classes.items():
        if path:
            vectors.add(word, row=row_of[path])
    nlp.vocab.vectors = vectors


def _lemma_tables(sentences: Iterable[Sentence]) -> Lookups:
    wordnet = load_lookups("en", ["lemma_rules", "lemma_exc", "lemma_index"])
    exceptions = {pos: dict(wordnet.get_table("lemma_exc").get(pos, {})) for pos in _OPEN}
    for pos, lemmas in _lemmas_seen(sentences).items():
        exceptions.setdefault(pos, {}).update(lemmas)
    tables = Lookups()
    # Of two rules that both give a word, spaCy prefers the later: it shall be the one that
    # changes less, so that "hoping" is of "hope" and "uses" of "use", not of "hop" and "us".
    rules = {
        pos: sorted(pairs, key=lambda pair: len(pair[1]) - len(pair[0]))
        for pos, pairs in ((p, wordnet.get_table("lemma_rules")[p]) for p in (*_OPEN, "punct"))
    }
    tables.add_table("lemma_rules", rules)
    index = {pos: _without_rare_twins(wordnet.get_table("lemma_index")[pos]) for pos in _OPEN}
    tables.add_table("lemma_index", index)
    tables.add_table("lemma_exc", exceptions)
    return tables


def _without_rare_twins(words: list[str]) -> list[str]:
    """Drop the far rarer of two words that differ by a final e, such as "singe" beside "sing".

    Their forms ("singing") are nearly always of the other.
    """
    chance = load_lookups("en", ["lexeme_prob"]).get_table("lexeme_prob")
    known = set(words)

    def is_rare(word: str) -> bool:
        twin = word.removesuffix("e") if word.endswith("e") else word + "e"
        return twin in known and chance.get(word, _UNSEEN) + _FAR < chance.get(twin, _UNSEEN)

    return [word for word in words if not is_rare(word)]


def _lemmas_seen(sentences: Iterable[Sentence]) -> dict[str, dict[str, list[str]]]:
    """Give the most frequent lemma of every form that has another than itself."""
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for word in sentence.words:
            seen[word.pos.lower(), word.form.lower()][word.lemma] += 1
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for (pos, form), lemmas in seen.items():
        found[pos][form] = [lemmas.most_common(1)[0][0]]
    return found
