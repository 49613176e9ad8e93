"""The Celery application: settings in ``CELERY_…``, tasks in each app's ``tasks.py``.

The scheduler only sends names of tasks at their time: it starts without models, in half the memory.
Two queues, each with a worker of its own: ``urgent`` for what somebody waits for with a phone in the hand
(codes, notices: ``CELERY_TASK_ROUTES``), ``heavy`` for all else. A task goes to ``heavy`` unless it is named.
"""

import logging
import os
import sys
import tempfile
from logging import config as logging_config
from pathlib import Path
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mooc.settings")
ALIVE = Path(tempfile.gettempdir()) / "mooc-worker"
_commands = sys.argv[1:] if os.path.basename(sys.argv[0]) in ("celery", "__main__.py") else []
is_scheduler = "beat" in _commands
is_worker = "worker" in _commands  # it never shows the desk, whose forms take a third of its memory
app = Celery("mooc", fixups=[] if is_scheduler else None)
app.config_from_object("django.conf:settings", namespace="CELERY")


@signals.setup_logging.connect
def write_like_the_web(loglevel: Any = None, **_kwargs: Any) -> None:
    """Worker and scheduler write the same lines as the web process, with nothing personal in them."""
    from django.conf import settings

    logging_config.dictConfig(settings.LOGGING)
    if loglevel is not None:
        logging.getLogger().setLevel(loglevel)


@signals.heartbeat_sent.connect
def say_alive(**_kwargs: Any) -> None:
    """Every two seconds while the worker hears its broker: for a health check that costs nothing."""
    ALIVE.touch()


if not is_scheduler:
    app.autodiscover_tasks()
