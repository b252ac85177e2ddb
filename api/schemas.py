"""The JSON schema of every instruction, from its declaration."""

from typing import Any

from fastapi import APIRouter

from api.answers import Answer
from domain.command import Command

router = APIRouter()

OURS = ("by", "stamp")
"""What the desk fills in itself: a caller cannot say who is asking."""


def schema_of(command: type[Command]) -> dict[str, Any]:
    """Return the schema of what is posted to ``/cases/{case}/{command}``."""
    schema = command.model_json_schema()
    schema["title"] = command.name
    for name in OURS:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema.get("required", ()) if name not in OURS]
    return schema


@router.get("/commands")
async def every() -> dict[str, Any]:
    """Return the schema of every command by its name."""
    return {name: schema_of(command) for name, command in sorted(Command.registry.items())}


@router.get("/commands/{name}")
async def one(name: str) -> dict[str, Any]:
    """Return the schema of one command."""
    command = Command.registry.get(name)
    if command is None:
        raise Answer("not-found", "unknown-command", f"There is no command {name}.")
    return schema_of(command)
