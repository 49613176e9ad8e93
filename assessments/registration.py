"""What this app provides to lower rooms."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
    from learners.record.requirements import requirements
    from mooc.lib import registry
    from mooc.lib.pages import links

    from . import people, personal_data
    from .assignments import files, loading
    from .exchange import bank_loader, quality, tree
    from .notebook import overlays as due
    from .quiz import asked, keeping, overlays, requirement, row

    links.page.register("quiz", "assessments:module_quiz")
    links.page.register("preview_quiz", "assessments:preview_quiz")
    links.page.register("notebook", "assessments:notebook")
    links.page.register("try", "assessments:assignment")
    registry.content_part.register("quiz", bank_loader.load_items)
    registry.content_part.register("assignment", loading.load_assignment)
    registry.content_tree.register("quizzes", tree.check_tree)
    registry.content_tree.register("assignments", files.check_tree)
    registry.content_quality.register("quizzes", quality.check_quality)
    registry.module_belonging.register("quiz", keeping.give_quiz)
    registry.restored.register("quizzes", keeping.give_quizzes)
    registry.publishing_check.register("quiz", keeping.findings)
    registry.module_row.register("quiz", row.module_row)
    registry.module_link.register("quiz", keeping.quiz_link)
    registry.module_link.register("items", keeping.items_link)
    requirements.register("quiz", requirement)
    registry.quiz_open.register("quiz", asked.open_modules)
    registry.slot_filler.register("due", due.due)
    registry.slot_filler.register("quiz", overlays.quiz_passed)
    registry.merge_person.register("assessments", people.merge)
    registry.personal_data.register("assessments", personal_data.tables)
    registry.tracking_section.register("assessments", people.sections)
