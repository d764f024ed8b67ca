"""Who may post: a file with a source a key, and how much of a person is kept.

    keys:
      - source: website                 # what the door calls it in every line
        hash: sha256:5f2b…              # the key itself is shown once, when it is made, and kept nowhere
        origins: [https://shop.example] # pages that may post with it; none: any
        rate: 500                       # events a second, ten seconds' worth at once; 0: as many as come
    addresses: cut                      # cut (to /24 and /48), whole or none
    do_not_track: keep                  # keep: noted beside the event; drop: such events are not kept
    consent: ""                         # a category: events whose client says no to it are not kept

It is written by `marketpulse key`, or by hand, and read again while the door is open.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from marketpulse.errors import UsageError
from marketpulse.project.yamlfile import read_yaml
from marketpulse.strict import Strict

_HASH = "sha256:"
_HEAD = "# Who may post events: `marketpulse key add`, `marketpulse collect`, docs/collect.md.\n"


class Key(Strict):
    """A write key: of which source, from which pages, how much."""

    source: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")
    hash: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    origins: list[str] = []
    rate: float = Field(default=0, ge=0, le=1_000_000)
    made: str = ""

    def allows(self, origin: str | None) -> bool:
        """Whether a page of this origin may post; a client that is no page says none."""
        return not self.origins or origin is None or origin in self.origins


class Keys(Strict):
    """All keys, and what is kept of a person."""

    keys: list[Key] = []
    addresses: Literal["cut", "whole", "none"] = "cut"
    do_not_track: Literal["keep", "drop"] = "keep"
    consent: str = ""

    def by_hash(self) -> Mapping[str, Key]:
        """Keys by their hashes."""
        return {key.hash: key for key in self.keys}


def hashed(key: str) -> str:
    """What is kept of a key. It is long and random, or public: there is nothing to guess, and nothing to salt."""
    return _HASH + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def read_keys(path: Path) -> Keys:
    """The file of keys. Raise DefinitionError for all that is wrong with it."""
    return read_yaml(path).into(Keys)


def add_key(path: Path, source: str, origins: list[str], rate: float, existing: str | None = None) -> str:
    """Make a key, or take one that clients have already, and write down its hash. Raise UsageError."""
    found = read_keys(path) if path.exists() else Keys()
    key = existing or "mp_" + secrets.token_urlsafe(24)
    if any(each.hash == hashed(key) for each in found.keys):
        raise UsageError("there is such a key already", where=path)
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    try:
        added = Key(source=source, hash=hashed(key), origins=origins, rate=rate, made=made)
    except ValueError:
        hint = "small letters, digits, - and _; origins as https://shop.example; a rate from 0"
        raise UsageError(f"{source!r} cannot be a source", hint=hint) from None
    write_keys(path, found.model_copy(update={"keys": [*found.keys, added]}))
    return key


def remove_keys(path: Path, source: str) -> int:
    """Take away all keys of a source; how many they were. Raise UsageError when there is none."""
    found = read_keys(path) if path.exists() else Keys()
    left = [each for each in found.keys if each.source != source]
    if len(left) == len(found.keys):
        known = ", ".join(sorted({each.source for each in found.keys})) or "none"
        raise UsageError(f"no key is of {source!r}", where=path, hint=f"known: {known}")
    write_keys(path, found.model_copy(update={"keys": left}))
    return len(found.keys) - len(left)


def write_keys(path: Path, keys: Keys) -> None:
    """Write the file, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    said = keys.model_dump(exclude_defaults=True)
    try:
        part.write_text(_HEAD + yaml.safe_dump({"keys": [], **said}, sort_keys=False), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", where=path) from None
