"""The engine learns from what trainers say: when, with which guard, and the way back."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from feedback import tasks
from feedback.engine import in_use
from feedback.engine.classifier import corpus, encoder, engine, store
from feedback.engine.classifier.corpus import Example
from feedback.learning import training
from feedback.models import ClassifierVersion, Question, Theme, TrainingExample, TrainingRun
from feedback.questions import answering, classify
from learners.models import Learner
from learners.people.guests import learner_of
from mooc.jobs.tasks import sweep
from mooc.lib.errors import DomainError
from mooc.lib.text.cleaning import language_of
from tests.asking import ask, client_of
from tests.conftest import ROOT, TEST_REDIS_URL, WORKER, redis_number
from tests.feedback.test_classifier import some
from tests.serving import Site
from tests.site.test_faults import Phone

pytestmark = pytest.mark.django_db
DESK = "/admin/feedback/classifierversion/"
GUARD = training.MAY_FALL
CLEAR = "快递把我的鸡蛋摔碎了，找快递公司怎么赔"


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    """A corpus of four themes, a model of it that ships, and a folder of versions of this test's own."""
    examples = some(12)
    monkeypatch.setattr(corpus, "shipped", lambda: list(examples))
    monkeypatch.setattr(training, "MAY_FALL", 0.1)  # of 48 examples one is two points
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(in_use, "SHIPPED", tmp_path / "shipped")
    store.save(trained(tuple(examples)), in_use.shipped_path(encoder.encoder_id()))
    in_use.forget()
    yield
    in_use.forget()


_models: dict[tuple[Example, ...], engine.Model] = {}


def trained(examples: tuple[Example, ...]) -> engine.Model:
    """Trained once for all tests."""
    if examples not in _models:
        _models[examples] = engine.train(examples)
    return _models[examples]


@pytest.fixture
def trainer(make_user: Any) -> Any:
    return make_user("zhou", role="trainer")


@pytest.fixture
def operator(make_user: Any) -> Any:
    return make_user("operator", is_superuser=True, is_staff=True)


@pytest.fixture
def correct(make_user: Any, trainer: Any) -> Callable[..., None]:
    """``correct(10)``: so many questions get their theme from a trainer, rightly or not."""
    learner = learner_of(make_user("guixiang"))

    def go(
        count: int, *, theme: str = "logistics_packaging", text: str = "第{}箱货发冷链快递要多少冰袋"
    ) -> None:
        chosen = Theme.objects.get(code=theme)
        for _number in range(count):
            words = text.format(uuid.uuid4().hex[:4])
            row = Question.objects.create(learner=learner, text=words)
            answering.set_theme(question=row, theme=chosen, by=trainer)

    return go


def active() -> ClassifierVersion | None:
    return ClassifierVersion.objects.filter(state="active").first()


# --- when --------------------------------------------------------------------------------------------


def test_after_ten_corrections_it_trains_and_uses_the_result(correct: Callable[..., None]) -> None:
    correct(training.ENOUGH_CORRECTIONS - 1)
    tasks.retrain_if_due()
    assert active() is None
    correct(1)
    tasks.retrain_if_due()
    version = active()
    assert version
    assert (version.corrections, version.examples, version.reason) == (10, len(some(12)) + 10, "corrections")
    assert version.used_since
    assert in_use.in_use().version == version.pk
    model = store.load(in_use.folder() / version.file, encoder.encoder_id())
    assert version.macro_f1 == model.metrics["macro_f1"]
    tasks.retrain_if_due()
    assert ClassifierVersion.objects.count() == 1


def test_at_night_one_correction_is_enough_and_none_is_not(correct: Callable[..., None]) -> None:
    tasks.retrain_nightly()
    assert not ClassifierVersion.objects.exists()
    correct(1)
    tasks.retrain_nightly()
    tasks.retrain_nightly()
    assert ClassifierVersion.objects.count() == 1


def test_a_correction_made_while_it_trains_counts_for_the_next_time(
    correct: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    correct(10)
    train = engine.train

    def meanwhile(examples: list[Example]) -> engine.Model:
        correct(1)
        return train(examples)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "train", meanwhile)
        tasks.retrain_if_due()
    assert training.corrections_since() == 1
    tasks.retrain_nightly()
    assert active().corrections == 11  # type: ignore[union-attr]  # there is one


def test_the_same_examples_give_the_version_that_is_there(correct: Callable[..., None]) -> None:
    correct(2)
    first = training.retrain(reason="by hand")
    assert training.retrain(reason="again") == first
    assert ClassifierVersion.objects.count() == 1


def test_what_trainers_said_decides_the_next_question(correct: Callable[..., None], make_user: Any) -> None:
    row = ask(learner_of(make_user("asker")), "稻花鱼能办合格证不")
    correct(12, theme="quality_brand", text="稻花鱼{}能办合格证不，合格证找哪里开")
    tasks.retrain_if_due()
    classify.classify_question(question_id=row.pk)
    row.refresh_from_db()
    assert row.top_codes[0] == "quality_brand"


# --- how it stands ------------------------------------------------------------------------------------


def said_of_training(user: Any) -> str:
    """The sentence on the engine's page, in English; empty without one."""
    client = client_of(user)
    client.cookies["django_language"] = "en"
    text = client.get(DESK).content.decode()
    return text.split('<p id="run"><b>')[1].split("</b>")[0] if 'id="run"' in text else ""


def test_the_page_says_whether_a_training_waits_runs_or_ended_and_how(
    correct: Callable[..., None], operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said_of_training(operator) == ""
    monkeypatch.setattr("feedback.learning.admin.later", lambda _task: None)  # the worker is busy
    correct(2)
    for _press in range(2):
        client_of(operator).post(f"{DESK}press/", {"train": "1"})
    assert TrainingRun.objects.count() == 1
    assert "waits its turn" in said_of_training(operator)
    heard, train = [], engine.train

    def look(examples: list[Example]) -> engine.Model:
        heard.append(said_of_training(operator))
        return train(examples)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "train", look)
        tasks.retrain_nightly()
    assert len(heard) == 1
    assert heard[0].startswith("A training has been running since ")
    version = active()
    assert version
    assert f"it made version {version.pk}, which was put in use." in said_of_training(operator)
    client_of(operator).post(f"{DESK}press/", {"train": "1"})
    assert "waits its turn" in said_of_training(operator)
    unfinished = TrainingRun.objects.create(
        state="running", seen_at=timezone.now()
    )  # pressed while another one runs
    assert "running since" in said_of_training(operator)
    unfinished.delete()
    tasks.retrain_nightly()
    assert "nothing to learn" in said_of_training(operator)
    assert active() == version


def test_the_operator_has_the_buttons_and_a_trainer_only_reads(operator: Any, make_user: Any) -> None:
    assert 'name="train"' in client_of(operator).get(DESK).content.decode()
    page = client_of(make_user("zhou2", role="trainer")).get(DESK)
    assert page.status_code == 200
    assert 'name="train"' not in page.content.decode()


def test_the_page_says_that_a_version_was_not_taken(
    correct: Callable[..., None], operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_on_themes_of", lambda old, new: 0.0)
    correct(2)
    bad = training.retrain(reason="bad")
    assert f"version {bad.pk} was worse than the one in use, and was not taken." in said_of_training(operator)


def test_a_training_that_breaks_off_is_said_and_one_whose_worker_died_too(
    correct: Callable[..., None], operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    correct(10)
    for wrong in (OSError("disk full"), SystemExit()):
        with monkeypatch.context() as patch:
            patch.setattr(engine, "train", Mock(side_effect=wrong))
            with pytest.raises(type(wrong)):
                training.retrain(reason="test")
        if isinstance(wrong, OSError):
            assert "it broke off" in said_of_training(operator)
    assert "running since" in said_of_training(operator)
    for _worker in range(TrainingRun.most_tries):  # the sweep begins it again, and each worker dies
        long_ago = timezone.now() - TrainingRun.lost_after * 2
        TrainingRun.objects.filter(ended_at=None).update(seen_at=long_ago)
        assert "waits its turn" in said_of_training(operator)
        with monkeypatch.context() as patch, contextlib.suppress(SystemExit):
            patch.setattr(engine, "train", Mock(side_effect=SystemExit))
            sweep("heavy")
    assert "it broke off" in said_of_training(operator)
    assert active() is None


# --- the guard ---------------------------------------------------------------------------------------


def test_what_makes_it_worse_by_more_than_a_point_is_refused_and_kept_on_record(
    correct: Callable[..., None],
) -> None:
    correct(2)
    good = training.retrain(reason="good")
    for example in some(12)[:12]:  # the photos, called licences
        correct(1, theme="licence_law", text=example.text)
    bad = training.retrain(reason="bad")
    assert bad.macro_f1 < good.macro_f1 - GUARD
    assert (bad.state, active()) == ("refused", good)
    assert in_use.in_use().version == good.pk


@pytest.mark.parametrize(("fall", "state"), [(0.009, "active"), (0.011, "refused")])
def test_a_fall_of_a_point_is_allowed_and_more_is_not(
    correct: Callable[..., None], monkeypatch: pytest.MonkeyPatch, fall: float, state: str
) -> None:
    monkeypatch.setattr(training, "MAY_FALL", GUARD)
    before = in_use.in_use().model.metrics["macro_f1"]
    monkeypatch.setattr(training, "_on_themes_of", lambda old, new: before - fall)
    correct(2)
    assert training.retrain(reason="test").state == state


def test_a_young_theme_with_few_examples_is_not_held_against_the_model() -> None:
    old = trained(tuple(some(12)))
    young = [Example("new_theme", "zh", text) for text in ("村里修路吗", "今天赶集不", "a b", "c", "d", "e")]
    new = engine.train([*some(12), *young])
    assert training._on_themes_of(old, new) > new.metrics["macro_f1"]
    alone = [new.metrics[f"f1 {theme}"] for theme in old.themes]
    assert training._on_themes_of(old, new) == pytest.approx(sum(alone) / len(alone))


# --- the way back ----------------------------------------------------------------------------------------


@pytest.fixture
def two_versions(correct: Callable[..., None]) -> tuple[ClassifierVersion, ClassifierVersion]:
    made = []
    for _round in range(2):
        correct(2)
        made.append(training.retrain(reason="test"))
    return made[0], made[1]


def test_an_operator_goes_back_in_one_click(
    two_versions: tuple[ClassifierVersion, ClassifierVersion], operator: Any
) -> None:
    first, second = two_versions
    assert active() == second
    client_of(operator).post(DESK, {"action": "use", "_selected_action": [first.pk]})
    assert active() == first
    assert in_use.in_use().version == first.pk
    second.refresh_from_db()
    assert second.state == "kept"
    client_of(operator).post(f"{DESK}press/", {"shipped": "1"})
    assert active() is None
    assert in_use.in_use().version is None


def test_a_trainer_reads_the_page_and_changes_nothing(
    two_versions: tuple[ClassifierVersion, ClassifierVersion], trainer: Any
) -> None:
    first, second = two_versions
    client = client_of(trainer)
    page = client.get(DESK).content.decode()
    assert f"现在用的是第 {second.pk} 版" in page
    assert f"{second.macro_f1:.3f}" in page
    assert 'name="train"' not in page
    client.post(DESK, {"action": "use", "_selected_action": [first.pk]})
    assert client.post(f"{DESK}press/", {"shipped": "1"}).status_code == 404
    assert client.post(f"{DESK}press/", {"train": "1"}).status_code == 404
    assert active() == second


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_buttons_are_for_operators_only(make_user: Any, regions: Any, method: str) -> None:
    for user in (make_user("nobody"), make_user("boss", role="supervisor", region=regions["county"])):
        assert getattr(client_of(user), method)(f"{DESK}press/").status_code == 404
    assert not ClassifierVersion.objects.exists()


def test_a_version_whose_file_is_lost_cannot_be_chosen(
    two_versions: tuple[ClassifierVersion, ClassifierVersion], operator: Any
) -> None:
    first, second = two_versions
    (in_use.folder() / first.file).unlink()
    with pytest.raises(DomainError):
        training.activate(version=first, by=operator)
    page = client_of(operator).post(DESK, {"action": "use", "_selected_action": [first.pk]}, follow=True)
    assert "这一版用不了" in page.content.decode()
    assert active() == second


def test_old_files_go_and_their_rows_stay(
    correct: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "KEPT_FILES", 2)
    for _round in range(4):
        correct(1)
        training.retrain(reason="test")
    assert ClassifierVersion.objects.count() == 4
    assert len(list(in_use.folder().glob("themes-*.npz"))) == 2
    assert (in_use.folder() / active().file).exists()  # type: ignore[union-attr]  # there is one


# --- faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["training", "writing", "naming"])
def test_killed_midway_the_old_model_stays_and_the_next_night_makes_the_new_one(
    correct: Callable[..., None], monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    correct(2)
    old = training.retrain(reason="old")
    correct(10)

    def dies(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        place = {"training": (engine, "train"), "writing": (store.np, "savez_compressed"),
                 "naming": (ClassifierVersion.objects, "get_or_create")}[at]  # fmt: skip
        patch.setattr(*place, dies)
        with pytest.raises(SystemExit):
            tasks.retrain_if_due()
    assert active() == old
    assert in_use.in_use().version == old.pk
    assert training.is_due()
    tasks.retrain_nightly()
    assert active() != old
    assert ClassifierVersion.objects.count() == 2


@pytest.mark.parametrize("damage", ["missing", "cut", "of another encoder"])
def test_a_damaged_version_gives_way_to_the_shipped_model_says_so_and_is_made_anew(
    correct: Callable[..., None], operator: Any, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    correct(2)
    version = training.retrain(reason="test")
    path = in_use.folder() / version.file
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:2000])
    else:
        with encoder.without():
            store.save(engine.train(some(6)), path)
    used = in_use.in_use()
    assert used.version is None
    assert version.file in used.trouble
    assert version.file in caplog.text
    assert used.model.guess(["照片发黄"])[0].theme == "product_photo"
    assert version.file in client_of(operator).get(DESK).content.decode()
    tasks.retrain_nightly()
    assert in_use.in_use().version == version.pk
    assert in_use.in_use().trouble == ""


def test_without_the_encoder_a_version_gives_way_to_words_alone(
    correct: Callable[..., None], operator: Any
) -> None:
    correct(2)
    training.retrain(reason="test")
    with encoder.without():
        store.save(engine.train(some(12)), in_use.shipped_path(encoder.HASH_ONLY))
        in_use.forget()
        assert in_use.in_use().words_only
        page = client_of(operator).get(DESK).content.decode()
        assert "只按字词归类" in page
        row = ask(Learner.objects.create(), CLEAR)
        classify.classify_question(question_id=row.pk)
        row.refresh_from_db()
        assert row.theme_source in ("engine", "unsure")
        assert row.encoder == encoder.HASH_ONLY


def test_a_question_kept_without_encoder_is_encoded_once_there_is_one() -> None:
    with encoder.without():
        row = ask(Learner.objects.create(), CLEAR)
    classify.classify_question(question_id=row.pk)
    row.refresh_from_db()
    assert row.encoder == encoder.NAME


# --- in real processes -----------------------------------------------------------------------------------

SOURCE_OF = "from feedback.models import Question; print(Question.objects.get().theme_source)"
CORRECT = """
from feedback import tasks
from feedback.questions import answering
from feedback.models import Question, Theme
from learners.models import Learner
from mooc.accounts.models import User
by = User.objects.create_user("zhou")
learner, theme = Learner.objects.create(), Theme.objects.get(code="logistics_packaging")
for n in range(10):
    answering.set_theme(question=Question.objects.create(learner=learner, text=f"{n}号冰袋怎么放"), theme=theme, by=by)
tasks.retrain_if_due.delay()
"""
STATE_OF = (
    "from feedback.models import ClassifierVersion as V; print(*V.objects.values_list('state', flat=True))"
)


def shell(site: Site, code: str) -> str:
    """What a few lines print on an installation."""
    return site.manage("shell", "-v0", "-c", code).strip()


def until(told: Callable[[], str], wanted: Callable[[str], bool], seconds: float = 90) -> str:
    """Ask again until the answer is wanted."""
    end = time.monotonic() + seconds
    while not wanted(answer := told()):
        assert time.monotonic() < end, f"still {answer!r}"
        time.sleep(0.3)
    return answer


SMALL_CORPUS = """
from pathlib import Path
from feedback.engine.classifier import corpus
corpus.FOLDER = Path(__file__).parent / "corpus"
"""


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def working_site(request: Any, site_template: Site, tmp_path: Path) -> Iterator[Site]:
    """Web and worker over either broker, with a corpus that is trained in a second."""
    redis = redis_number(TEST_REDIS_URL, WORKER) if request.param == "redis" else ""
    copy = Site(tmp_path / "site", site_template.server_url, redis)
    copy.create(template=site_template)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "sitecustomize.py").write_text(SMALL_CORPUS)
    rows = [f"{row.theme}\t{row.lang}\t{row.text}" for row in some(12)]
    (tmp_path / "corpus" / "some.tsv").write_text("\n".join(["theme\tlang\ttext", *rows]))
    (tmp_path / "corpus" / corpus.THEMES).write_text("code\tzh\ten\tabout_zh\tabout_en\n")
    copy.env["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{ROOT}"
    yield copy
    copy.destroy()


def test_a_real_worker_classes_what_was_asked_without_it_and_trains(working_site: Site) -> None:
    working_site.start()
    phone = Phone(working_site)
    body = urlencode({"id": str(uuid.uuid4()), "text": CLEAR, "none": "1"})
    assert phone.ask("/questions/ask/", body)[0] == 302  # nobody works: the question waits
    assert shell(working_site, SOURCE_OF) == ""
    working_site.start_worker()
    until(lambda: shell(working_site, SOURCE_OF), bool)
    shell(working_site, CORRECT)
    assert until(lambda: shell(working_site, STATE_OF), bool) == "active"


def test_the_command_killed_while_it_trains_leaves_nothing_half(site: Site) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "train_questions"], cwd=ROOT, env=site.env, start_new_session=True
    )
    time.sleep(4)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert shell(site, STATE_OF) == ""
    assert list((site.data_dir / "models").glob("themes-*.npz")) == []


def test_examples_are_of_the_language_they_are_written_in() -> None:
    assert language_of("box 碎了") == "zh"
    assert language_of("𠮷") == "zh"  # a rare name
    assert language_of("box broken") == "en"


# --- labels worth a second look ------------------------------------------------------------------------

DOUBTS = "/admin/feedback/trainingexample/"


@pytest.fixture
def doubtful(correct: Callable[..., None]) -> TrainingExample:
    """Ten right themes and a wrong one, trained on."""
    correct(10)
    correct(1, theme="licence_law", text="第{}箱货发冷链快递要多少冰袋")
    training.retrain(reason="test")
    return TrainingExample.objects.get(theme__code="licence_law")


def test_a_theme_that_a_model_without_it_would_not_give_is_listed(
    doubtful: TrainingExample, trainer: Any
) -> None:
    assert doubtful.doubted_as
    assert doubtful.doubted_as.code == "logistics_packaging"
    assert engine.DOUBTFUL <= (doubtful.doubt or 0) <= 1
    assert list(training.doubted(TrainingExample.objects.all())) == [doubtful]
    page = client_of(trainer).get(DOUBTS).content.decode()
    assert doubtful.question.text in page
    assert f"/admin/feedback/question/{doubtful.question_id}/change/" in page


def test_a_doubt_is_settled_once_and_does_not_come_back(doubtful: TrainingExample, trainer: Any) -> None:
    corrections = training.corrections_since()
    sent = {"action": "keep_theme", "_selected_action": [doubtful.pk]}
    assert client_of(trainer).post(DOUBTS, sent).status_code == 302
    doubtful.refresh_from_db()
    assert (doubtful.theme.code, doubtful.looked_again, doubtful.doubted_as) == ("licence_law", True, None)
    assert training.corrections_since() == corrections  # nothing new to learn from
    training.settle(example=doubtful, change=True, by=trainer)  # a second tap
    doubtful.refresh_from_db()
    assert doubtful.theme.code == "licence_law"
    TrainingExample.objects.filter(theme__code="logistics_packaging").first().delete()  # type: ignore[union-attr]  # there are ten
    training.retrain(reason="test")
    assert not training.doubted(TrainingExample.objects.all()).exists()


def test_a_changed_theme_is_the_questions_and_the_engine_learns_it(
    doubtful: TrainingExample, trainer: Any
) -> None:
    sent = {"action": "change_theme", "_selected_action": [doubtful.pk]}
    client_of(trainer).post(DOUBTS, sent)
    doubtful.refresh_from_db()
    assert doubtful.theme.code == "logistics_packaging"
    assert doubtful.question.theme == doubtful.theme
    assert doubtful.said_by == trainer
    assert training.corrections_since() == 1


def test_doubts_are_settled_by_trainers_only_and_never_edited(
    doubtful: TrainingExample, make_user: Any
) -> None:
    sent = {"action": "change_theme", "_selected_action": [doubtful.pk]}
    for name, role in (("guixiang2", ""), ("li4", "")):
        assert client_of(make_user(name, role=role)).post(DOUBTS, sent).status_code in (302, 403, 404)
    doubtful.refresh_from_db()
    assert doubtful.theme.code == "licence_law"
    change = f"{DOUBTS}{doubtful.pk}/change/"
    client_of(make_user("li", role="trainer")).post(change, {"theme": "1"})
    doubtful.refresh_from_db()
    assert (doubtful.theme.code, doubtful.looked_again) == ("licence_law", False)
