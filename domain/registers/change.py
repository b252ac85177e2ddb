"""A numbered change: proposed by one person, confirmed by another.

Of a register, of tokens, or an operator's act on a case that no command of the case can be.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from domain.decider import REASON_MAX, REASON_MIN
from domain.errors import Code, Refused
from domain.people import A, H, Role, may
from domain.registers.difference import Difference
from domain.value import Instant, Value

OPEN_FOR = timedelta(days=7)
"""How long a change waits for its second person [our default]; then it lapses."""

PROPOSERS = frozenset({H})
"""Registers and tokens change by the head of service (guide c)."""

CONFIRMERS = frozenset({A})
"""The second person: a senior approver, or whoever may what one may."""

About = Literal[
    "people",
    "rota",
    "councils",
    "providers",
    "policy",
    "token-issue",
    "token-revoke",
    "case-revive",
    "case-dispose",
]
"""What a change is about."""

ACTS: dict[About, str] = {
    "case-revive": "the revival of",
    "case-dispose": "the erasure of what is about people in",
}
"""Acts on a case, in words; a senior approver proposes them, or whoever may what one may."""

State = Literal["pending", "confirmed", "withdrawn", "overtaken"]
"""``overtaken``: the same register was changed by another number first."""


class Origin(Value):
    """Where a file of a register comes from; kept with the data and shown with it.

    Attributes:
        file: Its name, without any folder.
        sha256: Of its bytes.
        source: Who publishes it.
        licence: Under which terms it may be used and passed on.
    """

    file: str = ""
    sha256: str = ""
    source: str = ""
    licence: str = ""


class Change(Value):
    """A change with its number.

    Attributes:
        holder: Whose tokens it is about; ``None`` when it is not about tokens.
        case: On which case it is an act; ``None`` when it is none.
        reason: Why an act is done, where it is shown; it is kept sealed and not in this document.
        base: Fingerprint of what it was worked out against; it fits nothing else.
        difference: What it adds, changes and ends.
        doubts: What a second person should look at before confirming.
        version: The version of the registers it made; ``None`` until it is confirmed.
    """

    number: int
    about: About
    holder: str | None = None
    case: str | None = None
    reason: str | None = None
    state: State = "pending"
    proposed_by: str
    proposed_at: Instant
    expires_at: Instant
    settled_by: str | None = None
    settled_at: Instant | None = None
    version: int | None = None
    base: str
    origin: Origin = Origin()
    difference: Difference = Difference()
    doubts: tuple[str, ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Tell whether the change still waits for its second person."""
        return self.state == "pending" and at < self.expires_at

    @property
    def subject(self) -> str:
        """Return what it is about, in words."""
        if self.about in ACTS:
            return f"{ACTS[self.about]} {self.case}"
        if self.about == "token-issue":
            return f"a token for {self.holder}"
        if self.about == "token-revoke":
            return f"every token of {self.holder}"
        return named(self.about)

    @property
    def proposers(self) -> frozenset[Role]:
        """Return the least roles of whoever may propose it."""
        return CONFIRMERS if self.about in ACTS else PROPOSERS


def named(about: About) -> str:
    """Return what people call a register."""
    own = {"rota": "the rota", "policy": "the policy of new cases"}
    return own.get(about, f"the register of {about}")


def fingerprint(rows: Sequence[Any]) -> str:
    """Return a short name for the state of a register; another state has another name."""
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def may_propose(person: str, roles: tuple[Role, ...]) -> None:
    """Refuse whoever may not propose a change (``role-not-allowed``)."""
    if not may(roles, PROPOSERS):
        raise Refused(
            Code.ROLE_NOT_ALLOWED,
            f"{person} may not change registers or tokens: it takes the head of service, and a "
            "second person to confirm it.",
        )


def may_act(person: str, roles: tuple[Role, ...], about: About, reason: str) -> None:
    """Refuse whoever may not propose an act on a case, or says too little why.

    Raises:
        Refused: ``role-not-allowed`` or ``reason-needed``.
    """
    if not may(roles, CONFIRMERS):
        raise Refused(
            Code.ROLE_NOT_ALLOWED,
            f"{person} may not propose {ACTS[about]} a case: it takes a senior approver or a head "
            "of service, and a second person to confirm it.",
        )
    if not REASON_MIN <= len(reason.strip()) <= REASON_MAX:
        raise Refused(
            Code.REASON_NEEDED,
            f"It needs a reason of {REASON_MIN} to {REASON_MAX:,} characters: --reason TEXT.",
        )


def may_confirm(change: Change, person: str, roles: tuple[Role, ...], at: datetime) -> None:
    """Refuse a confirmation by whoever may not give it, or of what waits no more.

    Raises:
        Refused: ``role-not-allowed``, ``already-confirmed``, ``change-withdrawn``,
            ``change-lapsed``, ``stale-version`` or ``same-person``, in this order.
    """
    if not may(roles, CONFIRMERS):
        raise Refused(
            Code.ROLE_NOT_ALLOWED,
            f"{person} may not confirm change {change.number}: it takes a senior approver or a "
            "head of service.",
        )
    _must_wait(change, at)
    if person == change.proposed_by:
        raise Refused(
            Code.SAME_PERSON,
            f"{person} proposed change {change.number}: another person confirms it, a senior "
            "approver or a head of service.",
        )


def may_withdraw(change: Change, person: str, roles: tuple[Role, ...], at: datetime) -> None:
    """Refuse to take back what waits no more, or by whoever may neither propose nor confirm.

    Raises:
        Refused: As `may_confirm`, without the rule on the same person.
    """
    if not may(roles, PROPOSERS | CONFIRMERS):
        raise Refused(
            Code.ROLE_NOT_ALLOWED,
            f"{person} may not take back change {change.number}: it takes whoever may propose or "
            "confirm one.",
        )
    _must_wait(change, at)


def must_fit(change: Change, base: str, roles: tuple[Role, ...]) -> None:
    """Refuse a change whose ground has moved since it was proposed (``stale-version``).

    Args:
        change: The change.
        base: Fingerprint of what it is about, as that is now.
        roles: Those its proposer has now.
    """
    must_be_proposed(change, roles)
    if change.base != base:
        raise Refused(
            Code.STALE_VERSION,
            f"Change {change.number} was worked out against a register that has moved since. "
            f"Propose {change.subject} anew.",
        )


def must_be_proposed(change: Change, roles: tuple[Role, ...]) -> None:
    """Refuse a change whose proposer may propose none any more (``stale-version``)."""
    if may(roles, change.proposers):
        return
    who = "a senior approver" if change.about in ACTS else "head of service"
    raise Refused(
        Code.STALE_VERSION,
        f"{change.proposed_by}, who proposed change {change.number}, is no longer {who}. "
        "Somebody who is proposes it anew.",
    )


def _must_wait(change: Change, at: datetime) -> None:
    who = f"by {change.settled_by}" if change.settled_by else ""
    match change.state:
        case "confirmed":
            code, words = Code.ALREADY_CONFIRMED, f"is in force already, confirmed {who}."
        case "withdrawn":
            code, words = Code.CHANGE_WITHDRAWN, f"was withdrawn {who}."
        case "overtaken":
            code = Code.STALE_VERSION
            words = f"was overtaken: the register changed first. Propose {change.subject} anew."
        case "pending" if at >= change.expires_at:
            code = Code.CHANGE_LAPSED
            words = f"lapsed: nobody confirmed it in {OPEN_FOR.days} days. Propose it anew."
        case _:
            return
    raise Refused(code, f"Change {change.number} {words}", change=change.number)
