"""Text: an optional heading, then paragraphs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..grammar.blocks import BlockText, SourceError
from .base import Kind

LIKE_A_MARK = ("#", "!", ">", "?")  # a line that starts so may begin another block


class Text(Kind):
    """``## heading``, then paragraphs; one without a heading belongs to the text before it."""

    code, name = "text", _("text")

    def parse(self, chunk: list[str], line: int) -> BlockText:
        head = chunk[0]
        if head.startswith("## "):
            return BlockText(kind=self.code, heading=head[3:].strip(), body="\n".join(chunk[1:]), line=line)
        if head.startswith("#") and not head.startswith("### "):
            raise SourceError(line, "headings start with “## ”, sub-headings with “### ”")
        return BlockText(kind=self.code, heading="", body="\n".join(chunk), line=line)

    def joined(self, blocks: list[BlockText]) -> list[BlockText]:
        """Paragraphs put to the text block before them.

        :raises SourceError: for a heading that nothing follows.
        """
        found: list[BlockText] = []
        for block in blocks:
            last = found[-1] if found else None
            if block.kind == self.code == (last and last.kind) and last and not block.heading:
                body = f"{last.body}\n\n{block.body}" if last.body else block.body
                found[-1] = BlockText(kind=self.code, heading=last.heading, body=body, line=last.line)
            else:
                found.append(block)
        for block in self.of(found):
            if not block.body.strip():
                raise SourceError(block.line, "a heading without a text below it")
        return found

    def write(self, block: BlockText) -> str:
        if not block.heading:
            return block.body
        between = "\n" if block.body.startswith(LIKE_A_MARK) else "\n\n"  # of the heading's own piece
        return f"## {block.heading}{between}{block.body}"


TEXT = Text()
