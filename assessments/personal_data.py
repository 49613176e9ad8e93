"""What assessments' tables hold about people, and what erasing does to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.personal import Table, mine

ANSWERED = _("your quizzes and answers, and your notebook")

TABLES = (
    Table(
        "assessments.Attempt", owners=mine(), called="attempts", words=ANSWERED, impersonal="id updated_at",
        evidence="uuid quiz learner item_codes answered_codes edition right total needed score passed "
        "finished_at created_at",
    ),
    Table(
        "assessments.Response", owners=mine("attempt__learner"), called="responses", words=ANSWERED, personal="answer",
        evidence="uuid attempt item score edition shown right mended_at answered_at", impersonal="id",
    ),
    Table(
        "assessments.ReviewCard", owners=mine(), called="review_cards", words=ANSWERED,
        evidence="learner item stability difficulty due_at last_at reviews lapses learnt_at created_at updated_at",
        impersonal="id",
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
)  # fmt: skip


def tables() -> tuple[Table, ...]:
    """For the register."""
    return TABLES
