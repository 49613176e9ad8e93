"""The buttons of a question's form: each is one service, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooc.lib.errors import DomainError
from mooc.lib.queue import later
from mooc.lib.text.digits import whole_number, whole_numbers

from .. import tasks
from ..models import Question, Theme
from . import answering, posts


def press(request: HttpRequest, row: Question, data: dict[str, Any]) -> bool:
    """Do what the pressed button means, after the theme where one was said. Returns whether it was done."""
    by: Any = request.user
    theme = Theme.objects.filter(code=request.POST.get("_theme", "")).first()
    if theme is None and data.get("theme") != row.theme:
        theme = data.get("theme")
    notes = []
    try:
        if theme is not None:
            answering.set_theme(question=row, theme=theme, by=by)
            later(tasks.retrain_if_due)
            notes.append(_("The theme is “%(theme)s” now.") % {"theme": theme})
        notes += [act(request.POST, row, by, data) for name, act in _BUTTONS.items() if name in request.POST]
    except (DomainError, Question.DoesNotExist) as error:
        messages.error(request, str(error))
        return False
    for words in filter(None, notes):
        messages.success(request, words)
    return True


def _claim(post: Any, row: Question, by: Any, data: Any) -> str:
    answering.claim(question=row, by=by, take_over="_take_over" in post)
    return _("You are writing this answer now.")


def _give_back(post: Any, row: Question, by: Any, data: Any) -> str:
    answering.give_back(question=row, by=by)
    return _("Given back: others may answer it.")


def _merge(post: Any, row: Question, by: Any, data: Any) -> str:
    same = Question.objects.visible_to(by).filter(pk__in=whole_numbers(post.getlist("same")))
    n = answering.merge_questions(same=same, into=row, by=by)
    if not n:
        raise DomainError(_("Tick the questions that are the same first."), code="none")
    words = ngettext(
        "%(n)s question is merged: whoever asked it gets this answer.",
        "%(n)s questions are merged: all who asked them get this answer.",
        n,
    )
    return words % {"n": n}


def _into(post: Any, row: Question, by: Any, data: Any) -> str:
    into = Question.objects.to_offer().get(pk=whole_number(post["_into"]) or 0)
    answering.merge_questions(same=[row], into=into, by=by)
    return _("Answered with the answer there was. Whoever asked is told.")


def _part(post: Any, row: Question, by: Any, data: Any) -> str:
    answering.unmerge(question=row)
    return _("It stands for itself again, and waits for an answer.")


def _hide(post: Any, row: Question, by: Any, data: Any) -> str:
    posts.hide(reason=post.get("reason", ""), by=by, question=row)
    return _("Hidden. Whoever asked is told the reason.")


def _let_through(post: Any, row: Question, by: Any, data: Any) -> str:
    posts.let_through(by=by, question=row)
    return _("Others may read it now.")


def _answer(post: Any, row: Question, by: Any, data: Any) -> str:
    answering.answer_question(
        question=row,
        by=by,
        text=data["answer"],
        share=data["share"],
        to_theme_page=data["to_theme_page"],
        seen=data["seen"],
    )
    return ""  # the form says it, together with what comes next


_BUTTONS: dict[str, Callable[[Any, Question, Any, Any], str]] = {
    "_claim": _claim,
    "_take_over": _claim,
    "_give_back": _give_back,
    "_merge": _merge,
    "_into": _into,
    "_part": _part,
    "_hide": _hide,
    "_let_through": _let_through,
    "_answer": _answer,
}
