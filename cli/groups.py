"""Nouns and verbs looked up when they are typed; an unknown one gets the nearest suggested."""

from collections.abc import Iterable
from typing import Any

import click

from cli.context import COMMON
from cli.verbs import command_of


def unknown(
    what: str, word: str, known: Iterable[str], ctx: click.Context | None
) -> click.UsageError:
    """Return the answer to a word that is not known: the nearest one, suggested and never run."""
    import difflib

    near = difflib.get_close_matches(word, list(known), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return click.UsageError(f"There is no {what}{word}.{hint}", ctx)


class Verbs(click.Group):
    """A noun whose verbs are looked up when one is typed."""

    def __init__(
        self, name: str, rows: dict[str, Any], own: dict[str, click.Command], words: str
    ) -> None:
        super().__init__(name, params=[*COMMON], help=words)
        self._rows = rows
        self._own = own

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every verb."""
        del ctx
        return sorted({*self._rows, *self._own})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb."""
        del ctx
        if cmd_name in self._own:
            return self._own[cmd_name]
        if cmd_name in self._rows:
            return command_of(cmd_name, self._rows[cmd_name])
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest verb for one that is not known."""
        if args and args[0] not in {*self._rows, *self._own}:
            raise unknown(f"{self.name} ", args[0], self.list_commands(ctx), ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without building them; the common options are told by each."""
        del ctx
        lines = {name: row["help"] for name, row in self._rows.items()}
        lines.update({name: own.get_short_help_str(200) for name, own in self._own.items()})
        with formatter.section("Verbs"):
            formatter.write_dl(sorted(lines.items()))
