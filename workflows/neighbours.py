"""Telling another case that it is linked to this one, or no longer: both hold the link."""

from typing import Annotated

from pydantic import Field
from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.answers import EffectAnswer
    from domain.command import Reference
    from domain.decisions.links import LinkNotMirrored, link_to
    from domain.effects import Effect
    from domain.fact import Cause
    from domain.people import SYSTEM
    from domain.settling import settle
    from domain.value import Value
    from workflows import options
    from workflows.keeper import Keeper

LINK_TOLD = "link-told"
"""Name of the signal; wire format."""


class LinkTold(Value):
    """What a case tells another one of the link between them.

    Attributes:
        key: The effect's key; the same for every try.
        case: The case that tells.
        kind: What ties the two together there; ``None`` when the link was taken back.
        in_clear: Noted on arrival, never sent: nobody had sealed it.
    """

    key: str
    case: Reference
    kind: str | None
    in_clear: Annotated[bool, Field(exclude=True)] = False


async def tell(keeper: Keeper, effect: Effect) -> None:
    """Tell the other case how the link stands now, however often it changed meanwhile.

    A case that does not run cannot be told, and this one says so. It may be starting, so that it is
    tried again for a while; one that is archived holds no new link.
    """
    link = link_to(keeper.case, effect.other)
    told = LinkTold(
        key=effect.key, case=keeper.case.reference, kind=None if link is None else link.kind
    )
    try:
        await workflow.get_external_workflow_handle(effect.other).signal(LINK_TOLD, told)
    except FailureError:
        _not_told(keeper, effect)
    else:
        keeper.outbox.drop(effect.key)


def _not_told(keeper: Keeper, effect: Effect) -> None:
    now = workflow.now()
    answer = EffectAnswer(key=effect.key, state="failed")
    (waiting,) = keeper.outbox.settle((answer,), now)
    if waiting.tries >= options.EFFECT_TRIES:
        keeper.outbox.drop(effect.key)
    if waiting.tries > 1:
        return
    events = (LinkNotMirrored(at=now, case=effect.other),)
    cause = Cause(id=f"not-mirrored/{effect.key}", by=SYSTEM, at=now)
    keeper.absorb(settle(keeper.case, events, cause))
