"""Reserving a provider's turn: global, so it is asked outside the case, under a row lock."""

from typing import Protocol

from temporalio import activity

from domain.value import Instant, Value


class TurnRequest(Value):
    """Whom the system may call out for a case.

    Attributes:
        key: The effect's key; the same request always gets the same answer.
        case: The case's reference.
        candidates: Eligible providers in configured order, never empty.
        exercise: An exercise never counts.
    """

    key: str
    case: str
    candidates: tuple[str, ...]
    exercise: bool
    at: Instant


class Turns(Protocol):
    """Whose turn it is."""

    async def reserve(self, request: TurnRequest) -> str:
        """Reserve the turn and return the provider: fewer turns, then the older last turn."""
        ...


class Rotation:
    """The activity that reserves a turn."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    @activity.defn(name="reserve-turn")
    async def reserve_turn(self, request: TurnRequest) -> str:
        """Return the provider whose turn it is."""
        return await self._turns.reserve(request)
