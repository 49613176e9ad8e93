"""What is taught."""

from .addresses import Address
from .catalogue import Category, Course, Skill, Track, TrackStep
from .editions import Block, LessonEdition, Media, MediaSize, ModuleEdition
from .modules import Lesson, Module
from .search import SearchEntry, SearchQuery
from .site import ContentState

__all__ = [
    "Address",
    "Block",
    "Category",
    "ContentState",
    "Course",
    "Lesson",
    "LessonEdition",
    "Media",
    "MediaSize",
    "Module",
    "ModuleEdition",
    "SearchEntry",
    "SearchQuery",
    "Skill",
    "Track",
    "TrackStep",
]
