"""What serves and watches: workers, queues of files, cache, sessions, logs, numbers, readiness."""
