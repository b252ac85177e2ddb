"""The whole state of a case, what an event is, and ``evolve``: what happened, happened."""

import builtins
from datetime import date
from typing import Any, ClassVar, Literal

from domain.category import Category
from domain.clock_run import AlarmRun, Breach, ClockRun, Paging, Window
from domain.council import Council
from domain.engagement import Engagement
from domain.personal import PersonalText
from domain.phase import Outcome, Phase, RecoveryAnswer
from domain.policy import Policy
from domain.provider import Provider
from domain.report import Report
from domain.value import Instant, Value
from domain.work import Money

RULES = 5
"""The generation of rules by which a case is decided from its start, and from each new run on.

1: release 0.1.0. 2: what ends is told before it ends; a notice of a reversed decision that nobody
has had is superseded; both cases hold a link. 3: a page's key is never a notice's; notices and
breaches of long ago are left to the record, and billed work is folded. 4: a signed message that a
provider's desk does not take is somebody's to ring about. 5: a second risk to life wakes people
too; an alarm about the past begins when we are told; a name means the council's notice first; the
decisions that end a case otherwise are mailed, not texted; recovery that finance returned waits for
a successor's order; a provider that only declined sends no bill.
"""

FOLDS = 3
"""The generation of rules from which a case leaves to the record what no rule reads any more."""

WHOLE_RECORD = 5
"""The generation of rules from which the record alone is enough to build a case again."""


class Contact(Value):
    """A person at the council. Only safe addresses are ever written to.

    Attributes:
        council: Code of the successor they speak for; ``None`` is the council the case began with.
    """

    post: PersonalText
    name: PersonalText
    email: PersonalText | None = None
    phone: PersonalText | None = None
    council: str | None = None


class Proposal(Value):
    """A discretionary activation that waits for its second person."""

    by: str


class Decision(Value):
    """MHCLG's recorded answer to the latest assessment, and everybody who took part in it."""

    result: str
    people: tuple[str, ...]
    discretionary: bool = False


class PhaseExit(Value):
    """A phase exit that was proposed and waits for its answer."""

    phase: Phase
    by: str
    not_met: tuple[str, ...] = ()


class Offer(Value):
    """An offer of recovery the council has not answered; rates are copied in."""

    provider: str
    card: str
    rates: dict[str, int]
    offered_at: Instant


class HandOver(Value):
    """A hand-over that was started and not accepted."""

    giver: str
    to: str


class CloseProposal(Value):
    """A proposal to close that waits for its second person."""

    by: str
    data_return: str
    waive: tuple[str, ...] = ()


class PolicyChange(Value):
    """A change of policy on this case that waits for its second person."""

    by: str
    settings: dict[str, float]
    apply_to_running: bool


class Successor(Value):
    """The body that takes over from a council that is merged away."""

    code: str
    from_on: str
    order: Literal["stands", "re-issued", "unconfirmed"]


class Link(Value):
    """A link to another case."""

    case: str
    kind: str


class Told(Value):
    """A notice that went out (or is going), as far as a rule reads it.

    Attributes:
        channels: By which it goes out together.
        failed: By which it did not get through, as far as we were told.
        arrived: By which it was delivered or spoken.
        overtaken: Whether what it says no longer holds.
        superseded: Whether it is not sent any more for that reason; nobody has had it.
        stuck_at: Since when a provider's desk was known not to take it.
    """

    key: str
    notice: str
    role: str
    channels: tuple[str, ...]
    failed: tuple[str, ...] = ()
    arrived: tuple[str, ...] = ()
    overtaken: bool = False
    superseded: bool = False
    stuck_at: Instant | None = None


class Answered(Value):
    """An accepted instruction, kept so that its key gives the same answer again.

    Attributes:
        content: Fingerprint of what it said; empty when that is not known any more.
    """

    key: str
    content: str
    version: int
    phase: Phase
    first_seq: int
    last_seq: int


class Spell(Value):
    """Days the case spent in containment or eradication without a break; ``None`` = still there."""

    from_on: date
    to_on: date | None = None


class Attempts(Value):
    """The how manieth time in each phase that can be entered again; 0 = never."""

    containment: int = 0
    eradication: int = 0
    recovery: int = 0


class Case(Value):
    """Everything a rule reads about one case. The workflow holds exactly one.

    Attributes:
        rules: Which generation of rules decides it; moves only at continue-as-new.
        seq: Number of the last fact.
        version: Instructions accepted, plus phase moves the system made by itself.
        received: The last report that arrived under the case's key, when it differs from the first.
        entered_at: When the present phase was entered (in the present attempt).
        moved_by: Who gave the last instruction that moved the version, for ``stale-version``.
        aware_at: When the council became aware of a possible personal data breach.
        phone_task: Keys of the notices on the open phone task; empty when none is open.
        desk_keys: Public keys of the desk, base64, by key id.
        endings_told: What ends and raised its alarm: ``alarm/about/last day``.
        sealed: Whether an instruction that comes in clear is refused.
    """

    reference: str
    rules: int = 1
    policy: Policy
    exercise: bool = False
    council: Council
    providers: tuple[Provider, ...]
    desk_keys: dict[str, str] = {}
    sealed: bool = False
    report: Report
    received: Report | None = None
    contacts: tuple[Contact, ...] = ()

    seq: int = 0
    version: int = 0
    moved_by: str = ""
    answered: tuple[Answered, ...] = ()

    phase: Phase = Phase.REPORTED
    entered_at: Instant
    round: int = 1
    attempts: Attempts = Attempts()
    response_spells: tuple[Spell, ...] = ()
    outcome: Outcome | None = None
    received_at: Instant
    opened_at: Instant
    closed_at: Instant | None = None
    archived: bool = False
    legal_hold: bool = False

    category: Category = Category.UNCATEGORISED
    proposal: Proposal | None = None
    decision: Decision | None = None
    owner: str | None = None
    hand_over: HandOver | None = None

    engagement: Engagement = Engagement()
    exit: PhaseExit | None = None
    offer: Offer | None = None
    recovery_answer: RecoveryAnswer | None = None
    money: Money = Money()

    final_report: str | None = None
    data_return: str | None = None
    aware_at: Instant
    ico_started: bool = False
    ico_result: str | None = None
    close_proposal: CloseProposal | None = None
    waived: tuple[str, ...] = ()

    policy_change: PolicyChange | None = None
    successor: Successor | None = None
    links: tuple[Link, ...] = ()

    notices: tuple[Told, ...] = ()
    phone_task: tuple[str, ...] = ()
    clocks: tuple[ClockRun, ...] = ()
    breaches: tuple[Breach, ...] = ()
    breaches_withdrawn: tuple[str, ...] = ()
    alarms: tuple[AlarmRun, ...] = ()
    endings_told: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()

    def provider(self, provider_id: str | None) -> Provider | None:
        """Return the provider of that id, as the case knows it."""
        return next((one for one in self.providers if one.id == provider_id), None)

    def live_clocks(self, name: str | None = None) -> tuple[ClockRun, ...]:
        """Return the runs that still count, of one clock or of all."""
        return tuple(run for run in self.clocks if not run.ended and name in (None, run.clock))

    def latest_clock(self, name: str) -> ClockRun | None:
        """Return the latest instance of a clock, ended or not."""
        runs = [run for run in self.clocks if run.clock == name]
        return max(runs, key=lambda run: run.instance, default=None)

    def window(self, name: str) -> Window | None:
        """Return the open window of that name."""
        return next((window for window in self.windows if window.window == name), None)

    def contact(self, post: str) -> Contact | None:
        """Return the contact on that post."""
        return next((contact for contact in self.contacts if contact.post == post), None)

    @property
    def ladders(self) -> tuple[Paging, ...]:
        """Return how far every clock and alarm has climbed."""
        return (*(run.paging for run in self.clocks), *(run.paging for run in self.alarms))

    @property
    def is_billable(self) -> bool:
        """Tell whether contact was ever made or any work item is not void."""
        return self.engagement.contact_ever or self.money.has_work


class Event(Value):
    """A fact: something that happened to a case. Past tense, never refused.

    Attributes:
        type: Its name on the record; wire format, never renamed.
        at: When it occurred.
    """

    type: ClassVar[str] = ""
    registry: ClassVar[dict[str, "builtins.type[Event]"]] = {}

    at: Instant

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401
        """Enter every named event in the registry; two of one name are a mistake."""
        super().__pydantic_init_subclass__(**kwargs)
        if not cls.type:
            return
        if cls.type in Event.registry:
            raise TypeError(f"Two events are called {cls.type}.")
        Event.registry[cls.type] = cls

    def apply(self, case: Case) -> Case:
        """Return the case after this. Most facts that only go on the record change nothing."""
        return case


class Moves(Event):
    """An event that may move the case into another phase; knows what entering one means."""

    def moved(self, case: Case, phase: Phase, **changes: Any) -> Case:  # noqa: ANN401
        """Return ``case`` in ``phase`` with ``changes``; the attempt counts when it has one."""
        if phase in (Phase.CONTAINMENT, Phase.ERADICATION, Phase.RECOVERY):
            count = getattr(case.attempts, phase.value) + 1
            changes.setdefault("attempts", case.attempts.but(**{phase.value: count}))
        if phase not in (Phase.CLOSING, Phase.CLOSED):
            changes.setdefault("outcome", None)
        changes.setdefault("response_spells", self._spells(case, phase))
        if phase is Phase.CLOSED:
            changes.setdefault("closed_at", self.at)
            changes = {"phone_task": (), "hand_over": None, **changes}
        return case.but(phase=phase, entered_at=self.at, **changes)

    def _spells(self, case: Case, phase: Phase) -> tuple[Spell, ...]:
        """Return the spells in containment and eradication after moving to ``phase``."""
        day = case.policy.day_of(self.at)
        spells = case.response_spells
        there = bool(spells) and spells[-1].to_on is None
        if phase in (Phase.CONTAINMENT, Phase.ERADICATION):
            return spells if there else (*spells, Spell(from_on=day))
        return (*spells[:-1], spells[-1].but(to_on=day)) if there else spells


def evolve(case: Case, event: Event) -> Case:
    """Return the case after ``event``. Never refuses."""
    return event.apply(case)
