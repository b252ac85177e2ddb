"""What a command is: declared once, beside the rule that decides it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field, StringConstraints, TypeAdapter
from pydantic.json_schema import SkipJsonSchema

from domain.case import Case, Event
from domain.council import Council
from domain.errors import Code, Refused
from domain.people import Role
from domain.phase import ANY, Phase
from domain.value import Instant, Value

Reference = Annotated[str, StringConstraints(pattern=r"^CIR-\d{4}-\d{6}$")]
"""A case reference, ``CIR-2026-000123``."""


class Rows(Value):
    """What a rule must know of the registers and cannot read by itself.

    Attributes:
        staff: Roles of the people named in the instruction who are on the staff register.
        councils: The councils named in the instruction that are on the register.
        cases: The cases named in the instruction that exist.
        case_councils: The council's code of each of those, where it is known. Left out when empty:
            what was signed before there was this field is signed still.
    """

    staff: dict[str, tuple[Role, ...]] = {}
    councils: tuple[Council, ...] = ()
    cases: tuple[str, ...] = ()
    case_councils: Annotated[dict[str, str], Field(exclude_if=lambda codes: not codes)] = {}


class Stamp(Value):
    """The desk's word for who is asking; an instruction without one is ``direct``.

    Attributes:
        roles: The roles of the person at that moment.
        register_version: The version of the registers that was read.
        key_id: Which of the desk's keys signed.
        signature: Ed25519 over case, command, key, content, person, roles and rows, base64.
    """

    person: str
    roles: tuple[Role, ...]
    register_version: int = 0
    rows: Rows = Rows()
    at: Instant
    key_id: str = ""
    signature: str = ""


class Form(NamedTuple):
    """One way of giving a command, as far as the case by itself decides about it.

    Attributes:
        inputs: The inputs that make it this way; empty where there is only one way.
        check: Raises ``Refused`` where no other input would help; ``decide`` asks the same rule.
        follows: Whether the inputs follow from the case, so that a suggestion may carry them.
    """

    inputs: dict[str, Any]
    check: Callable[[Case, datetime], object]
    follows: bool = False


class Command(Value):
    """Something that may be asked of a case.

    Class attributes, declared by each command:
        name: Kebab-case name, wire format. ``group``: its noun on the command line.
        verb: Its verb there, where that is not the name itself.
        who: The least roles that may give it. ``phases``: where it is lawful.
        reasoned: A reason of 10 to 2,000 characters is mandatory.
        desk_only: Refused without the desk's stamp.
        moves_version: Whether accepting it counts as an instruction.
        formerly: A provider that was stood down may still give it.
        may_precede_case: It may have occurred before the report was received.
        leads_on: The phases it takes a case out of, by itself or as the first of two steps.
        answered_by: The command by which another person answers what it proposes.

    ``in_clear`` is noted on arrival, never sent: nobody had sealed the instruction.
    """

    name: ClassVar[str] = ""
    group: ClassVar[str] = ""
    verb: ClassVar[str] = ""
    who: ClassVar[frozenset[Role]] = frozenset()
    phases: ClassVar[frozenset[Phase]] = ANY
    reasoned: ClassVar[bool] = False
    desk_only: ClassVar[bool] = False
    moves_version: ClassVar[bool] = True
    formerly: ClassVar[bool] = False
    may_precede_case: ClassVar[bool] = False
    leads_on: ClassVar[frozenset[Phase]] = frozenset()
    answered_by: ClassVar[str] = ""
    registry: ClassVar[dict[str, type["Command"]]] = {}

    by: Annotated[str, Field(description="Who asks: a staff id, a provider id or system.")]
    idempotency_key: Annotated[str | None, Field(description="Same key, same answer.")] = None
    if_version: Annotated[int | None, Field(description="Refuse when the case has moved.")] = None
    occurred_at: Annotated[Instant | None, Field(description="When it happened, if not now.")] = (
        None
    )
    evidence: Annotated[str | None, Field(max_length=2000, description="What proves it.")] = None
    reason: Annotated[str | None, Field(description="Why, in 10 to 2,000 characters.")] = None
    stamp: Stamp | None = None
    in_clear: Annotated[SkipJsonSchema[bool], Field(exclude=True)] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401
        """Enter every named command in the registry; two of one name are a mistake."""
        super().__pydantic_init_subclass__(**kwargs)
        if not cls.name:
            return
        if cls.name in Command.registry:
            raise TypeError(f"Two commands are called {cls.name}.")
        Command.registry[cls.name] = cls

    @property
    def rows(self) -> Rows:
        """Return the rows of the registers that came with the stamp."""
        return self.stamp.rows if self.stamp is not None else Rows()

    @classmethod
    def least_roles(cls, given: Mapping[str, Any]) -> frozenset[Role]:  # noqa: ARG003
        """Return who may give it with these inputs, read or not; some ask for more than ``who``."""
        return cls.who

    def needs_reason(self) -> bool:
        """Tell whether a reason is mandatory as it stands."""
        return self.reasoned

    @classmethod
    def role_code(cls, roles: tuple[Role, ...]) -> Code:  # noqa: ARG003  (a row may look at them)
        """Return the code for somebody whose roles may not give it."""
        return Code.ROLE_NOT_ALLOWED

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:  # noqa: ARG003  (a row may look at it)
        """Return who took the first of two steps; empty where one person is enough."""
        return ()

    def other_person(self, case: Case) -> tuple[str, ...]:
        """Return the people who may not be the one that gives this; empty where one is enough."""
        return self.first_people(case)

    @classmethod
    def only_person(cls, case: Case) -> str | None:  # noqa: ARG003  (a row may look at it)
        """Return the one person who may give it, where the case names one."""
        return None

    def check_inputs(self, case: Case, at: datetime) -> None:
        """Refuse what is ill-formed in view of the case, before any rule is asked.

        Raises:
            Refused: ``invalid-input``.
        """

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> object:  # noqa: ARG003  (one signature)
        """Refuse what no input could put right; ``decide`` asks the same rule in its place.

        Raises:
            Refused: As ``decide`` would, however the command is given.
        """
        return None

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:  # noqa: ARG003  (a row may look at it)
        """Return the ways of giving it that a case by itself can refuse one by one."""
        return (Form({}, cls.check_case),)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Say what follows, or raise ``Refused`` with the first of the row's own codes.

        Args:
            case: The case as it stands; every check that commands share has passed.
            at: When the thing occurred (``occurred_at``, else now). Events carry it.
        """
        raise NotImplementedError

    def words(self) -> str:
        """Return the reason, present where the command is ``reasoned``."""
        return self.reason or ""


BASE_FIELDS = frozenset(Command.model_fields)
"""The fields every command has; the rest are its inputs."""

_JSON: TypeAdapter[Any] = TypeAdapter(Any)


def inputs(command: Command) -> dict[str, Any]:
    """Return the command's own inputs and reason, JSON-ready, without what was left out."""
    dumped = command.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {
        key: value for key, value in dumped.items() if key not in BASE_FIELDS or key == "reason"
    }


def required(value: str | None, code: Code, message: str) -> str:
    """Return ``value``, or refuse with ``code`` when it is missing or blank."""
    if value is None or not value.strip():
        raise Refused(code, message)
    return value
