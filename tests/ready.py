"""A `marketpulse` that starts at once: a process that has imported everything waits, and forks itself for a command.

Each command is a process of its own, with the folder, the environment and the streams of who typed it; only the
second of imports is not spent again. `ready()` gives the folder with that `marketpulse`, to put on a PATH. Beside it
lie modules that end themselves in the midst of what they do (`doomed`): the code of one that was killed is `KILLED`.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

#: Code of a command that ended by SIGKILL, as a shell says it.
KILLED = 128 + signal.SIGKILL
#: What starts at once besides, by the name of its module.
_MODULES = ("tests.doomed", "tests.upkeep.doomed_move")

#: What a person's shell runs: no imports but two, so that it costs nothing.
_TYPED = """#!{python} -SE
import json, os, socket, sys
asked = socket.socket(socket.AF_UNIX)
asked.connect({address!r})
socket.send_fds(asked, [b"."], [0, 1, 2])
asked.sendall(json.dumps([sys.argv, os.getcwd(), dict(os.environ)]).encode())
asked.shutdown(socket.SHUT_WR)
ended = asked.recv(1)
os._exit(ended[0] if ended else 70)
"""


@cache
def ready() -> Path:
    """Folder that holds the command; what waits behind it ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="ready-"))
    address = str(folder / "asked")
    command = [sys.executable, "-m", "tests.ready", address]
    waiting = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=-1)
    assert waiting.stdin
    assert waiting.stdout
    with waiting.stdout as started:
        assert started.read(1) == b".", "it did not start"
    for name in ("marketpulse", *_MODULES):
        (folder / name).write_text(_TYPED.format(python=sys.executable, address=address))
        (folder / name).chmod(0o755)
    atexit.register(waiting.communicate)
    return folder


def _wait(address: str) -> None:
    """Fork for every command; only the fork that is to do one returns."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    os.write(1, b".")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        found, _, _ = select.select([listener, 0], [], [])
        if listener not in found:
            os._exit(0)
        asked, _ = listener.accept()
        if os.fork():
            asked.close()
            continue
        listener.close()
        if _is_worker(asked):
            return


def _is_worker(asked: socket.socket) -> bool:
    """A fork of the fork does the command; this one tells how that ended, and ends too."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(asked, 1, 3)
    text = b"".join(iter(lambda: asked.recv(1 << 16), b""))
    if worker := os.fork():
        for stream in streams:
            os.close(stream)
        status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        asked.sendall(bytes([status if status >= 0 else 128 - status]))
        os._exit(0)
    asked.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.argv, folder, environment = json.loads(text)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[1:1] = [each for each in environment.get("PYTHONPATH", "").split(os.pathsep) if each]
    return True


def _do() -> None:
    """The command, without the half second that a fork needs to take down what it never touched."""
    from marketpulse.cli import main

    code: object = 0
    module = Path(sys.argv[0]).name
    try:
        if module in _MODULES:
            runpy.run_module(module, run_name="__main__")
        else:
            main()
    except SystemExit as ended:
        code = ended.code
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _import() -> None:
    import pyiceberg.catalog.sql
    import pyiceberg.io.pyarrow  # noqa: F401

    import marketpulse.cli
    import marketpulse.engines.duckdb
    import marketpulse.flow  # noqa: F401
    from marketpulse.project.project import load_project

    load_project("retail")  # what is kept of a query goes by its text
    gc.freeze()


if __name__ == "__main__":
    _import()
    _wait(sys.argv[1])
    _do()
