"""Handing a billing pack to finance. Handed off is not done: only finance's answer is."""

from typing import Any, Protocol

from temporalio import activity

from activities.answers import EffectAnswer
from activities.beating import beating
from domain.value import Value


class PackHandOff(Value):
    """One pack on its way to finance.

    Attributes:
        key: ``CASE/billing/n``; sending it again changes nothing.
        case: The case's reference.
        document: The pack; ``None`` asks for the pack of that key to be sent again.
        exercise: An exercise's pack goes to a sink.
    """

    key: str
    case: str
    document: dict[str, Any] | None
    exercise: bool


class FinanceDesk(Protocol):
    """Where packs go."""

    async def take(self, pack: PackHandOff) -> str:
        """Hand the pack over; return where it is. A repeat of a key changes nothing."""
        ...


class Billing:
    """The activity that hands off packs."""

    def __init__(self, finance: FinanceDesk) -> None:
        self._finance = finance

    @activity.defn(name="hand-off-billing")
    async def hand_off_billing(self, packs: tuple[PackHandOff, ...]) -> tuple[EffectAnswer, ...]:
        """Hand each pack over; one that fails keeps its own next try."""
        answers = []
        async with beating():
            for pack in packs:
                activity.heartbeat(pack.key)
                answers.append(await self._handed(pack))
        return tuple(answers)

    async def _handed(self, pack: PackHandOff) -> EffectAnswer:
        try:
            where = await self._finance.take(pack)
        except OSError as error:
            return EffectAnswer(key=pack.key, state="failed", how=type(error).__name__)
        return EffectAnswer(key=pack.key, state="done", how=where)
