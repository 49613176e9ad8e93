"""What evaluation provides to lower rooms."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
    from mooc.jobs.data import Kind, kinds
    from mooc.lib import registry
    from mooc.lib.pages import links

    from . import data, desk, gauges, moving, people, personal_data, services
    from .closing import services as closing
    from .reports import making

    kinds.register(
        data.JobKind.EVALUATE, Kind(data.JobKind.EVALUATE.label, services.evaluate, services.evaluate_again)
    )
    kinds.register(
        data.JobKind.REPORT, Kind(data.JobKind.REPORT.label, making.make_report, making.make_again)
    )
    kinds.register(
        data.JobKind.CLOSE, Kind(data.JobKind.CLOSE.label, closing.close_months, closing.close_again)
    )
    kinds.register(
        data.JobKind.RECOUNT, Kind(data.JobKind.RECOUNT.label, closing.recount, closing.recount_again)
    )
    links.page.register("board", "supervision:board")
    registry.merge_person.register("evaluation", people.merge)
    registry.personal_data.register("evaluation", personal_data.tables)
    registry.gauge.register("mooc_last_evaluation_age_seconds", gauges.evaluation_age)
    registry.place_moved.register("evaluation", moving.move)
    registry.place_merged.register("evaluation", moving.merge)
    registry.desk_panel.register("modules", desk.modules)
    registry.desk_panel.register("items", desk.items)
    registry.desk_panel.register("board", desk.board)
    registry.work_place.register("board", desk.work_place)
