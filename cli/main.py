"""``cir``: what staff type. Nouns are built when typed; everything else is imported then too."""

import sys

import click

from cli.context import COMMON
from cli.exit_codes import FAILED, INTERRUPTED, SAYS, USAGE

WORDS = {
    "case": "Open, show and list cases.",
    "triage": "Assess a report and decide.",
    "activation": "Call a provider out, agree scope; decline and withdraw.",
    "provider": "What the provider did.",
    "response": "Containment and eradication.",
    "recovery": "Offer recovery and take the council's answer.",
    "money": "Work items, authority and billing.",
    "closing": "Reports, the checklist and closing.",
    "handling": "Links, owners, contacts, notes and deliveries.",
    "clock": "The clocks of a case.",
    "escalation": "Pages that wait for a person.",
    "intake": "Reports that could not be read.",
    "rota": "Who is on which rung.",
    "people": "The staff register.",
    "councils": "The register of councils.",
    "providers": "The providers.",
    "policy": "The numbers the service runs by.",
    "audit": "Is the record whole; all of a case; the read model made again.",
    "report": "The service, or one case, in figures from the record.",
    "exercise": "Rehearse a story, play it on the running stack, or play a provider.",
    "local": "The stack on this machine.",
    "inbox": "What needs me now, across cases, by deadline.",
    "board": "The open cases on a wall, by deadline; names no council.",
    "doctor": "Try what cir stands on, and say what to mend.",
    "help": "Help on a subject: exit-codes.",
}

VERSION = "0.1.0"
"""That of pyproject.toml; reading the package's own metadata would cost every start."""


OWN = {
    "audit": "cli.audit",
    "case": "cli.cases",
    "clock": "cli.clocks",
    "inbox": "cli.inbox",
    "intake": "cli.intake",
    "local": "cli.local",
    "report": "cli.report",
}
"""Nouns with a module of their own, imported when one is typed."""


def own_verbs(noun: str) -> dict[str, click.Command]:
    """Return the verbs of a noun that are not commands of the service."""
    if noun in OWN:
        from importlib import import_module

        own: dict[str, click.Command] = import_module(OWN[noun]).verbs()
        return own
    if noun in ("exercise", "policy"):
        from cli import exercise, rehearse

        return exercise.verbs() if noun == "exercise" else rehearse.policy_verbs()
    from cli import registers

    return registers.nouns().get(noun, {})


def single(noun: str) -> click.Command | None:
    """Return a noun that has no verbs."""
    if noun == "inbox":
        from cli.inbox import inbox

        return inbox(WORDS["inbox"])
    if noun == "board":
        from cli.board import board

        return board(WORDS["board"])
    if noun == "doctor":
        from cli.doctor import doctor

        return doctor()
    if noun == "help":
        subject = click.Argument(["subject"], required=False)
        return click.Command("help", params=[subject], callback=helped, help=WORDS["help"])
    return None


def helped(subject: str | None) -> None:
    """Print help on a subject."""
    if subject == "exit-codes":
        for code, words in SAYS.items():
            click.echo(f"{code:4}  {words}")
        return
    click.echo("cir help exit-codes; cir NOUN --help; cir NOUN VERB --help")


class Nouns(click.Group):
    """The nouns of ``cir``, each looked up when it is typed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every noun."""
        del ctx
        return list(WORDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the noun."""
        del ctx
        if cmd_name not in WORDS:
            return None
        alone = single(cmd_name)
        if alone is not None:
            return alone
        from cli.groups import Verbs
        from cli.verbs import declared

        return Verbs(cmd_name, declared().get(cmd_name, {}), own_verbs(cmd_name), WORDS[cmd_name])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest noun for one that is not known."""
        if args and args[0] not in WORDS:
            from cli.groups import unknown

            raise unknown("", args[0], WORDS, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the nouns without building them."""
        del ctx
        with formatter.section("Nouns"):
            formatter.write_dl(list(WORDS.items()))


def build() -> click.Group:
    """Return ``cir``."""
    words = "Cyber Incident Response cases, from report to billing pack."
    program = Nouns("cir", params=[*COMMON], help=words)
    return click.version_option(VERSION, prog_name="cir")(program)


def main(arguments: list[str] | None = None) -> None:
    """Run ``cir`` and leave with its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = build().main(args=words, prog_name="cir", standalone_mode=False)
    except click.ClickException as error:
        code = misused(error, words)
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  (the edge of the process)
        code = broken(error, words)
    sys.exit(code if isinstance(code, int) else 0)


def misused(error: click.ClickException, words: list[str]) -> int:
    """Say how ``cir`` is used; as JSON too where that was asked for."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    ended("usage", "usage", error.format_message(), words)
    return USAGE


def broken(error: Exception, words: list[str]) -> int:
    """Say that ``cir`` itself met a fault; ``-v`` shows where."""
    if {"-v", "--verbose"} & {*words}:
        import traceback

        traceback.print_exception(error)
    fault = f"{type(error).__name__}: {error}"[:300]
    ended("failed", "internal-error", f"cir met a fault of its own: {fault}. Try -v.", words)
    return FAILED


def ended(kind: str, code: str, message: str, words: list[str]) -> None:
    """Print a failure that no command printed itself."""
    from cli.output import say, show_json

    if wants_json(words):
        error = {"kind": kind, "code": code, "message": message, "details": {}}
        show_json({"ok": False, "error": error})
    say(message)


def wants_json(words: list[str]) -> bool:
    """Tell whether a failure is owed as JSON, from words that click could not read to the end."""
    shape = None
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in ("-o", "--output"):
            shape = after
        elif word.startswith(("-o", "--output=")):
            shape = word.removeprefix("--output=").removeprefix("-o")
    if shape in ("table", "id"):
        return "--json" in words
    return "--json" in words or shape is not None or not sys.stdout.isatty()


if __name__ == "__main__":
    main()
