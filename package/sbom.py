"""What the package is made of, as a CycloneDX 1.6 bill of materials (ECMA-424): every locked package with its hashes.

The same lock file gives the same bytes: no time, no serial number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(name: str, version: str, blocks: Mapping[str, str]) -> str:
    """The bill of `name`; `blocks` are those of the lock file, by package (`locked.locked`)."""
    own = _component("application", name, version)
    parts = [_part(package, block) for package, block in sorted(blocks.items())]
    needs = {"ref": own["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}
    found = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": parts,
        "dependencies": [needs, *({"ref": part["bom-ref"]} for part in parts)],
    }
    return json.dumps(found, indent=1) + "\n"


def _part(package: str, block: str) -> dict[str, object]:
    """One locked package. A file that is installed has one of the hashes: which one, its platform says."""
    version = block.split(maxsplit=1)[0].partition("==")[2]
    files = [{"type": "distribution", "url": f"urn:sha256:{each}", "hashes": [_sha(each)]} for each in _hashes(block)]
    return {**_component("library", package, version), "externalReferences": files}


def _hashes(block: str) -> list[str]:
    return sorted(set(_HASH.findall(block)))


def _sha(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def _component(kind: str, name: str, version: str) -> dict[str, object]:
    purl = f"pkg:pypi/{name}@{version}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}
