import asyncio
import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from activities.billing import PackHandOff
from adapters.finance.file_desk import FileFinanceDesk, PackChangedError
from tests.builders import REFERENCE

PLACE = f"finance/{REFERENCE}/pack-1"


@pytest.fixture
def desk(tmp_path: Path) -> FileFinanceDesk:
    return FileFinanceDesk(tmp_path / "outbox")


def an_item(item: str = "A-1", **changes: Any) -> dict[str, Any]:
    known = {"item": item, "minutes": 300, "amount_pence": 92500, "description": "Incident lead"}
    return {**known, **changes}


def a_pack(*items: dict[str, Any], number: int = 1) -> PackHandOff:
    document = {
        "pack": number,
        "A": {"net_pence": 92500},
        "document": {"A": {"items": list(items)}, "B": {"items": []}},
    }
    return PackHandOff(
        key=f"{REFERENCE}/billing/{number}", case=REFERENCE, document=document, exercise=False
    )


PACK = a_pack(an_item())


def rows(place: Path) -> list[dict[str, str]]:
    with (place / "items.csv").open(newline="") as file:
        return list(csv.DictReader(file))


async def test_a_pack_is_json_csv_and_a_manifest(desk: FileFinanceDesk, tmp_path: Path) -> None:
    assert await desk.take(PACK) == PLACE
    place = tmp_path / "outbox" / PLACE
    assert json.loads((place / "pack.json").read_text()) == PACK.document
    assert rows(place) == [
        {
            "ledger": "A",
            "item": "A-1",
            "minutes": "300",
            "amount_pence": "92500",
            "description": "Incident lead",
        }
    ]
    assert sorted(path.name for path in place.iterdir()) == ["SHA256SUMS", "items.csv", "pack.json"]


async def test_the_manifest_is_true(desk: FileFinanceDesk, tmp_path: Path) -> None:
    place = tmp_path / "outbox" / await desk.take(PACK)
    lines = [line.split("  ") for line in (place / "SHA256SUMS").read_text().splitlines()]
    assert [name for _, name in lines] == ["pack.json", "items.csv"]
    for digest, name in lines:
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest


async def test_a_repeat_changes_nothing(desk: FileFinanceDesk, tmp_path: Path) -> None:
    await desk.take(PACK)
    before = (tmp_path / "outbox" / PLACE).stat()
    assert await desk.take(PACK) == PLACE
    assert (tmp_path / "outbox" / PLACE).stat().st_ino == before.st_ino


async def test_a_key_with_other_content_is_never_taken_for_done(
    desk: FileFinanceDesk, tmp_path: Path
) -> None:
    await desk.take(PACK)
    with pytest.raises(PackChangedError, match=f"{REFERENCE}/billing/1"):
        await desk.take(a_pack(an_item(amount_pence=1)))
    assert rows(tmp_path / "outbox" / PLACE)[0]["amount_pence"] == "92500"


async def test_a_pack_that_is_chased_is_found_where_it_is(desk: FileFinanceDesk) -> None:
    await desk.take(PACK)
    assert await desk.take(PACK.but(document=None)) == PLACE


async def test_a_pack_that_is_chased_and_never_was_placed_is_missed(desk: FileFinanceDesk) -> None:
    with pytest.raises(FileNotFoundError, match="never placed"):
        await desk.take(PACK.but(document=None))


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+44 1632", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"],  # noqa: RUF001
)
async def test_no_text_starts_a_formula(
    desk: FileFinanceDesk, tmp_path: Path, formula: str
) -> None:
    place = tmp_path / "outbox" / await desk.take(a_pack(an_item(description=formula)))
    assert rows(place)[0]["description"] == f"'{formula}"
    stored = json.loads((place / "pack.json").read_text())
    assert stored["document"]["A"]["items"][0]["description"] == formula


async def test_no_text_starts_a_row(desk: FileFinanceDesk, tmp_path: Path) -> None:
    pack = a_pack(an_item(description="words\r=1+1\n=2"), an_item("A-2"))
    place = tmp_path / "outbox" / await desk.take(pack)
    assert [row["item"] for row in rows(place)] == ["A-1", "A-2"]
    assert rows(place)[0]["description"] == "words\r=1+1\n=2"


async def test_a_number_stays_a_number(desk: FileFinanceDesk, tmp_path: Path) -> None:
    place = tmp_path / "outbox" / await desk.take(a_pack(an_item(amount_pence=-500)))
    assert rows(place)[0]["amount_pence"] == "-500"


async def test_what_a_crash_left_half_written_is_replaced(
    desk: FileFinanceDesk, tmp_path: Path
) -> None:
    stray = tmp_path / "outbox" / f"finance/{REFERENCE}" / ".pack-1.half"
    stray.mkdir(parents=True)
    (stray / "pack.json").write_text("{")
    await desk.take(PACK)
    assert [path.name for path in stray.parent.iterdir()] == ["pack-1"]


async def test_ten_at_once_place_one_pack(desk: FileFinanceDesk, tmp_path: Path) -> None:
    assert set(await asyncio.gather(*(desk.take(PACK) for _ in range(10)))) == {PLACE}
    assert [path.name for path in (tmp_path / "outbox" / PLACE).parent.iterdir()] == ["pack-1"]


async def test_a_pack_without_items_has_a_header_all_the_same(
    desk: FileFinanceDesk, tmp_path: Path
) -> None:
    place = tmp_path / "outbox" / await desk.take(a_pack())
    assert (place / "items.csv").read_text() == "ledger,item\n"
