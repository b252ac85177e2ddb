"""What the watchkeeper found, as inbox and list of pages show it."""

from typing import Any

from api.desk import Who
from domain.decisions.escalations import AcknowledgeEscalation
from domain.people import may


def finding_lines(found: list[dict[str, Any]], who: Who) -> list[dict[str, Any]]:
    """Return the inbox lines of findings, for whoever may say that they have them.

    A line stays until the finding is mended, whoever has it.
    """
    if not may(who.roles, AcknowledgeEscalation.who):
        return []
    return [
        {
            "case": one["case"],
            "mine": one["acknowledged_by"] == who.id,
            "who": ", ".join(sorted(AcknowledgeEscalation.who)),
            "what": f"{one['about']}: {one['says']}",
            "by": one["found_at"],
            "command": _command(one),
        }
        for one in found
    ]


def finding_pages(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pages of findings that wait for a person."""
    return [
        {
            "case": one["case"],
            "clock": one["about"],
            "rung": one["rung"],
            "paged_at": one["paged_at"],
            "acknowledged_by": None,
            "unacknowledged": True,
        }
        for one in found
        if one["acknowledged_by"] is None and one["rung"] is not None
    ]


def _command(one: dict[str, Any]) -> str:
    if one["acknowledged_by"] is None:
        return f"cir escalation acknowledge {one['case']} --about {one['about']}"
    return f"cir case history {one['case']}"
