"""A tip: one trick, with its name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..grammar.blocks import BlockText, SourceError
from .base import Kind


class Tip(Kind):
    """Lines that start with ``>``; the first is the name."""

    code, name = "tip", _("tip")
    mark = ">"

    def parse(self, chunk: list[str], line: int) -> BlockText:
        rows = []
        for offset, row in enumerate(chunk):
            if not row.startswith(">"):
                raise SourceError(line + offset, "each line of a tip starts with “>”")
            rows.append(row[1:].strip())
        if len(rows) < 2:
            raise SourceError(line, "a tip has a name on its first line and the trick below")
        return BlockText(kind=self.code, heading=rows[0], body="\n".join(rows[1:]), line=line)

    def write(self, block: BlockText) -> str:
        return "\n".join(f"> {row}".rstrip() for row in [block.heading, *block.body.split("\n")])


TIP = Tip()
