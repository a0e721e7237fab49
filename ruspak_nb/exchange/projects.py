"""Read the codings of a REFI-QDA project (`.qdpx`), whichever program wrote it."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from ruspak_nb.codebook import Codebook, load_themes
from ruspak_nb.exchange.archive import parse_xml, read_archive
from ruspak_nb.exchange.placing import Coded, build_codings, find_article, move_offsets
from ruspak_nb.exchange.vocabulary import (
    DEPTH,
    CodeNames,
    Codings,
    ExchangeError,
    read_note,
    warn_unknown,
)

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

PROJECT = "project.qde"
NAMESPACE = "urn:QDA-XML:project:1.0"
_OTHER_SOURCES = ("PictureSource", "PDFSource", "AudioSource", "VideoSource")
_MEMBER = re.compile(r"internal://(?:[Ss]ources/)?([^/\\]+)")


def read_project(path: Path, notes: "Annotations", *, codebook: Codebook | None = None) -> Codings:
    """Read a project: coder -> frames. See `import_codings`."""
    files = read_archive(path, (".qde", ".txt"))
    if PROJECT not in files:
        raise ExchangeError(
            f"{path.name} holds no {PROJECT}; export it as a REFI-QDA project, not as a codebook"
        )
    root = parse_xml(files.pop(PROJECT), PROJECT)
    if root.tag != f"{{{NAMESPACE}}}Project":
        raise ExchangeError(f"{PROJECT} is no REFI-QDA project: its root is {root.tag!r}")
    left_out: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    names = CodeNames(load_themes(codebook.path if codebook else None))
    codes = {guid: (path, names.read(path)) for guid, path in _code_paths(root)}
    texts = {name.rpartition("/")[2].casefold(): data for name, data in files.items()}
    coded: list[Coded] = []
    for source in root.iterfind("q:Sources/q:TextSource", {"q": NAMESPACE}):
        coded += _read_source(source, texts, notes, root, codes, left_out, unknown)
    for kind in _OTHER_SOURCES:
        for source in root.iterfind(f"q:Sources/q:{kind}", {"q": NAMESPACE}):
            left_out[f"in a {kind}"] += len(list(source.iter(f"{{{NAMESPACE}}}Coding")))
    _warn(left_out, unknown)
    return build_codings(coded, notes)


def _read_source(
    source: Element,
    texts: Mapping[str, bytes],
    notes: "Annotations",
    root: Element,
    codes: Mapping[str, tuple[tuple[str, ...], tuple[str, dict[str, str]] | None]],
    left_out: Counter[str],
    unknown: Counter[str],
) -> Iterator[Coded]:
    name = source.get("name", "")
    left_out["of a whole source, not of a span"] += len(_children(source, "Coding"))
    selections = [s for s in _children(source, "PlainTextSelection") if _children(s, "Coding")]
    if not selections:
        return
    raw = _text_of(source, name, texts)
    article_id = find_article(notes.corpus, name, raw)
    if not article_id:
        n = sum(len(_children(selection, "Coding")) for selection in selections)
        left_out[f"in {name!r}, which is no article of this corpus"] += n
        return
    try:
        theirs = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ExchangeError(
            f"source {name!r} is not UTF-8: byte 0x{raw[error.start]:02x} at position "
            f"{error.start}; a REFI-QDA project holds its texts as UTF-8"
        ) from None
    ours = notes.corpus.texts[article_id]
    if theirs.startswith("\ufeff") and not ours.startswith("\ufeff"):
        # A mark that a program has put before the text is not of the text that it counts.
        theirs = theirs.removeprefix("\ufeff")
    moved = move_offsets(theirs, ours, name)
    if moved is not None:
        warnings.warn(f"source {name!r} has other line ends; its codings were moved", stacklevel=4)
    users, remarks = _users(root), _remarks(root)
    for selection in selections:
        start, end = (_position(selection, key, name) for key in ("startPosition", "endPosition"))
        if not 0 <= start < end <= len(theirs):
            raise ExchangeError(
                f"source {name!r}: the selection {start}-{end} is empty, ends before it starts or "
                f"leaves the text of {len(theirs):,} characters"
            )
        if moved is not None:
            start, end = moved[start], moved[end]
        for coding in _children(selection, "Coding"):
            path, meaning = codes.get(
                _target(coding, "CodeRef"), (("a code that is not there",), None)
            )
            if meaning is None:
                unknown[" > ".join(path)] += 1
                continue
            layer, values = meaning
            texts_ = [selection.findtext(f"{{{NAMESPACE}}}Description") or ""]
            for holder in (selection, coding):
                texts_ += [
                    remarks.get(_guid(r, "targetGUID"), "") for r in _children(holder, "NoteRef")
                ]
            user = _guid(coding, "creatingUser") or _guid(selection, "creatingUser")
            user = user or _guid(root, "creatingUserGUID")
            values = read_note(layer, texts_) | values
            yield Coded(users.get(user, user or "unnamed"), article_id, start, end, layer, values)


def _text_of(source: Element, name: str, texts: Mapping[str, bytes]) -> bytes:
    inline = source.find(f"{{{NAMESPACE}}}PlainTextContent")
    if inline is not None:
        return (inline.text or "").encode()
    path = source.get("plainTextPath", "")
    member = _MEMBER.fullmatch(path)
    if member is None:
        raise ExchangeError(
            f"source {name!r} has its text at {path!r}, outside the project; export the project "
            "with its sources inside (internal://)"
        )
    if member[1].casefold() not in texts:
        raise ExchangeError(f"source {name!r}: the project does not hold its text {member[1]!r}")
    return texts[member[1].casefold()]


def _code_paths(root: Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the guid of each code with its name after those of its nearest parents."""
    waiting = [(c, ()) for c in root.iterfind("q:CodeBook/q:Codes/q:Code", {"q": NAMESPACE})]
    queue: list[tuple[Element, tuple[str, ...]]] = list(waiting)
    while queue:
        code, parents = queue.pop()
        path = (*parents, code.get("name", ""))[-DEPTH:]
        yield _guid(code, "guid"), path
        queue += [(child, path) for child in _children(code, "Code")]


def _users(root: Element) -> dict[str, str]:
    """Name the users; two of one name are told apart by their ids."""
    found = [
        (_guid(user, "guid"), (user.get("name") or user.get("id") or "").strip())
        for user in root.iterfind("q:Users/q:User", {"q": NAMESPACE})
    ]
    counts = Counter(name for _, name in found)
    return {
        guid: name if name and counts[name] == 1 else f"{name or 'unnamed'} {guid}"
        for guid, name in found
    }


def _remarks(root: Element) -> dict[str, str]:
    return {
        _guid(note, "guid"): note.findtext(f"{{{NAMESPACE}}}PlainTextContent") or ""
        for note in root.iterfind("q:Notes/q:Note", {"q": NAMESPACE})
    }


def _children(element: Element, name: str) -> list[Element]:
    return element.findall(f"{{{NAMESPACE}}}{name}")


def _target(coding: Element, name: str) -> str:
    reference = coding.find(f"{{{NAMESPACE}}}{name}")
    return "" if reference is None else _guid(reference, "targetGUID")


def _guid(element: Element, name: str) -> str:
    return element.get(name, "").strip().strip("{}").lower()


def _position(selection: Element, key: str, name: str) -> int:
    value = selection.get(key, "")
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,12}\s*", value):
        raise ExchangeError(f"source {name!r}: {key} {value!r} is no whole number")
    return int(value)


def _warn(left_out: Counter[str], unknown: Counter[str]) -> None:
    for why, n in left_out.items():
        if n:
            warnings.warn(f"left out {n} coding(s) {why}", stacklevel=4)
    warn_unknown(unknown)
