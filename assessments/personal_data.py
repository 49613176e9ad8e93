"""What assessments' tables hold about people, and what erasing does to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.personal import Table, mine

ANSWERED, HELPED = _("your quizzes and answers, and your notebook"), _("who may need help, and help given")

TABLES = (
    Table(
        "assessments.Attempt", owners=mine(), called="attempts", words=ANSWERED, impersonal="id updated_at",
        evidence="uuid quiz learner item_codes answered_codes edition right total needed score passed "
        "finished_at created_at",
    ),
    Table(
        "assessments.Response", owners=mine("attempt__learner"), called="responses", words=ANSWERED, personal="chosen",
        evidence="uuid attempt item edition shown right mended_at answered_at", impersonal="id",
    ),
    Table(
        "assessments.ReviewCard", owners=mine(), called="review_cards", words=ANSWERED,
        evidence="learner item stability difficulty due_at last_at reviews lapses learnt_at created_at updated_at",
        impersonal="id",
    ),
    Table(
        "assessments.HelpNeed", owners=mine(), called="may_need_help", words=HELPED, personal="points reasons",
        evidence="learner cohort as_of", impersonal="id",
    ),
    Table(
        "assessments.HelpGiven", owners=mine(), called="help_given", words=HELPED, personal="note",
        evidence="uuid learner action given_by given_at points", impersonal="id",
    ),
    Table(
        "assessments.Assignment",
        impersonal="id created_at updated_at module code media minutes title_zh title_en hand_in_zh hand_in_en helper_zh "
        "helper_en steps slips criteria",
    ),
    Table("assessments.Quiz", impersonal="id created_at updated_at module length pass_percent"),
    Table(
        "assessments.Item",
        impersonal="id created_at updated_at code module lesson skill kind stem_zh stem_en why_zh why_en position live "
        "edition loaded_hash",
    ),
    Table("assessments.ItemEdition", impersonal="id item number kind stem_zh stem_en why_zh why_en options made_at"),
    Table("assessments.Option", impersonal="id item position text_zh text_en right"),
    Table(
        "assessments.Job", evidence="made_by",
        impersonal="id created_at updated_at kind key as_of state percent error tries turn seen_at ended_at",
    ),
    Table("assessments.EvaluationSnapshot", impersonal="id created_at updated_at kind key region_code as_of model figures"),
    Table(
        "assessments.EvaluationReport", evidence="made_by",
        impersonal="id created_at updated_at job kind key region title language as_of month made_at",
    ),
    Table("assessments.ReportFile", impersonal="id report format content sha256 size"),
)  # fmt: skip


def tables() -> tuple[Table, ...]:
    """For the register."""
    return TABLES
