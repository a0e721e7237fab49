"""Annotations whose frames and texts are read when they are first used."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache, partial
from typing import Any, TypeVar

import pandas as pd

from ruspak_nb.annotation import Annotations
from ruspak_nb.corpus import Corpus
from ruspak_nb.pipeline import LAYERS
from ruspak_nb.relations import Relation

# As many texts as a reader opens at a time.
_KEPT = 64


class _Lazy:
    """Fields that are put in place when they are first asked for."""

    _readers: Mapping[str, Callable[[], Any]]

    def __getattr__(self, name: str) -> Any:
        readers = vars(self).get("_readers", {})
        if name not in readers:
            raise AttributeError(f"{type(self).__name__.lstrip('_')} has no {name!r}")
        # Past the frozen dataclass: the field gets its value, once.
        vars(self)[name] = readers[name]()
        return vars(self)[name]


_Kind = TypeVar("_Kind", bound=_Lazy)


class _Annotations(_Lazy, Annotations):
    pass


class _Corpus(_Lazy, Corpus):
    pass


class _Texts(Mapping[str, str]):
    """The texts of a dataset by `article_id`, in order of publication."""

    def __init__(
        self, rows: Callable[[], Relation], places: Callable[[], Mapping[str, int]]
    ) -> None:
        self._rows = rows
        self._places = places
        self._read = lru_cache(_KEPT)(self._look_up)

    def __getitem__(self, article_id: str) -> str:
        return self._read(article_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places())

    def __len__(self) -> int:
        return len(self._places())

    def _look_up(self, article_id: str) -> str:
        found = self._rows().where(article_id=article_id).frame("text")
        if found.empty:
            raise KeyError(article_id)
        return str(found["text"].iloc[0])


def read_lazily(
    read: Callable[[str], pd.DataFrame],
    texts: Callable[[], Relation],
    articles: Relation,
    *,
    with_reprints: bool,
) -> Annotations:
    """Make annotations of frames that `read` gives by name, and of the rows with the texts.

    Articles and all that is theirs are put in order of publication.
    """

    def arranged(name: str) -> pd.DataFrame:
        frame = read(name)
        if "article_id" not in frame:
            return frame
        return frame.sort_values(
            "article_id", key=lambda ids: ids.map(places()), kind="stable", ignore_index=True
        )

    @cache
    def places() -> Mapping[str, int]:
        found = _by_publication(articles.frame("article_id", "file", "published_earliest"))
        return {article_id: place for place, article_id in enumerate(found["article_id"])}

    corpus = _blank(_Corpus, {name: partial(arranged, name) for name in ("articles", "zones")})
    none_left_out = Corpus(pd.DataFrame(), pd.DataFrame(), {}).reprints
    vars(corpus).update(
        texts=_Texts(texts, places),
        reprints=_by_publication(read("reprints")) if with_reprints else none_left_out,
    )
    notes = _blank(_Annotations, {name: partial(arranged, name) for name in LAYERS})
    vars(notes).update(corpus=corpus)
    return notes


def _by_publication(articles: pd.DataFrame) -> pd.DataFrame:
    """Sort articles as `load_corpus` does: from the oldest, those without a date last."""
    day = articles["published_earliest"]
    table = articles.assign(_day=day.where(day != "", "9999"))
    order = table.sort_values(["_day", "file", "article_id"], ignore_index=True)
    return order.drop(columns="_day")


def _blank(kind: type[_Kind], readers: Mapping[str, Callable[[], Any]]) -> _Kind:
    """Make an object without its fields."""
    made = kind.__new__(kind)
    vars(made)["_readers"] = readers
    return made
