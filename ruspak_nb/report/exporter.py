"""Turn one notebook into the body of a page."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import mistune
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer
from traitlets import default
from traitlets.config import Config

from ruspak_nb.report.clean import clean_html

__all__ = ["ReportExporter"]

TEMPLATES = Path(__file__).parent / "templates"
PLOTLY = "application/vnd.plotly.v1+json"
# A third of a page would else be the names of kinds of tokens that notebook.css does not colour.
COLOURLESS = re.compile(
    r'<span class="(?!(?:k|kn|kc|ow|s1|s2|sa|si|sd|mi|mf|nb|c1)")\w+">([^<]*)</span>'
)


class ReportExporter(HTMLExporter):
    """Exports the cells alone, cleaned; the site puts the page around them."""

    @default("template_name")
    def _template_name_default(self) -> str:
        return "report"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(TEMPLATES)]

    @property
    def default_config(self) -> Config:
        """Prefer the figure that can be hovered over, then tables, then pictures."""
        config: Config = super().default_config
        config.NbConvertBase.display_data_priority = [
            PLOTLY,
            "text/html",
            "image/svg+xml",
            "image/png",
            "image/jpeg",
            "text/markdown",
            "text/latex",
            "text/plain",
        ]
        return config

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """Render Markdown without formulas: a dollar sign in these texts is money."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
        render = mistune.create_markdown(
            renderer=renderer,
            plugins=["strikethrough", "table", "url", "footnotes", "def_list"],
        )
        return clean_html(str(render(source)))

    def default_filters(self) -> Iterator[tuple[str, Callable[..., str]]]:
        """Add the filters of the template."""
        yield from super().default_filters()
        yield ("markdown2html", self.markdown2html)
        yield ("clean_output", partial(clean_html, files=False))
        yield ("description", describe)
        yield ("drop_colourless", partial(COLOURLESS.sub, r"\1"))
        yield ("json_for_script", json_for_script)


def describe(output: dict[str, Any]) -> str:
    """Find the alternative text of a figure: in its metadata, else its plain text."""
    metadata = output.get("metadata", {})
    for holder in (*metadata.values(), metadata):
        if isinstance(holder, dict) and holder.get("alt"):
            return str(holder["alt"])
    plain = "".join(output["data"].get("text/plain", "")).strip()
    # `<Figure size 640x480 with 1 Axes>` describes nothing.
    return "" if plain.startswith("<") else plain


def json_for_script(value: object) -> str:
    """Write JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
