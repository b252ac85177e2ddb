"""Who is on, who is next, where nobody is, and what a file makes of a rota."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Person, Role
from domain.registers import rota
from domain.registers.around import Around
from domain.registers.difference import Row
from domain.registers.entries import Entry, InvalidRegisterError
from domain.registers.shifts import Gap, Shift, Watch, by_role, gaps, on_rung, watches
from tests.builders import DAY, HOUR, NOON, STAFF

PEOPLE = tuple(
    Person(id=name, name=name.title(), roles=roles, email=f"{name}@example.org")
    for name, roles in STAFF.items()
)
AROUND = Around(people=PEOPLE)
ALWAYS = {0: "kaya", 1: "priya", 2: "helen", 3: "amory"}


def shift(rung: int, person: str, begins: datetime, until: datetime) -> Shift:
    return Shift(rung=rung, person=person, begins=begins, until=until)


def full(**others: str) -> tuple[Shift, ...]:
    """Return a rota without a gap; ``L1="martin"`` puts another person there."""
    who = {rung: others.get(f"L{rung}", person) for rung, person in ALWAYS.items()}
    return tuple(shift(r, p, NOON - DAY, NOON + 30 * DAY) for r, p in who.items())


def lines(*shifts: Shift) -> tuple[Entry, ...]:
    """Return shifts as a file of one line each has them."""
    return rota.read("[\n" + ",\n".join(json.dumps(rota.row_of(one)) for one in shifts) + "\n]")


def doubts(*shifts: Shift, before: tuple[Row, ...] = ()) -> tuple[str, ...]:
    """Return what is doubtful about a rota."""
    entries = lines(*shifts)
    return rota.judged(entries, rota.settled(before, entries, NOON), AROUND, NOON)


class TestOnARung:
    def test_the_end_of_a_shift_is_not_part_of_it(self) -> None:
        shifts = (shift(0, "kaya", NOON - HOUR, NOON), shift(0, "tomas", NOON, NOON + HOUR))
        assert on_rung(shifts, 0, NOON) == ("tomas",)

    def test_a_watch_says_who_is_on_and_who_is_next(self) -> None:
        shifts = (
            shift(0, "kaya", NOON - HOUR, NOON + HOUR),
            shift(0, "tomas", NOON + HOUR, NOON + 2 * HOUR),
            shift(1, "priya", NOON + 3 * HOUR, NOON + 4 * HOUR),
        )
        l0, l1, l2, _ = watches(shifts, NOON)
        assert l0 == Watch(rung=0, now=("kaya",), until=NOON + HOUR, next=("tomas",))
        assert l1 == Watch(rung=1, now=(), until=NOON + 3 * HOUR, next=("priya",))
        assert l2 == Watch(rung=2, now=(), until=None)

    def test_a_shift_that_goes_on_in_another_changes_nothing(self) -> None:
        shifts = (
            shift(0, "kaya", NOON - HOUR, NOON + HOUR),
            shift(0, "kaya", NOON + HOUR, NOON + 2 * HOUR),
        )
        assert watches(shifts, NOON)[0].until == NOON + 2 * HOUR

    def test_without_a_rota_the_role_decides(self) -> None:
        found = {one.rung: one.now for one in by_role(PEOPLE)}
        assert found == {0: ("kaya", "tomas"), 1: ("priya", "martin"), 2: ("helen",), 3: ("amory",)}


class TestGaps:
    def test_a_full_rota_has_none(self) -> None:
        assert gaps(full(), NOON) == ()

    def test_a_gap_lies_between_shifts_before_and_after(self) -> None:
        shifts = (*full()[1:], shift(0, "kaya", NOON + HOUR, NOON + 2 * HOUR))
        late = shift(0, "tomas", NOON + 3 * HOUR, NOON + 13 * DAY)
        assert gaps((*shifts, late), NOON) == (
            Gap(rung=0, begins=NOON, until=NOON + HOUR),
            Gap(rung=0, begins=NOON + 2 * HOUR, until=NOON + 3 * HOUR),
            Gap(rung=0, begins=NOON + 13 * DAY, until=NOON + 14 * DAY),
        )

    def test_a_shift_within_a_longer_one_opens_no_gap(self) -> None:
        within = shift(0, "tomas", NOON + HOUR, NOON + 2 * HOUR)
        assert gaps((*full(), within), NOON) == ()

    @given(
        st.lists(
            st.tuples(st.integers(-20, 400), st.integers(1, 90)).map(
                lambda one: shift(0, "kaya", NOON + one[0] * HOUR, NOON + (one[0] + one[1]) * HOUR)
            ),
            max_size=8,
        ),
        st.integers(0, 14 * 24 * 60 - 1),
    )
    def test_any_minute_is_either_in_a_gap_or_in_a_shift(
        self, shifts: list[Shift], minute: int
    ) -> None:
        at = NOON + timedelta(minutes=minute)
        found = [g for g in gaps(tuple(shifts), NOON) if g.rung == 0 and g.begins <= at < g.until]
        assert bool(found) is not bool(on_rung(shifts, 0, at))


class TestReading:
    def test_instants_of_any_zone_are_the_same_shift(self) -> None:
        text = (
            '[{"rung": "L0", "person": "kaya", "from": "2026-07-01T01:00:00+01:00",'
            ' "to": "2026-07-01T09:00:00+01:00"}]'
        )
        (one,) = rota.read(text)
        assert one.row["from"] == "2026-07-01T00:00:00Z"

    def test_every_line_that_cannot_be_is_named(self) -> None:
        good = {"rung": "L0", "person": "kaya", "from": "2026-11-23T08:00:00Z"}
        wrong = [
            {**good, "to": "2026-11-23T08:00:00Z"},
            {**good, "to": "2026-11-23T09:00:00"},
            {**good, "rung": "L4", "to": "2026-11-23T09:00:00Z"},
        ]
        text = "[\n" + ",\n".join(json.dumps(one) for one in wrong) + "]"
        with pytest.raises(InvalidRegisterError) as caught:
            rota.read(text)
        assert [words.split(":")[0] for words in caught.value.problems] == [
            "Line 2", "Line 3", "Line 4",
        ]  # fmt: skip


class TestLayingOver:
    OVER = rota.row_of(shift(0, "kaya", NOON - 2 * DAY, NOON - DAY))
    RUNNING = rota.row_of(shift(0, "tomas", NOON - HOUR, NOON + HOUR))
    COMING = rota.row_of(shift(0, "kaya", NOON + HOUR, NOON + DAY))

    def test_what_is_over_stays_and_what_runs_ends_now(self) -> None:
        before = (self.OVER, self.RUNNING, self.COMING)
        new = shift(0, "priya", NOON, NOON + DAY)
        after = rota.settled(before, lines(new), NOON)
        assert after == (
            self.OVER,
            {**self.RUNNING, "to": "2026-11-23T12:00:00Z"},
            rota.row_of(new),
        )

    def test_what_the_file_has_as_well_is_left_alone(self) -> None:
        before = (self.OVER, self.RUNNING, self.COMING)
        entries = tuple(Entry(where="Line 1", row=row) for row in before)
        assert rota.settled(before, entries, NOON) == before

    def test_a_line_that_is_over_adds_nothing(self) -> None:
        entries = (Entry(where="Line 1", row=self.OVER),)
        assert rota.settled((), entries, NOON) == ()


class TestJudging:
    def test_a_full_rota_of_the_right_people_is_beyond_doubt(self) -> None:
        assert doubts(*full()) == ()

    def test_nobody_unknown_is_put_on_a_rung(self) -> None:
        with pytest.raises(InvalidRegisterError) as caught:
            doubts(*full(L1="mallory", L2="eve"))
        assert caught.value.problems == (
            "Line 3: mallory is not on the staff register.",
            "Line 4: eve is not on the staff register.",
        )

    def test_a_person_is_on_a_rung_once_at_a_time(self) -> None:
        long = shift(0, "kaya", NOON, NOON + 9 * HOUR)
        first = shift(0, "kaya", NOON + HOUR, NOON + 2 * HOUR)
        second = shift(0, "kaya", NOON + 3 * HOUR, NOON + 4 * HOUR)
        with pytest.raises(InvalidRegisterError) as caught:
            doubts(long, first, second)
        assert caught.value.problems == (
            "Line 3: kaya is on L0 then already (line 2).",
            "Line 4: kaya is on L0 then already (line 2).",
        )

    def test_one_shift_may_begin_when_another_ends(self) -> None:
        first = shift(0, "kaya", NOON, NOON + HOUR)
        second = shift(0, "kaya", NOON + HOUR, NOON + 30 * DAY)
        assert doubts(first, second, *full()[1:]) == ()

    @pytest.mark.parametrize(
        ("others", "says"),
        [
            ({"L1": "kaya"}, "L1 is the incident-manager's rung, and kaya is none."),
            ({"L1": "helen"}, "helen is on L2 and on L1 (line 3) at a time"),
        ],
    )
    def test_what_is_lawful_and_doubtful_is_said(self, others: dict[str, str], says: str) -> None:
        assert says in " ".join(doubts(*full(**others)))

    def test_gaps_of_the_coming_days_are_said_in_uk_time(self) -> None:
        found = doubts(*full()[:3])
        assert found == ("Nobody is on L3 from 23 Nov 2026 12:00 GMT to 07 Dec 2026 12:00 GMT.",)

    def test_a_line_that_is_over_is_said(self) -> None:
        over = shift(0, "tomas", NOON - 2 * DAY, NOON - DAY)
        assert doubts(*full(), over) == ("Line 6: the shift is over and is passed over.",)

    def test_the_head_stands_in_for_a_manager(self) -> None:
        people = (*PEOPLE, Person(id="una", name="Una", roles=(Role.HEAD_OF_SERVICE,), email="u@e"))
        entries = lines(*full(L1="una"))
        around = Around(people=people)
        assert rota.judged(entries, rota.settled((), entries, NOON), around, NOON) == ()
