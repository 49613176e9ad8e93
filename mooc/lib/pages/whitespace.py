"""Templates are laid out for people; the line breaks and indentation of that layout are not sent.

It happens once, when a template is compiled, and costs a page nothing. What a page *shows* stays what HTML
makes of the file as it is written:

* a line break with its indentation beside a block-level tag (``<p>``, ``</li>``, ``<br>``) prints nothing;
* anywhere else between texts and inline tags it prints one blank, which is seen between Chinese words.
  Inline things that must touch stand on one line;
* the first and the last line break of a file print nothing, so that an included part touches its neighbours;
* blanks within a line, ``<pre>``, ``<textarea>``, scripts, values of attributes and everything a variable or
  a translation brings are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.template import Template
from django.template.base import Node, Origin, TextNode
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.template.loaders.filesystem import Loader as FilesystemLoader

BLOCKS = frozenset({
    "!doctype", "address", "article", "aside", "base", "blockquote", "body", "br", "caption", "col", "colgroup",
    "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "legend", "li", "link", "main", "menu", "meta",
    "nav", "ol", "optgroup", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "title", "tr", "ul",
})  # fmt: skip
INSIDE = frozenset({"button", "select"})  # within a line themselves, and a block for what they hold
AS_TYPED = frozenset({"pre", "textarea", "script", "style"})
_PIECE = re.compile(
    r"(?P<space>[ \t\r\f]*\n[ \t\r\f\n]*)|(?P<comment><!--.*?-->)|<(?P<tag>/?[a-zA-Z!][\w-]*)|(?P<end>>)|(?P<quote>[\"'])",
    re.DOTALL,
)

_FIRST = re.compile(r"\A[ \t\r\f]*\n[ \t\r\f\n]*")
_LAST = re.compile(r"[ \t\r\f]*\n[ \t\r\f\n]*\Z")


class _Laid(BaseLoader):
    """Takes the layout out of our own templates. Those that come with packages are left as they are."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if template_name.endswith(".html") and isinstance(template.origin.loader, FilesystemLoader):
            nodes = template.nodelist.get_nodes_by_type(Node)
            trim_ends(nodes)
            texts = [node for node in nodes if isinstance(node, TextNode)]
            for node, text in zip(texts, collapse(node.s for node in texts), strict=True):
                node.s = text
        return template


class Loader(CachedLoader, _Laid):
    """Django's own that remembers compiled templates; what it remembers is without its layout."""


def trim_ends(nodes: Sequence[Node]) -> None:
    """Take the line breaks before the first and behind the last thing a file prints."""
    for node in nodes:
        if isinstance(node, TextNode):
            node.s = _FIRST.sub("", node.s)
            if node.s:
                break
        elif type(node).__name__ not in ("ExtendsNode", "LoadNode", "CommentNode"):
            break
    if nodes and isinstance(nodes[-1], TextNode):
        nodes[-1].s = _LAST.sub("", nodes[-1].s)


def collapse(texts: Iterable[str]) -> list[str]:
    """The literal texts of one template in their order, without the white space of its layout."""
    reader = _Reader()
    return [reader.read(text) for text in texts]


class _Reader:
    """Goes through the texts of a template and knows whether it is inside a tag, a value or a script."""

    def __init__(self) -> None:
        self.tag = self.quote = self.as_typed = ""

    def read(self, text: str) -> str:
        """One text; what a variable or a template tag printed before it counts as something inline."""
        out: list[str] = []
        at, edge = 0, False
        for piece in _PIECE.finditer(text):
            if piece.start() > at:
                edge = False
            out.append(text[at : piece.start()])
            at = piece.end()
            if piece["space"] is not None:
                out.append(self._space(piece, edge))
                continue
            edge = self._tag(piece)
            out.append(piece[0])
        return "".join(out) + text[at:]

    def _space(self, piece: re.Match[str], edge: bool) -> str:
        if self.quote or self.as_typed:
            return piece[0]
        if self.tag:
            return " "
        coming = _PIECE.match(piece.string, piece.end())
        name = (coming["tag"] or "").lower() if coming else ""
        return "" if edge or _is_edge(name, within=name.startswith("/")) else " "

    def _tag(self, piece: re.Match[str]) -> bool:
        """Follow a tag, a quotation mark or a comment. Returns whether a block begins or ends here."""
        if self.as_typed:
            if (piece["tag"] or "").lower() == f"/{self.as_typed}":
                self.as_typed, self.tag = "", piece["tag"].lower()
            return False
        if piece["quote"] and self.tag and self.quote in ("", piece["quote"]):
            self.quote = "" if self.quote else piece["quote"]
        elif piece["tag"] and not self.quote:
            self.tag = piece["tag"].lower()
        elif piece["end"] and self.tag and not self.quote:
            tag, self.tag = self.tag, ""
            self.as_typed = tag if tag in AS_TYPED else ""
            return _is_edge(tag, within=not tag.startswith("/"))
        return False


def _is_edge(tag: str, *, within: bool) -> bool:
    """Whether white space beside a tag is never seen: beside a block, and within the edge of a button."""
    name = tag.removeprefix("/")
    return name in BLOCKS or (within and name in INSIDE)
