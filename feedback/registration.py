"""What this app provides to lower rooms."""

from __future__ import annotations


def _send_mail(notice_id: int) -> None:
    from .inbox import notices

    notices.send_notice_mail(notice_id=notice_id)


def _train(run_id: int) -> None:
    """What computes is imported where it is done: the urgent worker needs none of it."""
    from .learning import training

    training.train_run(run_id)


def register() -> None:
    """Called once when Django is ready."""
    from mooc.lib import jobrow, registry
    from mooc.lib.jobrow import Swept
    from mooc.lib.pages import links

    from . import desk, gauges, overlays, people, personal_data
    from .answers import finding, theme_files
    from .engine import in_use
    from .models import Notice, TrainingRun

    links.page.register("ask", "feedback:ask")
    links.page.register("complaint", "feedback:complaint")
    links.page.register("inbox", "feedback:inbox")
    links.page.register("questions", "feedback:questions")
    links.page.register("report", "feedback:report")
    links.page.register("wish", "feedback:wish")
    registry.slot_filler.register("news", overlays.news)
    registry.slot_filler.register("faces", overlays.faces)
    registry.merge_person.register("feedback", people.merge)
    registry.erase_person.register("feedback", people.hand_on)
    registry.hand_over.register("questions", people.held)
    registry.personal_data.register("feedback", personal_data.tables)
    registry.tracking_section.register("feedback", people.sections)
    registry.data_files.register("models", in_use.files)
    registry.search_source.register("answers", finding.find)
    registry.content_tree.register("themes", theme_files.check_tree)
    gauges.register()
    jobrow.swept.register("mails", Swept(Notice, "urgent", _send_mail))
    jobrow.swept.register("trainings", Swept(TrainingRun, "heavy", _train))
    registry.desk_panel.register("queue", desk.queue)
    registry.desk_panel.register("feedback", desk.newest)
