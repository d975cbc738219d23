"""The generated parts of README and docs, so that they stay true (``make docs``)."""

from __future__ import annotations

import click

from evlit.cli import COMMANDS, cli


def help_text(*words: str) -> str:
    """Return the help of ``evlit`` or of one command, 80 columns wide."""
    command: click.Command = cli
    settings = {**cli.context_settings, "terminal_width": 80, "max_content_width": 80}
    ctx = click.Context(cli, info_name="evlit", **settings)
    for word in words:
        assert isinstance(command, click.Group), word
        found = command.get_command(ctx, word)
        assert found is not None, word
        command = found
        ctx = click.Context(command, info_name=word, parent=ctx, **settings)
    return command.get_help(ctx)


def help_block(*words: str) -> str:
    """Return the help as a Markdown code block."""
    return f"```text\n{help_text(*words)}\n```\n"


def all_help() -> str:
    """Return the help of every command as Markdown."""
    parts = []
    for name in COMMANDS:
        parts.append(f"## evlit {name}\n\n{help_block(name)}")
        command = cli.get_command(click.Context(cli), name)
        below = command.commands if isinstance(command, click.Group) else {}
        parts += [f"### evlit {name} {sub}\n\n{help_block(name, sub)}" for sub in below]
    return "\n".join(parts)
