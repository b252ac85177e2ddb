"""A stack that is saved while it runs is put back elsewhere, and its cases go on there."""

from pathlib import Path

import pytest

from adapters.database.chains import SIGNED_ONCE
from settings import ROOT
from tests.e2e.house import QUALIFIES, House, a_house

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]


def test_a_case_goes_on_where_its_stack_was_put_back(tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar.gz"
    with a_house(tmp_path / "first", "default.toml", None) as house:
        case = house.open()
        house.ask("triage", "acknowledge", case)
        told = house.ask("local", "backup", str(saved))
        assert (told["running"], saved.stat().st_mode & 0o777) == (True, 0o600)
        house.ask("triage", "decide", case, *QUALIFIES)
        assert house.cir("local", "restore", str(saved), "--yes").code == 1
    other = House(tmp_path / "second", ROOT / "policy" / "default.toml")
    other.ask("local", "restore", str(saved))
    try:
        assert other.cir("local", "up").code == 0
        assert other.ask("case", "show", case)["phase"] == "assessment"
        assert other.ask("triage", "decide", case, *QUALIFIES)["phase"] == "activation"
        other.quiet(case)
        assert (tmp_path / "second" / "data" / SIGNED_ONCE).exists()
        whole = other.ask("audit", "verify")
        assert (whole["ok"], whole["cases"]) == (True, 1)
        copy = tmp_path / "copy.json"
        copy.write_text(other.cir("audit", "export", case, by="kaya").out)
        checked = other.ask("audit", "verify", "--export", str(copy))
        assert checked == other.ask("audit", "verify", case)
        assert checked["public_key"]
        told_of(other, case)
        assert other.ask("audit", "rebuild", by="priya") == {"ok": True, "cases": 1, "rebuilt": []}
    finally:
        other.down()


def told_of(house: House, case: str) -> None:
    """See the case on paper, on the wall and in figures, as the real desk tells of it."""
    page = house.cir("case", "print").out
    assert case in page
    assert "provider-contact" in page
    assert "\f" not in page
    assert [row["case"] for row in house.ask("board")] == [case]
    service, one = house.ask("report", "service"), house.ask("report", "case", case)
    assert (service["cases"], service["phases"]) == (1, {"activation": 1})
    assert one["clocks"] == service["clocks"]
    assert {"clock": "decision", "in_time": 1}.items() <= {
        key: value
        for row in one["clocks"]
        if row["clock"] == "decision"
        for key, value in row.items()
    }.items()
