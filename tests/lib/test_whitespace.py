"""The layout of templates is not sent, and what is seen stays as HTML makes it of the file."""

from __future__ import annotations

import pytest
from django.template import Context
from django.template.loader import get_template, render_to_string
from hypothesis import given
from hypothesis import strategies as st

from mooc.lib.pages.whitespace import collapse
from tests.reading import read

VARIABLE = "\x01"
BREAK = "\n    "


def sent(source: str, value: str = "变量") -> str:
    """What a template sends: ``VARIABLE`` in its source prints ``value``."""
    return value.join(collapse(source.split(VARIABLE)))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("<ul>\n  <li>\n    一\n  </li>\n  <li>二</li>\n</ul>", "<ul><li>一</li><li>二</li></ul>"),
        ("<p>\n  <b>一</b>\n  <i>二</i>\n</p>", "<p><b>一</b> <i>二</i></p>"),
        ("<p>\n  \x01\n  \x01\n</p>", "<p>变量 变量</p>"),
        ("<p>一 <b>二</b> 三</p>", "<p>一 <b>二</b> 三</p>"),
        ("一<br>\n  二", "一<br>二"),
        ("一\n<button>\n  <b>二</b>\n</button>\n三", "一 <button><b>二</b></button> 三"),
        ('<a class="x"\n   href="y"\n>一</a>', '<a class="x" href="y" >一</a>'),
        ('<a title="\x01\n  \x01">一</a>\n<hr>', '<a title="变量\n  变量">一</a><hr>'),
        ("<p>\n<pre>\n a\n  b\n</pre>\n</p>", "<p><pre>\n a\n  b\n</pre></p>"),
        ("<textarea>\n\n \x01\n</textarea>\n一", "<textarea>\n\n 变量\n</textarea> 一"),
        ("<script>\nif (a < b)\n  c()\n</script>\n<p>", "<script>\nif (a < b)\n  c()\n</script><p>"),
        ("<p>\n  \u3000一\u00a0\n</p>", "<p>\u3000一\u00a0</p>"),
    ],
)
def test_what_a_layout_sends(source: str, wanted: str) -> None:
    assert sent(source) == wanted


SPACE = st.sampled_from(["", " ", "\n", BREAK, " \n\t"])
WORD = st.sampled_from(["一", "word", "。", VARIABLE, "&lt;", '"', "'"])
INLINE = ["a", "b", "span", "label", "em", "small"]
BLOCK = ["p", "div", "ul", "li", "td", "section", "h2", "button", "option"]
KEPT = ["pre", "textarea"]


def element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(INLINE + BLOCK)
    attribute = st.sampled_from(
        ["", ' class="x y"', f'\n  title="a\n b {VARIABLE}"', f' alt="{VARIABLE}"\n ']
    )
    made = st.tuples(names, attribute, st.lists(st.tuples(SPACE, inside, SPACE), max_size=4)).map(
        lambda one: f"<{one[0]}{one[1]}>{''.join(map(''.join, one[2]))}</{one[0]}>"
    )
    kept = st.tuples(st.sampled_from(KEPT), st.lists(st.tuples(SPACE, WORD, SPACE), max_size=3)).map(
        lambda one: f"<{one[0]}>{''.join(map(''.join, one[1]))}</{one[0]}>"
    )
    return st.one_of(made, kept, st.just("<br>"), st.just("<input>"))


@given(st.lists(st.tuples(SPACE, st.recursive(WORD, element, max_leaves=12), SPACE), max_size=6))
def test_what_is_seen_stays(parts: list[tuple[str, str, str]]) -> None:
    """By the rules of HTML the page says the same with and without the layout, whatever a variable brings."""
    source = "".join(map("".join, parts))
    for value in ("变量", "", "a\n  b"):
        assert read(sent(source, value)).text() == read(source.replace(VARIABLE, value)).text()


def test_a_file_prints_no_line_break_before_and_behind_it() -> None:
    """Parts are put into lines of text: what stands around them touches them."""
    html = render_to_string("parts/mark_done.html")
    assert html == html.strip()


def test_scripts_and_texts_keep_their_lines() -> None:
    assert get_template("sw.js").render().count("\n") > 50


def test_slots_and_branches_are_read_too() -> None:
    """A tag of ours that holds others shows them to whoever walks through a template."""
    from django.template import Engine
    from django.template.base import TextNode

    engine = Engine(builtins=["mooc.lib.pages.look"])
    template = engine.from_string(
        '{% slot who "" %}{% if a %}<p>\n</p>{% else %}\n<b>{% endif %}{% endslot %}'
    )
    assert len(template.nodelist.get_nodes_by_type(TextNode)) == 2
    assert template.render(Context({"a": True})) == "<p>\n</p>"
