"""Write W3C Web Annotations: one collection, every span found by position and by quotation."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruspak_nb.exchange.staging import Names, write_whole
from ruspak_nb.exchange.vocabulary import CODED, LAYERS, note_columns

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Characters quoted on either side of a span, to find it again in a text that was changed.
AROUND = 32
_PURPOSES = {
    "zones": "classifying",
    "sentences": "highlighting",
    "mentions": "identifying",
    "themes": "tagging",
    "dates": "identifying",
    "quotes": "classifying",
    "events": "classifying",
}


def write_webannotation(notes: "Annotations", path: Path) -> list[Path]:
    """Write all spans of all layers as one AnnotationCollection, in JSON-LD.

    A source is named by the hash of its file (RFC 6920), because positions hold in exactly
    that text; the article's address stands beside it. The standard counts Unicode code
    points, as we do. The value of a layer is a body of its own, for tools that know tags;
    all columns of the row stand in a second one, as JSON.
    """
    names = Names()
    sources = {row["article_id"]: _source(row) for row in notes.corpus.articles.to_dict("records")}
    items = []
    frames = notes.frames()
    for layer in LAYERS:
        for row in frames[layer].to_dict("records"):
            source = sources[row["article_id"]]
            text = notes.corpus.texts[row["article_id"]]
            items.append(_annotation(names, layer, row, source, text))
    collection = f"urn:uuid:{names.guid('collection', *(item['id'] for item in items))}"
    document = {
        "@context": CONTEXT,
        "id": collection,
        "type": "AnnotationCollection",
        "label": notes.source,
        "total": len(items),
        "first": {
            "id": f"urn:uuid:{names.guid('page', collection)}",
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": items,
        },
    }
    written = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return write_whole(path, written.encode("utf-8"))


def _source(article: Mapping[str, Any]) -> dict[str, str]:
    digest = base64.urlsafe_b64encode(bytes.fromhex(article["sha256"])).decode().rstrip("=")
    source = {
        "id": f"ni:///sha-256;{digest}",
        "type": "Text",
        "format": "text/plain",
        "label": article["article_id"],
    }
    # Only what is an address may stand where one is expected.
    if article["url"].startswith(("http://", "https://")):
        source["via"] = article["url"]
    return source


def _annotation(
    names: Names, layer: str, row: Mapping[str, Any], source: dict[str, str], text: str
) -> dict[str, Any]:
    start, end = row["start"], row["end"]
    values = {name: row[name] for name in (*CODED[layer], *note_columns(layer))}
    values = {name: value for name, value in values.items() if value != "" and value is not False}
    if "sentence_id" in row:
        values = {"sentence_id": row["sentence_id"], **values}
    purpose = _PURPOSES[layer]
    tags = [str(row[name]) for name in CODED[layer] if row[name]]
    bodies = [{"type": "TextualBody", "purpose": "tagging", "value": layer}]
    bodies += [{"type": "TextualBody", "purpose": purpose, "value": tag} for tag in tags]
    bodies.append(
        {
            "type": "TextualBody",
            "purpose": "describing",
            "format": "application/json",
            "value": json.dumps(values, ensure_ascii=False),
        }
    )
    return {
        "id": f"urn:uuid:{names.guid('annotation', source['id'], layer, start, end, values)}",
        "type": "Annotation",
        "motivation": purpose,
        "generator": {"id": "urn:x-ruspak:ruspak_nb", "type": "Software", "name": "ruspak_nb"},
        "body": bodies,
        "target": {
            "source": source,
            "selector": [
                {"type": "TextPositionSelector", "start": start, "end": end},
                {
                    "type": "TextQuoteSelector",
                    "exact": text[start:end],
                    "prefix": text[max(start - AROUND, 0) : start],
                    "suffix": text[end : end + AROUND],
                },
            ],
        },
    }
