"""What a page is about, in words."""

from domain.clocks.alarms import ALARMS
from domain.clocks.catalogue import CATALOGUE


def says(about: str) -> str:
    """Return in words what a page is about: what the clock waits for, or what the alarm says."""
    name = about.rsplit("#", 1)[0]
    if name.startswith("alarm:"):
        return ALARMS[name.removeprefix("alarm:")].says
    return f"{name} waits for {CATALOGUE[name].says}"
