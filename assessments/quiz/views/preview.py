"""The quiz of a module as a learner would be asked, for whoever may edit it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from courses.models import Module
from mooc.accounts.sign_in.who import signed_in
from mooc.lib.pages.request import Request

from ...bank import editions
from ...kinds.base import ItemContext
from ...models import Item, Quiz


@require_safe
def quiz(request: Request, pk: int) -> HttpResponse:
    """All questions in use with their answers: nothing is asked, counted or stored."""
    rows = Module.objects.visible_to(signed_in(request))
    module = get_object_or_404(rows.select_related("draft"), pk=pk)
    language = request.GET.get("lang", "")
    items = Item.objects.filter(module=module, live=True)
    context = {
        "module": module,
        "quiz": Quiz.objects.filter(module=module).first(),
        "nav": "learn",
        "items": [(item, _look(item)) for item in items.prefetch_related("options")],
    }
    with override(language if language in ("zh-hans", "en") else request.LANGUAGE_CODE):
        return render(request, "assessments/preview.html", context)


def _look(item: Item) -> ItemContext:
    wording = editions.now(item)
    return wording.kind.look(wording.options)
