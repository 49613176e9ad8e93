"""Lesson text (Markdown) to HTML that cannot do harm."""

from __future__ import annotations

import functools

TAGS = {"p", "strong", "em", "ul", "ol", "li", "a", "br"}


@functools.cache
def _reader():  # type: ignore[no-untyped-def]  # imported late: the worker never needs it
    from markdown_it import MarkdownIt

    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(
        ["emphasis", "list", "link", "newline", "escape", "balance_pairs", "fragments_join"]
    )


def to_html(text: str) -> str:
    """Paragraphs, emphasis, lists and ``https`` links only; the rest stays plain text."""
    import nh3

    html: str = nh3.clean(
        _reader().render(text), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https"},
        link_rel="noopener nofollow",
    )  # fmt: skip
    return html.replace("<p>", '<p class="pt">')
