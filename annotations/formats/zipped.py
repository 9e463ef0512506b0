"""Zip archives: written in pieces while the content comes, and read without trusting a name, a size or a count."""

import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, Final, NoReturn, cast

from annotations.errors import FieldError, IncompleteFile, Unprocessable
from annotations.formats.outgoing import Outgoing

MAX_FILES: Final = 200_000
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 1024 * 1024 * 1024
# Text and its markup shrink to a tenth; a bomb to a thousandth.
MAX_RATIO: Final = 200
_SMALL: Final = 1024 * 1024

MEDIA_TYPE: Final = "application/zip"
LOSSES_NAME: Final = "LOSSES.json"
_LEVEL: Final = 1


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; its name is only ever compared and shown."""

    name: str
    content: bytes


class ZipStream:
    """Writes an archive; what is ready is taken with `take`."""

    def __init__(self) -> None:
        self._ready: list[bytes] = []
        # Without `tell`, zipfile writes what a reader of a stream needs.
        self._zip = zipfile.ZipFile(cast(IO[bytes], self), "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    def add(self, name: str, content: bytes) -> None:
        """Add a whole file."""
        self._zip.writestr(_info(name), content)

    def add_pieces(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Add a file that comes in pieces; gives what is ready meanwhile."""
        with self._zip.open(_info(name), "w") as member:
            for piece in pieces:
                member.write(piece)
                yield self.take()

    def finish(self, outgoing: Outgoing, format_: str) -> Iterator[bytes]:
        """Add the losses and the end."""
        outgoing.lost.add_gone(outgoing.gone)
        yield from self.add_pieces(LOSSES_NAME, outgoing.lost.as_json(format_))
        self.close()
        yield self.take()

    def close(self) -> None:
        """Write the directory, without which an archive is known to be cut."""
        self._zip.close()

    def take(self) -> bytes:
        """Take what is ready."""
        ready = b"".join(self._ready)
        self._ready = []
        return ready

    def write(self, data: bytes) -> int:
        """Take what zipfile writes."""
        self._ready.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing; zipfile asks for it."""


def read_zip(file: BinaryIO) -> Iterator[Member]:
    """Read the files of an archive by name. Nothing is written anywhere.

    Raises: IncompleteFile, Unprocessable `unsafe_archive`, `too_large`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _check(infos)
            for info in sorted(infos, key=lambda info: info.filename):
                yield Member(info.filename, _content(archive, info))
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        detail = "This is no whole zip archive; it was cut or changed. Download it again."
        raise IncompleteFile(detail, errors=[FieldError("", IncompleteFile.code, detail)]) from error
    except (NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        _refuse("unsafe_archive", "The archive is encrypted or packed in a way that is not read here.", error)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _check(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_FILES:
        _refuse("too_large", f"An archive holds at most {MAX_FILES} files.")
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if name in seen or name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/"):
            _refuse("unsafe_archive", f"{name[:100]!r}: a name leads out of the archive, or stands twice.")
        if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 1:
            _refuse("unsafe_archive", f"{name[:100]!r}: links and encrypted files are not read.")
        seen.add(name)
        _check_size(info)
    if sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        _refuse("too_large", f"An archive holds at most {MAX_TOTAL_BYTES} bytes.")


def _check_size(info: zipfile.ZipInfo) -> None:
    name, size = info.filename, info.file_size
    if size > MAX_FILE_BYTES:
        _refuse("too_large", f"{name[:100]!r}: a file of an archive has at most {MAX_FILE_BYTES} bytes.")
    if size > _SMALL and size > MAX_RATIO * max(info.compress_size, 1):
        _refuse("unsafe_archive", f"{name[:100]!r}: a file that grows more than {MAX_RATIO}-fold is not read.")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as member:
        # The directory may lie about the size.
        content = member.read(info.file_size + 1)
    if len(content) != info.file_size:
        _refuse("unsafe_archive", f"{info.filename[:100]!r}: the file has another size than the archive says.")
    return content


def _refuse(code: str, detail: str, cause: BaseException | None = None) -> NoReturn:
    raise Unprocessable(detail, code=code, errors=[FieldError("", code, detail)]) from cause
