"""Publishing from the desk: nobody's half-written lesson goes live unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from mooc.lib.errors import DomainError

from ..models import Module
from ..publishing import changes, services

MOST_NAMED = 6


def address(module: Module) -> str:
    """The page that shows what publishing would change."""
    return reverse("admin:courses_module_publish", args=[module.pk])


def must_look(*, module: Module, user: Any) -> bool:
    """Whether the draft holds what somebody else has written since the last publishing."""
    return changes.by_others(changes.of(Module.objects.get(pk=module.pk)), user)


def ask_to_look(request: HttpRequest, module: Module) -> None:
    """Instead of publishing at once."""
    words = _("%(module)s is not published yet: somebody else has written on it, too.") % {"module": module}
    link = format_html('<a href="{}">{}</a>', address(module), _("See what would go live"))
    messages.warning(request, format_html("{} {}", words, link))


def publish(request: HttpRequest, module: Module, found: list[changes.Change]) -> None:
    """Publish, and say what has changed for learners; or say what is missing."""
    try:
        services.publish_module(module=module)
    except DomainError as error:
        messages.error(request, f"{module}: {error}")
        return
    messages.success(request, _("%(module)s is published.") % {"module": module})
    for words in services.publishing_warnings(module=module):
        messages.warning(request, f"{module}: {words}")
    for words in lacks(module):
        messages.warning(request, words)
    if found:
        named = [_("%(where)s: %(what)s") % {"where": c.where, "what": c.what} for c in found[:MOST_NAMED]]
        more = [_("and %(n)s more") % {"n": len(found) - MOST_NAMED}] if len(found) > MOST_NAMED else []
        messages.info(request, _("Changed for learners: %(list)s") % {"list": "; ".join([*named, *more])})


def lacks(module: Module) -> list[str]:
    """What readers of a language get in the other one, a sentence each."""
    words = {
        "zh": ngettext_lazy("%(n)s line has no Chinese.", "%(n)s lines have no Chinese.", "n"),
        "en": ngettext_lazy("%(n)s line has no English.", "%(n)s lines have no English.", "n"),
    }
    found = services.lacking(draft=module.draft) if module.draft else {}
    rest = _("Readers of that language get the other one.")
    return [f"{words[language] % {'n': number}} {rest}" for language, number in found.items()]


def page(
    frame: Mapping[str, Any], request: HttpRequest, module: Module, found: list[changes.Change]
) -> HttpResponse:
    """The list, with one button."""
    context = dict(frame) | {
        "title": _("What publishing changes"),
        "module": module,
        "parts": changes.grouped(found),
        "mark": changes.mark(found),
        "opts": Module._meta,
        "again": request.method == "POST",
        "problems": services.draft_problems(draft=module.draft) if module.draft else [],
        "lacks": lacks(module),
        "others": sorted({h.name for c in found for h in c.hands if h.user_id != request.user.pk}),
    }
    return render(request, "admin/courses/module/publish.html", context)
