"""Write files whole or not at all, with names and bytes that depend on their content alone."""

import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid5

# An arbitrary constant: what is made under it is the same on every machine.
_NAMESPACE = UUID("5f2c1f0e-9d0b-5a39-8a51-6b7f6f1f3a70")


class Names:
    """Give the things of one export their ids: equal things are told apart by their order."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def guid(self, *parts: object) -> str:
        """Make the id of a thing from what it is."""
        name = "\x1f".join(map(str, parts))
        number = self._seen[name] = self._seen.get(name, 0) + 1
        return str(uuid5(_NAMESPACE, f"{name}\x1f{number}"))


def write_whole(path: Path, data: bytes) -> list[Path]:
    """Write a file, or leave what was there: a reader never meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        scratch.chmod(0o644)
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    return [path]


@contextmanager
def staged_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write to, whose files move to `folder` when all are written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        made = Path(scratch)
        yield made
        for file in sorted(path for path in made.rglob("*") if path.is_file()):
            target = folder / file.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Zip files in the order given, without the time of day or the system's name."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()
