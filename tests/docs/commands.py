"""Whether a command line that a document shows would be understood by the real command."""

from __future__ import annotations

import shlex

import click

from gateway import cli


def misunderstood(line: str) -> str:
    """What is wrong with ``pii-gateway …``; empty if every sub-command and option exists."""
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = cli.main
    context = click.Context(command, info_name="pii-gateway")
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        inner = command.get_command(context, words[0])
        if inner is None:
            return f"no command {words[0]!r} in {context.command_path!r}"
        context = click.Context(inner, parent=context, info_name=words.pop(0))
        command = inner
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    strange = [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]
    return f"no option {strange} of {context.command_path!r}" if strange else ""
