"""Reading a bank file of any form we know, from a stream that may be larger than it should."""

from __future__ import annotations

import io
from typing import IO

from auction.gateways.bank_files import camt, plain_csv
from auction.gateways.bank_files.lines import FILE_MAX_BYTES, FileBroken, FileRead, FileTooLarge

_CHUNK = 1 << 16
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def content_of(stream: IO[bytes], *, most: int = FILE_MAX_BYTES) -> bytes:
    """Return a stream's content, reading no more than a file may have.

    :raises FileTooLarge: as soon as there is more
    """
    kept = io.BytesIO()
    while chunk := stream.read(_CHUNK):
        if kept.tell() + len(chunk) > most:
            raise FileTooLarge
        kept.write(chunk)
    return kept.getvalue()


def read(content: bytes) -> FileRead:
    """Return what a bank file says; nothing of a file that cannot be read whole.

    :raises FileBroken: FileHostile, FileTooLarge, FileUnknown: why it is not read
    """
    if not content.strip():
        raise FileBroken(line=1)
    if _is_xml(content):
        return camt.read(io.BytesIO(content))
    return plain_csv.read(content)


def _is_xml(content: bytes) -> bool:
    start = content[:64].lstrip()
    if start.startswith(_BYTE_ORDER_MARKS[0]):
        start = start[3:].lstrip()
    return start.startswith((b"<", *_BYTE_ORDER_MARKS[1:]))
