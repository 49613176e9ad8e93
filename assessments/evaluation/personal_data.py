"""What evaluation's tables hold about people, and what erasing does to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.personal import Table, mine

CLOSED = _("what was counted of you in the last closed month")
HELPED = _("who may need help, and help given")

TABLES = (
    Table(
        "evaluation.HelpNeed", owners=mine(), called="may_need_help", words=HELPED, personal="points reasons",
        evidence="learner cohort as_of", impersonal="id",
    ),
    Table(
        "evaluation.HelpGiven", owners=mine(), called="help_given", words=HELPED, personal="reason note",
        evidence="uuid learner action outcome next_on given_by given_at points", impersonal="id",
    ),
    Table("evaluation.HelpReturn", impersonal="id day region called called_back waited waited_back"),
    Table(
        "evaluation.HelpClassCheck",
        impersonal="id cohort day flagged_stopped flagged_stayed missed spared",
    ),
    Table("evaluation.EvaluationSnapshot", impersonal="id created_at updated_at kind key region_code as_of model figures"),
    Table(
        "evaluation.EvaluationReport", evidence="made_by",
        impersonal="id created_at updated_at job kind key region title language as_of month version sealed made_at",
    ),
    Table(
        "evaluation.ClosedPerson", owners=mine(), called="counted_in_closed_months", words=CLOSED, personal="place",
        evidence="learner counts", impersonal="id batch group",
    ),
    Table("evaluation.MonthClose", impersonal="id month begins ends closed_at model batch targets"),
    Table("evaluation.ClosedFigure", impersonal="id close group region place cause counts"),
    Table("evaluation.ClosedDrift", impersonal="id close group was now only_moved people found_at"),
    Table(
        "evaluation.SignOff", evidence="uuid report act by who_name at reason changed", impersonal="id",
        stays=_("your name on the monthly papers you reported or signed"),
    ),
    Table(
        "evaluation.Target",
        evidence="uuid indicator tier value valid_from number set_by who_name role place_zh place_en set_at set_on why",
        impersonal="id", stays=_("your name beside the targets you set"),
    ),
    Table("evaluation.ReportFile", impersonal="id report format content sha256 size"),
)  # fmt: skip


def tables() -> tuple[Table, ...]:
    """For the register."""
    return TABLES
