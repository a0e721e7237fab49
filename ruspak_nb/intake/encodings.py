"""Decode the bytes of a text or page, and say how."""

import codecs
import re

from ruspak_nb.intake.record import Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.I
)
# What browsers read a page as that says it is in Latin 1 or ASCII.
_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
_LIKELY = ["cp1252", "cp1251", "cp1250", "cp1254", "cp1256", "koi8_r", "gb18030", "shift_jis"]
_SAMPLE = 200_000
_LEAST_UTF8 = 0.1  # of the bytes that are none, in a text that is partly UTF-8


def decode_text(raw: bytes, *, said: str = "") -> tuple[str, list[str]]:
    """Decode `raw` and say in words what was done, unless it is plain UTF-8.

    In this order: the byte order mark; UTF-8; what the page says of itself or, in `said`,
    what came with it, if that is no Western encoding; for a text that is partly UTF-8, its
    other bytes as cp1252; what it says, if Western; what the letters are most like. No byte is
    dropped: one that means nothing becomes U+FFFD, counted.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            try:
                text = raw.decode(name)
            except UnicodeDecodeError as fault:
                raise Refused(
                    f"its first bytes say {name}, but byte {fault.start} is none of it; "
                    "save it as UTF-8"
                ) from None
            return text, [] if name == "utf-8-sig" else [f"read as {name}, by its first bytes"]
    wide = _wide(raw)
    if wide:
        return raw.decode(wide, errors="replace"), [f"read as {wide}, by where its zeros stand"]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as fault:
        first = fault.start
    match = _DECLARED.search(raw[:4096])
    declared = _known(said or (match[1].decode("ascii") if match else ""))
    if declared in ("", "utf-8", "cp1252") and _has_utf8(raw):
        return _decode_mixed(raw, first)
    if declared and declared != "utf-8":
        text = raw.decode(declared, errors="replace")
        return text, [f"read as {declared}, as it says itself{_lost(text)}"]
    name = _likeliest(raw)
    text = raw.decode(name, errors="replace")
    return text, [f"not UTF-8 (byte {first}); read as {name}, the likeliest{_lost(text)}"]


def _known(name: str) -> str:
    try:
        name = codecs.lookup(name).name
        b"".decode(name)  # "rot13" and the like are no encodings of bytes
    except (LookupError, TypeError, ValueError):
        return ""
    return _AS_BROWSERS.get(name, name)


def _wide(raw: bytes) -> str:
    """Tell UTF-16 without a mark by the zeros beside its Latin letters and spaces."""
    head = raw[:4000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) < 8 or max(even, odd) < 0.1 * len(head) or min(even, odd) * 8 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _has_utf8(raw: bytes) -> bool:
    # Two letters of another encoding can look like UTF-8, such as the last of "НАТО»" in cp1251.
    text = raw.decode("utf-8", errors="replace")
    strays = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) - strays > _LEAST_UTF8 * strays


def _decode_mixed(raw: bytes, first: int) -> tuple[str, list[str]]:
    strays = 0

    def as_cp1252(fault: UnicodeError) -> tuple[str, int]:
        nonlocal strays
        assert isinstance(fault, UnicodeDecodeError)
        strays += fault.end - fault.start
        return fault.object[fault.start : fault.end].decode("cp1252", "replace"), fault.end

    codecs.register_error("ruspak-cp1252", as_cp1252)
    text = raw.decode("utf-8", errors="ruspak-cp1252")
    return text, [
        f"mixed encodings: {strays} byte(s) that are not UTF-8, the first at {first}, "
        f"read as cp1252{_lost(text)}"
    ]


def _likeliest(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:_SAMPLE], cp_isolation=_LIKELY).best()
    # Too few letters to tell, or no difference: then it is what most such files are.
    if best is None or len(raw) < 200 or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    return best.encoding


def _lost(text: str) -> str:
    count = text.count("\ufffd")
    return f"; {count} character(s) could not be read and stand as U+FFFD" if count else ""
