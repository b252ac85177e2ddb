"""Checking the desk's word: an instruction whose stamp does not verify is ``direct``."""

import base64

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from domain.case import Case
    from domain.command import Command, Stamp
    from domain.people import SYSTEM, Role
    from domain.stamping import signed_text


def checked(case: Case, command: Command) -> Command:
    """Return ``command`` with its stamp when the stamp is the desk's and about this person."""
    stamp = command.stamp
    if stamp is None:
        return command
    is_true = stamp.person == command.by and _verifies(case, command, stamp)
    return command if is_true else command.but(stamp=None)


def _verifies(case: Case, command: Command, stamp: Stamp) -> bool:
    public = case.desk_keys.get(stamp.key_id)
    if public is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
        signature = base64.b64decode(stamp.signature)
        key.verify(signature, signed_text(case.reference, command, stamp))
    except (InvalidSignature, ValueError):
        return False
    return True


def own(case: Case) -> Stamp:
    """Return the stamp of the case's own instructions, which never leave it."""
    return Stamp(person=SYSTEM, roles=(Role.SYSTEM,), at=case.entered_at)
