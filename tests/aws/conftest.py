"""One emulated AWS a test process, and buckets of their own for each test that asks."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.aws.emulator import LAYERS, REGION, Emulator

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing-secret",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "2",
}


@dataclass(frozen=True)
class Cloud:
    """Buckets `<name>-<layer>` on the emulator."""

    name: str
    emulator: Emulator

    @property
    def landing(self) -> str:
        return f"s3://{self.name}-landing"

    @property
    def warehouse(self) -> str:
        return f"s3://{self.name}-{{layer}}"

    @property
    def namespace(self) -> str:
        return f"{self.name.replace('-', '_')}_{{layer}}"

    @property
    def settings(self) -> dict[str, str]:
        """The three settings that move a shop here."""
        return {"landing": self.landing, "warehouse": self.warehouse, "namespace": self.namespace}

    def client(self, service: str = "s3") -> Any:
        return boto3.client(service)

    def put(self, key: str, body: bytes | str, layer: str = "landing") -> None:
        self.client().put_object(Bucket=f"{self.name}-{layer}", Key=key, Body=body)

    def upload(self, folder: Path) -> None:
        """Land every file of a local landing zone that is not there yet, as it is."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=f"{self.name}-landing")
        there = {entry["Key"]: entry["ETag"].strip('"') for page in pages for entry in page.get("Contents", [])}
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            key, body = path.relative_to(folder).as_posix(), path.read_bytes()
            if there.get(key) != hashlib.md5(body).hexdigest():
                self.put(key, body)

    def keys(self, layer: str) -> list[str]:
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=f"{self.name}-{layer}")
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def read(self, key: str, layer: str) -> bytes:
        return bytes(self.client().get_object(Bucket=f"{self.name}-{layer}", Key=key)["Body"].read())


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """AWS's own environment points at the emulator until the session ends."""
    running = Emulator()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        for name, value in {**SETTINGS, "AWS_ENDPOINT_URL": running.endpoint}.items():
            patch.setenv(name, value)
        yield running
    running.stop()


@pytest.fixture
def cloud(emulator: Emulator) -> Cloud:
    """Empty buckets for one test."""
    return new_cloud(emulator)


def new_cloud(emulator: Emulator) -> Cloud:
    made = Cloud(f"shop-{uuid.uuid4().hex[:8]}", emulator)
    for layer in LAYERS:
        made.client().create_bucket(
            Bucket=f"{made.name}-{layer}", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    return made
