"""Template tags of the visual identity: icons, level dots, the steelyard, sizes and times.

A builtin library: every template has these without loading them.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import registry
from ..text.localized import Foreign, as_foreign
from . import slots
from .markup import to_html
from .request import ours

register = template.Library()
_ISO_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """An icon of the sprite. Always stands beside a word, so it is hidden from readers. The arrow that leads
    on stands after its word, the others before it: look.css keeps the space on that side."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"{css} to" if name == "go" else css,
        _sprite(),
        name,
    )


@functools.cache
def _sprite() -> str:
    """The address of the sprite: asked twenty times a page, and the same until the next start."""
    return static("sprite.svg")


#: Which cloth a subject or a family of subjects wears; whatever is not named here wears indigo.
CLOTHS = {
    "qual": "leaf", "logi": "leaf", "brand": "leaf", "market": "leaf", "photo": "perilla", "live": "perilla",
    "cs": "perilla", "professional": "perilla", "ops": "celadon", "data": "celadon", "cross": "celadon",
    "internet": "celadon", "fin": "rice", "law": "tea",
}  # fmt: skip


@register.filter
def cloth(code: str) -> str:
    """The class that gives what it stands on the colours of a subject."""
    return CLOTHS.get(code, "")


@register.simple_tag
def teacher(pose: str) -> SafeString:
    """The drawn teacher. What she says stands beside her as text, so her name is all the picture has to say. On a
    slow line she comes last: a lazy picture keeps nothing waiting, not even the page's own end of loading."""
    return format_html(
        '<img src="{}" width="84" height="86" loading="lazy" alt="{}">', _drawing(pose), _("Aunt Wang")
    )


@functools.cache
def _drawing(pose: str) -> str:
    """The address of a drawing of hers."""
    return static(f"img/wang-{pose}.svg")


@register.simple_tag(takes_context=True)
def work_places(context: template.Context) -> list[tuple[str, str]]:
    """Where the reader works, the first place first: ``(words, address)``."""
    return registry.work_places(context["request"].user)


@register.simple_tag
def dots(level: str) -> SafeString:
    """One to three dots for L1 to L3."""
    full = int(level[1])
    circles = format_html_join(
        "",
        '<circle cx="{}" cy="5" r="4"{}/>',
        ((5 + 12 * i, mark_safe(' class="on"') if i < full else "") for i in range(3)),  # a constant
    )
    return format_html('<svg aria-hidden="true">{}</svg>', circles)


@register.simple_tag
def beam(done: int, total: int) -> SafeString:
    """The steelyard: a star for each step, the weight where the learner is. Words stand beside it."""
    total = max(total, 1)
    done = min(max(done, 0), total)
    at = f"{100 * done / total:.4g}%"
    stars = format_html_join(
        "",
        '<circle class="{}" cx="{}%" cy="10" r="5"/>',
        (("star on" if i <= done else "star", f"{100 * i / total:.4g}") for i in range(1, total + 1)),
    )
    return format_html(
        '<svg class="beam" height="34" aria-hidden="true"><rect class="rod" y="6" width="100%" height="8" rx="4"/>'
        '<rect class="full" y="6" width="{}" height="8" rx="4"/>{}<svg x="{}" y="14" overflow="visible">'
        '<path class="hook" d="M0-4v8"/><path class="weight" d="M-6 3H6L9 19H-9z"/></svg></svg>',
        at,
        stars,
        at,
    )


@register.simple_tag
def steps(done: Sequence[bool], current: int) -> SafeString:
    """A bar of steps: ``done`` flags in order, ``current`` counts from 1."""
    rows = (("now" if i == current else "on" if flag else "",) for i, flag in enumerate(done, start=1))
    return format_html(
        '<p class="steps" aria-hidden="true">{}</p>',
        format_html_join("", '<i class="{}"></i>', rows),
    )


class SlotNode(template.Node):
    """Renders its default content, wrapped so that a cached page can be filled for one person."""

    child_nodelists = ("inner",)

    def __init__(
        self, name: str, arg: template.base.FilterExpression | None, inner: template.NodeList
    ) -> None:
        self.name, self.arg, self.inner = name, arg, inner

    def render(self, context: template.Context) -> SafeString:
        arg = str(self.arg.resolve(context)) if self.arg else ""
        request = context.get("request")
        if request is not None and ours(request).known_path:  # a cached page: filled later, for each person
            return mark_safe(slots.slot(self.name, arg, self.inner.render(context)))  # noqa: S308  # from a template
        found = slots.fill_now(self.name, arg, request)
        return mark_safe(found) if found is not None else self.inner.render(context)  # noqa: S308  # from a template


@register.tag("slot")
def slot_tag(parser: template.base.Parser, token: template.base.Token) -> SlotNode:
    """``{% slot name arg %}what nobody in particular sees{% endslot %}`` on cached pages."""
    _tag, name, *args = token.split_contents()
    inner = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(name, parser.compile_filter(args[0]) if args else None, inner)


@register.tag("personal")
def personal_tag(parser: template.base.Parser, token: template.base.Token) -> SlotNode:
    """``{% personal name arg %}``: a slot in which nobody in particular sees anything."""
    _tag, name, *args = token.split_contents()
    return SlotNode(name, parser.compile_filter(args[0]) if args else None, template.NodeList())


@register.simple_tag
def cell_head(columns: Sequence[str], number: int) -> str:
    """The head of a column, repeated at each cell for narrow screens."""
    return columns[number]


@register.filter
def megabytes(size: int) -> str:
    """``312000`` → ``0.3 MB``. One unit everywhere; under 0.2 nothing is said: a text lesson is 3 to 18 KB,
    and a figure that is the same on every row tells nobody anything."""
    return f"{size / 1_000_000:.1f} MB" if size >= 200_000 else ""


@register.filter
def media_facts(media: Any) -> str:
    """Length and size of sound or video before it is loaded; a length nobody has entered is not "0 s"."""
    facts = [duration(media.seconds)] if media.seconds else []
    if size := megabytes(media.bytes):
        facts += [size, photos(media.bytes)]
    return _(", ").join(facts or [_("less than a photo")])


@register.filter
def photos(size: int) -> str:
    """The size in something people know: about 0.6 MB a photo sent in a chat."""
    count = round(size / 600_000)
    if not count:
        return _("less than a photo")
    return ngettext("about %(n)s photo", "about %(n)s photos", count) % {"n": count}


@register.filter
def flags(done: int, total: int) -> list[bool]:
    """``2`` of ``4`` → two flags set and two not, for ``steps``."""
    return [number < done for number in range(total)]


@register.filter
def duration(seconds: int) -> str:
    """``80`` → ``1 min 20 s``."""
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return _("%(s)s s") % {"s": rest}
    if not rest:
        return _("%(m)s min") % {"m": minutes}
    return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest}


@register.filter
def spent(seconds: int) -> str:
    """Learning time in words: minutes under an hour, then hours with one decimal."""
    if seconds < 60:
        return _("under 1 min")
    if seconds < 3600:
        return _("%(m)s min") % {"m": round(seconds / 60)}
    return _("%(h)s h") % {"h": f"{seconds / 3600:.1f}"}


def span(start: dt.datetime, end: dt.datetime) -> str:
    """The time between two moments in its largest unit: ``1 day``, in Chinese ``1 天``."""
    minutes = max(1, int((end - start).total_seconds() // 60))
    if minutes < 60:
        text = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    elif minutes < 24 * 60:
        text = ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    else:
        days = minutes // (24 * 60)
        text = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return text.replace(" ", "\u00a0")


@register.filter
def about(minutes: int) -> str:
    """``292`` → ``about 5 h``: who sees three digits of minutes does not begin."""
    if minutes < 90:
        return _("%(m)s min") % {"m": minutes}
    return (_("about %(h)s h") % {"h": round(minutes / 60)}).replace(" ", "\u00a0")


@register.filter
def day(date: dt.date | str) -> str:
    """``2026-11-13`` → ``13 November`` as people say it, the year only when it is another one.

    Takes a date, a moment, or a cell of the tracking file with dates in it.
    """
    if isinstance(date, str):
        return as_foreign(_ISO_DAY.sub(_day_found, date), date)
    if isinstance(date, dt.datetime):
        date = timezone.localtime(date)
    this_year = date.year == timezone.localtime().year
    return _unbroken(date_format(date, _("j F") if this_year else _("j F Y")))


def _unbroken(text: str) -> str:
    """A date is never broken at the end of a line."""
    return text.replace(" ", "\u00a0")


@register.filter
def moment(at: dt.datetime) -> str:
    """``13 November, 17:44``: the day as ``day`` says it, and the clock."""
    return _("%(day)s, %(clock)s") % {"day": day(at), "clock": date_format(timezone.localtime(at), "H:i")}


def _day_found(found: re.Match[str]) -> str:
    """A day in a cell: the month short, for a phone's table."""
    try:
        date = dt.date.fromisoformat(found[0])
    except ValueError:  # 2026-02-31 is no date
        return found[0]
    this_year = date.year == timezone.localtime().year
    return _unbroken(date_format(date, _("j M") if this_year else _("j M Y")))


@register.filter
def listed(names: Iterable[object]) -> str:
    """Names in a row, as the language writes them: with 、 in Chinese."""
    first, *rest = [str(name) for name in names] or [""]
    for name in rest:
        first = _("%(some)s, %(more)s") % {"some": first, "more": name}
    return first


@register.filter
def whole(text: str) -> SafeString:
    """Text that must not break at its hyphens, like a phone number."""
    return format_html('<span class="keep">{}</span>', text)


@register.filter
def together(text: str) -> SafeString:
    """A name inside a sentence on a button: it moves to a line of its own before it breaks."""
    return format_html('<span class="together">{}</span>', text)


@register.filter
def markdown(text: str) -> SafeString:
    """Lesson text to safe HTML; in the other language it stands in a part that says so."""
    html = mark_safe(to_html(text))  # noqa: S308  # sanitised by to_html
    return format_html('<div lang="{}">{}</div>', text.lang, html) if isinstance(text, Foreign) else html


@register.filter
def plain(text: object) -> str:
    """Text for an attribute or a page's title, where nothing can say in which language it is."""
    return str(text)


@register.simple_tag
def in_language(text: object) -> SafeString:
    """The attribute that says in which language a text is, where that is not the page's."""
    return format_html(' lang="{}"', text.lang) if isinstance(text, Foreign) else SafeString()


@register.filter
def shortened(text: str, most: int) -> str:
    """The beginning of a text, in its language."""
    return as_foreign(Truncator(text).chars(most), text)


CELL = re.compile(r"<td(?: class=\"([^\"]*)\")?>(.*)</td>", re.DOTALL)


@register.filter
def labelled(cells: Iterable[str], headers: Sequence[dict[str, Any]]) -> SafeString:
    """The cells of a row of the desk's lists, each with the name of its column for narrow screens, where there
    is no head of a table; cells in which nothing stands are marked, so that they need not be shown there."""
    return mark_safe("".join(_labelled(str(c), h) for c, h in zip(cells, headers, strict=False)))  # noqa: S308  # made safe by the admin


def _labelled(cell: str, header: dict[str, Any]) -> str:
    found = CELL.fullmatch(cell)
    if found is None or found[1] == "action-checkbox":  # the name of the row; a box that has its own
        return cell
    words = strip_tags(found[2]).strip()
    empty = not re.search(r"<(img|input|select|button)", found[2]) and words in ("", "-", "–", "…")
    kinds = f"{found[1] or ''}{' none' if empty else ''}".strip()
    return f'<td class="{kinds}" data-th="{escape(capfirst(str(header["text"])))}">{found[2]}</td>'
