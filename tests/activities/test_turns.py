import pytest
from temporalio.testing import ActivityEnvironment

from activities.turns import Rotation, TurnRequest
from tests.builders import NOON, REFERENCE
from tests.ports import FakeTurns

REQUEST = TurnRequest(
    key=f"{REFERENCE}/turn-1",
    case=REFERENCE,
    candidates=("alder", "kestrel"),
    exercise=False,
    at=NOON,
)


async def test_the_same_request_gets_the_same_provider() -> None:
    rotation = Rotation(FakeTurns())
    first = await ActivityEnvironment().run(rotation.reserve_turn, REQUEST)
    other = await ActivityEnvironment().run(rotation.reserve_turn, REQUEST.but(key="another"))
    again = await ActivityEnvironment().run(rotation.reserve_turn, REQUEST)
    assert (first, other, again) == ("alder", "kestrel", "alder")


async def test_a_register_that_is_away_is_asked_again() -> None:
    turns = FakeTurns()
    turns.away = True
    with pytest.raises(ConnectionError):
        await ActivityEnvironment().run(Rotation(turns).reserve_turn, REQUEST)
