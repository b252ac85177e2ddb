"""What the desk signs: the one text that stands for an instruction and who gave it."""

import json

from domain.command import Command, Stamp, inputs


def signed_text(case: str, command: Command, stamp: Stamp) -> bytes:
    """Return the bytes that the desk signs with Ed25519 and the case checks.

    They hold case, command, key, content, person, roles, rows, register version and instant; the
    signature itself is left out.
    """
    said = {
        "case": case,
        "command": command.name,
        "by": command.by,
        "key": command.idempotency_key,
        "if_version": command.if_version,
        "occurred_at": None if command.occurred_at is None else command.occurred_at.isoformat(),
        "evidence": command.evidence,
        "inputs": inputs(command),
        "stamp": stamp.model_dump(mode="json", exclude={"signature"}),
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")
