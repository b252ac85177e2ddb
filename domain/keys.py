"""What a key remembers: the same key with the same content gets the first answer again."""

import hashlib
import json

from domain.case import Answered, Case
from domain.command import Command, inputs
from domain.errors import Code, Refused
from domain.people import SYSTEM

REMEMBERED = 1000
"""How many accepted answers a case keeps by key [our default]; older ones are on the record."""


def content_of(command: Command) -> str:
    """Return the fingerprint of what must be the same under one key: command, by and inputs."""
    said = {"command": command.name, "by": command.by, "inputs": inputs(command)}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def earlier_answer(case: Case, command: Command) -> Answered | None:
    """Return the accepted answer under the command's key.

    Raises:
        Refused: ``key-reused``, when the key was accepted with other content.
    """
    found = _under(case, command.idempotency_key)
    if found is not None and found.content and found.content != content_of(command):
        raise reused(case.reference)
    return found


def reused(reference: str) -> Refused:
    """Return the refusal of a key that was accepted on the case with other content."""
    words = f"That key was used on {reference} for something else: take a new one."
    return Refused(Code.KEY_REUSED, words)


def check_unread(case: Case, key: str | None) -> None:
    """Refuse inputs that could not be read under a known key: what it was accepted with could be.

    Raises:
        Refused: ``key-reused``, which comes before ``invalid-input``.
    """
    if _under(case, key) is not None:
        raise reused(case.reference)


def _under(case: Case, key: str | None) -> Answered | None:
    return next((a for a in case.answered if a.key == key), None)


def counts(command: Command) -> bool:
    """Tell whether accepting the command moves the version (guide g)."""
    return is_counted(type(command), command.by)


def is_counted(kind: type[Command], by: str) -> bool:
    """Tell whether a command of that kind moves the version when ``by`` gives it."""
    own = by == SYSTEM and kind.name in ("assign-provider", "resume-clock")
    return kind.moves_version and not own


def kept(case: Case, answer: Answered) -> Case:
    """Return the case with an accepted answer kept; the oldest gives way."""
    return case.but(answered=(*case.answered[-REMEMBERED + 1 :], answer))


def remembered(before: Case, case: Case, command: Command) -> Case:
    """Return ``case`` with the acceptance of ``command`` counted, and kept under its key.

    Args:
        before: The case before the command.
        case: The case after all that followed from it.
        command: What was accepted.
    """
    moved = counts(command)
    version = case.version + 1 if moved else case.version
    case = case.but(version=version, moved_by=command.by if moved else case.moved_by)
    if command.idempotency_key is None:
        return case
    answer = Answered(
        key=command.idempotency_key,
        content=content_of(command),
        version=version,
        phase=case.phase,
        first_seq=before.seq + 1,
        last_seq=case.seq,
    )
    return kept(case, answer)
