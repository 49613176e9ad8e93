from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from mooc.lib import registry
        from mooc.lib.pages import links

        from . import personal_data, selectors, services, standing
        from .desk import law

        links.page.register("courses", "courses:catalogue")
        links.page.register("search", "courses:search")
        registry.desk_panel.register("law", law.panel)
        registry.content_version.register("courses", standing.content_version)
        registry.hand_over.register("courses", selectors.held)
        registry.personal_data.register("courses", personal_data.tables)
        registry.restored.register("courses", services.renew_content)
