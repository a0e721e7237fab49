"""Who says what about Russia's turn towards Pakistan, with every number open to its evidence.

`load_corpus` reads articles, `annotate` finds what is in them, `count_*`, `keyness` and
`concordance` summarise it, `finding_table` and the `draw_*` functions show it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations, annotate, build_nlp
    from ruspak_nb.codebook import load_codebook, load_themes
    from ruspak_nb.kwic import concordance
    from ruspak_nb.corpus import Corpus, load_corpus
    from ruspak_nb.counts import (
        count_cooccurrences,
        count_mentions,
        count_themes,
        keyness,
        leave_one_out,
    )
    from ruspak_nb.evidence import find_evidence
    from ruspak_nb.figures import (
        draw_bars,
        draw_dots,
        draw_dispersion,
        draw_lines,
        draw_matrix,
        draw_spans,
        save_figure,
    )
    from ruspak_nb.reference import load_reference
    from ruspak_nb.report import build_report
    from ruspak_nb.tables import finding_table, quote

_HOME = {
    "Annotations": "annotation",
    "Corpus": "corpus",
    "annotate": "annotation",
    "build_nlp": "annotation",
    "build_report": "report",
    "concordance": "kwic",
    "count_cooccurrences": "counts",
    "count_mentions": "counts",
    "count_themes": "counts",
    "draw_bars": "figures",
    "draw_dispersion": "figures",
    "draw_dots": "figures",
    "draw_lines": "figures",
    "draw_matrix": "figures",
    "draw_spans": "figures",
    "find_evidence": "evidence",
    "finding_table": "tables",
    "keyness": "counts",
    "leave_one_out": "counts",
    "load_codebook": "codebook",
    "load_corpus": "corpus",
    "load_reference": "reference",
    "load_themes": "codebook",
    "quote": "tables",
    "save_figure": "figures",
}
__all__ = list(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Names are fetched when first used: a notebook that draws nothing does not pay for
    # matplotlib, and one whose annotation is cached does not pay for spaCy.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"ruspak_nb.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
