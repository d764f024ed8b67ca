"""Every page can be read by everybody: what of that is seen without a browser (`proofs/test_pages.py` opens one)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import marketpulse.console
from tests.console.house import HOST, HOSTILE, Page

CSS = (Path(marketpulse.console.__file__).parent / "static" / "console.css").read_text(encoding="utf-8")
PLACES = ("/", "/explore", "/explore?metric=lines&by=size&days=all&grain=day", "/explore?metric=none",
          "/explore?metric=lines&days=7d&compare=previous", "/boards", "/boards/sizes", "/tables", "/tables?q=none",
          "/tables/gold.fct_lines", "/tables/silver.quarantine", "/tables/bronze.sales", "/sql", "/runs",
          "/quarantine", "/quarantine?status=discarded", "/connect", "/nothing-here")  # fmt: skip
POSTED = (("/sql", {"query": "select id, 1 as n from silver.sales"}), ("/sql", {"query": f"select {HOSTILE}"}),
          ("/quarantine/ask", {"action": "replay"}), ("/quarantine/ask", {"action": "discard"}),
          ("/quarantine/ask", {"action": "fix"}), ("/quarantine/ask", {"action": "reopen"}))  # fmt: skip
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Outline(HTMLParser):
    """Elements with what they stand in and the words inside of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], tuple[str, ...], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), tuple(self.found[n][0] for n in self._open), []))
        if tag not in VOID:
            self._open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), tuple(self.found[n][0] for n in self._open), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for number in self._open:
            self.found[number][3].append(data)

    def faults(self) -> Iterator[str]:
        """What somebody could not read or reach."""
        tags = Counter(tag for tag, _, inside, _ in self.found if "svg" not in inside)
        yield from (f"{tags[tag]} {tag}" for tag in ("h1", "main", "header", "footer", "title") if tags[tag] != 1)
        levels = [int(tag[1]) for tag, *_ in self.found if re.fullmatch("h[1-6]", tag)]
        yield from (f"h{a} is followed by h{b}" for a, b in pairwise(levels) if b > a + 1)
        ids = Counter(given["id"] for _, given, *_ in self.found if "id" in given)
        yield from (f"{name} is there {count} times" for name, count in ids.items() if count > 1)
        labels = {given.get("for") for tag, given, *_ in self.found if tag == "label"}
        for tag, given, inside, words in self.found:
            named = given.get("aria-label") or "".join(words).strip()
            is_field = (
                tag in ("input", "select", "textarea") and given.get("type") != "hidden" and "hidden" not in given
            )
            if is_field and not (given.get("aria-label") or given.get("id") in labels or "label" in inside):
                yield f"{tag} {given.get('name')} has no label"
            if tag in ("a", "button", "nav", "summary", "th") and not named:
                yield f"{tag} {given} has no name"
            if tag == "th" and given.get("scope") not in ("col", "row"):
                yield f"th {words} is of no row and of no column"
            if (
                tag == "svg"
                and "svg" not in inside
                and given.get("aria-hidden") != "true"
                and not given.get("aria-label")
            ):
                yield "a picture says nothing"
            if "scroll" in (given.get("class") or "").split() and (given.get("tabindex"), named) != (
                "0",
                named or None,
            ):
                yield f"{given} cannot be scrolled by the keyboard"


@pytest.mark.parametrize("place", PLACES)
def test_a_page_has_landmarks_labels_and_headings_in_their_order(steward: TestClient, place: str) -> None:
    assert list(Outline(steward.get(place).text).faults()) == []


@pytest.mark.parametrize(("place", "form"), POSTED)
def test_so_have_those_that_a_form_leads_to(steward: TestClient, place: str, form: dict[str, str]) -> None:
    answer = steward.post(place, data=form, headers={"origin": f"http://{HOST}"})
    assert (list(Outline(answer.text).faults()), Page(answer.text).dangers) == ([], [])


def test_the_fault_finder_finds_faults() -> None:
    bad = "<title>a</title><main><h1>a</h1><h3>b</h3><input name=c><a href=/></a><svg></svg><th>d</th></main>"
    assert len(list(Outline(bad).faults())) == 7


def colours() -> dict[str, tuple[str, str]]:
    """Every colour that has a name, in light and in dark."""
    return {name: (a, b) for name, a, b in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)}


def channels(colour: str) -> tuple[list[int], float]:
    """Red, green, blue from 0 to 255, and how much covers from 0 to 1."""
    text = colour.removeprefix("#")
    return [int(text[n : n + 2], 16) for n in (0, 2, 4)], int(text[6:8] or "ff", 16) / 255


def contrast(ink: str, back: str, under: str) -> float:
    """Of words on a back that lies on another, as WCAG 2.2 says it (relative luminance, 1.4.3)."""
    (over, part), (below, _) = channels(back), channels(under)
    seen = [a * part + b * (1 - part) for a, b in zip(over, below, strict=True)]
    light, dark = sorted((luminance(channels(ink)[0]), luminance(seen)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb: list[int] | list[float]) -> float:
    parts = [each / 255 for each in rgb]
    told = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * told[0] + 0.7152 * told[1] + 0.0722 * told[2]


#: Words, and what they stand on.
PAIRS = [(ink, back) for ink in ("ink", "dim", "main", "bad", "warn", "good") for back in ("back", "card")]
PAIRS += [("ink", "sunk"), ("dim", "sunk"), ("main", "sunk"), ("main", "main-soft"),
          ("good", "good-back"), ("bad", "bad-back"), ("warn", "warn-back")]  # fmt: skip


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "back"), PAIRS)
def test_words_stand_out_from_what_they_stand_on(ink: str, back: str, look: int) -> None:
    known = colours()
    assert contrast(known[ink][look], known[back][look], known["card"][look]) >= 4.5


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
def test_lines_stand_out_and_so_do_buttons(look: int) -> None:
    known = colours()
    assert contrast("#000000", "#ffffff", "#ffffff") == pytest.approx(21)
    for line in ("c1", "c2", "c3", "c4", "c5", "main"):
        assert contrast(known[line][look], known["card"][look], known["card"][look]) >= 3
    for pair in re.findall(r"button\.main[^{]*\{ background: light-dark\((#\w+), (#\w+)\)", CSS):
        assert contrast("#ffffff", pair[look], pair[look]) >= 4.5


def mixed(a: str, b: str, part: float) -> list[float]:
    """A colour of which `part` is the first, as `color-mix(in oklab, …)` gives it (CSS Color 5, Oklab)."""
    labs = [oklab(each) for each in (a, b)]
    light, green_red, blue_yellow = (x * part + y * (1 - part) for x, y in zip(*labs, strict=True))
    long = (light + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (light - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (light - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return [
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    ]


def linear(colour: str) -> list[float]:
    parts = [each / 255 for each in channels(colour)[0]]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def oklab(colour: str) -> list[float]:
    red, green, blue = linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return [
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    ]


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
def test_numbers_of_a_heat_map_stand_out_at_every_step(look: int) -> None:
    known = colours()
    main, card = known["main"][look], known["card"][look]
    steps = re.findall(r"\.h(\d) \{[^}]*main\) (\d+)%", CSS)
    backs = {f"h{step}": mixed(main, card, int(part) / 100) for step, part in steps}
    backs["h7"] = linear(main)
    assert sorted(backs) == [f"h{step}" for step in range(1, 8)]
    inks = {}
    for names, *pair in re.findall(r"((?:\.heat\.told \.h\d,? ?)+)\{ color: light-dark\((#\w+), (#\w+)\)", CSS):
        inks |= dict.fromkeys(re.findall(r"h\d", names), pair[look])
    assert sorted(inks) == ["h5", "h6", "h7"]
    wrong = {}
    for step, back in backs.items():
        ink = luminance(channels(full(inks.get(step, known["ink"][look])))[0])
        light, dark = sorted((ink, 0.2126 * back[0] + 0.7152 * back[1] + 0.0722 * back[2]), reverse=True)
        if (light + 0.05) / (dark + 0.05) < 4.5:
            wrong[step] = round((light + 0.05) / (dark + 0.05), 2)
    assert wrong == {}


def full(colour: str) -> str:
    """A colour in six digits."""
    return "#" + "".join(each * 2 for each in colour[1:]) if len(colour) == 4 else colour
