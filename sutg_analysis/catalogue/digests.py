"""Digests: SHA-256 as hexadecimal, by which content is known again, be it bytes, a file or a value of JSON."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def digest(content: bytes | str) -> str:
    """Return the digest of bytes, or of a text in UTF-8.

    Examples
    --------
    >>> digest("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def file_digest(path: Path) -> str:
    """Return the digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def value_digest(value: object) -> str:
    """Return the digest of a value that JSON can hold, whatever the order of its keys.

    Examples
    --------
    >>> value_digest({"b": 1, "a": 2}) == value_digest({"a": 2, "b": 1})
    True
    """
    return digest(json.dumps(value, sort_keys=True, default=str))
