"""A reference finance desk: takes packs and answers each one, as it is told to."""

import argparse
import sys
from pathlib import Path
from threading import Event, Thread
from typing import Any

from stack.partners.answering import Door, Instruction, OutsideDoor, Say, give
from stack.partners.signed_door import Message, SignedDoor
from stack.partners.staying import stay


class Finance:
    """Acknowledges every pack, or rejects those of the numbers it was given."""

    def __init__(self, desk: Door, reference: str, rejects: tuple[int, ...], say: Say) -> None:
        self._desk = desk
        self._reference = reference
        self._rejects = rejects
        self._say = say
        self._stopped = Event()

    def take(self, message: Message) -> None:
        """Take a pack and answer it, apart from the sender's waiting."""
        self._say(f"{message.get('key')}: taken")
        Thread(target=self._answer, args=(message,), daemon=True).start()

    def stop(self) -> None:
        """Answer nothing more."""
        self._stopped.set()

    def _answer(self, message: Message) -> None:
        number = int(message["pack"]["pack"])
        inputs: dict[str, Any] = {"pack": number}
        if number in self._rejects:
            command, inputs["reason"] = "billing-rejected", "The contract reference is missing."
        else:
            command, inputs["finance_ref"] = "billing-acknowledged", self._reference
        key = f"finance/{number}/{command}"
        told = Instruction(str(message["case"]), command, key, inputs)
        self._say(f"{message.get('key')}: {command}: {give(self._desk, told, self._stopped)}")


def told(words: str) -> None:
    """Write a line of the log."""
    print(words, flush=True)


def main() -> int:
    """Run it as a process of a stack; it ends with that stack."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--profile", default="local")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--answer-secret-file", type=Path, required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--reject", type=int, action="append", default=[])
    said = parser.parse_args()
    secret = said.answer_secret_file.read_text().strip()
    desk = OutsideDoor(said.home, said.profile, "/billing/acknowledgements", secret)
    finance = Finance(desk, said.reference, tuple(said.reject), told)
    door = SignedDoor(said.port, said.secret_file.read_text().strip(), finance.take)
    Thread(target=door.serve, daemon=True).start()
    with stay(said.home / "data", told) as until:
        until.wait()
    finance.stop()
    door.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
