"""The package's manifest, signed, and checked by whoever deploys it: the signature, then each file against its line.

    python package/signed.py sign DIST KEY              writes DIST/manifest.json.sig
    python package/signed.py check DIST SIGNERS NAME    ends with 1 and says what is not as it was signed

Keys and the list of allowed signers are OpenSSH's (ssh-keygen(1), ALLOWED SIGNERS).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

#: What the signature is for: one of the same key for anything else is none.
_PURPOSE = ("-n", "marketpulse")
MANIFEST, SIGNATURE = "manifest.json", "manifest.json.sig"


def sign(dist: Path, key: Path) -> None:
    """Sign the manifest. Raise SystemExit where the key cannot."""
    (dist / SIGNATURE).unlink(missing_ok=True)
    command = ["ssh-keygen", "-Y", "sign", "-f", str(key), *_PURPOSE, str(dist / MANIFEST)]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - its own arguments
        raise SystemExit(1)


def wrong(dist: Path, signers: Path, name: str) -> Iterator[str]:
    """What is not as `name`, one of the allowed signers, has signed it."""
    signature = dist / SIGNATURE
    if not signature.is_file():
        yield f"there is no {signature}"
        return
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", name, *_PURPOSE, "-s", str(signature)]
    manifest = (dist / MANIFEST).read_bytes()
    found = subprocess.run(command, input=manifest, capture_output=True, check=False)  # noqa: S603 - as above
    if found.returncode:
        yield f"{MANIFEST}: {(found.stderr or found.stdout).decode().strip()}"
        return
    for entry in json.loads(manifest).values():
        path = dist / entry["file"]
        if not path.is_file():
            yield f"{entry['file']} is not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            yield f"{entry['file']} is another one than was signed"


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    match arguments:
        case ["sign", dist, key]:
            sign(Path(dist), Path(key))
            return 0
        case ["check", dist, signers, name]:
            found = list(wrong(Path(dist), Path(signers), name))
            print(*(found or ["the package is as it was signed"]), sep="\n")
            return 1 if found else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
