"""``cir inbox`` shows what waits, and confirms what came past the desk."""

from tests.cli.conftest import Shell
from tests.cli.pretend_desk import PretendDesk

ITEM = "CIR-2026-000123/45"


def test_the_inbox_is_shown_when_nothing_follows(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/inbox"] = [{"case": "CIR-2026-000123", "command": f"cir inbox confirm {ITEM}"}]
    assert cir("inbox").data == desk.reads["/inbox"]


def test_an_item_is_confirmed_with_its_reason(cir: Shell, desk: PretendDesk) -> None:
    desk.says["/inbox/confirm"] = {"ok": True, "item": ITEM, "by": "kaya"}
    said = cir("inbox", "confirm", ITEM, "--reason", "It was me, at three in the morning.")
    assert (said.code, said.data["item"]) == (0, ITEM)
    (asked,) = desk.given
    assert asked.body == {"item": ITEM, "reason": "It was me, at three in the morning."}
