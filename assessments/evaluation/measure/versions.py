"""The versions of the evaluation model, and what each changed, for whoever compares an old paper with a new one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Version:
    """One version; ``changes`` against the one before."""

    number: str
    changes: tuple[Promise, ...]


VERSIONS = (
    Version("1", (_("The first: people, attendances, quizzes, modules, satisfaction, questions."),)),
    Version(
        "2",
        (
            _("An attendance counts once somebody did something. Who was only put in by a class stands apart."),
            _("Finishing the class is a figure of its own. Finishing one module never goes by that name."),
            _("The learning gain is gone: who tries again was worse to begin with. Second tries stand beside first tries."),
            _("Classes count between their first and last day only, and only while somebody was in them."),
            _("Who works here is counted as a learner nowhere; village helpers are."),
            _("A light judges from both sides: on target by luck is called not yet sure."),
        ),
    ),
)  # fmt: skip
