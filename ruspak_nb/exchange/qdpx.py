"""Write a REFI-QDA project (`.qdpx`), which NVivo, MAXQDA, ATLAS.ti and QualCoder open.

Positions: the standard (version 1.5, 10.2) counts Unicode code points of the source's text,
the first being 0, as we do; in its own examples `endPosition` is one past the last, as ours.
The text is stored byte for byte: nothing is done to line ends, and a byte order mark stays
and counts as the character it is in our offsets. A program that reads CRLF as one character,
or counts UTF-16 units, will show codings behind such a place moved; to us they come back
with the text on which they were counted, and `placing` compares the two.
"""

import warnings
from collections.abc import Iterable
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pandas as pd

from ruspak_nb.codebook import Codebook, load_themes
from ruspak_nb.exchange.projects import NAMESPACE, PROJECT
from ruspak_nb.exchange.staging import Names, pack, write_whole
from ruspak_nb.exchange.vocabulary import FORBIDDEN, LAYERS, code_path, every_code, write_note

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

USER = "ruspak_nb"
COLOURS = {
    "zones": "#777777",
    "sentences": "#BBBBBB",
    "mentions": "#0072B2",
    "themes": "#009E73",
    "dates": "#E69F00",
    "quotes": "#CC79A7",
    "events": "#D55E00",
}
# A selection is named by how it begins.
_NAME_LENGTH = 80


def write_qdpx(notes: "Annotations", path: Path, *, codebook: Codebook | None = None) -> list[Path]:
    """Write a project: a text source an article, a code a value, a note for all other columns.

    Codes are named by their whole path (`themes/arms_sales`), because some programs let a
    name occur once only. What XML cannot hold is replaced by U+FFFD in names and counted in
    a warning; texts and notes keep it.
    """
    writer = _Writer(load_themes(codebook.path if codebook else None))
    files = {PROJECT: writer.project(notes), **writer.texts}
    if writer.n_replaced:
        warnings.warn(
            f"replaced {writer.n_replaced} character(s) that XML cannot hold in names and "
            "descriptions; the texts hold them as they are",
            stacklevel=3,
        )
    return write_whole(path, pack(files))


class _Writer:
    """The parts of one project, with their ids."""

    def __init__(self, themes: pd.DataFrame) -> None:
        self.names = Names()
        self.themes = themes
        self.texts: dict[str, bytes] = {}
        self.n_replaced = 0
        self.user = self.names.guid("user", USER)
        self.codes: dict[tuple[str, ...], str] = {}
        self.remarks: list[ET.Element] = []

    def project(self, notes: "Annotations") -> bytes:
        """Make `project.qde`; the order of its parts is that of the schema."""
        root = ET.Element(
            "Project",
            {
                "xmlns": NAMESPACE,
                "name": "ruspak_nb",
                "origin": f"ruspak_nb {version('ruspak-nb')}",
                "creatingUserGUID": self.user,
            },
        )
        users = ET.SubElement(root, "Users")
        ET.SubElement(users, "User", {"guid": self.user, "name": USER})
        frames = notes.frames()
        records = [(layer, row) for layer in LAYERS for row in frames[layer].to_dict("records")]
        root.append(self._codebook(code_path(layer, row) for layer, row in records))
        sources = ET.SubElement(root, "Sources")
        by_article: dict[str, dict[tuple[int, int], list[tuple[str, dict[str, Any]]]]] = {}
        for layer, row in records:
            spans = by_article.setdefault(row["article_id"], {})
            spans.setdefault((row["start"], row["end"]), []).append((layer, row))
        for article_id, text in notes.corpus.texts.items():
            sources.append(self._source(article_id, text, by_article.get(article_id, {})))
        if self.remarks:
            ET.SubElement(root, "Notes").extend(self.remarks)
        ET.SubElement(root, "Description").text = self._clean(notes.source)
        ET.indent(root)
        written = BytesIO()
        ET.ElementTree(root).write(written, encoding="UTF-8", xml_declaration=True)
        return written.getvalue()

    def _codebook(self, used: Iterable[tuple[str, ...]]) -> ET.Element:
        book = ET.Element("CodeBook")
        codes = ET.SubElement(book, "Codes")
        made: dict[tuple[str, ...], ET.Element] = {}
        about = {row["theme"]: row for row in self.themes.to_dict("records")}
        wanted = dict.fromkeys((*every_code(self.themes), *sorted(set(used))))
        for path in [each[:n] for each in wanted for n in range(1, len(each) + 1)]:
            if path in made:
                continue
            parent = made[path[:-1]] if len(path) > 1 else codes
            self.codes[path] = self.names.guid("code", *path)
            made[path] = ET.SubElement(
                parent,
                "Code",
                {
                    "guid": self.codes[path],
                    "name": self._clean("/".join(path)),
                    # A layer alone says nothing of a span, but for that of sentences.
                    "isCodable": "true" if len(path) > 1 or path == ("sentences",) else "false",
                    "color": COLOURS[path[0]],
                },
            )
            if path[0] == "themes" and len(path) > 1 and path[1] in about:
                theme = about[path[1]]
                words = [f"{key}: {theme[key]}" for key in ("definition", "include", "exclude")]
                description = ET.SubElement(made[path], "Description")
                description.text = self._clean("\n".join([theme["label"], *words]))
        return book

    def _source(
        self,
        article_id: str,
        text: str,
        spans: dict[tuple[int, int], list[tuple[str, dict[str, Any]]]],
    ) -> ET.Element:
        guid = self.names.guid("source", article_id, text)
        self.texts[f"sources/{guid}.txt"] = text.encode("utf-8")
        source = ET.Element(
            "TextSource",
            {
                "guid": guid,
                "name": article_id,
                "plainTextPath": f"internal://{guid}.txt",
                "creatingUser": self.user,
            },
        )
        for (start, end), found in sorted(spans.items()):
            place = f"{article_id}:{start}-{end}"
            selection = ET.SubElement(
                source,
                "PlainTextSelection",
                {
                    "guid": self.names.guid("selection", guid, start, end),
                    "name": self._clean(text[start : min(end, start + _NAME_LENGTH)]),
                    "startPosition": str(start),
                    "endPosition": str(end),
                    "creatingUser": self.user,
                },
            )
            for layer, row in found:
                self._code(selection, guid, place, layer, row)
        return source

    def _code(
        self, selection: ET.Element, source: str, place: str, layer: str, row: dict[str, Any]
    ) -> None:
        path, remark = code_path(layer, row), write_note(layer, row)
        coding = ET.SubElement(
            selection,
            "Coding",
            {
                "guid": self.names.guid("coding", source, place, *path, remark),
                "creatingUser": self.user,
            },
        )
        ET.SubElement(coding, "CodeRef", {"targetGUID": self.codes[path]})
        if remark:
            guid = self.names.guid("note", source, place, *path, remark)
            ET.SubElement(coding, "NoteRef", {"targetGUID": guid})
            about = {"guid": guid, "name": f"{layer} {place}", "creatingUser": self.user}
            note = ET.Element("Note", about)
            ET.SubElement(note, "PlainTextContent").text = remark
            self.remarks.append(note)

    def _clean(self, text: str) -> str:
        cleaned, n = FORBIDDEN.subn("\ufffd", text)
        self.n_replaced += n
        return cleaned
