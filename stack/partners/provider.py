"""A reference provider: takes call-outs and does what its script says, as fast as asked.

It takes signed messages over HTTP, and, because an exercise reaches nobody, what exercises left for
it in their sink. Run by ``cir exercise provider``.
"""

import argparse
import json
import sys
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

from stack.partners.answering import Door, Instruction, OutsideDoor, Say, give
from stack.partners.script import USUAL, NoScriptError, Step, read_script
from stack.partners.signed_door import Message, SignedDoor
from stack.partners.staying import stay

LOOK_EVERY_S = 0.5


class Way(NamedTuple):
    """How a provider plays.

    Attributes:
        provider: Its id.
        steps: What it does with each call-out.
        speed: Minutes of the case that pass in a real one.
    """

    provider: str
    steps: tuple[Step, ...]
    speed: float


class Provider:
    """Plays its script for each call-out, until it is stood down."""

    def __init__(self, way: Way, desk: Door, say: Say) -> None:
        self._way = way
        self._desk = desk
        self._say = say
        self._lock = Lock()
        self._stops: dict[str, Event] = {}
        self._seen: set[str] = set()

    def take(self, message: Message) -> None:
        """Act on a message; one that came before, by HTTP or in a sink, is let be."""
        kind, case, message_id = (str(message.get(key, "")) for key in ("type", "case", "id"))
        with self._lock:
            if message.get("provider") != self._way.provider or message_id in self._seen:
                return
            self._seen.add(message_id)
            self._say(f"{case}: {kind}")
            if kind in ("call-out", "stand-down") and case in self._stops:
                self._stops.pop(case).set()
            if kind == "call-out":
                stop = self._stops[case] = Event()
                Thread(target=self._play, args=(message, stop), daemon=True).start()

    def look(self, sink: Path) -> None:
        """Take what lies in an exercise's sink; files there are whole or not at all."""
        for path in sorted(sink.glob("*.json")):
            self.take(json.loads(path.read_text()))

    def stop(self) -> None:
        """End every script."""
        with self._lock:
            for stop in self._stops.values():
                stop.set()

    def _play(self, message: Message, stop: Event) -> None:
        """Do one step after another; a refusal ends it, because the case has moved on."""
        case, facts = str(message["case"]), message.get("facts") or {}
        for number, step in enumerate(self._way.steps, start=1):
            if stop.wait(step.minutes * 60 / self._way.speed) or not step.command:
                break
            key = f"{message['id']}/{number}"
            told = Instruction(case, step.command, key, step.inputs(facts))
            answer = give(self._desk, told, stop)
            self._say(f"{case}: {step.command}: {answer}")
            if answer != "taken":
                break


def run(way: Way, desk: Door, places: dict[str, Any], say: Say, until: Event) -> None:
    """Take messages until ``until`` is set.

    Args:
        way: How it plays.
        desk: Where it answers.
        places: ``secret`` and ``port`` of its door, when it has one; ``sink``, when it looks there.
        say: Told what it does.
        until: Set when it is to end.

    Raises:
        OSError: Its port is taken.
    """
    provider = Provider(way, desk, say)
    door = None
    if places.get("secret"):
        door = SignedDoor(places.get("port", 0), places["secret"], provider.take)
        Thread(target=door.serve, daemon=True).start()
        say(f"{way.provider} takes signed messages at {door.url}")
    if places.get("sink"):
        say(f"{way.provider} looks for exercises in {places['sink']}")
    while not until.wait(LOOK_EVERY_S):
        if places.get("sink"):
            provider.look(places["sink"])
    provider.stop()
    if door is not None:
        door.close()


def told(words: str) -> None:
    """Write a line of the log."""
    print(words, flush=True)


def main() -> int:
    """Run it as a process of a stack; it ends with that stack."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--profile", default="local")
    parser.add_argument("--provider", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--answer-secret-file", type=Path, required=True)
    parser.add_argument("--script", default=USUAL)
    parser.add_argument("--speed", type=float, default=60)
    said = parser.parse_args()
    try:
        way = Way(said.provider, read_script(said.script), said.speed)
    except NoScriptError as error:
        parser.error(str(error))
    secret = said.answer_secret_file.read_text().strip()
    path = f"/providers/{said.provider}/messages"
    desk = OutsideDoor(said.home, said.profile, path, secret)
    places = {"secret": said.secret_file.read_text().strip(), "port": said.port}
    with stay(said.home / "data", told) as until:
        run(way, desk, places, told, until)
    return 0


if __name__ == "__main__":
    sys.exit(main())
