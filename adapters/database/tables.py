"""The tables. A table model validates nothing: rows are made from checked values only."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel


class IntakeRow(SQLModel, table=True):
    """A report as it arrived: the durable inbox, and where case references come from.

    Attributes:
        key: The intake key; unique among first reports that are not archived. Empty = no key.
        state: ``pending`` until the workflow has started, then ``started``; ``repeat`` for one that
            arrived again under the same key (``repeat-pending`` until its case was told).
        follows: An archived case that had the same key before.
    """

    __tablename__ = "intake"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(index=True)
    year: int
    number: int
    key: str | None = Field(default=None, unique=True)
    content: str
    state: str = Field(index=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    report: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    warnings: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    received_at: datetime
    by: str
    follows: str | None = None


class CaseNumberRow(SQLModel, table=True):
    """The last case number given out in a year."""

    __tablename__ = "case_number"

    year: int = Field(primary_key=True)
    last: int


class CaseEventRow(SQLModel, table=True):
    """One fact of one case. Append-only; each row carries the hash of the one before."""

    __tablename__ = "case_event"

    case: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    type: str
    occurred_at: datetime
    recorded_at: datetime
    by: str = Field(index=True)
    instruction: str = Field(index=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    before: str
    hash: str


class ChainHeadRow(SQLModel, table=True):
    """The signed end of a case's chain; moves in the transaction that appends a fact."""

    __tablename__ = "chain_head"

    case: str = Field(primary_key=True)
    seq: int
    hash: str
    key_id: str
    signature: str


class CaseKeyRow(SQLModel, table=True):
    """The key of a case's personal fields, wrapped by the keyring; gone once it is destroyed."""

    __tablename__ = "case_key"

    case: str = Field(primary_key=True)
    key_id: str
    wrapped: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    made_at: datetime
    destroyed_at: datetime | None = None


class DirectConfirmationRow(SQLModel, table=True):
    """A person's word for an instruction that did not come through the desk. Append-only.

    Attributes:
        seq: The first fact of the instruction. ``reason``: sealed with the case's key.
    """

    __tablename__ = "direct_confirmation"

    case: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    by: str
    reason: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime


class CaseViewRow(SQLModel, table=True):
    """The read model: a case as it is shown, with the columns that lists ask for."""

    __tablename__ = "case_view"

    case: str = Field(primary_key=True)
    seq: int
    version: int
    phase: str = Field(index=True)
    outcome: str | None = None
    category: str
    owner: str | None = Field(default=None, index=True)
    provider: str | None = None
    council_code: str = Field(index=True)
    exercise: bool
    breached: bool
    archived: bool
    rung: int | None = None
    next_clock: str | None = None
    due_at: datetime | None = Field(default=None, index=True)
    opened_at: datetime
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class NoticeRow(SQLModel, table=True):
    """The ledger of notices: one row for each notice, person and channel.

    Attributes:
        reference: The message's id at its channel; receipts name it.
        to_offer: A receipt's final word that its case was not offered yet.
    """

    __tablename__ = "notice"

    id: str = Field(primary_key=True)
    key: str = Field(index=True)
    case: str = Field(index=True)
    notice: str
    role: str
    channel: str
    number: int
    state: str
    how: str = ""
    again: bool = False
    doubled: bool = False
    claimed_at: datetime
    settled_at: datetime | None = None
    reference: str = Field(default="", index=True)
    to_offer: bool = Field(default=False, index=True)


class TextRow(SQLModel, table=True):
    """A text that went out, as far as the telephone networks' limits ask; no number, no words."""

    __tablename__ = "text"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(index=True)
    words: str
    at: datetime = Field(index=True)


class PageRowRow(SQLModel, table=True):
    """One page owed to one person."""

    __tablename__ = "page"

    key: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    case: str
    about: str
    rung: int
    wanted: int
    says: str
    at: datetime
    due_at: datetime
    exercise: bool
    sent_at: datetime | None = Field(default=None, index=True)
    message: str | None = None


class FindingRow(SQLModel, table=True):
    """What the watchkeeper found about a case that the case cannot say itself.

    Attributes:
        pages: How often somebody was paged about it; ``rung``: the rung reached last.
        over_at: When it was no longer found, or somebody had it who alone could end it.
    """

    __tablename__ = "finding"

    key: str = Field(primary_key=True)
    case: str = Field(index=True)
    about: str
    says: str
    found_at: datetime
    pages: int = 0
    rung: int | None = None
    paged_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    over_at: datetime | None = Field(default=None, index=True)


class WatchStampRow(SQLModel, table=True):
    """When the watchkeeper looked last."""

    __tablename__ = "watch_stamp"

    id: int = Field(primary_key=True)
    at: datetime


class RefusedAttemptRow(SQLModel, table=True):
    """An instruction that was refused, written down before it was answered."""

    __tablename__ = "refused_attempt"

    id: int | None = Field(default=None, primary_key=True)
    case: str = Field(index=True)
    command: str
    by: str
    key: str
    code: str
    message: str
    at: datetime


class WebhookRow(SQLModel, table=True):
    """A signed message that was taken, with the answer it got; the same id gets the same.

    Attributes:
        id: The door, who signed, and the message's own id.
        content: SHA-256 of the body.
        repeats: How often it came again.
    """

    __tablename__ = "webhook"

    id: str = Field(primary_key=True)
    content: str
    status: int
    answer: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(index=True)
    repeats: int = 0


class QuarantineRow(SQLModel, table=True):
    """A signed report that could not be read: nothing that cried for help is dropped.

    Attributes:
        reference: ``REJ-000007``.
        content: SHA-256 of the body; the same bytes again are the same item until it is decided.
        body: The bytes, sealed with the item's own key; of a huge one the first of them.
        pages: How often somebody was paged about it. ``rung``: the rung reached last.
    """

    __tablename__ = "quarantine"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    sender: str
    content: str = Field(index=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    problems: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime
    pages: int = 0
    rung: int | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    discarded_by: str | None = None
    discarded_at: datetime | None = Field(default=None, index=True)
    reason: str | None = None


class ProviderRow(SQLModel, table=True):
    """A provider with its contract and cards, as the register has it."""

    __tablename__ = "provider"

    id: str = Field(primary_key=True)
    place: int
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class TurnRow(SQLModel, table=True):
    """A provider's turn on a case: reserved, counted at contact made, or given back."""

    __tablename__ = "turn"

    key: str = Field(primary_key=True)
    case: str = Field(index=True)
    provider: str = Field(index=True)
    state: str
    at: datetime
    exercise: bool


class CouncilRow(SQLModel, table=True):
    """A council on the register."""

    __tablename__ = "council"

    code: str = Field(primary_key=True)
    name: str
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class PersonRow(SQLModel, table=True):
    """A member of staff on the register."""

    __tablename__ = "person"

    id: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class TokenRow(SQLModel, table=True):
    """A personal token, hashed; the token itself is shown once and kept nowhere."""

    __tablename__ = "token"

    hash: str = Field(primary_key=True)
    holder: str = Field(index=True)
    role: str | None = None
    issued_at: datetime
    revoked_at: datetime | None = None


class RotaShiftRow(SQLModel, table=True):
    """One shift of one person on one rung; ``until`` excluded."""

    __tablename__ = "rota_shift"

    id: int | None = Field(default=None, primary_key=True)
    rung: int
    person: str
    begins: datetime
    until: datetime


class RegisterVersionRow(SQLModel, table=True):
    """The version of the registers, moved by every change; ``told``: open cases know that one."""

    __tablename__ = "register_version"

    id: int = Field(primary_key=True)
    version: int
    told: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class RegisterChangeRow(SQLModel, table=True):
    """A numbered change of a register or of tokens, and how it stands.

    Attributes:
        content: Fingerprint of what is wanted, so that the same file again is the same change.
        wanted: What it would put in force: entries of a file, or a token's hash.
        document: The change as it is shown.
    """

    __tablename__ = "register_change"

    number: int | None = Field(default=None, primary_key=True)
    about: str = Field(index=True)
    state: str = Field(index=True)
    content: str
    wanted: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class RegisterEntryRow(SQLModel, table=True):
    """One thing that was done to the registers. Append-only, chained by hash."""

    __tablename__ = "register_entry"

    seq: int = Field(primary_key=True)
    at: datetime
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    before: str
    hash: str


class RegisterOriginRow(SQLModel, table=True):
    """Where what a register holds comes from, with its licence."""

    __tablename__ = "register_origin"

    name: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class DeskKeyRow(SQLModel, table=True):
    """A public key of the desk; cases carry them from their start."""

    __tablename__ = "desk_key"

    id: str = Field(primary_key=True)
    public: str
