"""The quiz of a module: it is there when the module is, and publishing looks whether it can be sat."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from courses.models import Module
from mooc.lib.desk import DeskLink, Finding, form_of, list_of

from ..models import Item, Quiz


def give_quiz(module: Module) -> None:
    """A quiz for a module that has none: six questions, 80 %, until somebody says otherwise."""
    Quiz.objects.get_or_create(module=module)


def give_quizzes() -> None:
    """The same for every module: after a restore of an archive from before quizzes came with their modules."""
    for module in Module.objects.filter(quiz=None):
        give_quiz(module)


def items_in_use(module: Module) -> int:
    """How many questions the quiz may draw from."""
    return module.items.live().count()


def findings(module: Module) -> list[Finding]:
    """Whether learners can pass what the module asks of them.

    With no question in use nobody is asked for a quiz; with fewer than it draws it is half made.
    """
    quiz = Quiz.objects.filter(module=module).first()
    if not module.quiz_required or quiz is None:
        return []
    in_use = items_in_use(module)
    numbers = {"in_use": in_use, "length": quiz.length}
    if not in_use:
        text = _(
            "Its quiz has no question in use, so learners finish by reading. "
            "As soon as questions are in use, the quiz counts for whoever has not finished."
        )
        return [Finding(text, stops=False)]
    if in_use < quiz.length:
        text = _(
            "The quiz asks %(length)s questions, but only %(in_use)s are in use. "
            "Add questions, or let the quiz ask fewer."
        )
        return [Finding(text % numbers, stops=True)]
    return []


def quiz_link(module: Module) -> DeskLink:
    """To the numbers of the quiz."""
    quiz = Quiz.objects.get_or_create(module=module)[0]
    words = _("asks %(length)s questions, %(percent)s %% right is enough")
    return DeskLink(
        words % {"length": quiz.length, "percent": quiz.pass_percent},
        form_of(quiz),
    )


def items_link(module: Module) -> DeskLink:
    """To the questions of the quiz."""
    counted = module.items.aggregate(all=Count("pk"), live=Count("pk", filter=Q(live=True)))
    words = _("%(in_use)s questions in use, %(rest)s out of use")
    numbers = {"in_use": counted["live"], "rest": counted["all"] - counted["live"]}
    return DeskLink(words % numbers, f"{list_of(Item)}?module__id__exact={module.pk}")
