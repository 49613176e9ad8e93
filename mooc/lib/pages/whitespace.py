"""Templates are laid out for people; the line breaks and indentation of that layout are not sent.

It happens once, when a template is compiled, and costs a page nothing. A line break with its indentation
prints

* nothing beside a block-level tag (``<p>``, ``</li>``, ``<br>``), just inside any element, and beside a picture
  of ours (``{% icon %}``), which brings its own margin;
* one blank anywhere else, as HTML shows it: between two Chinese words it is seen. Inline things that must
  touch stand on one line.

``{% if %}``, ``{% for %}`` and the like print nothing themselves: what stands around them decides. The first
and the last line break of a file and of a ``{% block %}`` print nothing either, so that an included part touches
its neighbours and a title stays one line. Blanks within a line, ``<pre>``, ``<textarea>``, scripts, values of
attributes and everything a variable or a translation brings are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.template import Template
from django.template.base import Node, Origin, TextNode
from django.template.defaulttags import CommentNode, CsrfTokenNode, ForNode, IfNode, LoadNode, WithNode
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.template.loaders.filesystem import Loader as FilesystemLoader

from .look import SlotNode

BLOCKS = frozenset({
    "!doctype", "address", "article", "aside", "base", "blockquote", "body", "br", "caption", "col", "colgroup",
    "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "legend", "li", "link", "main", "menu", "meta",
    "nav", "ol", "optgroup", "option", "p", "pre", "section", "summary", "svg", "table", "tbody", "td", "tfoot",
    "th", "thead", "title", "tr", "ul", "use",
})  # fmt: skip
EMPTY = frozenset({"img", "input", "source", "track", "wbr"})  # inline, and nothing is inside
AS_TYPED = frozenset({"pre", "textarea", "script", "style"})
PICTURES = frozenset({"icon", "teacher", "dots", "beam", "steps"})  # tags of ours
_PIECE = re.compile(
    r"(?P<space>[ \t\r\f]*\n[ \t\r\f\n]*)|(?P<comment><!--.*?-->)|<(?P<tag>/?[a-zA-Z!][\w-]*)|(?P<end>>)|(?P<quote>[\"'])",
    re.DOTALL,
)


class _Laid(BaseLoader):
    """Takes the layout out of our own templates. Those that come with packages are left as they are."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if template_name.endswith(".html") and isinstance(template.origin.loader, FilesystemLoader):
            take_out(template.nodelist)
        return template


class Loader(CachedLoader, _Laid):
    """Django's own that remembers compiled templates; what it remembers is without its layout."""


def take_out(nodes: Sequence[Node]) -> None:
    """Take the layout out of a compiled template."""
    reader, texts = _Reader(), {}
    for node in _all(nodes):
        if isinstance(node, TextNode):
            texts[id(node)] = _Text(reader.pieces(node.s))
    walk = _Walk(texts)
    walk.forward(nodes, edge=True)
    walk.backward(nodes, edge=True)
    for node in _all(nodes):
        if isinstance(node, TextNode):
            node.s = texts[id(node)].without_layout()


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield from node.get_nodes_by_type(Node)


@dataclass(slots=True)
class _Piece:
    """Part of a text. A line break before it, or behind it, is not seen where the flag says so."""

    text: str
    layout: bool = False  # a line break with its indentation
    before: bool = False
    behind: bool = False


@dataclass(slots=True)
class _Text:
    """The literal text between two template tags, and whether what stands around it is an edge."""

    pieces: list[_Piece] = field(default_factory=list)
    left: bool = False
    right: bool = False

    def without_layout(self) -> str:
        before = [self.left] + [piece.behind for piece in self.pieces]
        behind = [piece.before for piece in self.pieces[1:]] + [self.right]
        return "".join(
            (("" if left or right else " ") if piece.layout else piece.text)
            for piece, left, right in zip(self.pieces, before, behind, strict=False)
        )


class _Reader:
    """Cuts the texts of a template in their order, and knows whether it is inside a tag, a value or a script."""

    def __init__(self) -> None:
        self.tag = self.quote = self.as_typed = ""

    def pieces(self, text: str) -> list[_Piece]:
        found: list[_Piece] = []
        at = 0
        for match in _PIECE.finditer(text):
            if match.start() > at:
                found.append(_Piece(text[at : match.start()]))
            at = match.end()
            found.append(self._space(match[0]) if match["space"] is not None else self._mark(match))
        return [*found, _Piece(text[at:])] if at < len(text) else found

    def _space(self, space: str) -> _Piece:
        if self.quote or self.as_typed:
            return _Piece(space)
        return _Piece(" ") if self.tag else _Piece(space, layout=True)

    def _mark(self, match: re.Match[str]) -> _Piece:
        """Follow a tag, a quotation mark or a comment."""
        piece, name = _Piece(match[0]), (match["tag"] or "").lower()
        if self.as_typed:
            if name == f"/{self.as_typed}":
                self.as_typed, self.tag = "", name
        elif match["quote"] and self.tag and self.quote in ("", match["quote"]):
            self.quote = "" if self.quote else match["quote"]
        elif name and not self.quote:
            self.tag = name
            piece.before = name.startswith("/") or name in BLOCKS
        elif match["end"] and self.tag and not self.quote:
            name, self.tag = self.tag, ""
            self.as_typed = name if name in AS_TYPED else ""
            inside = not name.startswith("/") and name not in EMPTY
            piece.behind = inside or name.removeprefix("/") in BLOCKS
        return piece


class _Go(Protocol):
    """One of the two directions of a walk."""

    def __call__(self, nodes: Sequence[Node], *, edge: bool) -> bool: ...


class _Walk:
    """Tells every text whether it stands beside an edge: through branches, whichever is taken."""

    def __init__(self, texts: dict[int, _Text]) -> None:
        self.texts = texts

    def forward(self, nodes: Sequence[Node], *, edge: bool) -> bool:
        """:param edge: whether an edge is what stands before. Returns whether one stands behind."""
        for node in nodes:
            if isinstance(node, TextNode):
                text = self.texts[id(node)]
                text.left = edge
                if text.pieces:  # a second blank would not be seen either
                    edge = text.pieces[-1].behind or text.pieces[-1].text[-1] in " \t\r\f\n"
            else:
                edge = self._through(node, edge, self.forward)
        return edge

    def backward(self, nodes: Sequence[Node], *, edge: bool) -> bool:
        """The same from the end: ``edge`` is what stands behind."""
        for node in reversed(nodes):
            if isinstance(node, TextNode):
                text = self.texts[id(node)]
                text.right = edge
                printed = [piece for piece in text.pieces if not piece.layout]
                edge = printed[0].before if printed else edge
            else:
                edge = self._through(node, edge, self.backward)
        return edge

    def _through(self, node: Any, edge: bool, go: _Go) -> bool:
        """What a template tag leaves: ``edge`` as it was when it prints nothing of its own."""
        if isinstance(node, LoadNode | CommentNode | CsrfTokenNode):
            return edge
        if getattr(node, "asvar", None) or getattr(node, "target_var", None):
            return edge
        if isinstance(node, IfNode):
            ends = [go(branch, edge=edge) for _condition, branch in node.conditions_nodelists]
            otherwise = node.conditions_nodelists[-1][0] is None
            return all(ends) and (otherwise or edge)
        if isinstance(node, ForNode):
            return self._loop(node, edge, go)
        if isinstance(node, WithNode):
            return go(node.nodelist, edge=edge)
        if isinstance(node, ExtendsNode | BlockNode):
            go(node.nodelist, edge=True)
            return isinstance(node, ExtendsNode)
        if isinstance(node, SlotNode):
            go(node.inner, edge=edge)
            return False
        for name in node.child_nodelists:
            go(getattr(node, name, None) or [], edge=False)
        return isinstance(node, SimpleNode) and node.func.__name__ in PICTURES

    def _loop(self, node: Any, edge: bool, go: _Go) -> bool:
        once = go(node.nodelist_loop, edge=False)
        again = go(node.nodelist_loop, edge=edge and once)  # what was printed the time before stands there
        return again and (go(node.nodelist_empty, edge=edge) if node.nodelist_empty else edge)
