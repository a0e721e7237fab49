"""Find the articles that reprint an older one, whole, shortened, or with a little changed.

Two texts are compared by the runs of four words that they have in common. All runs of all
texts are sorted once, which is exact and costs little more than reading them; a sketch such
as MinHash would be no shorter, and right only most of the time.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Chosen on the five articles and on those of `tests/corpora`, cut, reworded and mixed.
RUN = 4  # words
LEAST_SHARED = 0.6  # of the runs of the later text
# Of fewer words, only the same in the same order are a reprint: short texts are formulas.
LEAST_WORDS = 40
# A text that shares less than this with another in one pass is not compared with it.
_WORTH_A_LOOK = 0.05
_WORD = re.compile(r"\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, and its bits look like chance


class Reprint(NamedTuple):
    """Which text reprints which, by place, and how much of it stands in the older one."""

    text: int
    reprint_of: int
    similarity: float


def find_reprints(texts: Sequence[str]) -> list[Reprint]:
    """Find the texts that reprint an older one; `texts` are given from the oldest.

    A reprint has at least `LEAST_SHARED` of its runs of words in one older text, which is
    itself no reprint: so what is added may be as much as two thirds of what is taken over,
    and a copy of a part counts too, but a long text that takes in a short one does not. Case,
    punctuation and white space do not matter. Where several older texts hold it, it
    belongs to the one that has most of it, the oldest of equals. A text without a word is none.
    """
    words = _number_words(texts)
    found = {}
    seen: dict[bytes, int] = {}
    for place, numbers in enumerate(words):
        if len(numbers) and (first := seen.setdefault(numbers.tobytes(), place)) != place:
            found[place] = Reprint(place, first, 1.0)
    rest = [i for i, numbers in enumerate(words) if i not in found and len(numbers) >= LEAST_WORDS]
    runs = [_runs(words[place]) for place in rest]
    root = list(range(len(rest)))
    for place, others in _candidates(runs):
        best = max(
            ((_share(runs[place], runs[other]), -other) for other in {root[o] for o in others}),
            default=(0.0, 0),
        )
        if best[0] >= LEAST_SHARED:
            root[place] = -best[1]
            found[rest[place]] = Reprint(rest[place], rest[root[place]], best[0])
    # An exact copy of a reprint belongs where that belongs.
    through = {place: found.get(found[place].reprint_of) for place in found}
    return [
        found[place]._replace(reprint_of=via.reprint_of, similarity=via.similarity)
        if (via := through[place])
        else found[place]
        for place in sorted(found)
    ]


def _number_words(texts: Sequence[str]) -> list[NDArray[np.uint64]]:
    """Give each word a number, and each text the numbers of its words."""
    numbers: dict[str, int] = {}
    return [
        np.array(
            [
                numbers.setdefault(word, len(numbers))
                for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
            ],
            dtype=np.uint64,
        )
        for text in texts
    ]


def _runs(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash every run of words of a text, once each, in order of the hash."""
    n = len(words) - RUN + 1
    runs = np.zeros(n, dtype=np.uint64)
    for i in range(RUN):
        runs = (runs ^ words[i : i + n]) * _FACTOR
        runs ^= runs >> np.uint64(29)
    return np.unique(runs)


def _candidates(runs: Sequence[NDArray[np.uint64]]) -> Iterator[tuple[int, list[int]]]:
    """Give each text with the older ones worth a look, from the oldest text.

    Each run is asked for the first text that has it and for the one before this: two for a run,
    however many texts share it, so that the work grows with the words and not with the pairs.
    """
    if not runs:
        return
    lengths = np.array([len(each) for each in runs])
    owners = np.repeat(np.arange(len(runs)), lengths)
    every = np.concatenate(runs)
    # A stable order leaves the texts that share a run from the oldest to the latest.
    order = np.argsort(every, kind="stable")
    every, owners = every[order], owners[order]
    again = np.flatnonzero(every[1:] == every[:-1]) + 1
    starts = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1]]))
    firsts = starts[np.searchsorted(starts, again, side="right") - 1]
    older = np.concatenate([owners[firsts], owners[again - 1]])
    later = np.concatenate([owners[again], owners[again]])
    pairs, counts = np.unique(later * len(runs) + older, return_counts=True)
    later, older = np.divmod(pairs, len(runs))
    worth = counts >= _WORTH_A_LOOK * lengths[later]
    near: dict[int, list[int]] = {}
    for text, other in zip(later[worth].tolist(), older[worth].tolist(), strict=True):
        near.setdefault(text, []).append(other)
    yield from near.items()


def _share(runs: NDArray[np.uint64], older: NDArray[np.uint64]) -> float:
    """Give the share of the runs of a text that stand in an older one."""
    return len(np.intersect1d(runs, older, assume_unique=True)) / len(runs)
