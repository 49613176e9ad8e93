"""What feedback's tables hold about people, and what erasing does to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.personal import Table, Then, account, mine

ASKED, REPORTED = (
    _("your questions, with their answers"),
    _("the words of your wishes, complaints and reports"),
)
REPLIED, NOTICES = (
    _("your answers to others, and what you said about theirs"),
    _("what you were told, and how"),
)
MASKED = _("your name in what trainers published")

TABLES = (
    Table(
        "feedback.Question", owners=mine(), called="questions", words=ASKED,
        personal="text answer vector top confidence theme", hidden="vector",
        evidence="uuid learner lesson block answered_by answered_at due_at theme_source claimed_by claimed_at merged_into "
        "held hidden_at hidden_for let_through_at solved_at created_at updated_at",
        impersonal="id encoder",
    ),
    Table(
        "feedback.TrainingExample", owners=mine("question__learner"), called="corrected_themes", words=ASKED,
        personal="theme guessed", evidence="question said_by doubted_as doubt looked_again created_at updated_at",
        impersonal="id",
    ),
    Table(
        "feedback.ThemeProposal", owners=mine("questions__learner"), words=ASKED, personal="words central",
        hidden="words central", impersonal="id created_at updated_at",
    ),
    Table(
        "feedback.ThemeProposal_questions", owners=mine("question__learner"), words=ASKED,
        evidence="question themeproposal", impersonal="id",
    ),
    Table(
        "feedback.Deflection", owners=mine(), called="solved_by_others_answers", words=REPLIED,
        evidence="question learner lesson created_at", impersonal="id updated_at",
    ),
    Table(
        "feedback.Reply", owners=mine(), called="replies", words=REPLIED, personal="text",
        evidence="uuid question learner held hidden_at hidden_for let_through_at accepted_at created_at",
        impersonal="id updated_at",
    ),
    Table(
        "feedback.PostReport", owners=mine(), called="posts_reported", words=REPLIED,
        evidence="question reply learner reason handled_at handled_by created_at", impersonal="id updated_at",
    ),
    Table(
        "feedback.Reaction", owners=mine(), called="reactions", words=_("your faces on modules"),
        evidence="learner module face created_at updated_at", impersonal="id",
    ),
    Table(
        "feedback.Notice", owners=mine(), called="notices", words=NOTICES,
        evidence="learner kind question reply reason read_at state tries seen_at ended_at error created_at",
        impersonal="id updated_at",
    ),
    Table(
        "feedback.NoticeChoice", owners=mine(), called="notice_choices", words=NOTICES,
        evidence="learner by_mail by_sms created_at updated_at", impersonal="id",
    ),
    Table(
        "feedback.ContentReport", owners=mine(then=Then.BLANK), called="reports", words=REPORTED, personal="text note",
        evidence="uuid learner lesson kind edition done created_at", impersonal="id updated_at",
    ),
    Table(
        "feedback.AnswerEntry", owners=mine("sources__learner", Then.MASK), words=MASKED,
        personal="question_zh question_en answer_zh answer_en", impersonal="id created_at updated_at module",
    ),
    Table(
        "feedback.AnswerVersion", owners=mine("module__entries__sources__learner", Then.MASK), words=MASKED,
        personal="entries intro_zh intro_en", evidence="published_by published_at",
        impersonal="id module number checks_zh checks_en",
    ),
    Table(
        "feedback.AnswerEntry_sources", owners=mine("question__learner"), words=ASKED, evidence="answerentry question",
        impersonal="id",
    ),
    Table(
        "feedback.SavedReply", of_staff=True, owners=account("owner"), called="saved_replies",
        words=_("texts you saved for answering"), personal="title text",
        evidence="owner created_at updated_at", impersonal="id",
    ),
    Table(
        "feedback.AnswerModule",
        impersonal="id created_at updated_at theme intro_zh intro_en checks_zh checks_en published",
    ),
    Table("feedback.Theme", impersonal="id code name_zh name_en about_zh about_en order"),
    Table(
        "feedback.ClassifierVersion", evidence="made_by",
        impersonal="id created_at updated_at file sha256 encoder state examples corrections macro_f1 coverage precision "
        "threshold reason used_since",
    ),
    Table(
        "feedback.TrainingRun",
        impersonal="id created_at updated_at state tries seen_at ended_at error outcome version",
    ),
)  # fmt: skip


def tables() -> tuple[Table, ...]:
    """For the register."""
    return TABLES
