"""Who says what about Russia's turn towards Pakistan, with every number open to its evidence.

`load_corpus` reads articles, `annotate` finds what is in them, `count_*`, `keyness` and
`concordance` summarise it, `finding_table` and the `draw_*` functions show it.
"""

import lazy_loader

# The public names stand in `__init__.pyi` and are fetched when first used: a notebook that
# draws nothing does not pay for matplotlib, one whose annotation is cached not for spaCy.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
