"""Under which names a console may be asked for."""

from __future__ import annotations

from collections.abc import Sequence

from marketpulse.errors import UsageError
from marketpulse.machine import is_loopback

_HERE = ("127.0.0.1", "localhost", "[::1]")
#: The port that browsers do not name.
_SILENT = 80


def hosts(host: str, port: int, names: Sequence[str] = ()) -> frozenset[str]:
    """What a request may call the console (`Host`), from where it listens and names that a person gives.

    Raise UsageError for an address that is every address: under which name would it be asked for?
    """
    if host in ("", "0.0.0.0", "::") and not names:  # noqa: S104 - it is refused
        raise UsageError(f"{host or 'every address'} is no name to be asked for", hint="add --name console.example")
    own = _HERE if is_loopback(host) else (f"[{host}]" if ":" in host else host,)
    given = [name.lower() for name in names]
    bare = [*own, *given] if port == _SILENT else given
    return frozenset([*bare, *(f"{name.lower()}:{port}" for name in (*own, *given))])
