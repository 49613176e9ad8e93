"""Background work of quizzes. Every task may run twice."""

from __future__ import annotations

from celery import shared_task

from mooc.lib.queue import later

from ..models import Item
from . import judging, tries


@shared_task
def finish_tries(module_id: int) -> None:
    """End the tries whose questions were all taken out of use: a batch, and the next one after it."""
    if tries.finish_tries(module_id=module_id):
        later(finish_tries, module_id)


@shared_task
def judge_again(item_id: int) -> None:
    """Judge the answers to a question by its mended key: a batch, and the next one after it."""
    item = Item.objects.filter(pk=item_id).first()
    if item is not None and judging.judge_again(item=item).left:
        later(judge_again, item_id)
