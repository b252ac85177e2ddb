"""The billing pack: what is billed, why it may be, and what was left out."""

import hashlib
import json
from typing import Any

from domain.case import Case
from domain.money.pence import vat
from domain.provider import Ledger
from domain.work import ItemState, PackTotals, WorkItem

LEDGERS: tuple[Ledger, ...] = ("A", "B")


def number_of_next(case: Case) -> int:
    """Return the number the next pack gets."""
    return len(case.money.packs) + 1


def totals(case: Case, ledger: Ledger) -> PackTotals | None:
    """Return a ledger of the next pack; VAT is rounded once for each provider in it."""
    parts = _by_provider(case, ledger)
    if not parts:
        return None
    net = sum(part["net_pence"] for part in parts)
    tax = sum(part["vat_pence"] for part in parts)
    return PackTotals(net_pence=net, vat_pence=tax, gross_pence=net + tax)


def document(case: Case, number: int) -> dict[str, Any]:
    """Return the whole pack as finance gets it, JSON-ready, with its own hash."""
    money = case.money
    content: dict[str, Any] = {
        "key": f"{case.reference}/billing/{number}",
        "case": case.reference,
        "pack": number,
        "exercise": case.exercise,
        "council": {"code": case.council.code, "name": case.council.name},
        "successor": None if case.successor is None else case.successor.code,
        **{ledger: _ledger(case, ledger) for ledger in LEDGERS},
        "decision": _trail(case),
        "cut_over_at": None if money.cut_over_at is None else money.cut_over_at.isoformat(),
        "authority": {
            "amount_pence": money.authority_pence,
            "changes": [change.model_dump(mode="json") for change in money.authority_changes],
        },
        "order": None if money.order is None else money.order.model_dump(mode="json"),
        "left_out": [
            {"item": i.item, "provider": i.provider, "amount_pence": i.amount_pence,
             "state": i.state.value, "why": _left_out_why(i)}
            for i in money.items
            if i.state in (ItemState.HELD, ItemState.DISPUTED)
        ],
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {**content, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _left_out_why(item: WorkItem) -> str | None:
    """Return the rule that holds the item, or whose dispute keeps it out."""
    if item.state is ItemState.DISPUTED:
        return f"disputed-by-{item.disputed_for}"
    return item.held_why


def _trail(case: Case) -> dict[str, Any]:
    decision = case.decision
    return {
        "category": case.category.value,
        "result": None if decision is None else decision.result,
        "discretionary": decision is not None and decision.discretionary,
        "people": [] if decision is None else list(decision.people),
    }


def _ledger(case: Case, ledger: Ledger) -> dict[str, Any]:
    total = totals(case, ledger)
    return {
        "items": [_line(item) for item in _items(case, ledger)],
        "providers": _by_provider(case, ledger),
        "totals": None if total is None else total.model_dump(mode="json"),
    }


def _items(case: Case, ledger: Ledger) -> tuple[WorkItem, ...]:
    return tuple(item for item in case.money.unpacked if item.ledger == ledger)


def _by_provider(case: Case, ledger: Ledger) -> list[dict[str, Any]]:
    items = _items(case, ledger)
    parts = []
    for name in dict.fromkeys(item.provider for item in items):
        net = sum(item.amount_pence for item in items if item.provider == name)
        provider = case.provider(name)
        points = 0 if provider is None else provider.vat_basis_points.get(ledger, 0)
        tax = vat(net, points)
        parts.append(
            {
                "provider": name,
                "contract": "" if provider is None else provider.contract_ref,
                "net_pence": net,
                "vat_pence": tax,
                "gross_pence": net + tax,
            }
        )
    return parts


def _line(item: WorkItem) -> dict[str, Any]:
    kept = (
        "item",
        "provider",
        "worked_on",
        "grade",
        "minutes",
        "phase",
        "description",
        "worker",
        "amount_pence",
    )
    dumped = item.model_dump(mode="json")
    return {name: dumped[name] for name in kept}
