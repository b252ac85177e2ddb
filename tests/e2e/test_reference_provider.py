"""An exercise with a reference provider: nobody outside is reached, and somebody answers."""

import pytest

from tests.e2e.house import QUALIFIES, House, until

pytestmark = pytest.mark.server


def test_a_provider_is_played_for_an_exercise(house: House) -> None:
    provider = house.start_cir("exercise", "provider", "alder", "--speed", "20000")
    try:
        case = house.open(exercise=True)
        house.ask("triage", "acknowledge", case)
        house.ask("triage", "decide", case, *QUALIFIES)
        until(lambda: house.facts(case, "provider-update-recorded"), "an update of the provider")
        assert [fact["by"] for fact in house.facts(case, "contact-made")] == ["alder"]
        assert not list(house.outbox.rglob("provider/alder/*.json"))
    finally:
        provider.terminate()
        out, err = provider.communicate(timeout=30)
    assert '"ok": true' in out
    assert f"{case}: provider-update: taken" in err


def test_a_script_that_is_none_says_which_steps_there_are(house: House) -> None:
    answer = house.cir("exercise", "provider", "alder", "--script", "ring")
    assert answer.code == 2
    assert "Steps: acknowledge, attempt" in answer.error["message"]
