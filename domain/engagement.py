"""Who helps on a case: the call-out that is open and the history of the latest activation."""

from datetime import date
from typing import Literal

from domain.value import Instant, Value

KNOWS_DECLINERS = 5
"""The generation of rules from which on a provider that only declined sends nothing more."""

DeclineReason = Literal["no-capacity", "conflict-of-interest", "other"]


class CallOut(Value):
    """Our instruction to one provider; open until contact made, declined or stood down."""

    provider: str
    why: str
    called_at: Instant
    acknowledged_at: Instant | None = None
    contact_at: Instant | None = None
    open: bool = True


class Declined(Value):
    """A provider that said no in the present activation."""

    provider: str
    why: DeclineReason


class Engagement(Value):
    """What the rules of call-outs read.

    Attributes:
        provider: The provider now on the case; ``None`` when nobody is.
        last_provider: The last one that was, kept after the end.
        call_out: The latest call-out, open or not.
        assigned: Whether anybody was assigned in the present activation yet.
        chosen: The provider that the decision asked for, until the system has assigned it.
        first_called_at: First call-out of the latest activation.
        contacted_at: First contact made in the latest activation.
        declined: Who declined in the present activation.
        failed_over: Who was failed over from in the present activation.
        conflicted: Who ever declined this case for a conflict of interest.
        stood_down: Who was ever stood down in the case, as far as its rules kept it.
        ever_called: Every provider that was called out in the case, in order.
        first_call_out_on: The UK day of the first call-out of the case.
        contact_ever: Whether contact was ever made in the case.
        scope_agreed: Whether scope is agreed in the present activation.
        scope_ever: Whether scope was ever agreed in the case.
    """

    provider: str | None = None
    last_provider: str | None = None
    call_out: CallOut | None = None
    assigned: bool = False
    chosen: str | None = None
    first_called_at: Instant | None = None
    contacted_at: Instant | None = None
    declined: tuple[Declined, ...] = ()
    failed_over: tuple[str, ...] = ()
    conflicted: tuple[str, ...] = ()
    stood_down: tuple[str, ...] = ()
    ever_called: tuple[str, ...] = ()
    first_call_out_on: date | None = None
    contact_ever: bool = False
    scope_agreed: bool = False
    scope_ever: bool = False

    def came(self, provider: str) -> bool:
        """Tell whether a provider was ever to do the work; one that only declined was not."""
        declined = any(one.provider == provider for one in self.declined)
        return provider in self.stood_down or (provider in self.ever_called and not declined)

    @property
    def open_call_out(self) -> CallOut | None:
        """Return the call-out that still waits for contact."""
        return self.call_out if self.call_out is not None and self.call_out.open else None
