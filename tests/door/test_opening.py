"""Before a door opens: for whom, into which feeds, and onto which disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from marketpulse.door.keys import add_key
from marketpulse.door.opening import Told, collecting, open_door
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.project.source import Source


def project(tmp_path: Path, **collect: str) -> list[Source]:
    """Feeds of a project, each with what it collects."""
    (tmp_path / "sources").mkdir(parents=True)
    (tmp_path / "project.yaml").write_text("name: ferries\n", encoding="utf-8")
    for name, dialects in collect.items():
        text = f"name: {name}\ndescription: d\nowner: o\nformat: ndjson\ncollect: {dialects}\n"
        (tmp_path / "sources" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return collecting(tmp_path)


def test_the_packaged_project_takes_every_dialect() -> None:
    taken = [dialect for source in collecting(None) for dialect in source.collect]
    assert sorted(taken) == ["ga4", "otlp", "posthog", "rejects", "segment", "snowplow"]


def test_a_project_says_which_feed_takes_what(tmp_path: Path) -> None:
    sources = project(tmp_path / "project", boarding="[segment]", tracks="[snowplow, posthog]", other="[]")
    opened = open_door(Told(str(tmp_path / "landing")), sources)
    assert opened.posting.feeds == {"segment": "boarding", "snowplow": "tracks", "posthog": "tracks"}


@pytest.mark.parametrize(
    ("collect", "told"),
    [({}, "no feed"), ({"a": "[rejects]"}, "no feed"), ({"a": "[segment]", "b": "[segment]"}, "two feeds")],
)
def test_a_door_without_a_feed_or_with_two_is_refused(tmp_path: Path, collect: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        open_door(Told(str(tmp_path / "landing")), project(tmp_path / "project", **collect))


def test_what_no_client_speaks_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"a\.yaml:5.*klingon"):
        project(tmp_path / "project", a="[klingon]")


def test_a_feed_that_is_no_json_cannot_be_filled(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "project.yaml").write_text("name: ferries\n", encoding="utf-8")
    text = "name: a\ndescription: d\nowner: o\nformat: csv\ncollect: [segment]\n"
    (tmp_path / "sources" / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="cannot be filled by the door"):
        collecting(tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "door.example"])
def test_without_keys_it_opens_for_this_machine_alone(tmp_path: Path, host: str) -> None:
    file = tmp_path / "collect.yaml"
    sources = collecting(None)
    with pytest.raises(UsageError, match="without write keys"):
        open_door(Told(str(tmp_path / "landing"), host=host), sources)
    file.write_text("keys: []\n", encoding="utf-8")
    with pytest.raises(UsageError, match="without write keys"):
        open_door(Told(str(tmp_path / "landing"), host=host, keys=str(file)), sources)
    add_key(file, "website", [], 0)
    open_door(Told(str(tmp_path / "landing"), host=host, keys=str(file)), sources)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_no_keys(tmp_path: Path, host: str) -> None:
    assert open_door(Told(str(tmp_path), host=host), collecting(None)).posting.admission.is_open


def test_a_landing_zone_that_is_no_folder_here_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder of this machine"):
        open_door(Told("s3://bucket/landing"), collecting(None))
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be"):
        open_door(Told(str(tmp_path / "file")), collecting(None))
    (tmp_path / "landing").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "landing" / "clickstream").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="another disk"):
        open_door(Told(str(tmp_path / "landing")), collecting(None))


def test_keys_that_change_hold_without_a_new_door(tmp_path: Path) -> None:
    file = tmp_path / "collect.yaml"
    file.write_text("keys: []\n", encoding="utf-8")
    opened = open_door(Told(str(tmp_path / "landing"), keys=str(file)), collecting(None))
    file.write_text("keys:\n  - {source: website, hash: 'sha256:" + "0" * 64 + "'}\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    opened.refresh()
    assert [key.source for key in opened.posting.admission.keys.keys] == ["website"]
    file.write_text("keys: 5\n", encoding="utf-8")
    opened.refresh()
    file.unlink()
    opened.refresh()
    assert [key.source for key in opened.posting.admission.keys.keys] == ["website"]
