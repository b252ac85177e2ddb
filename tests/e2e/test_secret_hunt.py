"""A hunt for what is personal: planted in one whole run, looked for wherever it must not be.

It must be found where it belongs, in the messages of the outbox; otherwise the hunt is blind.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.databases import everything
from tests.e2e.house import QUALIFIES, House, say, until

pytestmark = pytest.mark.server

EMAIL = "odessa.plant@quillmarsh.example.org"
PHONE = "07700 900784"
COUNCIL = "Saltbeck District Council"
SUMMARY = "Vermilion ledgers are scrambled and the housing line is dead."
NAME = "Odessa Plantagenet"
NOTE = "Whispered number is 07700 900785, ask for Thessaly."
CONTACT = "thessaly.wren@quillmarsh.example.net"

PLANTED = (EMAIL, PHONE, COUNCIL, SUMMARY, NAME, NOTE, CONTACT)
PERSONAL = tuple(word for word in PLANTED if word != COUNCIL)
"""The council's name stands in the register of councils, and is no person's."""


@dataclass(frozen=True)
class Found:
    """Where the hunt looked, how much it read, and what it found in clear."""

    place: str
    size: int
    words: tuple[str, ...]


def needles(word: str) -> tuple[bytes, ...]:
    """Return a word as files hold it: UTF-8, UTF-16, JSON, base64 at each of three offsets."""
    return tuple(
        dict.fromkeys(
            (
                word.encode(),
                word.encode("utf-16-le"),
                json.dumps(word)[1:-1].encode(),
                word.encode().hex().encode(),
                *_base64(word.encode()),
            )
        )
    )


def _base64(raw: bytes) -> Iterator[bytes]:
    """Yield the part of a base64 text that does not depend on what stands around ``raw``."""
    for shift in range(3):
        encoded = b64encode(b"\0" * shift + raw)
        yield encoded[(0, 2, 3)[shift] : -4]


def hunted(place: str, content: bytes, words: tuple[str, ...] = PLANTED) -> Found:
    """Look for every word in ``content``."""
    there = tuple(word for word in words if any(one in content for one in needles(word)))
    return Found(place, len(content), there)


def files(house: House, *patterns: str) -> list[Path]:
    """Return files of the data directory."""
    return sorted(path for one in patterns for path in house.data.glob(one) if path.is_file())


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """Run one case with everything planted: report, contact, note, decision, notices."""
    reference = house.open(
        council={"name": COUNCIL, "code": "XSB"},
        reporter={
            "name": NAME,
            "post": "Head of ICT",
            "contact_email": EMAIL,
            "phone": PHONE,
            "preferred_channel": "email",
        },
        incident={"type": "ransomware", "summary": SUMMARY, "still_active": "yes"},
    )
    house.ask("triage", "acknowledge", reference)
    house.ask("case", "instruct", reference, "add-note", "--input", "-", body={"text": NOTE})
    house.ask(
        *("case", "instruct", reference, "set-contact", "--input", "-"),
        body={
            "post": "siro",
            "name": NAME,
            "email": CONTACT,
            "phone": PHONE,
            "verified": {"how": "call-back", "by": "kaya"},
        },
    )
    house.temporal(
        *("workflow", "update", "execute", "--workflow-id", reference, "--name", "add-note"),
        *("--input", json.dumps({"by": "kaya", "text": f"{NOTE} By hand."})),
    )
    house.ask("triage", "decide", reference, *QUALIFIES)
    until(lambda: house.facts(reference, "provider-called-out"), "the provider to be called out")
    house.quiet(reference)
    until(lambda: house.facts(reference, "contact-set"), "the contact to be on record")
    return reference


def test_the_hunt_finds_what_is_planted_where_it_belongs(house: House, case: str) -> None:
    assert case
    mails = b"".join(path.read_bytes() for path in files(house, "outbox/**/*"))
    found = hunted("outbox", mails)
    assert EMAIL in found.words, found.words
    assert hunted("x", SUMMARY.encode("utf-16-le"), (SUMMARY,)).words == (SUMMARY,)
    for shift in range(3):
        wrapped = b64encode(b"x" * shift + SUMMARY.encode() + b"tail")
        assert hunted("x", wrapped, (SUMMARY,)).words == (SUMMARY,)


def test_nothing_planted_is_in_clear_anywhere_else(
    house: House, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        *(hunted(p.name, p.read_bytes()) for p in files(house, "temporal.sqlite*")),
        *(hunted(p.name, p.read_bytes(), PERSONAL) for p in files(house, "cir.sqlite*")),
        hunted("record", everything(house.database).encode(), PERSONAL),
        *(hunted(p.name, p.read_bytes()) for p in files(house, "*.log", "*.log.1", "*.json")),
        hunted("workflow list", listed(house)),
        hunted("processes", commands(house)),
        hunted("names of files", "\n".join(str(p) for p in house.data.rglob("*")).encode()),
    ]
    names = {one.place for one in found}
    assert {"temporal.sqlite", "temporal.sqlite-wal", "record", "worker.log"} <= names
    assert ("cir.sqlite" in names) == house.database.startswith("sqlite")
    with capsys.disabled():
        for one in found:
            say(f"  looked in {one.place}: {one.size:,} bytes, {len(one.words)} found")
        say(f"  {sum(one.size for one in found):,} bytes in all")
    assert all(one.size for one in found if one.place in ("temporal.sqlite", "record"))
    assert {one.place: one.words for one in found if one.words} == {}
    assert case.encode() in listed(house)


def listed(house: House) -> bytes:
    """Return every workflow with its id and search attributes, as anybody sees them."""
    return house.try_temporal("workflow", "list", "-o", "json", by=None).stdout.encode()


def commands(house: House) -> bytes:
    """Return the command lines and environments of every process of the stack."""
    pids = (house.keeper, *(row["pid"] for row in house.running.processes))
    seen = b"".join(
        Path(f"/proc/{pid}/{part}").read_bytes() for pid in pids for part in ("cmdline", "environ")
    )
    assert str(house.data).encode() in seen
    return seen
