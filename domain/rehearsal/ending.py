"""The end of a story as a rehearsal and the running service share it: without its instants."""

from collections import Counter
from datetime import datetime
from typing import Any

PLAIN = (
    "phase",
    "outcome",
    "category",
    "provider",
    "owner",
    "round",
    "recovery_answer",
    "waived",
    "archived",
    "links",
    "ledgers",
    "packs",
    "notices",
)
"""What is the same however fast a story is played; an exercise takes no turns."""

PACK = ("pack", "state", "A", "B")


def shared(final: dict[str, Any]) -> dict[str, Any]:
    """Return the end of a scenario, or of its rehearsal, without its instants."""
    kept = {name: final[name] for name in PLAIN if name in final}
    for name, keys in (("breaches", ("clock", "instance")), ("escalations", ("clock", "rung"))):
        if name in final:
            kept[name] = [{key: line[key] for key in keys} for line in final[name]]
    return kept


def ended(
    shown: dict[str, Any], facts: list[dict[str, Any]], names: dict[str, str]
) -> dict[str, Any]:
    """Return the end of a case of the running service in the same shape.

    Args:
        shown: The case as the desk shows it.
        facts: Its facts, oldest first.
        names: References of the service's cases, with the names the story gives them.
    """
    told = Counter(
        f"{f['payload']['notice']}>{f['payload']['role']}"
        for f in facts
        if f["type"] == "notice-due"
    )
    plain = {name: shown[name] for name in PLAIN if name in shown}
    return {
        **plain,
        "links": [
            {**link, "case": names.get(link["case"], link["case"])} for link in shown["links"]
        ],
        "packs": [pack_line(pack) for pack in shown["packs"]],
        "notices": dict(told),
        "breaches": _breaches(facts),
        "escalations": _pages(facts),
    }


def pack_line(pack: dict[str, Any]) -> dict[str, Any]:
    """Return a pack as a scenario tells it."""
    kept = {key: pack[key] for key in PACK}
    answered = pack["finance_ref"] is not None
    return {**kept, "finance_ref": pack["finance_ref"]} if answered else kept


def _breaches(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every breach of a promise of ours that no evidence took back, by its deadline."""
    withdrawn = {_run(f) for f in facts if f["type"] == "clock-met" and f["payload"]["withdraws"]}
    found = [f for f in facts if f["type"] == "clock-breached" and f["payload"]["counts"]]
    found.sort(key=lambda f: (_at(f), f["payload"]["clock"]))
    return [
        {"clock": f["payload"]["clock"], "instance": f["payload"]["instance"]}
        for f in found
        if _run(f) not in withdrawn
    ]


def _at(fact: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(fact["occurred_at"])


def _run(fact: dict[str, Any]) -> tuple[str, int]:
    return fact["payload"]["clock"], fact["payload"]["instance"]


def _pages(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    paged = [
        (_at(f), f["payload"]["about"].rsplit("#", 1)[0], f["payload"]["rung"])
        for f in facts
        if f["type"] == "paged"
    ]
    paged.sort(key=lambda line: line[:2])
    return [{"clock": clock, "rung": rung} for _, clock, rung in paged]
