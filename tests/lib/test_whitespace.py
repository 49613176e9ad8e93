"""The layout of templates is not sent, and what is seen stays as HTML makes it of the file."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Engine, Template
from django.template.base import TextNode
from django.template.loader import get_template, render_to_string
from hypothesis import given
from hypothesis import strategies as st

from mooc.lib.pages.whitespace import take_out
from tests.reading import Reader

ENGINE = Engine(builtins=["mooc.lib.pages.look"], libraries={"i18n": "django.templatetags.i18n"})
VALUES = ("变量", "", "a\n  b")


def sent(source: str, **values: object) -> str:
    """What a template of this source sends."""
    template = Template(source, engine=ENGINE)
    take_out(template.nodelist)
    return template.render(Context(values, autoescape=False))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("<ul>\n  <li>\n    一\n  </li>\n  <li>二</li>\n</ul>", "<ul><li>一</li><li>二</li></ul>"),
        ("<p>\n  <b>一</b>\n  <i>二</i>\n</p>", "<p><b>一</b> <i>二</i></p>"),
        ("<p>\n  {{ x }}\n  {{ x }}\n</p>", "<p>变量 变量</p>"),
        ("<p>一 <b>二</b> 三</p>", "<p>一 <b>二</b> 三</p>"),
        ("一<a>\n  二\n</a>三", "一<a>二</a>三"),
        ("一<br>\n  二", "一<br>二"),
        ("一\n<button>\n  <b>二</b>\n</button>\n三", "一 <button><b>二</b></button> 三"),
        ("一\n<input>\n二", "一 <input> 二"),
        ('<a class="x"\n   href="y"\n>一</a>', '<a class="x" href="y" >一</a>'),
        ('<a title="{{ x }}\n  {{ x }}">一</a>\n<hr>', '<a title="变量\n  变量">一</a><hr>'),
        ("<p>\n<pre>\n a\n  b\n</pre>\n</p>", "<p><pre>\n a\n  b\n</pre></p>"),
        ("<textarea>\n\n {{ x }}\n</textarea>\n一", "<textarea>\n\n 变量\n</textarea> 一"),
        ("<script>\nif (a < b)\n  c()\n</script>\n<p>", "<script>\nif (a < b)\n  c()\n</script><p>"),
        ("<p>\n  \u3000一\u00a0\n</p>", "<p>\u3000一\u00a0</p>"),
        ("<p>\n  {% if x %}\n    一\n  {% else %}\n    二\n  {% endif %}\n</p>", "<p>一</p>"),
        ("一\n{% if x %}\n  二\n{% endif %}\n三", "一 二 三"),
        ("一{% if x %}\n  <b>二</b>\n{% endif %}三", "一 <b>二</b> 三"),
        ("<p>\n  {% for y in x %}\n    <i>{{ y }}</i>\n  {% endfor %}\n</p>", "<p><i>变</i> <i>量</i> </p>"),
        (
            "<ul>\n  {% for y in x %}\n    <li>{{ y }}</li>\n  {% endfor %}\n</ul>",
            "<ul><li>变</li><li>量</li></ul>",
        ),
        ("\n{% load i18n %}\n{# one #}\n<b>一</b>\n", "<b>一</b>"),
        ("一{% block x %}\n  二\n{% endblock %}三", "一二三"),
        ("<b>\n  {% dots 'L1' %}\n  一\n</b>", "<b>{% dots 'L1' %}一</b>"),
    ],
)
def test_what_a_layout_sends(source: str, wanted: str) -> None:
    if "dots" in wanted:
        wanted = Template(wanted, engine=ENGINE).render(Context())
    assert sent(source, x="变量") == wanted


SPACE = st.sampled_from(["", " ", "\n", "\n    ", " \n\t"])
WORD = st.sampled_from(["一", "word", "。", "{{ x }}", "&lt;", '"', "'", "{# a note #}"])
NAMES = ["a", "b", "span", "label", "p", "div", "ul", "li", "td", "section", "h2", "button", "option"]
BRANCHES = [
    "{{% if a %}}{0}{{% endif %}}", "{{% if a %}}{0}{{% else %}}{1}{{% endif %}}", "{{% for y in b %}}{0}{{% endfor %}}",
    "{{% for y in b %}}{0}{{% empty %}}{1}{{% endfor %}}", "{{% with z=a %}}{0}{{% endwith %}}",
]  # fmt: skip


def grown(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Elements and branches with something inside, and white space wherever somebody might lay it out."""
    content = st.lists(st.tuples(SPACE, inside, SPACE).map("".join), max_size=4).map("".join)
    attribute = st.sampled_from(["", ' class="x y"', '\n  id="a\n b {{ x }}"', ' class="{{ x }}"\n '])
    made = st.builds(lambda n, a, c: f"<{n}{a}>{c}</{n}>", st.sampled_from(NAMES), attribute, content)
    branch = st.builds(lambda b, c, d: b.format(c, d), st.sampled_from(BRANCHES), content, content)
    typed = st.lists(st.tuples(SPACE, WORD, SPACE).map("".join), max_size=3).map("".join)
    kept = st.builds(lambda n, c: f"<{n}>{c}</{n}>", st.sampled_from(["pre", "textarea"]), typed)
    return st.one_of(made, branch, kept, st.just("<br>"), st.just("<input>"))


class Edged(Reader):
    """Reads as everybody does, but for blanks just inside an element: those of a layout go."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag not in ("input", "br"):
            self.pieces.append("\x02")

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append("\x03")
        super().handle_endtag(tag)

    def read(self, html: str) -> str:
        self.feed(html)
        self.close()
        text = "".join(self.pieces)
        for _round in range(20):
            text = re.sub(r"(\x02\n*) +| +(\n*\x03)", r"\1\2", text)
        return "\n".join(line.strip(" ") for line in re.sub(r" +", " ", text).split("\n"))


@given(st.lists(st.tuples(SPACE, st.recursive(WORD, grown, max_leaves=12), SPACE).map("".join), max_size=6))
def test_what_is_seen_stays(parts: list[str]) -> None:
    """By the rules of HTML the page says the same with and without the layout, whatever a variable brings and
    whichever branch is taken."""
    source = f"<main>{''.join(parts)}</main>"
    for number, value in enumerate(VALUES):
        values = {"x": value, "a": number % 2, "b": [1] * number}
        plain = Template(source, engine=ENGINE).render(Context(values, autoescape=False))
        assert Edged().read(sent(source, **values)) == Edged().read(plain)


def test_a_part_touches_its_neighbours_and_a_title_is_one_line() -> None:
    html = render_to_string("learners/overlays/mark_done.html")
    assert html == html.strip()
    assert "<title>找人帮忙 · 站</title>" in get_template("help.html").render({"site_name": "站"})


def test_scripts_and_texts_keep_their_lines() -> None:
    assert get_template("sw.js").render().count("\n") > 50


def test_slots_and_branches_are_read_too() -> None:
    """A tag of ours that holds others shows them to whoever walks through a template."""
    template = ENGINE.from_string(
        '{% slot who "" %}{% if a %}<p>\n</p>{% else %}\n<b>{% endif %}{% endslot %}'
    )
    assert len(template.nodelist.get_nodes_by_type(TextNode)) == 2
