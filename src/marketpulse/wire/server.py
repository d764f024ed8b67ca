"""The server: a thread a connection, and who may stop whose query."""

from __future__ import annotations

import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

from marketpulse.errors import LimitError, MarketPulseError, UsageError
from marketpulse.wire import messages
from marketpulse.wire.asking import Asking, House
from marketpulse.wire.pipe import GoneError, Pipe
from marketpulse.wire.session import Session
from marketpulse.wire.settings import TOLD, SessionSettings
from marketpulse.wire.startup import PATIENCE, Guard, welcomed
from marketpulse.wire.telling import refusal

#: Connections at once; and such that have not yet said who they are.
_MOST, _STRANGERS = 64, 32
_BACKLOG = 128
#: Seconds between two looks whether it is over, and those that connections have then.
_LOOK, _LAST = 0.2, 1.0


def listen(host: str, port: int) -> socket.socket:
    """A socket for the wire. Raise UsageError where there is none to have."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        hint = "another --port (0: one that is free), or another --host"
        raise UsageError(f"cannot listen at {host}:{port}: {error.strerror}", hint=hint) from None


class Server:
    """Connections to one warehouse, for whoever passes the guard."""

    def __init__(self, house: House, guard: Guard) -> None:
        self._house, self._guard = house, guard
        self._lock = Lock()
        self._over = Event()
        self._asked: dict[int, tuple[int, Asking]] = {}
        self._pipes: dict[Pipe, Thread] = {}
        self._last = 0

    def serve(self, at: socket.socket, opened: Callable[[], None]) -> None:
        """Answer until SIGTERM or Ctrl-C; `opened` hears when it can be asked."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: self._over.set())
        opened()
        self.answer(at)

    def answer(self, at: socket.socket) -> None:
        """Answer until `end` is called, from another thread."""
        at.settimeout(_LOOK)
        with at:
            while not self._over.is_set():
                with suppress(TimeoutError):
                    self._accept(*at.accept())
        self._leave()

    def end(self) -> None:
        """Let `answer` come to its end: queries are stopped, connections closed."""
        self._over.set()

    def cancel(self, process: int, secret: int) -> None:
        """Stop the query of a connection; nothing is told to who does not know its secret."""
        with self._lock:
            known, asking = self._asked.get(process, (-1, None))
        if asking and secrets.compare_digest(str(known), str(secret)):
            asking.stop.set()

    def _accept(self, connection: socket.socket, _: object) -> None:
        with self._lock:
            full = len(self._pipes) >= _MOST + _STRANGERS
        if full:
            connection.close()
            return
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        pipe = Pipe(connection)
        thread = Thread(target=self._connected, args=(pipe,), daemon=True)
        with self._lock:
            self._pipes[pipe] = thread
        thread.start()

    def _connected(self, pipe: Pipe) -> None:
        try:
            self._talk(pipe)
        except GoneError:
            pass
        except MarketPulseError as error:
            _farewell(pipe, error)
        except Exception:
            _farewell(pipe, UsageError("the server met a fault of its own", sqlstate="XX000"))
            raise
        finally:
            pipe.socket.close()
            with self._lock:
                self._pipes.pop(pipe, None)

    def _talk(self, pipe: Pipe) -> None:
        said = welcomed(pipe, self._guard, self.cancel)
        if said is None:
            return
        settings = SessionSettings(dict(said))
        asking = Asking(self._house, said["user"], settings)
        process = self._known(asking)
        session = Session(pipe, asking, settings)
        try:
            for name, value in TOLD.items():
                pipe.say(messages.status(name, value))
            pipe.say(messages.status("session_authorization", said["user"]))
            pipe.say(messages.status("application_name", settings.get("application_name")))
            pipe.say(messages.key(process, self._asked[process][0]))
            session.run()
        finally:
            with self._lock:
                del self._asked[process]
            session.close()

    def _known(self, asking: Asking) -> int:
        """A number for a connection, under which it can be told to stop. Raise LimitError when there are too many."""
        with self._lock:
            if len(self._asked) >= _MOST:
                raise LimitError(f"more than {_MOST} connections", hint="close some", sqlstate="53300")
            self._last += 1
            self._asked[self._last] = (secrets.randbits(32), asking)
            return self._last

    def _leave(self) -> None:
        """Stop what is at work, and let connections end."""
        with self._lock:
            asked, pipes = [*self._asked.values()], [*self._pipes.items()]
        for _, asking in asked:
            asking.stop.set()
        for pipe, _ in pipes:
            with suppress(OSError):
                pipe.socket.shutdown(socket.SHUT_RDWR)
        for _, thread in pipes:
            thread.join(_LAST / max(len(pipes), 1))


def _farewell(pipe: Pipe, error: MarketPulseError) -> None:
    """The last that a connection hears."""
    pipe.forget()
    pipe.say(refusal(error, "FATAL"))
    with suppress(GoneError):
        pipe.flush()
