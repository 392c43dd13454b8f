"""How command lines are read: the program's own options stand anywhere, and queries may begin with a dash."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption

# What may be attached to a short option: -k5. Other letters make a word: -kernel.
_ATTACHED = re.compile(r"=?\d+")


class Program(TyperGroup):
    """Takes its own options behind the command too: ``search index site --quiet``.

    Long names alone: ``-q`` behind a command is that command's, or text of a query. So is whatever comes after ``--``.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line with the program's own options moved before the command."""
        takes_value = {
            name: not option.is_flag
            for option in self.get_params(ctx)
            if isinstance(option, TyperOption) and not option.is_eager  # --help is the command's where it stands
            for name in option.opts
            if name.startswith("--")
        }
        return super().parse_args(ctx, _own_first(args, takes_value))


def _own_first(args: list[str], takes_value: dict[str, bool]) -> list[str]:
    """Return options of the program with their values, then all else.

    Args:
        args: As typed.
        takes_value: By the names of the program's options.
    """
    own: list[str] = []
    others: list[str] = []
    remaining = iter(args)
    for token in remaining:
        name = token.partition("=")[0]
        if token == "--":  # noqa: S105 - no password
            others += [token, *remaining]
        elif name not in takes_value:
            others.append(token)
        else:
            own.append(token)
            if takes_value[name] and token == name:
                value = next(remaining, None)
                if value is None:
                    return own  # the parser says that a value is missing
                own.append(value)
    return [*own, *others]


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
