# Two commands: `make run` starts everything, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
MOOC_DATA_DIR ?= ./var
export PORT HOST MOOC_DATA_DIR
unexport PYTHONDONTWRITEBYTECODE  # without compiled files every start costs two seconds more
VENV := .venv
PY := $(VENV)/bin/python
RUN_STAMP := $(VENV)/.runtime-$(shell sha256sum requirements.txt 2>/dev/null | cut -c1-16)
DEV_STAMP := $(VENV)/.dev-$(shell cat requirements.txt requirements-dev.txt 2>/dev/null | sha256sum | cut -c1-16)

.PHONY: help run setup dev test test-fast check bench bench-full fmt messages requirements content

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | column -t -s "$$(printf '\t')"

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): | $(PY)
	@echo "Installing what is needed …"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV_STAMP): | $(RUN_STAMP)
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(RUN_STAMP) ## environment, static files, up-to-date database
	@$(PY) manage.py run --setup-only

run: $(RUN_STAMP) ## start web, worker and scheduler with the demonstration data
	@exec $(PY) manage.py run

dev: $(RUN_STAMP) ## the same with DEBUG: changed code is served at once
	@MOOC_DEBUG=1 exec $(PY) manage.py run --reload

test: $(DEV_STAMP) ## all tests: SQLite, PostgreSQL and Redis when named, Chromium when installed
	@PY=$(PY) sh deploy/run_tests.sh

test-fast: $(DEV_STAMP) ## the tests that take no time, on SQLite, without browser or server: while you change something
	@env -u DATABASE_URL $(PY) -m pytest --fast -n 2 --dist loadfile $(ARGS)

check: $(DEV_STAMP) ## lint, types, arrows, migrations, deploy settings, compose file, translations
	@PY=$(PY) sh deploy/run_checks.sh

bench: $(DEV_STAMP) ## hot pages against a bare view, heavy work; writes var/bench.json
	@$(PY) -m tests.bench

bench-full: $(DEV_STAMP) ## the same at the large sizes
	@$(PY) -m tests.bench --full

fmt: $(DEV_STAMP) ## format the code and the templates
	@$(VENV)/bin/ruff check -q --fix . ; $(VENV)/bin/ruff format -q .
	@$(VENV)/bin/djlint --reformat --warn --quiet templates

messages: $(DEV_STAMP) ## collect and compile translations (needs gettext)
	@$(PY) deploy/check_messages.py --tools
	@$(PY) manage.py makemessages -l zh_Hans --no-obsolete --no-location -i .venv -i var -i tests >/dev/null
	@$(PY) manage.py compilemessages -l zh_Hans >/dev/null

content: $(RUN_STAMP) ## check the course content files
	@$(PY) manage.py load_content courses/content --check

requirements: ## compile the pinned requirements (needs uv)
	@cd . && for part in requirements requirements-dev; do \
	  uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make requirements" deploy/$$part.in -o $$part.txt && \
	  $(PYTHON) deploy/annotate_requirements.py deploy/$$part.in $$part.txt; done
