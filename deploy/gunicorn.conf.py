"""The web process. Embedded: one process, four threads. A server sets WEB_CONCURRENCY.

Times and sizes a request may take stand in ``mooc/lib/serving/webworker.py``.
"""

import gc
import os
import shutil
import tempfile
from runpy import run_path
from typing import Any

# Our own files are run, not imported: importing the package would load Celery here.
worker_class = run_path("mooc/lib/serving/webworker.py")["WebWorker"]
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("WEB_THREADS", "4"))
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
preload_app = workers > 1  # shared memory between workers; one worker alone is smaller without
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where several processes add up what /metrics says (mooc/lib/serving/counts.py)
if workers > 1 and COUNTS not in os.environ:  # read again at a reload: the folder stays
    os.environ[COUNTS] = tempfile.mkdtemp(prefix="mooc-counts-")
timeout = 60
graceful_timeout = 8
keepalive = 15
accesslog = None
loglevel = "warning"
_form = "json" if os.environ.get("MOOC_PROFILE") == "server" else "line"
# Its own lines in our form.
logconfig_dict = run_path("mooc/lib/serving/logs.py")["config"](
    os.environ.get("MOOC_LOG_FORMAT", _form), "WARNING"
)
control_socket_disable = True


YOUNG = 20_000  # new objects between two looks for cycles; Python's 700 costs some 5 % of every request


def when_ready(server: Any) -> None:
    """What is loaded now stays: keep the collector from touching (and so copying) its pages."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """The same where the app was loaded in the worker: shorter and rarer collections in requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


def on_exit(server: Any) -> None:
    """What was counted begins anew with the next start, as in one process."""
    if COUNTS in os.environ:
        shutil.rmtree(os.environ[COUNTS], ignore_errors=True)
