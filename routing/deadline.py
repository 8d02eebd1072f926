"""When a search has to be over: its time is up, or somebody asked it to stop."""

import time
from collections.abc import Callable


class Deadline:
    """Counts from its making. `stop` is polled at every question; once it says yes, it is not asked again."""

    def __init__(self, seconds: float, stop: Callable[[], bool]) -> None:
        self._began = time.monotonic()
        self._seconds = seconds
        self._stop = stop
        self._stopped = False

    def elapsed_s(self) -> float:
        """Seconds since the making."""
        return time.monotonic() - self._began

    def left_s(self) -> float:
        """Seconds until the time is up, 0 when stopped."""
        return 0.0 if self._asked() else max(0.0, self._seconds - self.elapsed_s())

    def over(self) -> bool:
        """Whether to end now."""
        return self.left_s() <= 0.0

    def earlier(self, reserve_s: float) -> "Deadline":
        """The same clock and stop, over by `reserve_s` sooner."""
        sooner = Deadline(self._seconds - reserve_s, self._asked)
        sooner._began = self._began
        return sooner

    def sooner(self, at_s: float) -> "Deadline":
        """The same clock and stop, over `at_s` seconds after the making if that is sooner."""
        return self.earlier(max(0.0, self._seconds - at_s))

    def _asked(self) -> bool:
        self._stopped = self._stopped or self._stop()
        return self._stopped
