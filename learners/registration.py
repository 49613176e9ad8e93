"""What learners provides to lower rooms."""

from __future__ import annotations

PAGES = {
    "lesson": "lesson",
    "lesson_preview": "preview_lesson",
    "me": "me",
    "privacy": "my_privacy",
    "welcome": "welcome",
    "numbers": "numbers",
    "use_code": "use_code",
}


def register() -> None:
    """Called once when Django is ready."""
    from mooc.lib import registry
    from mooc.lib.pages import links

    from . import desk, overlays, personal_data
    from .people import erased, guests, uniting
    from .record import abandoned, lessons_read, receipts
    from .record.requirements import requirements

    for name, page in PAGES.items():
        links.page.register(name, f"learners:{page}")
    requirements.register(lessons_read.NAME, lessons_read)
    registry.page_person.register("person", guests.person_of)
    registry.slot_filler.register("account", overlays.account)
    registry.slot_filler.register("token", overlays.token)
    registry.slot_filler.register("who", overlays.who)
    registry.slot_filler.register("lesson", overlays.lesson_marks)
    registry.slot_filler.register("steps", overlays.lesson_steps)
    registry.slot_filler.register("module", overlays.module_marks)
    registry.slot_filler.register("modulebar", overlays.module_bars)
    registry.slot_filler.register("moduletick", overlays.module_ticks)
    registry.slot_filler.register("hero", overlays.home_hero)
    registry.slot_filler.register("home", overlays.home_body)
    registry.personal_data.register("learners", personal_data.tables)
    registry.newcomer.register("learners", guests.newcomer)
    registry.year_of_birth.register("learners", guests.year_known)
    registry.erase_person.register("merges", uniting.erase)
    registry.hand_over.register("classes", desk.held)
    registry.account_action.register("merge_accounts", desk.merge_accounts)
    registry.desk_panel.register("classes", desk.classes)
    registry.work_place.register("classes", desk.work_place)
    registry.lesson_stops.register("learners", abandoned.stops)
    registry.restored.register("learners", receipts.renew_identity)
    registry.restored.register("erased", erased.again)
    registry.backing_up.register("learners", receipts.backing_up)
