"""Read zips and XML that others made, without trusting them."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from ruspak_nb.exchange.vocabulary import ExchangeError

# Texts are small; what unpacks to more than this is no project of articles.
LIMIT = 256 * 2**20


def read_archive(path: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """Read the members of a zip whose names end in `wanted`, into memory and nowhere else.

    Raises ExchangeError if it is no zip, is damaged or encrypted, unpacks to more than
    `LIMIT` bytes, or names a file outside itself.
    """
    if path.is_dir():
        raise ExchangeError(
            f"{path} is a folder, and a REFI-QDA project is one file (.qdpx); "
            "a folder of CSV files is read with --format csv"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            for info in members:
                _check_name(path, info.filename)
            members = [info for info in members if info.filename.lower().endswith(wanted)]
            size = sum(info.file_size for info in members)
            if size > LIMIT:
                raise ExchangeError(
                    f"{path.name} unpacks to {size:,} bytes of text; at most {LIMIT:,} are read"
                )
            # A member never gives more bytes than it declares.
            return {info.filename: archive.read(info) for info in members}
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise ExchangeError(
            f"{path.name} is not a zip file, or it is damaged; export the project anew as "
            "REFI-QDA project (.qdpx)"
        ) from None
    except (RuntimeError, NotImplementedError) as error:
        raise ExchangeError(
            f"{path.name} cannot be unpacked: {error}; export it without a password"
        ) from None


def parse_xml(data: bytes, name: str) -> ET.Element:
    """Parse XML that declares no document type, and so no entities.

    Raises ExchangeError if it does, or is not well-formed.
    """

    class Builder(ET.TreeBuilder):
        def doctype(self, *_: Any) -> None:
            raise ExchangeError(
                f"{name} declares a document type (DOCTYPE), which can make it read other files "
                "or grow without end; no project needs one, so delete the declaration"
            )

    try:
        return ET.fromstring(data, parser=ET.XMLParser(target=Builder()))
    except (ET.ParseError, ValueError, LookupError) as error:
        if isinstance(error, ExchangeError):
            raise
        raise ExchangeError(f"{name} is not well-formed XML: {error}") from None


def _check_name(path: Path, name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or name[1:2] == ":":
        raise ExchangeError(f"{path.name} holds {name!r}, a file outside itself; it is not read")
