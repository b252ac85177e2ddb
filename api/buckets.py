"""How much one sender may send: a bucket of tokens each, refilled as time passes."""

from collections.abc import Callable

MOST_KEPT = 1000
"""Buckets kept at once; past that the fullest tell least and are forgotten."""


class Buckets:
    """A bucket for each name.

    Args:
        burst: What a full bucket holds.
        per_second: How fast it fills.
        seconds: A clock that never goes back.
    """

    def __init__(self, burst: int, per_second: float, seconds: Callable[[], float]) -> None:
        self._burst = burst
        self._per_second = per_second
        self.seconds = seconds
        self._levels: dict[str, tuple[float, float]] = {}

    def wait_for(self, name: str) -> float:
        """Take a token; return 0, or in how many seconds there will be one."""
        now = self.seconds()
        level, at = self._levels.get(name, (float(self._burst), now))
        level = min(self._burst, level + (now - at) * self._per_second)
        if level < 1:
            self._levels[name] = (level, now)
            return (1 - level) / self._per_second
        self._levels[name] = (level - 1, now)
        if len(self._levels) > MOST_KEPT:
            self._levels.pop(max(self._levels, key=lambda one: self._levels[one][0]))
        return 0
