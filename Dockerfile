FROM python:3.11-slim AS packages
COPY requirements.txt /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=65536 CELERY_SKIP_CHECKS=1
# Volumes take their owner from these folders when they are first made.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin mooc \
 && install -d -o mooc -m 750 /data /data/models \
 && install -d -o mooc -m 755 /data/static /data/media
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# No history comes into the image: who builds it may name the commit, else the contents name it.
ARG COMMIT=
RUN python -m mooc.lib.serving.build "$COMMIT" > build_id && python -m compileall -q .
USER mooc
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "mooc.wsgi", "--config", "deploy/gunicorn.conf.py"]
