"""What learners' tables hold about people, and what erasing does to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.personal import Person, Table, account, mine

from .models import Learner

LEARNER, LEARNT = _("your place, year of birth and goal"), _("the lessons you read, and how long")
CLASSES, OPENED = _("the classes you are in"), _("who opened your file")
PAUSED = _("why you stayed away for a while, if you told us")
PHONES = _("the number of your phone, without a name")


def person_of(learner: Learner) -> Person:
    """The person a learner's row stands for."""
    user = learner.user
    if user is None:
        return Person(learner.pk)
    names = {user.display_name, user.username, user.phone or "", user.email} - {""}
    return Person(learner.pk, user.pk, user.phone or "", tuple(sorted(names)))


TABLES = (
    Table(
        "learners.Learner", root=True, owners=mine("pk"), called="learner", words=LEARNER,
        personal="uuid region birth_year weekly_goal code_hash", hidden="uuid code_hash",
        evidence="user seen_at code_expires_at created_at updated_at", impersonal="id version",
    ),
    Table(
        "learners.Phone", owners=mine(), called="phones", words=PHONES, personal="name_hash", hidden="name_hash",
        evidence="learner made_at", impersonal="id",
    ),
    Table(
        "learners.Former", owners=mine("into"), called="earlier_phones", words=PHONES, personal="name phone_hash",
        hidden="phone_hash", evidence="into made_at", impersonal="id",
    ),
    Table(
        "learners.FileOpening", owners=mine(), called="openings", words=OPENED,
        evidence="learner who who_name role opened_at", impersonal="id",
    ),
    Table(
        "learners.Pause", owners=mine(), called="pauses", words=PAUSED, personal="reason",
        evidence="learner since told_at", impersonal="id",
    ),
    Table(
        "learners.CohortMember", owners=mine(), called="classes", words=CLASSES,
        evidence="cohort learner left_at created_at", impersonal="id updated_at",
    ),
    Table(
        "learners.CohortStay", owners=mine(), called="class_stays", words=CLASSES,
        evidence="cohort learner joined_at left_at", impersonal="id",
    ),
    Table(
        "learners.LessonProgress", owners=mine(), called="lessons", words=LEARNT,
        evidence="learner lesson module block seconds first_at last_at done_at", impersonal="id",
    ),
    Table(
        "learners.Enrolment", owners=mine(), called="modules", words=LEARNT, impersonal="id",
        evidence="learner module how enrolled_at lessons_done seconds best_score first_score quiz_tries quiz_passed_at "
        "completed_at last_at",
    ),
    Table(
        "learners.LearningRecord", owners=mine(), called="records", words=LEARNT, personal="response region",
        evidence="uuid learner verb object_type object_id edition title_zh title_en module_slug success completion "
        "score seconds shown attempt cohort happened_at claimed_at stored_at fingerprint",
        impersonal="id",
    ),
    Table("learners.Cohort_modules", impersonal="id cohort module"),
    Table(
        "learners.Cohort", evidence="trainer created_at updated_at",
        impersonal="id title code region starts_on ends_on open_to_join",
    ),
    Table(
        "learners.AccountMerge", owners=mine("kept_learner"), called="merges", words=LEARNER,
        personal="kept_name gone_name kept_phone gone_phone rows merged_by_name", hidden="rows merged_by_name",
        evidence="kept_user gone_user kept_learner gone_learner merged_by merged_at undone_by undone_at",
        impersonal="id",
    ),
    Table(
        "learners.NumberWish", owners=account(), called="number_wishes", words=LEARNER, personal="phone",
        evidence="user asked_by asked_at agreed_by agreed_at ended_at done", impersonal="id",
    ),
    Table("learners.DatabaseState", impersonal="id identity receipts backed_up"),
)  # fmt: skip


def tables() -> tuple[Table, ...]:
    """For the register."""
    return TABLES
