# One image for web, worker, beat and migrate. Slim base, not root.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home mooc && mkdir -p /data && chown mooc /data
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MOOC_PROFILE=server MOOC_DATA_DIR=/data HOST=0.0.0.0 PORT=8000
USER mooc
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=4s --start-period=40s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "mooc.wsgi", "--config", "deploy/gunicorn.conf.py"]
