"""Take the styles, scripts and pictures of a site into one document."""

import base64
import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from ruspak_nb.report.style import inline_files, scope_style, wrap_media

__all__ = [
    "Part",
    "allow_scripts",
    "as_data",
    "is_download",
    "join_scripts",
    "join_styles",
    "look_up",
    "resolve",
]

STATIC = Path(__file__).parent / "static"
IMAGE_TYPES = {".jpg": "jpeg", ".svg": "svg+xml", ".ico": "x-icon"}
PLOTLY = "plotly.min.js"
OWN_SCRIPT, OWN_STYLE = "single.js", "single.css"


@dataclass
class Part:
    """A page on its way to becoming a section."""

    address: str
    name: str
    soup: BeautifulSoup
    own: list[Tag] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    @cached_property
    def body(self) -> Tag:
        """Give the body of the page; a fragment is all body."""
        return self.soup.body or self.soup

    @cached_property
    def ids(self) -> frozenset[str]:
        """List the ids that a link can lead to."""
        return frozenset(str(element["id"]) for element in self.soup.find_all(id=True))

    @property
    def title(self) -> str:
        """Give the title of the page."""
        return self.soup.title.get_text(strip=True) if self.soup.title else self.name

    @property
    def heading(self) -> str:
        """Give the first heading, which heads the paper too."""
        found = self.soup.find("h1")
        return found.get_text(" ", strip=True) if found else self.title

    def fragment(self, anchor: str = "") -> str:
        """Give the link to an id of the page; to its beginning, if it has no such id."""
        return "#" + quote(f"{self.name}--{anchor}" if anchor in self.ids else self.name)


def is_download(address: str) -> bool:
    """Say whether an address is that of a file to download, even if it is HTML."""
    return address.startswith("files/")


def resolve(part: Part, address: str) -> tuple[str, str] | None:
    """Give the address in the site and the fragment that a link means; None if outside."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
        return None
    folder = posixpath.dirname(part.address)
    path = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else ""
    return path or part.address, unquote(parts.fragment)


def look_up(files: Mapping[str, bytes], address: str, page: str) -> bytes:
    """Get a file that a page loads."""
    if address not in files:
        raise KeyError(f"'{page}' loads '{address}', which is not among the files of the site")
    return files[address]


def as_data(address: str, content: bytes) -> str:
    """Write a picture as an address that holds it."""
    suffix = posixpath.splitext(address)[1].lower()
    kind = IMAGE_TYPES.get(suffix, suffix.lstrip("."))
    if suffix == ".png":
        smaller = _as_webp(content)
        if smaller is not None:
            kind, content = "webp", smaller
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _as_webp(content: bytes) -> bytes | None:
    """Pack the same pixels more tightly: a third of the size for figures. None if in vain."""
    from PIL import Image, UnidentifiedImageError, features

    if not features.check("webp"):
        return None
    target = BytesIO()
    try:
        with Image.open(BytesIO(content)) as image:
            image.save(target, "WEBP", lossless=True, exact=True, quality=50, method=3)
    except (UnidentifiedImageError, OSError, ValueError):
        return None
    packed = target.getvalue()
    return packed if len(packed) < len(content) else None


def join_styles(parts: list[Part], files: Mapping[str, bytes]) -> str:
    """Write the stylesheets of all pages as one."""
    loaded = [_collect(part, 'link[rel~="stylesheet"][href]', "href") for part in parts]
    # A sheet of some pages must not reach the others: each such has a class of its own.
    names = _in_order([sheet for sheet, _ in sheets] for sheets in loaded)
    limits = {}
    for number, name in enumerate(names):
        users = [
            part
            for part, sheets in zip(parts, loaded, strict=True)
            if name in {sheet for sheet, _ in sheets}
        ]
        if len(users) < len(parts):
            limits[name] = f"style-{number}"
            for part in users:
                part.styles.append(limits[name])
    media = {name: str(link.get("media", "")) for sheets in loaded for name, link in sheets}
    home = {name: part.address for part, sheets in zip(parts, loaded, strict=True)
            for name, _ in sheets}  # fmt: skip
    styles = []
    for name in names:
        text = look_up(files, name, home[name]).decode()

        def embed(address: str, folder: str = posixpath.dirname(name)) -> str:
            target = posixpath.normpath(posixpath.join(folder, address))
            return as_data(target, look_up(files, target, folder))

        styles.append(
            wrap_media(scope_style(inline_files(text, embed), limits.get(name, "")), media[name])
        )
    styles.append(_read_own(OWN_STYLE))
    # The name of the section at the head of each sheet of paper, that of the whole beside it.
    styles.append(_head_paper(parts))
    return "\n".join(styles).replace("</", "<\\/")


def _head_paper(parts: list[Part]) -> str:
    """Name the section at the head of each sheet of paper."""
    whole = parts[0].heading
    rules = [f"@page{{@top-left{{content:{_css_string(whole)}}}}}"]
    for number, part in enumerate(parts[1:], start=1):
        heading = _css_string(part.heading)
        rules.append(f"@page part-{number}{{@top-right{{content:{heading}}}}}")
    return "\n".join(rules)


def _css_string(text: str) -> str:
    """Write text as a string of CSS that nothing in it can end."""
    plain = " ".join(text.split())
    return '"' + re.sub(r"[^\w .,:?!-]", lambda sign: f"\\{ord(sign[0]):x} ", plain) + '"'


def join_scripts(parts: list[Part], files: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """List the scripts that run at once, and those that wait for the text."""
    loaded = [_collect(part, "script[src]", "src") for part in parts]
    early = {
        name
        for scripts in loaded
        for name, script in scripts
        if not script.has_attr("defer") and script.find_parent("head")
    }
    named = _in_order([script for script, _ in scripts] for scripts in loaded)
    # What a page loads when a reader asks for it has to be here from the start.
    texts = [look_up(files, name, parts[0].address).decode() for name in named]
    later = [
        name
        for name in sorted(files)
        if name.endswith(".js") and name not in named and any(name in text for text in texts)
    ]
    drawn = any(part.soup.select_one("figure.plotly") for part in parts)
    head: list[str] = []
    body = [_read_own(OWN_SCRIPT)]
    for name in [*later, *named]:
        if posixpath.basename(name) == PLOTLY and not drawn:
            continue
        text = look_up(files, name, parts[0].address).decode()
        (head if name in early else body).append(text)
    return [_close_safe(text) for text in head], [_close_safe(text) for text in body]


def allow_scripts(scripts: Iterable[str]) -> str:
    """Write the policy: these scripts run, and nothing is asked of any host."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _close_safe(script: str) -> str:
    """Write a script so that no string in it can end its element."""
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"<(?=/script|!--)", r"<\\", text, flags=re.IGNORECASE)


def _read_own(name: str) -> str:
    """Read what only the joined document needs."""
    return (STATIC / name).read_text("utf-8")


def _in_order(lists: Iterable[list[str]]) -> list[str]:
    """Merge lists so that what comes after something in one of them does so in the whole."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for names in lists:
        for name in names:
            sorter.add(name)
        for earlier, later in pairwise(names):
            sorter.add(later, earlier)
    return list(sorter.static_order())


def _collect(part: Part, selector: str, attribute: str) -> list[tuple[str, Tag]]:
    """List the files that a page loads, by their address in the site."""
    found = []
    for element in part.soup.select(selector):
        resolved = resolve(part, str(element[attribute]))
        if resolved is None:
            raise ValueError(
                f"'{part.address}' loads '{element[attribute]}' from elsewhere; "
                "a page may only load files of the site"
            )
        found.append((resolved[0], element))
    return found
