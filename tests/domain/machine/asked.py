"""Instructions drawn from the commands' own declarations: a new command is asked for untouched.

A field is filled by what its type allows. Where a rule compares it with the case (an item, a clock,
a pack), values that the case knows are drawn under the field's name, and ones it does not know.
"""

import re
import types
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Protocol, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import AwareDatetime, BaseModel

from domain.case import Case
from domain.clocks.catalogue import CATALOGUE
from domain.command import BASE_FIELDS, Command
from domain.people import may
from domain.phase import CRITERIA
from tests.builders import OTHER, RATES, REFERENCE, ROLES, a_raw_report

T = TypeVar("T")


class Chance(Protocol):
    """What decides: hypothesis gives one to each step of a story."""

    def choice(self, seq: Sequence[T], /) -> T:
        """Return one of ``seq``, each as likely."""
        ...

    def randint(self, a: int, b: int, /) -> int:
        """Return a whole number from ``a`` to ``b``."""
        ...


COMPANY = "joanna.hale@eastmere.example.gov.uk"
"""The address that the attacker may read, in every report that is drawn."""

WHY = "Nothing speaks against it."
REASONS = (WHY, "Too short", " " * 20, "x" * 2001, None)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ABOUT_NOW = (
    *(timedelta(0), -MINUTE, -9 * MINUTE, -2 * HOUR, -20 * DAY),
    *(MINUTE, 3 * MINUTE, HOUR, 20 * HOUR, 10 * DAY, 40 * DAY),
)
FORMS = (OTHER, "XHD", "a-word")
PENCE = (0, 1, 40_000, 1_800_000, 6_000_000, 6_000_001, 9_000_000, 25_000_000)
CAREFUL = ("As agreed on the telephone.", "Kept in room 2.")
WORDS = (*CAREFUL, " ", "x" * 501, "x" * 4001)
CHANGES: dict[str, tuple[Any, ...]] = {
    "impact.risk_to_life": ("yes", "no", "unknown", True),
    "impact.safeguarding_risk": ("yes", "no"),
    "data.personal_data": ("yes", "no", "unknown"),
    "data.aware_at": ("2026-11-22T09:00:00Z", "2026-11-23T11:45:00Z", None, "2030-01-01T00:00:00Z"),
    "incident.summary": ("It is worse than we thought.", "Servers are locked.", None),
    "incident.discovered_at": ("2026-11-23T10:00:00Z", None),
    "reporter.company_email": (COMPANY, "anybody@personal.example.org", None),
    "reporter.contact_email": ("jo@elsewhere.example.org",),
    "council.code": ("XHD",),
    "ncsc.category": ("C1",),
}


class Asked:
    """Fills instructions to one case at one instant.

    Attributes:
        careful: Whether texts and reasons are in good form; the rules may refuse them still.
    """

    def __init__(self, chance: Chance, case: Case, at: datetime, *, careful: bool) -> None:
        self.chance, self.case, self.at, self.careful = chance, case, at, careful

    def inputs(self, name: str) -> dict[str, Any]:
        """Return the inputs of the command ``name``, with a reason and what goes around them."""
        said = self._model(Command.registry[name], skip=BASE_FIELDS)
        if self.careful:
            return {**said, "reason": WHY}
        return {**said, "reason": self.chance.choice(REASONS), **self._around()}

    def by(self, name: str) -> str:
        """Return who gives it: somebody who may, or whoever comes."""
        if not self.careful and self.chance.randint(0, 1):
            return self.chance.choice([*ROLES, "nobody"])
        least = Command.registry[name].who
        return self.chance.choice([who for who, roles in ROLES.items() if may(roles, least)])

    def _around(self) -> dict[str, Any]:
        """Return what any instruction may carry besides: mostly nothing."""
        earlier = {"occurred_at": self._instant()}
        proved = {**earlier, "evidence": "The log of the telephone system."}
        version = self.case.version
        seen: tuple[dict[str, Any], ...] = ({"if_version": version}, {"if_version": version - 1})
        nothing: tuple[dict[str, Any], ...] = ({},) * 8
        return self.chance.choice((*nothing, earlier, *(proved,) * 3, *seen, {"stamp": None}))

    def _instant(self) -> datetime:
        return self.at - self.chance.choice(ABOUT_NOW)

    def _model(self, kind: type[BaseModel], skip: frozenset[str] = frozenset()) -> dict[str, Any]:
        said = {}
        for name, field in kind.model_fields.items():
            left_out = not field.is_required() and self.chance.randint(0, 3) == 0
            if name not in skip and not left_out:
                said[field.alias or name] = self._value(name, field.annotation, field.metadata)
        return said

    def _value(self, name: str, hint: Any, limits: Sequence[Any]) -> Any:
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._value(name, args[0], args[1:])
        if origin in (Union, types.UnionType):
            return self._value(name, next(a for a in args if a is not type(None)), limits)
        if origin is Literal:
            return self.chance.choice(args)
        if name in KNOWN:
            known = KNOWN[name](self)
            return known if isinstance(known, dict) else self.chance.choice(known)
        if origin in (tuple, list):
            return [self._value(name, args[0], ()) for _ in range(self.chance.randint(0, 2))]
        return self._plain(hint, limits)

    def _plain(self, hint: Any, limits: Sequence[Any]) -> Any:
        """Return a value of a type, where nothing else is known of the field."""
        if hint is bool:
            return bool(self.chance.randint(0, 1))
        if hint in (int, float):
            return self._number(limits)
        if hint is date:
            return self._instant().date()
        if hint is str:
            return self._text(limits)
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            return self._model(hint)
        assert hint is AwareDatetime, f"no value of type {hint} is known"
        return self._instant()

    def _number(self, limits: Sequence[Any]) -> int:
        least = next((one.ge for one in limits if isinstance(one, Ge)), -1)
        most = next((one.le for one in limits if isinstance(one, Le)), 5)
        return self.chance.randint(int(str(least)), int(str(most)))

    def _text(self, limits: Sequence[Any]) -> str:
        texts = CAREFUL if self.careful else WORDS
        pattern = next((found for one in limits if (found := getattr(one, "pattern", None))), None)
        if pattern is None:
            return self.chance.choice(texts)
        fits = [one for one in FORMS if re.match(pattern, one)]
        assert fits, f"no text of the form {pattern} is known: give one to FORMS"
        return self.chance.choice(fits)


def _told(asked: Asked) -> list[str]:
    case = asked.case
    latest = [told.key for told in case.notices[-6:]]
    council = [told.key for told in case.notices if told.role == "council"][-4:]
    return [*latest, *council, *case.phone_task, "activation-confirmed", "report-receipt", "none"]


def _clocks(asked: Asked) -> list[str]:
    return [*(run.clock for run in asked.case.live_clocks()), *list(CATALOGUE)[::5], "sundial"]


def _about(asked: Asked) -> list[str]:
    case = asked.case
    waits = [r.clock for r in case.clocks if r.paging.unacknowledged]
    alarms = [a.about for a in case.alarms if a.paging.unacknowledged]
    return [*waits * 3, *alarms * 3, *_clocks(asked)]


def _items(asked: Asked) -> list[str]:
    case = asked.case
    known = [item.item for item in case.money.items[-5:]]
    billed = list(case.money.taken)[-1:]
    return [*known * 2, *billed, f"I-{case.seq}", f"I-{case.seq}"]


def _dates(asked: Asked) -> list[date]:
    """Return days about now; in good form none that no work can have."""
    first, today = asked.case.engagement.first_call_out_on, asked.at.date()
    likely = [today, today, max(first or today, today - 9 * DAY)]
    return likely if asked.careful else [*likely, today + DAY, today - 400 * DAY]


def _criteria(asked: Asked) -> dict[str, str]:
    answers = ("met", "met", "met", "not-met", "not-applicable")
    wanted = CRITERIA.get(asked.case.phase, ("spread-stopped",))
    said = {name: asked.chance.choice(answers) for name in wanted}
    if not asked.careful:
        said.pop(wanted[0])
    return said


def _settings(asked: Asked) -> dict[str, float]:
    names = ("decision", "closure", "scope-agreement", "eradication-update", "ico-report")
    name = asked.chance.choice(names if not asked.careful else names[:-1])
    return {f"{name}.target_minutes": asked.chance.choice((60, 90, 1440, 9600, 0, 1.5))}


def _changes(asked: Asked) -> dict[str, Any]:
    path = asked.chance.choice(list(CHANGES))
    other = asked.chance.choice(list(CHANGES))
    return {one: asked.chance.choice(CHANGES[one]) for one in (path, other)}


def _report(asked: Asked) -> dict[str, Any]:
    return a_raw_report(**(_changes(asked) if asked.chance.randint(0, 1) else {}))


KNOWN: dict[str, Callable[[Asked], Sequence[Any] | dict[str, Any]]] = {
    "about": _about,
    "amount_pence": lambda _a: PENCE,
    "card": lambda a: [*(card.id for p in a.case.providers for card in p.cards), "none"],
    "case": lambda _a: (OTHER, OTHER, REFERENCE, "CIR-2026-000999"),
    "changes": _changes,
    "channel": lambda _a: ("email", "sms", "phone", "page"),
    "clock": _clocks,
    "code": lambda _a: ("XEA", "XHD", "XWM", "XWL", "QQQ"),
    "criteria": _criteria,
    "date": _dates,
    "email": lambda _a: ("new@personal.example.org", COMPANY, "no address"),
    "given_by": lambda _a: ("ncsc", "ncsc", "law-enforcement", "council"),
    "grade": lambda a: tuple(RATES) if a.careful else (*RATES, "intern"),
    "item": _items,
    "minutes": lambda a: (1, 60, 480, 1440) if a.careful else (0, 60, 1441),
    "notice": _told,
    "of": lambda _a: (OTHER, REFERENCE, "CIR-2026-000999"),
    "owner": lambda _a: ("kaya", "tomas", "priya", "ines", "nobody"),
    "pack": lambda a: (len(a.case.money.packs), len(a.case.money.packs), 1, 99),
    "phone": lambda _a: ("01632 960107", "not a number"),
    "po_value_pence": lambda _a: PENCE,
    "post": lambda _a: ("s151", "s151", "authorised-officer", "cio", "shared-host", "dpo"),
    "provider": lambda _a: ("alder", "kestrel", "alder", "kestrel", "nobody"),
    "report": _report,
    "settings": _settings,
    "successor": lambda _a: ("XHD", "XHD", "XWM", "XEA", "QQQ"),
    "to": lambda _a: ("kaya", "tomas", "priya", "martin", "ines"),
    "until": lambda a: [a.at + length for length in ABOUT_NOW],
    "why": lambda _a: sorted({w for row in CATALOGUE.values() for w in row.pausable_for}),
}
"""What the case knows by the name of a field; whatever is not here is drawn by its type."""
