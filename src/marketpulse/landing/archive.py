"""A zip archive: each member is a file of its own, read where it lies, and damaged on its own."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from marketpulse.errors import GateError
from marketpulse.landing.limits import SMALLER, Limits
from marketpulse.landing.packings import BZIP2, DEFLATE, XZ, ZSTD, Unpacked
from marketpulse.landing.pieces import Bounded, Pieces, blocks

_BEGINS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: Bytes that the list of the members may have, and members: the list is read as a whole.
_MOST_LISTED, _MOST_MEMBERS = 16 << 20, 10_000
_LOCAL = 30
_STORED, _ENCRYPTED, _HEADER = 0, 1, b"PK\x03\x04"
_METHODS = {8: DEFLATE, 12: BZIP2, 93: ZSTD, 95: XZ}
_OTHERS = {9: "Deflate64", 14: "LZMA", 98: "PPMd", 99: "AES encryption"}
#: What makes a zip a document: workbooks and the like are no archives of files.
_DOCUMENTS = {"[Content_Types].xml", "mimetype"}
#: What macOS and Windows put beside the files.
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}

#: Endings of what people put beside files, for people and their programs to look at.
_TEXTS = frozenset({"txt", "md", "rst", "pdf", "doc", "docx", "rtf", "odt", "html", "htm", "log", "nfo", "url", "ini"})
_BESIDE = _TEXTS | {"png", "jpg", "md5", "sha1", "sha256", "sha512", "sfv", "asc", "sig", "xsd", "dtd"}


@dataclass(frozen=True)
class Member:
    """One file of an archive: what the archive's list says of it, and why it is not read, if it is not."""

    name: str
    size: int = 0
    packed_size: int = 0
    crc: int = 0
    method: int = 0
    header: int = 0
    refused: str | None = None

    def pieces(self, raw: BinaryIO, limits: Limits) -> Pieces:
        """Its bytes; raise GateError when it is not read, or does not lie where the list says."""
        if self.refused:
            raise GateError(self.refused, hint="pack it again, or land it as a file of its own")
        raw.seek(max(0, self.header))
        head = raw.read(_LOCAL) if self.header >= 0 else b""
        if len(head) < _LOCAL or not head.startswith(_HEADER):
            raise GateError("its place in the zip archive is damaged", hint="pack it again")
        begin = self.header + _LOCAL + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        return Bounded(_Checked(self, raw, begin), limits)


class _Checked:
    """The bytes of a member, unpacked, and whether they are those that were packed."""

    def __init__(self, member: Member, raw: BinaryIO, begin: int) -> None:
        self._member, self._raw, self._begin = member, raw, begin
        self.damage: str | None = None
        self.is_wrong = False

    def __iter__(self) -> Iterator[bytes]:
        member, crc, left = self._member, 0, self._member.size
        inner = Unpacked(_METHODS[member.method], self._packed) if member.method else None
        for piece in inner or self._packed():
            found, left = piece[:left], left - len(piece)
            crc = zlib.crc32(found, crc)
            yield found
            if left < 0:
                self.damage = "the member unpacks to more than its archive says"
                return
        if inner and inner.damage:
            self.damage, self.is_wrong = inner.damage, inner.is_wrong
        elif left:
            self.damage = "the member ends too early"
        elif crc != member.crc:
            self.damage, self.is_wrong = "the member is damaged: its checksum is another", True

    def _packed(self) -> Iterator[bytes]:
        return blocks(self._raw, self._begin, self._begin + self._member.packed_size)


class _ShortReads:
    """A file of which nobody reads too much at once: the list of an archive says itself how long it is."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.seek, self.tell, self.seekable = raw.seek, raw.tell, raw.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_LISTED:
            raise GateError(f"its list of members has {size:,} bytes, more than {_MOST_LISTED:,}", hint=SMALLER)
        return self._raw.read(size)


def members(raw: BinaryIO, limits: Limits) -> list[Member] | None:
    """The files of an archive in the order of their names; None when it is none, or is a document of its own kind."""
    raw.seek(0)
    if raw.read(4) not in _BEGINS:
        return None
    listed = directory(raw).infolist()
    if _DOCUMENTS & {each.filename for each in listed}:
        return None
    wanted = [each for each in listed if not each.is_dir() and not _is_litter(each.filename)]
    if len(wanted) > _MOST_MEMBERS:
        raise GateError(f"it holds {len(wanted):,} files, more than {_MOST_MEMBERS:,}", hint="land several archives")
    return list(_judged(sorted(wanted, key=lambda each: each.filename.split("/")), limits))


def is_beside(name: str, came: Iterable[str]) -> bool:
    """Whether a member that cannot be read only stands beside the data: some `came`, and none of them ends as it does.

    >>> is_beside("day.zip!/readme.TXT", ["day.zip!/a.csv"]), is_beside("day.zip!/b.txt", ["day.zip!/a.txt"])
    (True, False)
    """
    ending, others = _ending(name), set(map(_ending, came))
    return ending in _BESIDE and bool(others) and ending not in others


def _ending(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[2].lower()


def directory(raw: BinaryIO) -> zipfile.ZipFile:
    """An archive as Python reads it; raise GateError when it is damaged, or its list too long."""
    try:
        return zipfile.ZipFile(_ShortReads(raw))
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, ValueError) as error:
        told = f"the zip archive is damaged or not whole: {error}"
        raise GateError(told, hint="pack it again, and land it when it is written") from None


def _judged(wanted: list[zipfile.ZipInfo], limits: Limits) -> Iterator[Member]:
    """Members, once each; those that are not read with the reason."""
    times, left = Counter(each.filename for each in wanted), limits.unpacked
    for info in wanted:
        if not (count := times.pop(info.filename, 0)):
            continue
        refused = f"the archive names it {count} times" if count > 1 else _refused(info)
        if refused is None and info.file_size > left:
            refused = f"with it the archive unpacks to more than the {limits.unpacked_mb:,} MB of unpacked_mb"
        if refused is None:
            left -= info.file_size
        told = (info.filename, info.file_size, info.compress_size, info.CRC, info.compress_type, info.header_offset)
        yield Member(*told, refused)


def _refused(info: zipfile.ZipInfo) -> str | None:
    method = info.compress_type
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    if method != _STORED and method not in _METHODS:
        return f"it is packed with {_OTHERS.get(method, f'method {method}')}, which is not read: pack it with Deflate"
    return None


def _is_litter(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return "__MACOSX" in folder.split("/") or last in _LITTER or last.startswith("._")
