"""Figures on a terminal of 80 columns."""

from typing import Any

from rich.console import Console
from rich.text import Text

from cli.context import Options
from cli.harmless import brief, safe, when
from cli.tables import draw_rows


def draw_report(console: Console, data: dict[str, Any], options: Options) -> None:
    """Draw a report."""
    _line(console, _title(data, options), "bold")
    if data["report"] == "service":
        _line(console, f"{data['cases']} cases, {data['open']} of them open")
        for name in ("phases", "outcomes", "categories"):
            counts = ", ".join(f"{word} {count}" for word, count in data[name].items())
            _line(console, f"by {name}: {counts or 'none'}")
    else:
        outcome = f" {data['outcome']}" if data["outcome"] else ""
        mark = ", EXERCISE" if data["exercise"] else ""
        _line(console, f"{data['phase']}{outcome}, category {data['category']}{mark}")
        _line(console, f"{data['facts']} facts, {data['refused']} instructions refused")
    _contact(console, data["contact"])
    paged = ", ".join(f"{rung} {count}" for rung, count in data["pages"].items()) or "none"
    _line(console, f"pages by rung: {paged}; {data['acknowledged']} taken by a person")
    for name, ledger in data["ledgers"].items():
        pounds = ", ".join(
            f"{key.removesuffix('_pence')} £{pence / 100:,.2f}" for key, pence in ledger.items()
        )
        _line(console, f"ledger {name}: {pounds}")
    draw_rows(console, [_clock(one) for one in data["clocks"]], options)


def _title(data: dict[str, Any], options: Options) -> str:
    if data["report"] == "case":
        return f"{data['case']}, as of {when(data['at'], options)}"
    since = f" from {when(data['since'], options)}" if data["since"] else ""
    until = f" before {when(data['until'], options)}" if data["until"] else ""
    opened = f" opened{since}{until}" if since or until else ""
    return f"All cases{opened}, as of {when(data['at'], options)}; exercises do not count"


def _contact(console: Console, contact: dict[str, Any]) -> None:
    target = " or ".join(brief(one) for one in contact["targets_s"]) or "30 min"
    words = f"councils reached: {contact['reached']}, {contact['within']} within {target}"
    if contact["reached"]:
        median, longest = brief(contact["median_s"]), brief(contact["longest_s"])
        words += f"; median {median}, longest {longest}"
    _line(console, words)


def _clock(row: dict[str, Any]) -> dict[str, Any]:
    rate = "" if row["rate"] is None else f"{row['rate']:.0%}"
    names = ("clock", "runs", "in_time", "late", "breached", "running")
    return {**{name: row[name] for name in names}, "rate": rate}


def _line(console: Console, words: str, style: str = "") -> None:
    console.print(Text(safe(words), style=style))
