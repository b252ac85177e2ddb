"""Who is asking: a personal token, hashed in the register, revocable."""

from typing import Annotated

from fastapi import Depends, Header, Request

from api.answers import Answer
from api.desk import Desk, Who


def desk_of(request: Request) -> Desk:
    """Return the desk behind this application."""
    desk: Desk = request.app.state.desk
    return desk


async def identify(
    desk: Annotated[Desk, Depends(desk_of)],
    authorization: Annotated[str | None, Header()] = None,
) -> Who:
    """Return who holds the token.

    Raises:
        Answer: ``unknown-person``; it does not say whether the token never was or is revoked.
    """
    scheme, _, token = (authorization or "").partition(" ")
    found = await desk.registers.holder_of(token) if scheme.lower() == "bearer" else None
    if found is None:
        words = "That token is not known here. Ask the head of service for one."
        raise Answer("not-allowed", "unknown-person", words)
    return Who(found.id, found.roles)


Asking = Annotated[Who, Depends(identify)]
TheDesk = Annotated[Desk, Depends(desk_of)]
