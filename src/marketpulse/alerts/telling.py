"""Telling people elsewhere: by mail, chat or whatever else Apprise (https://github.com/caronc/apprise) can reach.

What was told is kept in the scratch folder of the machine that tells. Where that is lost, it is told once more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from apprise import Apprise, NotifyType

from marketpulse.alerts.finding import Alert
from marketpulse.errors import UsageError
from marketpulse.storage.places import replacing

_FILE = "alerts.json"
_HINT = "each as Apprise writes it, blanks between: mailto://user:password@host slack://…; see docs/alerts.md"


def tell(found: Sequence[Alert], addresses: str, scratch: Path) -> int:
    """Tell what is new and what is over, in one message to each address; how many alerts it was about.

    Raise UsageError where an address is none, or one did not take the message: then all is told again next time.
    """
    known = _told(scratch)
    now = {alert.about: alert.text for alert in found}
    new = {about: text for about, text in now.items() if about not in known}
    over = {about: text for about, text in known.items() if about not in now}
    if new or over:
        _send(addresses, new, over)
    scratch.mkdir(parents=True, exist_ok=True)
    with replacing(scratch / _FILE) as part:
        part.write_text(json.dumps(now), encoding="utf-8")
    return len(new) + len(over)


def _told(scratch: Path) -> dict[str, str]:
    """What was told and is not over, as far as anybody knows."""
    try:
        found = json.loads((scratch / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or cut short: better told twice than never
        return {}
    return {str(about): str(text) for about, text in found.items()} if isinstance(found, dict) else {}


def _send(addresses: str, new: Mapping[str, str], over: Mapping[str, str]) -> None:
    places = addresses.split()
    if not places:
        raise UsageError("nobody is named whom to tell", where="MARKETPULSE_NOTIFY", hint=_HINT)
    lines = [*(f"{about}: {text}" for about, text in new.items()), *(f"over: {about}" for about in over)]
    title = f"MarketPulse: {len(new)} new, {len(over)} over" if new else f"MarketPulse: {len(over)} over"
    kind = NotifyType.WARNING if new else NotifyType.SUCCESS
    failed = []
    for number, place in enumerate(places, start=1):
        one = Apprise()
        if not (one.add(place) and one.notify("\n".join(lines), title=title, notify_type=kind)):
            failed.append(f"address {number} ({place.partition('://')[0]})")
    if failed:
        raise UsageError(f"{', '.join(failed)} did not take the message", where="MARKETPULSE_NOTIFY", hint=_HINT)
