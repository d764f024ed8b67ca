"""What the function between stream and Firehose needs, and what it writes itself."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.jobs.loading import JOBS, load_script

script: Any = load_script("deliver_events")
#: What its package has (package/build.py), and what these need.
PACKED = {
    "annotated_types", "marketpulse", "mypy_extensions", "orjson", "pydantic", "pydantic_core", "sqlglot",
    "typing_extensions", "typing_inspection", "yaml",
}  # fmt: skip


class Store:
    """S3 that keeps what it is given, or refuses."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.objects: dict[str, bytes] = {}
        self._refuses = refuses

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803 - AWS's names
        if self._refuses:
            raise OSError("no")
        self.objects[f"{Bucket}/{Key}"] = Body


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"EVENTS": "visits", "REJECTS": "junk", "BUCKET": "landing", "SOURCES": '{"web": "key-1"}'}
    for name, value in told.items():
        monkeypatch.setenv(name, value)


def asked(*bodies: str) -> dict[str, Any]:
    head = "at=1795870800000&method=POST&path=%2Fv1%2Ft&key=key-1&query= "
    records = [
        {"recordId": str(number), "data": base64.b64encode((head + body).encode()).decode()}
        for number, body in enumerate(bodies)
    ]
    return {"invocationId": "call-1", "records": records}


def test_events_go_back_and_what_was_none_is_written_once_however_often_it_comes() -> None:
    store = Store()
    event = asked('{"event":"A","userId":"u"}', '{"no":"event"}', "{}")
    answers = script.handler(event, None, store)["records"]
    assert [each["result"] for each in answers] == ["Ok", "Dropped", "Dropped"]
    assert json.loads(base64.b64decode(answers[0]["data"]))["collector"] == {"source": "web"}
    ((place, lines),) = store.objects.items()
    assert place.startswith("landing/junk/ingest_date=")
    assert len(lines.splitlines()) == 2
    script.handler(event | {"invocationId": "call-2"}, None, store)
    assert list(store.objects) == [place]
    script.handler(asked("{}"), None, store)
    assert len(store.objects) == 2


def test_what_cannot_be_written_fails_the_call_so_that_it_comes_again() -> None:
    with pytest.raises(OSError, match="no"):
        script.handler(asked("{}"), None, Store(refuses=True))


def test_s3_is_met_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    assert script.client() is script.client()


def test_it_needs_nothing_that_its_package_lacks() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(JOBS)!r}); import deliver_events; "
        "print(*{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {each for each in done.stdout.split() if not each.startswith("_")} - PACKED - {"deliver_events"} <= {
        "cython_runtime",
        "distutils",
        "google",
        "mpl_toolkits",
        "sphinxcontrib",
    }
