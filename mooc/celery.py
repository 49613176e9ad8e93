"""The Celery application: settings in ``CELERY_…``, tasks in each app's ``tasks.py``.

The scheduler only sends names of tasks at their time: it starts without models, in half the memory.
"""

import os
import sys

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mooc.settings")
is_scheduler = os.path.basename(sys.argv[0]) in ("celery", "__main__.py") and "beat" in sys.argv[1:]
app = Celery("mooc", fixups=[] if is_scheduler else None)
app.config_from_object("django.conf:settings", namespace="CELERY")
if not is_scheduler:
    app.autodiscover_tasks()
