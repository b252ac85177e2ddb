"""``cir case print``: a page a case, for paper: plain text of 80 columns, a form feed between."""

import sys
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from cli.context import Options, is_asked_for
from cli.desk import case_path
from cli.harmless import safe, soon, when
from cli.output import show

WIDTH = 80
FORM_FEED = "\f"
MOST_CASES = 1000
"""As many open cases as the desk lists at once."""

MOST = 12
"""Clocks, actions and people of each kind on a sheet; the rest is counted."""

DARK = (
    "No screen works: act all the same. Write down beside each act the time, who acted and whom "
    "they spoke to. Afterwards give each command with --occurred-at WHEN and --evidence TEXT."
)


def printed(options: Options, values: dict[str, Any]) -> None:
    """Print one case, or every open one, soonest deadline first."""
    if values["case"]:
        cases = [values["case"]]
    else:
        cases = [row["case"] for row in options.desk.get("/cases", limit=MOST_CASES)]
    sheets = [options.desk.get(case_path(case, "paper")) for case in cases]
    if is_asked_for("output", "as_json") and options.output != "table":
        show(sheets, options)
        return
    pages = ["\n".join(page(one, options)) + "\n" for one in sheets]
    sys.stdout.write(FORM_FEED.join(pages) or "No case is open.\n")


def page(sheet: dict[str, Any], options: Options) -> list[str]:
    """Return the lines of a case's page, none wider than paper."""
    view = sheet["view"]
    mark = "  EXERCISE" if view["exercise"] else ""
    lines = [
        "OFFICIAL-SENSITIVE".center(WIDTH).rstrip(),
        f"{view['case']}{mark}  printed {when(sheet['as_of'], options)}",
        *_folded(f"{view['council']} ({view['council_code']})"),
        *_folded(_standing(view)),
        *_section("Who must act", _actions(view, options)),
        *_section("Paged, and nobody has said that they have it", _pages(view)),
        *_section("Clocks", _clocks(view, options)),
        *_section("At the council: never write to an address marked UNSAFE", _reach(sheet)),
        *_section("Provider", _firm(sheet["firm"])),
        *_section("Staff", _staff(sheet)),
        *_section("Money", _money(view)),
        *_section("When the screens are dark", _folded(DARK, 2)),
    ]
    return [safe(line)[:WIDTH].rstrip() for line in lines]


def _standing(view: dict[str, Any]) -> str:
    outcome = f" {view['outcome']}" if view["outcome"] else ""
    owner, provider = view["owner"] or "nobody", view["provider"] or "nobody"
    return (
        f"{view['phase']}{outcome}; category {view['category']}; owner {owner}; provider "
        f"{provider}; version {view['version']}"
    )


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title.upper(), *lines] if lines else []


def _folded(words: str, indent: int = 0) -> list[str]:
    """Return words on lines that fit, the later ones two further in."""
    first = " " * indent
    inner = f"{first}  "
    text = safe(words)
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=inner, break_on_hyphens=False)


def _few(lines: Iterator[list[str]]) -> list[str]:
    """Return the first entries, and how many more there are."""
    entries = list(lines)
    kept = [line for entry in entries[:MOST] for line in entry]
    more = len(entries) - MOST
    return [*kept, f"  … and {more} more"] if more > 0 else kept


def _actions(view: dict[str, Any], options: Options) -> list[str]:
    return _few(
        [
            *_folded(f"by {when(one['by'], options)}: {one['what']} ({one['who']})", 2),
            *_folded(one["command"], 6),
        ]
        for one in view["open_actions"]
    )


def _pages(view: dict[str, Any]) -> list[str]:
    waiting = (one for one in view["escalations"] if one["unacknowledged"])
    return _few(_folded(f"L{one['rung']} about {one['clock']}", 2) for one in waiting)


def _clocks(view: dict[str, Any], options: Options) -> list[str]:
    live = ("running", "paused", "breached")
    there = [c for c in view["clocks"] if c["state"] in live and c["met_at"] is None]
    there.sort(key=lambda clock: str(clock["due_at"]))
    return _few(
        [f"  {soon(one['due_at'], options):18}{one['state']:10}{one['clock']}"] for one in there
    )


def _reach(sheet: dict[str, Any]) -> list[str]:
    return _few(_person(one) for one in sheet["reach"])


def _person(one: dict[str, Any]) -> list[str]:
    night = one["out_of_hours_phone"]
    ways = [
        one["phone"],
        f"at night {night}" if night else None,
        one["email"],
        f"UNSAFE {one['unsafe_email']}" if one["unsafe_email"] else None,
    ]
    reached = ", ".join(way for way in ways if way) or "no way known"
    return _folded(f"{one['post']}: {one['name']}, {reached}", 2)


def _firm(firm: dict[str, Any] | None) -> list[str]:
    if firm is None:
        return []
    lead = (
        f"account lead {firm['account_lead']}, {firm['account_lead_phone'] or 'by the duty line'}"
    )
    return [
        *_folded(f"{firm['name']}: duty line {firm['duty_line']}, {firm['email']}", 2),
        *_folded(lead, 2),
    ]


def _staff(sheet: dict[str, Any]) -> list[str]:
    there = sheet["staff"]
    return _few(_folded(f"{o['rung']}: {o['name']}, {o['phone'] or 'no number'}", 2) for o in there)


def _money(view: dict[str, Any]) -> list[str]:
    return [
        f"  ledger {name}: logged £{one['logged_pence'] / 100:,.2f}, payable "
        f"£{one['payable_pence'] / 100:,.2f}, of £{one['authorised_pence'] / 100:,.2f}"
        for name, one in view["ledgers"].items()
    ]
