"""What this process knows of files that never change: those used last are kept, and no more than is said."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sized
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T", bound=Sized)


class Remembered(Generic[_T]):
    """What files hold, by path: at most `most` things (or bytes) in them, but always the last one.

    Threads may share it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._files: OrderedDict[str, _T] = OrderedDict()
        self._lock = Lock()

    def get(self, path: str, read: Callable[[], _T]) -> _T:
        """What a file holds, read if that is not known (any more)."""
        found = self.known(path)
        if found is None:
            found = read()
            self.keep(path, found)
        return found

    def known(self, path: str) -> _T | None:
        """What a file holds, if that is known."""
        with self._lock:
            if path in self._files:
                self._files.move_to_end(path)
            return self._files.get(path)

    def keep(self, path: str, found: _T) -> None:
        """Remember, and forget what was not used for longest."""
        with self._lock:
            if path in self._files:
                return
            self._files[path] = found
            self._count += len(found) + 1
            while self._count > self._most and len(self._files) > 1:
                _, forgotten = self._files.popitem(last=False)
                self._count -= len(forgotten) + 1

    def forget(self, path: str) -> None:
        """A file is gone; that nothing is known of it is fine."""
        with self._lock:
            if path in self._files:
                self._count -= len(self._files.pop(path)) + 1
