"""Check-yourself items of a theme's page: the grammar of the lessons, several one after another."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.blocks import parse_blocks
from courses.blocks.check import CHECK, CheckQuestion, parse_check
from courses.grammar.blocks import SourceError
from mooc.lib.text.localized import as_foreign


def read_checks(text: str) -> list[CheckQuestion]:
    """The items of a text, in their order.

    :raises SourceError: where something is no check-yourself.
    """
    blocks = parse_blocks(text)
    checks = CHECK.of(blocks)
    for block in blocks:
        if block not in checks:
            raise SourceError(block.line, "only check-yourself items stand here: ?? question")
    return [parse_check(block.heading, block.body, first_line=block.line) for block in checks]


def are_checks(text: str) -> None:
    """For the form: refuse what readers could not be shown, and say in which line it is."""
    try:
        read_checks(text)
    except SourceError as error:
        raise ValidationError(
            _("Line %(line)s is not understood. Write “?? question”, “- wrong”, “+ right”, “= why”."),
            params={"line": error.line},
            code="grammar",
        ) from error


def readable(text: str) -> list[CheckQuestion]:
    """The items readers see; none when what was stored cannot be read."""
    try:
        return [check.marked(lambda words: as_foreign(words, text)) for check in read_checks(text)]
    except SourceError:
        return []
