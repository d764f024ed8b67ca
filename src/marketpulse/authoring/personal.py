"""Which columns are of a person, by their names and by what their values look like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from marketpulse.authoring.column import Column

#: What a name says, and which kind of name of a person its values are, if they are one.
_NAMES: tuple[tuple[str, str | None], ...] = (
    (r"(^|_)e?_?mail(s|_address)?(_|$)|(^|_)email", "email"),
    (r"(^|_)(phone|telephone|telefon|tel|mobile|handy|fax)(_|$|nummer|number)", "phone"),
    (r"(^|_)(customer|client|buyer|shopper|member|kunde|kunden|guest)_?(id|no|nr|number|nummer|key)$", "customer"),
    (r"(^|_)(user|visitor|anonymous|client|device|cookie|session_user)_?(pseudo_)?id$", "visitor"),
    (r"(^|_)(iban|bic|card_number|account_number|kontonummer|ssn|passport|tax_id|steuernummer)$", None),
    (r"(^|_)(first|last|sur|given|family|full|middle|customer|client|buyer|contact|guest|cardholder)_?name$", None),
    (r"(^|_)(vorname|nachname|familienname|anrede|salutation)$", None),
    (r"(^|_)(birth|birthday|birth_?date|date_of_birth|dob|geburtsdatum|geburtstag|gender|geschlecht)$", None),
    (r"(^|_)(address|adresse|street|strasse|house_number|hausnummer|postcode|postal_code|zip|zip_code|plz)$", None),
    (r"(^|_)(address|adresse|street)_?[12]$", None),
    (r"(adresse|anschrift|strasse)(_?\d)?$", None),
    (r"(^|_)(customer|kunde|client|user|username|login|nickname|recipient|empfanger|empfaenger)$", None),
    (r"(^|_)(buyer|kaufer|kaeufer|besteller|shopper|guest|member|mitglied|cardholder|contact|ansprechpartner)$", None),
    (r"(^|_)(mitarbeiter|employee|cashier)$", None),
    (r"(^|_)(ship|bill|sold|deliver)_to(_|$)", None),
    (r"(^|_)(shipping|billing|delivery|liefer|rechnungs)_?(name|city|ort|plz|zip)$", None),
    (r"(kunden|kaufer|kaeufer|empfanger|empfaenger|benutzer|nutzer|mitarbeiter)_?name$", None),
    (r"(^|_)(user|recipient|member|account|display|nick|holder|person|employee|cashier)_?name$", None),
    (r"(^|_)(credit_?card|kreditkarte|card|cc|karten|pan)_?(no|nr|num|number|nummer)?$", None),
    (r"(^|_)ip(_address|v4|v6)?$", None),
)  # fmt: skip
_LOOKS: tuple[tuple[str, str, str | None], ...] = (
    ("e-mail addresses", r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}", "email"),
    ("telephone numbers", r"\+\d[\d ()/.-]{6,}\d", "phone"),
    ("IBANs", r"[A-Z]{2}\d{2}[A-Z0-9 ]{11,30}", None),
    ("IP addresses", r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}", None),
)


def mark_personal(column: Column) -> None:
    """Say of a column that it is of a person, why that is thought, and whom its values name."""
    values = [value.strip() for value in column.sure]
    if values and all(map(_is_card, values)):
        column.type, column.why = "string", "digits that are a name"
        _mark(column, "its values look like numbers of payment cards", None)
        return
    looks = next(_looks(values), None)
    for pattern, kind in _NAMES:
        if re.search(pattern, column.name):
            _mark(column, "its name says so", kind or (looks and looks[1]))
            return
    if looks:
        _mark(column, f"its values look like {looks[0]}", looks[1])


def _looks(values: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """What most values look like, and whom they name."""
    for what, pattern, kind in _LOOKS:
        if values and sum(bool(re.fullmatch(pattern, value)) for value in values) * 2 > len(values):
            yield what, kind


def _is_card(value: str) -> bool:
    """Whether a value has the digits and the check digit of a payment card."""
    digits = value.replace(" ", "").replace("-", "")
    if not re.fullmatch(r"[2-6]\d{14,15}", digits, re.ASCII):
        return False
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(number // 10 + number % 10 for number in doubled)) % 10 == 0


def _mark(column: Column, why: str, kind: str | None) -> None:
    column.personal = why
    column.identifies = kind if column.type in ("string", "int", "long") else None
