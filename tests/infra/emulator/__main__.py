"""Start the emulator on loopback: `python -m tests.infra.emulator -p PORT`."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import tests.infra.emulator as package

# AWS's own policies (AmazonAPIGatewayPushToCloudWatchLogs and so on) exist in every account.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")


def main() -> None:
    """Apply every service's changes, then serve."""
    from moto.server import main as serve

    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in ("__main__", "gate"):
            importlib.import_module(f"{package.__name__}.{module.name}")
    # The door stands before everything that answers.
    importlib.import_module(f"{package.__name__}.gate")
    serve(["-H", "127.0.0.1", *sys.argv[1:]])


if __name__ == "__main__":
    main()
