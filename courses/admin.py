"""Django looks here for what stands at the desk; the forms themselves are in ``courses.desk``."""

from .desk import catalogue, courses, lessons, modules

__all__ = ["catalogue", "courses", "lessons", "modules"]
