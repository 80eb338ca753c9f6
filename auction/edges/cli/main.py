"""`auction`: one command a file, each imported only when it is asked for, so that `--help` is quick."""

from importlib import import_module

import click
from typing_extensions import override

#: name -> "module:function"; a new command is one line here.
COMMANDS = {
    "bench": "auction.edges.cli.bench:bench",
    "export": "auction.edges.cli.export:export",
    "seed-bench": "auction.edges.cli.seed_bench:seed_bench",
    "import-bank": "auction.edges.cli.import_bank:import_bank",
    "import-listings": "auction.edges.cli.import_listings:import_listings",
    "import-cases": "auction.edges.cli.import_cases:import_cases",
    "keys": "auction.edges.cli.keys:keys",
    "jobs": "auction.edges.cli.jobs:jobs",
    "replay": "auction.edges.cli.replay:replay",
    "reconcile": "auction.edges.cli.reconcile:reconcile",
    "scenario": "auction.edges.cli.scenario:scenario",
    "serve": "auction.edges.cli.serve:serve",
    "verify": "auction.edges.cli.verify:verify",
    "web": "auction.edges.cli.web:web",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 -- a wrong line in the table above
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="judicial-auction")
def main() -> None:
    """Run and examine a judicial auction platform.

    \b
    Example:
      auction serve --demo
    """


if __name__ == "__main__":
    main()
