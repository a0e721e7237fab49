"""Write events as records in the manner of PLOVER's gold standard, one JSON object a line."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruspak_nb.evidence import span_ids
from ruspak_nb.exchange.staging import write_whole

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations


def write_plover(notes: "Annotations", path: Path) -> list[Path]:
    """Write an event a line: who did what to whom, when, in which words of which sentence.

    `date` is when it is said to have happened, as EDTF, and empty where the text does not
    say; when the article was published stands in `published`. `event` is empty for what fits
    none of the sixteen types. `id` is the evidence id of the span, with a number where one
    span holds several events; `textInfo` counts code points within `text`, the sentence.
    """
    sentences = {row["sentence_id"]: row for row in notes.sentences.to_dict("records")}
    articles = {row["article_id"]: row for row in notes.corpus.articles.to_dict("records")}
    themes = notes.themes.groupby("sentence_id", sort=False)["theme"]
    context = {str(name): ";".join(sorted(set(found))) for name, found in themes}
    seen: dict[str, int] = {}
    lines = []
    spans = span_ids(notes.events)
    for span, row in zip(spans, notes.events.to_dict("records"), strict=True):
        number = seen[span] = seen.get(span, 0) + 1
        sentence, article = sentences[row["sentence_id"]], articles[row["article_id"]]
        record = {
            "id": span if number == 1 else f"{span}#{number}",
            "date": row["edtf"],
            "dateEarliest": row["earliest"],
            "dateLatest": row["latest"],
            "published": article["published"],
            "source": [_actor(row, "source")],
            "target": [_actor(row, "target")],
            "event": row["plover"],
            "quadClass": row["quad_class"],
            "modality": row["modality"],
            "eventText": row["text"],
            "action": row["action"],
            "speaker": row["speaker_id"],
            "context": context.get(row["sentence_id"], ""),
            "text": sentence["text"],
            "textInfo": {
                "span": span,
                "sentence": row["sentence_id"],
                "start": row["start"] - sentence["start"],
                "end": row["end"] - sentence["start"],
            },
            "language": "en",
            "publication": article["outlet"],
            "url": article["url"],
            "coder": "ruspak_nb",
            "version": version("ruspak-nb"),
        }
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    return write_whole(path, "".join(lines).encode("utf-8"))


def _actor(row: Mapping[str, Any], side: str) -> dict[str, str]:
    return {"actor": row[f"{side}_id"], "code": row[f"{side}_country"]}
