"""Registers on a terminal: a change, the rota, the providers, and what was done."""

from typing import Any

from rich.console import Console
from rich.text import Text

from cli.context import Options
from cli.harmless import safe, soon, when

MOST = 20
"""Entries of each kind that a change shows; JSON has them all."""

SIGNS = {"added": "+", "changed": "~", "ended": "-"}
STYLES = {"added": "green", "changed": "yellow", "ended": "red"}


def draw_register(console: Console, data: Any, options: Options) -> None:  # noqa: ANN401
    """Draw whatever it is of the registers."""
    if isinstance(data, dict) and "rungs" in data:
        _rota(console, data, options)
    elif isinstance(data, dict):
        _change(console, data, options)
    else:
        for row in data:
            if "did" in row:
                _done(console, row, options)
            elif "contract_ref" in row:
                _provider(console, row)
            else:
                _line(console, _head(row))
                _line(console, _standing(row, options))


def _head(change: dict[str, Any]) -> str:
    """Return a change in one line."""
    if change.get("case"):
        return f"Change {change['change']}, {change['subject']}"
    counts = ", ".join(f"{count} {what}" for what, count in change["counts"].items())
    return f"Change {change['change']}, {change['subject']}: {counts}"


def _standing(change: dict[str, Any], options: Options) -> str:
    """Return how a change stands, in one line, and why an act is done in another."""
    because = f"  because: {change['reason']}\n" if change.get("reason") else ""
    words = f"{because}  by {change['proposed_by']}; "
    if change["state"] == "pending":
        return f"{words}waits for a second person until {soon(change['expires_at'], options)}"
    by = f" by {change['settled_by']}" if change["settled_by"] else ""
    return f"{words}{change['state']}{by}, {soon(change['settled_at'], options)}"


def _change(console: Console, change: dict[str, Any], options: Options) -> None:
    """Draw what a change adds, changes and ends, as a difference is read."""
    _line(console, _head(change), "bold")
    _line(console, _standing(change, options))
    for what, sign in SIGNS.items():
        entries = change["difference"][what]
        for entry in entries[:MOST]:
            lines = _setting(entry) if change["about"] == "policy" else _entry(change, entry)
            _line(console, f"  {sign} {lines[0]}", STYLES[what])
            for line in lines[1:]:
                _line(console, f"      {line}")
        if len(entries) > MOST:
            _line(console, f"  {sign} and {len(entries) - MOST} more: --json has them all")
    for doubt in change["doubts"]:
        _line(console, f"  ! {doubt}", "bold")
    origin = change["origin"]
    if origin["source"] or origin["licence"]:
        _line(console, f"  source: {origin['source']}; licence: {origin['licence']}")
    if change.get("token"):
        _line(console, f"token: {change['token']}", "bold")


def _entry(change: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    """Return the lines of an entry: what it is, and each field that changes."""
    known_by = "" if change["about"] == "rota" else f"{entry['key']}: "
    fields = (
        f"{one['field']}: {one['before'] or 'nothing'} -> {one['after'] or 'nothing'}"
        for one in entry["fields"]
    )
    return [f"{known_by}{entry['title']}", *fields]


def _setting(entry: dict[str, Any]) -> list[str]:
    """Return the lines of a policy's setting: old and new with its source, and its old source."""
    before = {one["field"]: one["before"] for one in entry["fields"]}
    old = f"{before['value']} → " if before.get("value") else ""
    sources = [f"source before: {before['source']}"] if before.get("source") else []
    return [f"{entry['key']}: {old}{entry['title']}", *sources]


def _rota(console: Console, rota: dict[str, Any], options: Options) -> None:
    """Draw who is on and who is next on each rung, and every gap."""
    if rota["by_role"]:
        _line(console, "There is no rota: pages go to everybody who holds a rung's role.", "bold")
    for rung in rota["rungs"]:
        now = ", ".join(rung["now"]) or "NOBODY"
        words = f"L{rung['rung']}  {now}"
        if rung["until"]:
            after = ", ".join(rung["next"]) or "NOBODY"
            words += f"  until {when(rung['until'], options)}, then {after}"
        _line(console, words, "" if rung["now"] else "bold red")
    for gap in rota["gaps"]:
        begins, until = when(gap["begins"], options), when(gap["until"], options)
        _line(console, f"GAP  L{gap['rung']} has nobody from {begins} to {until}", "red")
    if not rota["gaps"] and not rota["by_role"]:
        _line(console, "No gap in the coming 14 days.")


def _provider(console: Console, firm: dict[str, Any]) -> None:
    """Draw a provider with its cards."""
    _line(console, f"{firm['id']}  {firm['name']}", "bold")
    contract = f"{firm['contract_ref']}, {firm['contract_from']} to {firm['contract_to']}"
    _line(console, f"  contract {contract}")
    _line(console, f"  duty line {firm['duty_line']}, {firm['email']}")
    ways = (firm.get("account_lead_phone"), firm.get("account_lead_email"))
    reached = ", ".join(one for one in ways if one) or "by the duty line"
    _line(console, f"  account lead {firm['account_lead']}, {reached}")
    if firm["conflicts"]:
        _line(console, f"  conflicts with {', '.join(firm['conflicts'])}")
    for card in firm["cards"]:
        rates = ", ".join(f"{grade} £{p / 100:,.2f}" for grade, p in card["rates"].items())
        _line(console, f"  {card['kind']} {card['id']}, {card['from']} to {card['to']}")
        _line(console, f"    a day: {rates}")


def _done(console: Console, entry: dict[str, Any], options: Options) -> None:
    """Draw one thing that was done."""
    what = f"change {entry['change']}, " if "change" in entry else ""
    about = f"{entry['about']} {entry.get('holder') or entry.get('case') or ''}".strip()
    counted = {} if entry.get("case") else entry.get("counts", {})
    counts = ", ".join(f"{n} {word}" for word, n in counted.items())
    version = f", version {entry['version']}" if entry.get("version") else ""
    words = f"{when(entry['at'], options)}  {entry['by']} {entry['did']} {what}{about}"
    _line(console, f"{words}{f': {counts}' if counts else ''}{version}")


def _line(console: Console, words: str, style: str = "") -> None:
    """Print a line; what is longer than the terminal goes on below it."""
    console.print(Text(safe(words), style=style))
