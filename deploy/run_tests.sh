#!/bin/sh
# All tests on SQLite; again on PostgreSQL (with Redis when named) when TEST_DATABASE_URL names a server.
# Ends with what was skipped and why. ARGS are handed to pytest.
PY=${PY:-.venv/bin/python}
TEST_NOTES=$(mktemp)
export TEST_NOTES
trap 'rm -f "$TEST_NOTES"' EXIT
status=0

run() { # run NAME VARIABLE=VALUE…
  name=$1
  shift
  echo "== $name"
  # shellcheck disable=SC2086  # ARGS are words
  env "$@" "$PY" -m pytest -n auto --dist loadfile $ARGS || status=1
}

run "Tests on SQLite" -u DATABASE_URL
if [ -n "$TEST_DATABASE_URL" ]; then
  run "Tests on PostgreSQL" DATABASE_URL="$TEST_DATABASE_URL"
else
  echo "all tests on PostgreSQL: TEST_DATABASE_URL names no server" >>"$TEST_NOTES"
fi
[ -n "$TEST_REDIS_URL" ] || echo "all tests with a real Redis: TEST_REDIS_URL names no server" >>"$TEST_NOTES"

if [ -s "$TEST_NOTES" ]; then
  echo "Skipped:"
  sort -u "$TEST_NOTES" | sed 's/^/  /'
  [ -z "$TEST_NO_SKIP" ] || { echo "Nothing may be skipped here."; status=1; }
else
  echo "Skipped: nothing."
fi
exit $status
