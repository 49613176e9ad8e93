"""What courses' tables hold about people: what they searched for, and whose courses they are."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.personal import Owner, Person, Table, account

from .models import SearchQuery


def searches_that_name(person: Person) -> QuerySet[SearchQuery]:
    """Searches are kept without who asked; those that hold a name or number of the person can be found."""
    wanted = Q(pk__in=[])
    for name in person.names:
        if len(name) > 1:
            wanted |= Q(text__icontains=name)
    return SearchQuery.objects.filter(wanted)


TABLES = (
    Table(
        "courses.SearchQuery", owners=(Owner(searches_that_name),), called="searches",
        words=_("searches that hold your name or number"), personal="text",
        evidence="language hits asked_at opened seconds_to_lesson", impersonal="id",
    ),
    Table(
        "courses.Course_trainers", of_staff=True, owners=account(), called="courses", words=_("the courses you teach"),
        evidence="course user", impersonal="id",
    ),
    Table("courses.Category", impersonal="id code family title_zh title_en icon position"),
    Table("courses.Skill", impersonal="id code category title_zh title_en level links"),
    Table("courses.Course", impersonal="id slug category title_zh title_en"),
    Table("courses.Track", impersonal="id code slug title_zh title_en text_zh text_en icon"),
    Table("courses.TrackStep", impersonal="id track module position"),
    Table("courses.Module_skills", impersonal="id module skill"),
    Table("courses.Module_prerequisites", impersonal="id from_module to_module"),
    Table(
        "courses.Module",
        impersonal="id created_at updated_at code slug course category level icon source_hash loaded_hash quiz_required "
        "draft published",
    ),
    Table("courses.Lesson", impersonal="id created_at updated_at module slug"),
    Table("courses.Address", impersonal="id kind text current module lesson made_at"),
    Table(
        "courses.Media", impersonal="id created_at updated_at sha256 file mime bytes width height seconds label"
    ),
    Table("courses.MediaSize", impersonal="id media file width bytes"),
    Table(
        "courses.ModuleEdition",
        impersonal="id created_at updated_at module number title_zh title_en task_zh task_en objective_zh objective_en "
        "need_zh need_en source_zh source_en licence checked_on changes_on published_at",
    ),
    Table(
        "courses.LessonEdition",
        impersonal="id created_at updated_at edition lesson position minutes title_zh title_en objective_zh "
        "objective_en source_zh source_en",
    ),
    Table("courses.Block", impersonal="id lesson position kind heading_zh heading_en body_zh body_en media media_en"),
    Table("courses.SearchEntry", impersonal="id lesson language title_tokens tokens"),
    Table("courses.ContentState", impersonal="id version"),
)  # fmt: skip


def tables() -> tuple[Table, ...]:
    """For the register."""
    return TABLES
