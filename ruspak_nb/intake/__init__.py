"""From saved pages, documents and books to the texts and the datasheet of a corpus."""

import lazy_loader

# Fetched when first used: the process that reads files needs no frames.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
