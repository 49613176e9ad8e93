"""The answer module of a theme: merged, published by version, and whether fewer ask afterwards."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from courses.models import Lesson, Module
from feedback.answers import entries, publishing
from feedback.answers.recurrence import FEWEST_ACTIVE, Rate, fell, poisson_interval
from feedback.models import AnswerEntry, AnswerModule, AnswerVersion, Question, Theme
from feedback.questions import answering, posts
from feedback.questions.services import ask_question
from learners.data import Verb
from learners.models import Learner, LearningRecord
from learners.people.guests import learner_of
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from tests.asking import PHOTO, answered, ask, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
PAGE, DESK = "/answers/logistics-packaging/", "/admin/feedback/answermodule/"


@pytest.fixture
def trainer(make_user: Any) -> Any:
    return make_user("zhou", role="trainer", display_name="周老师")


@pytest.fixture
def asker(make_user: Any) -> Learner:
    return learner_of(make_user("guixiang"))


@pytest.fixture
def theme() -> Theme:
    return Theme.objects.get(code="logistics_packaging")


def on_page(question: Question, theme: Theme, by: Any) -> AnswerEntry:
    """A question with its answer in the draft, complete in both languages."""
    answering.set_theme(question=question, theme=theme, by=by)
    question.refresh_from_db()
    entry = answering.put_on_theme_page(question=question)
    entry.question_en, entry.answer_en = f"en {entry.question_zh}", f"en {entry.answer_zh}"
    entry.save()
    return entry


def page(path: str = PAGE, lang: str = "zh-hans") -> str:
    client = Client()
    client.cookies["django_language"] = lang
    return client.get(path).content.decode().split("<main")[1].split("</main>")[0]


# --- reading -------------------------------------------------------------------------------------------


def test_before_anything_is_published_the_page_shows_what_was_answered(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    row = answered(asker, "鸡蛋怎么寄？打我电话 13912345678", "用蛋托。", trainer)
    waits = ask(asker, "蜂蜜怎么寄？")
    for question in (row, waits):
        answering.set_theme(question=question, theme=theme, by=trainer)
    text = page()
    assert "用蛋托。" in text
    assert "13912345678" not in text
    assert "蜂蜜" not in text
    posts.hide(question=row, by=trainer, reason="wrong")
    assert "用蛋托。" not in page()


def test_every_theme_has_its_page_and_nothing_else_has() -> None:
    client = Client()
    listed = client.get("/answers/").content.decode()
    for theme in Theme.objects.all():
        assert theme.name_zh in listed or theme.code == "other"  # it is no theme to wait for an answer on
        assert client.get(f"/answers/{theme.slug}/").status_code == 200
    for slug in ("logistics_packaging", "none", "logistics--packaging"):
        assert client.get(f"/answers/{slug}/").status_code == 404


def test_list_and_page_of_a_theme_say_the_same_number_and_as_many_stand_there(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    rows = [of_theme(asker, f"鸡蛋怎么寄{n}", f"用蛋托{n}。", theme, trainer) for n in range(4)]
    module = AnswerModule.objects.create(theme=theme)
    entries.put_together(module=module, questions=rows[:2])
    publishing.publish_answers(module=module, by=trainer)
    answering.set_theme(question=ask(asker, "蜂蜜怎么寄？"), theme=theme, by=trainer)  # waits: on no page
    elsewhere = Theme.objects.get(code="livestream")
    answering.set_theme(question=rows[1], theme=elsewhere, by=trainer)  # merged here, now of another theme
    text = page("/answers/", "en")
    said = dict(
        re.findall(r'href="/answers/([\w-]+)/"><span><b>[^<]+</b>\s*<small>(\d+) questions? answered', text)
    )
    assert said == {theme.slug: "3", elsewhere.slug: "1"}
    for slug, number in said.items():
        shown = page(f"/answers/{slug}/", "en")
        assert re.search(rf"<span>{number} questions? answered", shown), slug
        assert len(
            re.findall(r'<section class="block stack" data-spoken>|<details class="fold">', shown)
        ) == int(number)
    assert "asked" not in text.split("</nav>")[1].split("</ul>")[0]  # one count, not two that disagree


def test_more_answers_than_a_page_shows_are_not_counted(
    asker: Learner, trainer: Any, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.selectors.NEWEST", 2)
    for number in range(3):
        of_theme(asker, f"鸡蛋怎么寄{number}", "用蛋托。", theme, trainer)
    assert "<small>2 questions answered" in page("/answers/", "en")
    assert "<span>2 questions answered" in page(lang="en")


def test_themes_keep_the_tabs_of_questions_and_those_without_an_answer_do_not_open(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    of_theme(asker, "鸡蛋怎么寄？", "用蛋托。", theme, trainer)
    text = page("/answers/")
    tabs = re.findall(r'<a class="chip" href="([^"]+)"( aria-current="true")?', text)
    assert tabs == [("/questions/", ""), ("/questions/others/", ""), ("/answers/", ' aria-current="true"')]
    listed = text.split("</nav>")[1].split("</ul>")[0]
    assert listed.count("<li>") == 1
    assert "物流包装" in listed
    quiet = text.split("</ul>")[1]
    assert "开店入驻" in quiet
    assert 'class="item' not in quiet


# --- writing and publishing ------------------------------------------------------------------------------


@evidence.writing("erase_person")
def test_published_most_asked_first_with_the_lessons_they_came_from(
    asker: Learner, trainer: Any, theme: Theme, make_user: Any
) -> None:
    once = answered(asker, "快递几点来收？", "下午四点。", trainer)
    often = answered(asker, "鸡蛋怎么寄不会碎？", "用蛋托。", trainer)
    Question.objects.filter(pk=often.pk).update(lesson=Lesson.objects.get(slug=PHOTO))
    for number in range(2):
        same = ask(learner_of(make_user(f"n{number}")), f"鸡蛋咋寄{number}")
        answering.merge_questions(same=[same], into=often, by=trainer)
    posts.solved_by_known(question=often, learner=learner_of(make_user("third")), lesson=None)
    for row in (once, often):
        on_page(row, theme, trainer)
    version = publishing.publish_answers(module=theme.answer_module, by=trainer)
    assert [entry["asked"] for entry in version.entries] == [4, 1]
    text = page()
    assert text.index("鸡蛋怎么寄不会碎？") < text.index("快递几点来收？")
    assert "4 人问过" in text
    assert f'href="/lessons/{PHOTO}/"' in text
    assert "第 1 版" in text
    assert "en 用蛋托。" in page(lang="en")


def test_a_draft_is_seen_by_nobody_until_it_is_published(asker: Learner, trainer: Any, theme: Theme) -> None:
    entry = on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    module = theme.answer_module
    publishing.publish_answers(module=module, by=trainer)
    entry.answer_zh = "用蛋托，再加谷壳。"
    entry.save()
    assert "谷壳" not in page()
    second = publishing.publish_answers(module=module, by=trainer)
    assert second.number == 2
    assert "谷壳" in page()
    assert [v.number for v in module.versions.all()] == [2, 1]
    assert module.versions.get(number=1).entries[0]["answer_zh"] == "用蛋托。"


def test_a_version_is_never_changed(asker: Learner, trainer: Any, theme: Theme) -> None:
    on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    version = publishing.publish_answers(module=theme.answer_module, by=trainer)
    version.entries = []
    with pytest.raises(TypeError):
        version.save()


def test_without_any_answer_readers_keep_what_they_have(asker: Learner, trainer: Any, theme: Theme) -> None:
    module = AnswerModule.objects.create(theme=theme)
    with pytest.raises(DomainError):
        publishing.publish_answers(module=module, by=trainer)
    entry = on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    entry.answer_zh, entry.answer_en = "", "  "
    entry.save()
    with pytest.raises(DomainError):
        publishing.publish_answers(module=module, by=trainer)
    assert not AnswerVersion.objects.exists()


def test_an_answer_in_one_language_is_published_and_both_read_it(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    entry = on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    entry.question_en, entry.answer_en = "", "  "
    entry.save()
    publishing.publish_answers(module=theme.answer_module, by=trainer)
    for lang in ("zh-hans", "en"):
        text = page(lang=lang)
        assert "鸡蛋怎么寄？" in text
        assert "用蛋托。" in text


def test_questions_answered_since_stand_below_and_those_on_the_page_not_twice(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    publishing.publish_answers(module=theme.answer_module, by=trainer)
    later = answered(asker, "蜂蜜怎么寄？", "用塑料瓶。", trainer)
    answering.set_theme(question=later, theme=theme, by=trainer)
    text = page()
    assert text.count("鸡蛋怎么寄？") == 1
    assert text.index("别人还问过") < text.index("用塑料瓶。")


def test_a_trainer_writes_and_publishes_in_one_form(asker: Learner, trainer: Any, theme: Theme) -> None:
    entry = on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    module, client = theme.answer_module, client_of(trainer)
    data = {
        "intro_zh": "包好再寄。", "intro_en": "Pack well.", "entries-TOTAL_FORMS": "1", "entries-INITIAL_FORMS": "1",
        "entries-0-id": entry.pk, "entries-0-module": module.pk, "entries-0-question_zh": "蛋怎么寄？",
        "entries-0-question_en": "How to send eggs?", "entries-0-answer_zh": " ", "entries-0-answer_en": "",
        "_publish": "1",
    }  # fmt: skip
    refused = client.post(f"{DESK}{module.pk}/change/", data)
    assert refused.status_code == 200  # still the form, with the error at the box
    assert refused.context["inline_admin_formsets"][0].formset.forms[0].errors.keys() == {"answer_zh"}
    assert "包好再寄。" in refused.content.decode()
    assert not AnswerVersion.objects.exists()
    entry.refresh_from_db()
    assert entry.question_zh == "鸡蛋怎么寄？"
    data |= {"entries-0-answer_zh": "用蛋托。", "entries-0-answer_en": "Trays."}
    done = client.post(f"{DESK}{module.pk}/change/", data, follow=True)
    assert [str(told) for told in done.context["messages"]] == ["已发布：第 1 版。"]
    assert AnswerVersion.objects.get().published_by == trainer
    assert "包好再寄。" in page()
    assert client.post(f"{DESK}{module.pk}/delete/", {"post": "yes"}).status_code == 404
    assert AnswerModule.objects.count() == 1


def test_an_empty_page_is_not_published_and_the_form_says_so(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    entry = on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    module = theme.answer_module
    data = {
        "intro_zh": "", "intro_en": "", "entries-TOTAL_FORMS": "1", "entries-INITIAL_FORMS": "1", "_publish": "1",
        "entries-0-id": entry.pk, "entries-0-module": module.pk, "entries-0-question_zh": "蛋怎么寄？",
        "entries-0-question_en": "", "entries-0-answer_zh": "用蛋托。", "entries-0-answer_en": "",
        "entries-0-DELETE": "on",
    }  # fmt: skip
    refused = client_of(trainer).post(f"{DESK}{module.pk}/change/", data)
    assert len(refused.context["inline_admin_formsets"][0].formset.non_form_errors()) == 1
    assert not AnswerVersion.objects.exists()
    assert module.entries.count() == 1


def test_a_theme_has_one_page_only(theme: Theme) -> None:
    AnswerModule.objects.create(theme=theme)
    with pytest.raises(ValidationError):
        AnswerModule(theme=theme).full_clean()


# --- does it help? ----------------------------------------------------------------------------------------


def test_byars_interval_against_the_published_table() -> None:
    """Exact Poisson limits (Ulm 1990): 10 → 4.80–18.39; Byar's approximation is within .1 of them."""
    for events, low, high in ((1, 0.03, 5.57), (5, 1.62, 11.67), (10, 4.80, 18.39), (100, 81.36, 121.63)):
        assert poisson_interval(events) == (pytest.approx(low, abs=0.1), pytest.approx(high, abs=0.1))
    assert poisson_interval(0)[0] == 0.0
    assert poisson_interval(0)[1] == pytest.approx(3.69, abs=0.1)


def test_where_few_learn_nothing_is_said() -> None:
    rate = Rate(events=3, active=FEWEST_ACTIVE - 1, days=30)
    assert (rate.value, rate.low, rate.high) == (None, None, None)
    assert fell(rate, rate) is None
    enough = Rate(events=3, active=50, days=30)
    assert enough.value == 6.0
    assert enough.low < 6.0 < enough.high


def test_a_rate_fell_only_beyond_chance() -> None:
    assert fell(Rate(60, 100, 30), Rate(10, 100, 30)) is True
    assert fell(Rate(6, 100, 30), Rate(4, 100, 30)) is False


@evidence.writing("record_act")
def learn(learner: Learner, at: dt.datetime) -> None:
    LearningRecord.objects.create(
        uuid=uuid.uuid4(), learner=learner, verb=Verb.COMPLETED, object_type="lesson", object_id=PHOTO,
        module_slug="window-light", happened_at=at, fingerprint="x",
    )  # fmt: skip


def asked_at(learner: Learner, theme: Theme, at: dt.datetime, count: int) -> None:
    for number in range(count):
        row = Question.objects.create(learner=learner, text=f"问{number}", theme=theme)
        Question.objects.filter(pk=row.pk).update(created_at=at)


@evidence.writing("record_act")
@evidence.writing("publish_answers")
def test_before_and_after_each_version_in_as_many_days(
    asker: Learner, trainer: Any, theme: Theme, make_user: Any
) -> None:
    on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    version = publishing.publish_answers(module=theme.answer_module, by=trainer)
    now = timezone.now()
    published = now - dt.timedelta(days=10)
    AnswerVersion.objects.filter(pk=version.pk).update(published_at=published)
    Question.objects.update(created_at=now - dt.timedelta(days=90))
    LearningRecord.objects.update(happened_at=now - dt.timedelta(days=90))
    for number in range(10):
        learner = learner_of(make_user(f"l{number}"))
        learn(learner, published - dt.timedelta(days=2))
        learn(learner, published - dt.timedelta(days=3))  # the same person counts once
        learn(learner, published + dt.timedelta(days=2))
    learn(Learner.objects.create(), published + dt.timedelta(days=2))  # a phone without a name is nobody
    asked_at(asker, theme, published - dt.timedelta(days=9), 4)
    asked_at(asker, theme, published - dt.timedelta(days=11), 7)  # longer ago than the version is old
    asked_at(asker, theme, published + dt.timedelta(days=1), 1)
    asked_at(asker, Theme.objects.get(code="livestream"), published + dt.timedelta(days=1), 5)
    (effect,) = publishing.effects(theme.answer_module, now)
    assert (effect.before.events, effect.before.active, effect.before.days) == (4, 10, 10)
    assert (effect.after.events, effect.after.active, effect.after.days) == (1, 10, 10)
    assert (effect.before.value, effect.after.value) == (40.0, 10.0)
    desk = client_of(trainer).get(f"{DESK}{theme.answer_module.pk}/change/").content.decode()
    assert "发布前 40.0" in desk
    assert "发布后 10.0" in desk


def test_with_few_active_learners_the_desk_says_so(asker: Learner, trainer: Any, theme: Theme) -> None:
    on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    publishing.publish_answers(module=theme.answer_module, by=trainer)
    desk = client_of(trainer).get(f"{DESK}{theme.answer_module.pk}/change/").content.decode()
    assert "活跃学员太少" in desk


def test_the_themes_are_there_again_after_the_database_was_emptied() -> None:
    from feedback.engine.classifier import corpus
    from feedback.engine.taxonomy import ensure_themes

    Theme.objects.filter(code="logistics_packaging").update(name_zh="打包发货")
    Theme.objects.exclude(code="logistics_packaging").delete()
    assert ensure_themes() == len(corpus.themes()) - 1
    assert ensure_themes() == 0
    assert Theme.objects.get(code="logistics_packaging").name_zh == "打包发货"


# --- several questions into one answer ---------------------------------------------------------------------


def of_theme(
    learner: Learner, text: str, answer: str, theme: Theme, by: Any, *, share: bool = True
) -> Question:
    row = answered(learner, text, answer, by, share=share)
    answering.set_theme(question=row, theme=theme, by=by)
    row.refresh_from_db()
    return row


def test_several_questions_become_one_answer_without_saying_anything_twice(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    module = AnswerModule.objects.create(theme=theme)
    rows = [
        of_theme(asker, "鸡蛋怎么寄？打我电话 13912345678", "用蛋托。", theme, trainer),
        of_theme(asker, "鸭蛋怎么寄？", "用蛋托。", theme, trainer),
        of_theme(asker, "鹅蛋怎么寄？", "用大蛋托。", theme, trainer),
        of_theme(asker, "How to send eggs?", "In trays.", theme, trainer),
    ]
    entry = entries.put_together(module=module, questions=rows)
    assert "13912345678" not in entry.question_zh
    assert entry.question_zh.startswith("鸡蛋怎么寄？")
    assert entry.answer_zh == "用蛋托。\n\n用大蛋托。"
    assert (entry.question_en, entry.answer_en) == ("How to send eggs?", "In trays.")
    assert set(entry.sources.all()) == set(rows)
    later = of_theme(asker, "蜂蜜怎么寄？", "用塑料瓶。", theme, trainer)
    same = entries.put_together(module=module, questions=[later], entry=entry)
    assert (same.pk, same.question_zh) == (entry.pk, entry.question_zh)
    assert same.answer_zh.endswith("用大蛋托。\n\n用塑料瓶。")
    assert entries.asked_by(same) == 1, "one person asked all of it"


def test_nothing_ticked_or_answers_too_long_together_change_nothing(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    module = AnswerModule.objects.create(theme=theme)
    with pytest.raises(DomainError):
        entries.put_together(module=module, questions=[])
    rows = [of_theme(asker, f"鸡蛋怎么寄{n}？", f"{n}" * 1500, theme, trainer) for n in range(2)]
    with pytest.raises(DomainError):
        entries.put_together(module=module, questions=rows)
    assert not AnswerEntry.objects.exists()


def test_only_answers_all_may_read_of_this_theme_and_not_on_the_page_are_offered(
    asker: Learner, trainer: Any, theme: Theme, make_user: Any
) -> None:
    module = AnswerModule.objects.create(theme=theme)
    once = of_theme(asker, "蜂蜜怎么寄？", "用塑料瓶。", theme, trainer)
    often = of_theme(asker, "鸡蛋怎么寄？", "用蛋托。", theme, trainer)
    answering.merge_questions(same=[ask(learner_of(make_user("n")), "蛋咋寄")], into=often, by=trainer)
    of_theme(asker, "我家的账怎么算？", "打电话说吧。", theme, trainer, share=False)
    posts.hide(question=of_theme(asker, "加我微信", "不行。", theme, trainer), by=trainer, reason="advert")
    of_theme(asker, "怎么开播？", "点开播。", Theme.objects.get(code="livestream"), trainer)
    entries.put_together(module=module, questions=[of_theme(asker, "箱子哪买？", "镇上。", theme, trainer)])
    waits = ask(asker, "鱼怎么寄？")
    answering.set_theme(question=waits, theme=theme, by=trainer)
    assert list(entries.not_placed(module=module, user=trainer)) == [often, once]


def test_ticked_on_the_desk_into_a_new_answer_and_into_one_there_is(
    asker: Learner, trainer: Any, theme: Theme, make_user: Any
) -> None:
    module, client = AnswerModule.objects.create(theme=theme), client_of(trainer)
    client.cookies["django_language"] = "en"
    rows = [
        of_theme(asker, f"{what}怎么寄？", f"{what}这样寄。", theme, trainer)
        for what in ("鸡蛋", "鸭蛋", "蜂蜜")
    ]
    foreign = of_theme(asker, "怎么开播？", "点开播。", Theme.objects.get(code="livestream"), trainer)
    path = f"{DESK}{module.pk}/change/"
    text = client.get(path).content.decode()
    assert {int(pk) for pk in re.findall(r'name="take" value="(\d+)"', text)} == {row.pk for row in rows}
    empty = {"intro_zh": "包好。", "intro_en": "", "entries-TOTAL_FORMS": "0", "entries-INITIAL_FORMS": "0"}
    sent = empty | {"_take": "1", "take": [rows[0].pk, rows[1].pk, foreign.pk], "into": ""}
    done = client.post(path, sent, follow=True)
    assert [str(told) for told in done.context["messages"]][-1] == "2 questions are in the draft now."
    entry = AnswerEntry.objects.get()
    assert set(entry.sources.all()) == set(rows[:2])
    module.refresh_from_db()
    assert module.intro_zh == "包好。"  # what was typed is saved on the way
    boxes = {f"entries-0-{name}": getattr(entry, name) for name in publishing.TEXTS}
    one = empty | boxes | {
        "entries-TOTAL_FORMS": "1", "entries-INITIAL_FORMS": "1", "entries-0-id": entry.pk,
        "entries-0-module": module.pk, "_take": "1", "take": rows[2].pk, "into": entry.pk,
    }  # fmt: skip
    client.post(path, one)
    entry = AnswerEntry.objects.get()
    assert set(entry.sources.all()) == set(rows)
    assert "蜂蜜这样寄。" in entry.answer_zh
    assert 'name="take"' not in client.get(path).content.decode()


@evidence.writing("erase_person")
def test_the_draft_counts_people_as_the_page_does_and_shows_the_lessons(
    asker: Learner, trainer: Any, theme: Theme, make_user: Any
) -> None:
    row = of_theme(asker, "鸡蛋怎么寄？", "用蛋托。", theme, trainer)
    Question.objects.filter(pk=row.pk).update(lesson=Lesson.objects.get(slug=PHOTO))
    answering.merge_questions(same=[ask(learner_of(make_user("n")), "蛋咋寄")], into=row, by=trainer)
    row.refresh_from_db()
    entry = on_page(row, theme, trainer)
    Module.objects.get(slug="window-light").course.trainers.add(trainer)
    client = client_of(trainer)
    client.cookies["django_language"] = "en"
    text = client.get(f"{DESK}{entry.module_id}/change/").content.decode()
    assert "2 people" in text
    assert f'<a href="/lessons/{PHOTO}/">' in text


def test_who_publishes_is_told_how_many_lack_a_language(asker: Learner, trainer: Any, theme: Theme) -> None:
    entry = on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    module, client = theme.answer_module, client_of(trainer)
    client.cookies["django_language"] = "en"
    path = f"{DESK}{module.pk}/change/"
    assert entries.lacking(module) == {}
    assert "no English" not in client.get(path).content.decode()
    AnswerEntry.objects.filter(pk=entry.pk).update(question_en="", answer_en="")
    assert entries.lacking(module) == {"en": 1}
    assert "1 answer has no English." in client.get(path).content.decode()  # before
    data = {
        "intro_zh": "", "intro_en": "", "entries-TOTAL_FORMS": "1", "entries-INITIAL_FORMS": "1",
        "entries-0-id": entry.pk, "entries-0-module": module.pk, "entries-0-question_zh": "蛋怎么寄？",
        "entries-0-question_en": "", "entries-0-answer_zh": "用蛋托。", "entries-0-answer_en": "", "_publish": "1",
    }  # fmt: skip
    told = [str(message) for message in client.post(path, data, follow=True).context["messages"]]
    assert told[-1] == "1 answer has no English."


def test_enter_in_a_one_line_box_saves_and_does_not_publish(trainer: Any, theme: Theme) -> None:
    """The browser presses the first button of the form."""
    module = AnswerModule.objects.create(theme=theme)
    for path in (f"{DESK}add/", f"{DESK}{module.pk}/change/"):
        text = client_of(trainer).get(path).content.decode()
        form = text[text.index('id="answermodule_form"') :]
        buttons = re.findall(r'<(?:input type="submit"|button)[^>]* name="(\w+)"', form)
        assert buttons[0] == "_save"
        assert "_publish" in buttons


def test_a_new_page_opens_again_with_the_answered_questions_of_its_theme(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    row, client = of_theme(asker, "鸡蛋怎么寄？", "用蛋托。", theme, trainer), client_of(trainer)
    sent = {
        "theme": theme.pk, "intro_zh": "", "intro_en": "", "entries-TOTAL_FORMS": "0", "entries-INITIAL_FORMS": "0",
        "_save": "1",
    }  # fmt: skip
    text = client.post(f"{DESK}add/", sent, follow=True).content.decode()
    assert f'name="take" value="{row.pk}"' in text


def test_the_desk_says_who_makes_the_order_and_shows_long_questions_whole(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    entry = on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    module, client = theme.answer_module, client_of(trainer)
    client.cookies["django_language"] = "en"
    path = f"{DESK}{module.pk}/change/"
    text = client.get(path).content.decode()
    assert "Readers see the most asked answer first." in text
    assert re.search(r'<textarea[^>]*name="entries-0-question_zh"', text)
    data = {
        "intro_zh": "", "intro_en": "", "entries-TOTAL_FORMS": "1", "entries-INITIAL_FORMS": "1", "_continue": "1",
        "entries-0-id": entry.pk, "entries-0-module": module.pk, "entries-0-question_zh": "蛋怎么寄\r\n才不碎？ ",
        "entries-0-question_en": "How to\r\nsend eggs?", "entries-0-answer_zh": "用蛋托。", "entries-0-answer_en": "",
    }  # fmt: skip
    assert client.post(path, data).status_code == 302
    entry.refresh_from_db()
    assert (entry.question_zh, entry.question_en) == ("蛋怎么寄 才不碎？", "How to send eggs?")


# --- check yourself -------------------------------------------------------------------------------------------

ITEMS_ZH = (
    "?? 鸡蛋用什么装？\n- 塑料袋\n+ 蛋托\n= 一格一蛋，不碰。\n\n"
    "?? 箱子摇一摇会响，封口吗？\n- 封\n+ 再塞满\n= 响就是空。"
)


def test_items_are_shown_with_why_once_published_and_nothing_is_sent(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    module = theme.answer_module
    publishing.publish_answers(module=module, by=trainer)
    module.checks_zh = ITEMS_ZH
    module.save()
    assert "自己试一下" not in page()
    publishing.publish_answers(module=module, by=trainer)
    for lang in ("zh-hans", "en"):  # who reads the other language gets what there is
        section = page(lang=lang).split('<section class="check')[1].split("</section>")[0]
        assert section.count('<details class="try">') == 4
        assert re.search(
            r"<summary[^>]*>.{,40}蛋托.*?</summary><p class=\"note good\">.*?一格一蛋，不碰。", section
        )
        assert "<form" not in section


def test_steps_in_order_are_shown_mixed_and_compared(asker: Learner, trainer: Any, theme: Theme) -> None:
    on_page(answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), theme, trainer)
    module = theme.answer_module
    module.checks_zh = "?? 先做啥？\n1. 放进蛋托\n2. 塞实四角\n3. 封箱\n= 先塞再封。"
    module.full_clean()
    module.save()
    publishing.publish_answers(module=module, by=trainer)
    section = page().split('<section class="check')[1].split("</section>")[0]
    mixed, key = section.split("<details")
    steps = ["放进蛋托", "塞实四角", "封箱"]
    assert [step for _at, step in sorted((key.index(step), step) for step in steps)] == steps
    assert [step for _at, step in sorted((mixed.index(step), step) for step in steps)] != steps
    assert "先塞再封。" in key
    for body in ("1. 一\n2. 二", "1. 一\n3. 二\n2. 三", "1. 一\n+ 二\n- 三", "1. 一\n2. 一\n3. 二"):
        module.checks_zh = f"?? 问\n{body}\n= 因"
        with pytest.raises(ValidationError):
            module.full_clean()


def test_the_form_takes_only_items_that_can_be_read(theme: Theme) -> None:
    module = AnswerModule(theme=theme, checks_zh=ITEMS_ZH, checks_en="?? Eggs?\n- bag\n= why")
    with pytest.raises(ValidationError) as refused:
        module.full_clean()
    assert set(refused.value.message_dict) == {"checks_en"}
    module.checks_en = "## No item\n\ntext"
    with pytest.raises(ValidationError):
        module.full_clean()


def test_an_answer_leads_to_the_passage_its_question_was_asked_at(
    asker: Learner, trainer: Any, theme: Theme
) -> None:
    lesson = Lesson.objects.get(slug=PHOTO)
    row = ask_question(
        learner=asker, text="鸡蛋怎么寄？", lesson=lesson, block=3, question_id=uuid.uuid4(), signed_in=True
    )
    answering.answer_question(question=row, by=trainer, text="用蛋托。", share=True)
    on_page(row, theme, trainer)
    publishing.publish_answers(module=theme.answer_module, by=trainer)
    assert f'href="/lessons/{PHOTO}/#b3"' in page()
