"""A quiz whose only question in use is one of steps to put in order."""

from __future__ import annotations

from assessments.bank import editions
from assessments.models import Item, Option, Quiz
from courses import services as courses

SLUG = "window-light"
STEPS = [
    ("擦镜头", "Wipe the lens"),
    ("铺白布", "Lay the cloth"),
    ("放果子", "Put the fruit"),
    ("拍", "Shoot"),
]


def only_steps() -> Item:
    """Make it; the other questions go out of use."""
    Item.objects.filter(module__slug=SLUG).update(live=False)
    module = Quiz.objects.get(module__slug=SLUG).module
    made = Item.objects.create(
        code="T01-90", module=module, kind="ordering", stem_zh="先做啥，后做啥？", stem_en="What comes first?",
        why_zh="先擦再拍。", why_en="Wipe first.", lesson=module.lessons.order_by("pk").first(),
    )  # fmt: skip
    for place, (zh, en) in enumerate(STEPS):
        Option.objects.create(item=made, position=place, text_zh=zh, text_en=en)
    editions.keep_edition(item=made)
    courses.bump_content()
    return made
