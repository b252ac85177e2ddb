"""What an activity answers for each effect of its batch."""

from typing import Literal

from domain.value import Value


class EffectAnswer(Value):
    """What became of one effect.

    Attributes:
        key: The effect's key.
        state: ``done``; ``failed``: try again later; ``unknown``: it may or may not have happened;
            ``final``: it never will, by this way.
        how: In words, for the record; no personal data.
    """

    key: str
    state: Literal["done", "failed", "unknown", "final"]
    how: str = ""
