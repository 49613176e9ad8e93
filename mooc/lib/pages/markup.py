"""Lesson text (Markdown) to HTML that cannot do harm."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = {
    "p", "strong", "em", "ul", "ol", "li", "a", "br", "h3", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# What stands in a class of its own: the page's lists have no marks, a wide table moves in its own frame.
DRESSED = {
    "<p>": '<p class="text">', "<ul>": '<ul class="points">', "<table>": '<div class="across" tabindex="0"><table>',
    "</table>": "</table></div>",
}  # fmt: skip
_OL = re.compile(r"<ol(?= start=|>)")
_HEADING = re.compile(r"<(/?)h[1-6]>")


@functools.cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # late: the worker never needs it

    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(
        [
            "emphasis",
            "list",
            "link",
            "newline",
            "escape",
            "balance_pairs",
            "fragments_join",
            "heading",
            "table",
        ]
    )


def to_html(text: str) -> str:
    """Paragraphs, emphasis, lists, tables, sub-headings and ``https`` links only; the rest stays plain text."""
    import nh3

    rendered = _HEADING.sub(r"<\1h3>", _reader().render(text))  # a block has its own heading, one level up
    html: str = nh3.clean(
        rendered,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https"},
        link_rel="noopener nofollow",
    )
    for plain, dressed in DRESSED.items():
        html = html.replace(plain, dressed)
    return _OL.sub('<ol class="points"', html)
