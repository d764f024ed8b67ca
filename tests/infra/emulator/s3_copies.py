"""S3: what a rule says is copied is copied, at once; and the rules are shown as they were given."""

from __future__ import annotations

import re
from typing import Any

import xmltodict
from moto.s3.exceptions import ReplicationConfigurationNotFoundError
from moto.s3.models import S3Backend, s3_backends
from moto.s3.responses import S3Response

_read, _put = S3Response._replication_config_from_xml, S3Backend.put_object
_said: dict[str, str] = {}


def read(self: Any, xml: Any) -> Any:
    """Keep the rules; moto knows half of what is in them."""
    _said[self.bucket_name] = xml.decode() if isinstance(xml, bytes) else str(xml)
    return _read(self, xml)


def show(self: Any) -> Any:
    """As they were given."""
    if not self.backend.get_bucket_replication(self.bucket_name):
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    return 200, {}, _said[self.bucket_name]


def put_object(self: Any, bucket_name: str, key_name: str, *given: Any, **named: Any) -> Any:
    """Put it, and its copy where a rule says so, with the other region's key."""
    made = _put(self, bucket_name, key_name, *given, **named)
    bucket = self.get_bucket(bucket_name)
    for rule in _rules(bucket_name) if getattr(bucket, "replication", None) else []:
        if rule["Status"] == "Enabled" and key_name.startswith((rule.get("Filter") or {}).get("Prefix") or ""):
            to = rule["Destination"]
            name, key = to["Bucket"].rsplit(":", 1)[-1], to["EncryptionConfiguration"]["ReplicaKmsKeyID"]
            target = s3_backends[self.account_id]["aws"].get_bucket(name)
            assert target.is_versioned, f"{name} keeps no versions: S3 copies nothing into it"
            _put(self, name, key_name, made.value, encryption="aws:kms", kms_key_id=key)
    return made


def _rules(bucket: str) -> list[dict[str, Any]]:
    said = xmltodict.parse(re.sub(r' xmlns="[^"]*"', "", _said[bucket]))["ReplicationConfiguration"]["Rule"]
    return said if isinstance(said, list) else [said]


S3Response._replication_config_from_xml = read
S3Response.get_bucket_replication = show
S3Backend.put_object = put_object
