"""Commands that take a query: what begins with a dash and is no option of theirs is text of the query."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperOption

# What may be attached to a short option: -k5. Other letters make a word: -kernel.
_ATTACHED = re.compile(r"=?\d+")


class QueryCommand(TyperCommand):
    """Takes ``-football``, ``-"world cup"`` and ``-provider:ft.com`` for text, not for options of their letters.

    A token of one dash is an option only where it is declared, as ``-k`` or with a number attached as ``-k5``. Whatever
    has two dashes is an option, known or not; after ``--`` everything is text.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line with its text moved behind its options."""
        takes_value = {
            name: not option.is_flag
            for option in self.get_params(ctx)
            if isinstance(option, TyperOption)
            for name in (*option.opts, *option.secondary_opts)
        }
        return super().parse_args(ctx, _text_last(args, takes_value))


def _text_last(args: list[str], takes_value: dict[str, bool]) -> list[str]:
    """Return options with their values, then ``--``, then text.

    Args:
        args: As typed.
        takes_value: By the declared names of options.
    """
    options: list[str] = []
    text: list[str] = []
    remaining = iter(args)
    for token in remaining:
        name = _option_name(token, takes_value)
        if token == "--":  # noqa: S105 - no password
            text.extend(remaining)
        elif not name:
            text.append(token)
        else:
            options.append(token)
            if takes_value.get(name) and token == name:
                value = next(remaining, None)
                if value is None:
                    return options  # the parser says that a value is missing
                options.append(value)
    return [*options, "--", *text]


def _option_name(token: str, takes_value: dict[str, bool]) -> str:
    """Return the name of the option that a token is, or nothing for text."""
    if token.startswith("--"):
        return token.partition("=")[0]
    name, attached = token[:2], token[2:]
    is_option = name in takes_value and (not attached or (takes_value[name] and _ATTACHED.fullmatch(attached)))
    return name if is_option else ""
