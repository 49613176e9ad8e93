#!/bin/sh
# All gates that need no running server. Goes through them all, then says which failed.
PY=${PY:-.venv/bin/python}
BIN=$(dirname "$PY")
failed=""

gate() { # gate NAME COMMAND…
  name=$1
  shift
  if output=$("$@" 2>&1); then
    echo "ok    $name"
  else
    printf '%s\n' "$output"
    echo "FAIL  $name"
    failed="$failed, $name"
  fi
}

server() { # a command with the settings a server needs
  env -u MOOC_DEBUG MOOC_PROFILE=server MOOC_HOSTS=example.org MOOC_TRUSTED_PROXIES=1 \
    MOOC_SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz \
    DATABASE_URL=postgres://check@127.0.0.1/check REDIS_URL=redis://127.0.0.1/0 "$@"
}

compose() { # the real compose reads the file; the secrets it names exist only for that
  scratch=$(mktemp -d)
  cp docker-compose.yml "$scratch" && cp -r deploy "$scratch" && sh "$scratch/deploy/make_secrets.sh" >/dev/null
  MOOC_HOSTS=example.org "$BIN/docker-compose" -f "$scratch/docker-compose.yml" config -q
  status=$?
  rm -rf "$scratch"
  return $status
}

gate "lint" "$BIN/ruff" check -q .
gate "format" "$BIN/ruff" format -q --check .
gate "templates" "$BIN/djlint" --lint --quiet templates
gate "layout of templates" "$BIN/djlint" --check --quiet templates
gate "types" "$BIN/mypy"
gate "arrows" "$BIN/lint-imports"
gate "migrations" "$PY" manage.py makemigrations --check --dry-run
gate "deploy settings" server "$PY" manage.py check --deploy --fail-level WARNING
gate "compose file" compose
gate "translations" "$PY" deploy/check_messages.py

if [ -n "$failed" ]; then
  echo "Failed: ${failed#, }"
  exit 1
fi
