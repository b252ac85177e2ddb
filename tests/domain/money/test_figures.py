"""The figures of the six stories, worked out again from nothing but their lines of work."""

import pytest

from domain.money.pence import price, vat

Lines = list[tuple[int, int]]
"""Minutes, and pence for a day of 480 minutes."""

STORIES: dict[str, tuple[Lines, int, int]] = {
    "ransomware-c2-recovery A": (
        [(545, 148_000), (610, 116_500), (1185, 116_500), (200, 84_700)], 638_995, 127_799,
    ),
    "ransomware-c2-recovery B": (
        [(1440, 119_900), (1215, 88_300), (333, 152_000)], 688_659, 137_732,
    ),
    "not-qualified-then-upgraded A": ([(707, 148_000), (1001, 84_700)], 394_627, 78_925),
    "declined-then-accepted A": ([(512, 116_500), (455, 84_700)], 204_556, 40_911),
    "c4-discretionary A": ([(444, 113_300), (215, 151_200), (390, 86_900)], 243_134, 48_627),
    "provider-silent-failover A, pack 1": (
        [(840, 151_200), (905, 113_300), (777, 86_900), (365, 113_300)], 705_042, 141_008,
    ),
    "provider-silent-failover A, pack 2": ([(25, 116_500)], 6_068, 1_214),
    "bank-holiday-escalations A": ([(930, 148_000)], 286_750, 57_350),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "net", "tax"), STORIES.values(), ids=STORIES)
def test_the_lines_of_a_story_come_to_its_net_and_vat(lines: Lines, net: int, tax: int) -> None:
    assert sum(price(minutes, rate, 480) for minutes, rate in lines) == net
    assert vat(net, 2000) == tax


def test_two_providers_of_one_ledger_are_taxed_each_by_itself() -> None:
    alder, kestrel = price(487, 119_900, 480), price(365, 117_300, 480)
    assert (alder, kestrel) == (121_649, 89_197)
    assert alder + kestrel == 210_846
    assert vat(alder, 2000) + vat(kestrel, 2000) == 42_169
