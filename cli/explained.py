"""An explanation on one or two screens of 80 columns, to be read at three in the morning."""

import textwrap
from typing import Any

from rich.console import Console
from rich.text import Text

from cli.context import Options
from cli.harmless import safe, soon, to_the_second, when

MOST_PAGES, MOST_ENDED = 6, 5
"""The latest of each that are shown; JSON has them all."""

CALENDARS = {"elapsed": "day and night", "working": "in working time"}
NEVER = "it may never be paused"


class Page:
    """Lines on a console, wrapped to its width."""

    def __init__(self, console: Console, options: Options, *, fast: bool) -> None:
        """Take what it writes on.

        Args:
            console: Where.
            options: How instants are shown.
            fast: Whether the policy runs faster than life, so that seconds count.
        """
        self._console = console
        self._options = options
        self._fast = fast

    def at(self, instant: str | None) -> str:
        """Return an instant as people read it; nothing for none."""
        return (to_the_second if self._fast else soon)(instant, self._options)

    def title(self, words: str) -> None:
        """Print a heading."""
        self.say(words, indent=0, style="bold")

    def say(self, words: str, indent: int = 2, style: str = "") -> None:
        """Print words, wrapped, each line indented alike and the rest of them two more."""
        lines = textwrap.wrap(
            safe(words),
            self._console.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + 2),
            break_on_hyphens=False,
        )
        for line in lines:
            self._console.print(Text(line, style=style), no_wrap=True, overflow="ellipsis")

    def more(self, number: int, what: str) -> None:
        """Say how many are not shown."""
        if number > 0:
            self.say(f"... and {number} {what}: --json has them all")


def draw_explanation(console: Console, data: dict[str, Any], options: Options) -> None:
    """Draw an explanation."""
    scales = (clock["target"]["time_scale"] for clock in data["clocks"])
    page = Page(console, options, fast=any(scale != 1 for scale in scales))
    _head(page, data, options)
    _next(page, data)
    _clocks(page, data)
    _pages(page, data)
    _windows(page, data)
    _commands(page, data)


def _head(page: Page, data: dict[str, Any], options: Options) -> None:
    mark = " EXERCISE" if data["exercise"] else ""
    stands = "archived" if data["archived"] else data["phase"]
    page.title(f"{data['case']}{mark}  {stands} {data['outcome'] or ''}".rstrip())
    who = f"category {data['category']}, owner {data['owner'] or 'nobody'}, "
    page.say(f"{who}provider {data['provider'] or 'nobody'}, version {data['version']}", 0)
    page.say(f"as it stands at {when(data['as_of'], options)}", 0)
    if data["note"]:
        page.say(data["note"], 0, "bold red")


def _next(page: Page, data: dict[str, Any]) -> None:
    page.title("Who must act")
    if not data["next"]:
        page.say("Nobody.")
    for act in data["next"]:
        page.say(f"{_deadline(page, act)}{_who(act)}", style="red" if act["late"] else "")
        page.say(act["what"], 4)
        if act["lawful"]:
            page.say(act["line"], 4)
        else:
            page.say(f"{act['line']} would be refused now: {act['refused']}, see below", 4)


def _deadline(page: Page, act: dict[str, Any]) -> str:
    if act["by"] is None:
        return "now: " if act["about"].startswith("page:") else ""
    return f"{'was due' if act['late'] else 'by'} {page.at(act['by'])}: "


def _who(act: dict[str, Any]) -> str:
    """Return who acts, in words: a name where there is one, and who else may."""
    roles = _either(act["who"])
    if act["only"]:
        return f"{act['person']}, and nobody else"
    named = f"{act['person']} ({roles})" if act["person"] else f"any {roles}"
    barred = f", but not {_either(act['not_by'])}" if act["not_by"] else ""
    return f"{named}{barred}"


def _clocks(page: Page, data: dict[str, Any]) -> None:
    page.title("Clocks")
    if not data["clocks"]:
        page.say("None runs.")
    for clock in data["clocks"]:
        _clock(page, clock)
    ended = data["ended_clocks"]
    if ended:
        shown = ended[-MOST_ENDED:]
        page.say(f"ended: {'; '.join(_ended(page, one) for one in shown)}")
        page.more(len(ended) - len(shown), "that ended earlier")


def _clock(page: Page, clock: dict[str, Any]) -> None:
    state = "due, and its breach is not on the record yet" if clock["overdue"] else clock["state"]
    late = clock["state"] == "breached" or clock["overdue"]
    number = f"#{clock['instance']}" if clock["instance"] > 1 else ""
    words = f"{clock['clock']}{number}: {state}, due {page.at(clock['due_at'])}"
    page.say(words, style="red" if late else "bold")
    page.say(f"{clock['rule']}, {CALENDARS[clock['calendar']]} {_source(clock['target'])}", 4)
    page.say(_since(page, clock), 4)
    coming = _coming(page, clock)
    if coming:
        page.say(coming, 4)
    if clock["paused"]:
        pause = clock["paused"]
        page.say(
            f"stands still since {page.at(pause['at'])} for {pause['why']}; goes on at "
            f"{page.at(pause['until'])}",
            4,
        )
    page.say(f"{_stops(clock)}; {_pauses(clock)}", 4)


def _source(target: dict[str, Any]) -> str:
    """Return where a number comes from, in the brackets the guide uses."""
    words = f": {target['source']}" if target["source"] else ""
    return f"[{target['basis']}{words}]"


def _since(page: Page, clock: dict[str, Any]) -> str:
    started = clock["started_by"]
    since = f"counted from {page.at(clock['started_at'])}"
    if started is None:
        return f"{since}; what started it is not on the record yet"
    counted, began = page.at(clock["started_at"]), page.at(started["at"])
    at = "" if counted == began else f" at {began}"
    moved = [f"{one['type'].removeprefix('clock-')} {page.at(one['at'])}"
             for one in clock["changes"]]  # fmt: skip
    since += f", started by {started['type']} ({started['by']}){at}"
    return f"{since}; {', '.join(moved)}" if moved else since


def _coming(page: Page, clock: dict[str, Any]) -> str:
    """Return what the clock still does, and how its pages climb."""
    told = [_step(page, step) for step in clock["still_to_come"]]
    if clock["next_page_at"]:
        told.append(f"L{clock['next_rung']} is paged at {page.at(clock['next_page_at'])}")
    words = f"then: {', '.join(told)}" if told else ""
    ladder = clock["ladder"]
    if ladder is None:
        rung = any(step["rung"] is not None for step in clock["still_to_come"])
        none = "its page does not climb" if rung else "it pages nobody"
        return f"{words}; {none}" if words else none
    kind = "working " if ladder["calendar"] == "working" else ""
    climbs = f"ladder {ladder['name']}: a rung every {_span(ladder['every_s'], kind)}, up to "
    climbs += f"L{ladder['top_rung']}; to acknowledge buys "
    climbs += _span(ladder["acknowledgement_s"], kind)
    return f"{words}; {climbs}" if words else climbs


def _step(page: Page, step: dict[str, Any]) -> str:
    does = {
        "warn": "warning",
        "breach": "breach",
        "mark": "mark",
        "remind": "",
        "repeat": "",
    }[step["does"]]
    rung = f"L{step['rung']}" if step["rung"] is not None else ""
    parts = [part for part in (does, rung, step["notice"]) if part]
    return f"{' '.join(parts)} {page.at(step['at'])}"


def _span(seconds: float, kind: str = "") -> str:
    """Return seconds in words, in hours from two on."""
    minutes = seconds / 60
    if minutes >= 120 and minutes % 60 == 0:  # noqa: PLR2004  (two hours)
        return f"{minutes / 60:g} {kind}hours"
    if minutes >= 1 and minutes % 1 == 0:
        return f"{minutes:g} {kind}minutes"
    return f"{seconds:g} seconds"


def _stops(clock: dict[str, Any]) -> str:
    facts = _either([one["type"] for one in clock["stops_on"]])
    narrowed = f", when: {clock['stops_when']}" if clock["stops_when"] else ""
    return f"stops on {facts}{narrowed}"


def _pauses(clock: dict[str, Any]) -> str:
    if not clock["pausable_for"]:
        return NEVER
    if clock["state"] == "breached":
        return "breached, so it cannot be paused"
    return f"it may be paused for {_either(clock['pausable_for'])}"


def _either(names: list[str]) -> str:
    """Return names as alternatives: ``a, b or c``."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _ended(page: Page, clock: dict[str, Any]) -> str:
    if clock["late_by_s"]:
        return f"{clock['clock']} met late, by {_span(clock['late_by_s'])}"
    if clock["met_at"]:
        return f"{clock['clock']} met {page.at(clock['met_at'])}"
    state = "breached and never met" if clock["state"] == "breached" else clock["state"]
    return f"{clock['clock']} {state}"


def _pages(page: Page, data: dict[str, Any]) -> None:
    pages = data["pages"]
    if not pages:
        return
    page.title("Pages")
    running = {f"{clock['clock']}#{clock['instance']}" for clock in data["clocks"]}
    live = [one for one in pages if one["waits"] or one["about"] in running]
    shown = live[-MOST_PAGES:]
    page.more(len(live) - len(shown), "earlier")
    for one in shown:
        page.say(_page(page, one), style="bold red" if one["waits"] else "")
    page.more(len(pages) - len(live), "about what has ended")


def _page(page: Page, one: dict[str, Any]) -> str:
    about = one["about"].removesuffix("#1")
    words = f"{page.at(one['at'])} {about} {_reached(one)}: {one['why']}"
    if one["acknowledged_by"]:
        words += f"; {one['acknowledged_by']} has had it since {page.at(one['acknowledged_at'])}"
        quiet = f", quiet until {page.at(one['quiet_until'])}" if one["quiet_until"] else ""
        return f"{words}{quiet}{', but ' + one['quiet_but'] if one['quiet_but'] else ''}"
    return f"{words}; NOBODY HAS SAID THAT THEY HAVE IT" if one["waits"] else words


def _reached(one: dict[str, Any]) -> str:
    if one["superseded"]:
        return f"L{one['wanted_rung']} passed over, found too late: nobody paged"
    if one["rung"] is None:
        return f"L{one['wanted_rung']}, the pager has not answered yet"
    people = " and ".join(one["people"]) or "nobody"
    if not one["gap"]:
        return f"L{one['rung']} {people}"
    return f"L{one['rung']} {people} (L{one['wanted_rung']} was empty)"


def _windows(page: Page, data: dict[str, Any]) -> None:
    if not data["windows"]:
        return
    page.title("Windows")
    for window in data["windows"]:
        page.say(f"{window['window']} until {page.at(window['ends_at'])}")


def _commands(page: Page, data: dict[str, Any]) -> None:
    """Draw what would be refused, the same sentence once, and what would be taken.

    Of a command that would be refused in every form the plainest is shown.
    """
    said: dict[tuple[str, str], list[str]] = {}
    for command in data["commands"]:
        some = command["lawful"]
        for one in command["refusals"] if some else command["refusals"][:1]:
            typed = _typed(one) if some else command["command"]
            said.setdefault((one["code"], one["message"]), []).append(typed)
    if said:
        page.title("Would be refused now")
    for (code, message), forms in said.items():
        page.say(f"{', '.join(forms)}: {code}")
        page.say(message, 4)
    taken = [one["command"] for one in data["commands"] if one["lawful"]]
    if taken:
        page.title("Would be taken, from whoever may")
        page.say(", ".join(taken))


def _typed(refusal: dict[str, Any]) -> str:
    """Return a refused command with the inputs that make the difference."""
    return " ".join((refusal["command"], *map(_input, refusal["inputs"].items())))


def _input(given: tuple[str, Any]) -> str:
    name, value = given
    flag = f"--{name.replace('_', '-')}"
    if not value:
        return f"without {flag}"
    return f"{flag} {','.join(value) if isinstance(value, list) else value}"
