# SoJuS: `make demo` shows it, `make test` proves it, `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The newest of these that is 3.11 or newer; `make PYTHON=/path/to/python …` chooses another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v "$$p" && break; done)

PY := .venv/bin/python
PORT ?= 8000
USER_NAME := $(if $(filter command line,$(origin USER)),$(USER),asd-vg)
TESTS ?=
DEMO_OPTIONS ?=
MACHINES ?=
WORKERS ?= 2
# The other PostgreSQL that is supported, and what is asked of it.
MAJOR ?= 18
POSTGRES_TESTS = tests/isolation tests/tenant_apps/placements tests/tenants
# The part that `make test` runs on it where it is at hand: why, see deploy/newest_postgres.py.
POSTGRES_CORE = tests/isolation

export PORT
# Whatever the shell says, compiled modules are kept: without them each process of a run compiles the program again.
unexport PYTHONDONTWRITEBYTECODE

# Which database and which browser the tests use; both are looked for once, at the start of a test run.
TEST_ENVIRONMENT = export SOJUS_ENV=test; \
  TEST_DATABASE_URL="$$($(PY) -m deploy.embedded_postgres start --test)"; export TEST_DATABASE_URL;
BROWSER = SOJUS_CHROMIUM="$$($(PY) -m deploy.browser)"; export SOJUS_CHROMIUM;

.PHONY: help
help: ## list all commands
	@echo "SoJuS. The two that matter: make demo, make test."
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Settings: PORT=8000, DATABASE_URL=postgres://…  (an existing PostgreSQL 15 or newer), PYTHON=…"

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Debian, Ubuntu: sudo apt-get install python3 python3-venv" >&2; exit 1; }

# Both are asked before anything is downloaded: whoever names a port that cannot be used, or has no PostgreSQL and
# may not install one, hears it at once.
.PHONY: address
address: python
	@$(PYTHON) -m deploy.demo.address

.PHONY: postgres
postgres: python
	@$(PYTHON) -m deploy.embedded_postgres check

.PHONY: postgres-test
postgres-test: python
	@$(PYTHON) -m deploy.embedded_postgres check --test

.PHONY: setup-base
setup-base: python
	@$(PYTHON) -m deploy.environment base

.PHONY: setup
setup: setup-base ## make .venv from the hash-pinned requirements (quick when nothing changed)
	@$(PYTHON) -m deploy.environment dev

# -- the demo ---------------------------------------------------------------------------------

.PHONY: demo
demo: address postgres setup-base ## start the portal with eight youth offices and a filled demo world
	@exec $(PY) -m deploy.demo $(DEMO_OPTIONS)

.PHONY: demo-stop
demo-stop: setup-base ## stop the demo and its database; everything stays as it is
	@$(PY) -m deploy.demo --stop

.PHONY: demo-reset
demo-reset: address postgres setup-base ## throw the demo's database away and start from scratch
	@exec $(PY) -m deploy.demo --reset

.PHONY: token
token: setup-base ## print an API token of a demo user: make token USER=asd-vg
	@$(PY) -m deploy.demo --manage api_token $(USER_NAME)

.PHONY: code
code: setup-base ## print the six digits of a demo user's second factor: make code USER=wjh-vg
	@$(PY) -m deploy.demo --manage totp_code $(if $(filter command line,$(origin USER)),$(USER),wjh-vg)

.PHONY: shell
shell: setup-base ## open a Django shell on the demo database
	@$(PY) -m deploy.demo --manage shell

# -- the tests --------------------------------------------------------------------------------

.PHONY: test
test: postgres-test setup lint ## everything: linters, import contracts, migrations, unit, database, API and browser tests
	@$(TEST_ENVIRONMENT) echo "== migrations"; DATABASE_URL="$$TEST_DATABASE_URL" $(PY) manage.py makemigrations --check --dry-run
	@$(TEST_ENVIRONMENT) $(BROWSER) echo "== tests"; \
	  code=0; $(PY) -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "not bench" $(TESTS) || code=$$?; \
	  $(if $(TESTS),,WORKERS=$(WORKERS) $(PY) -m deploy.newest_postgres $(MAJOR) $(POSTGRES_CORE) || code=$$?;) \
	  test -n "$$SOJUS_CHROMIUM" || $(PY) -m deploy.browser; exit $$code

.PHONY: test-fast
test-fast: postgres-test setup ## the tests without browser and slow ones; TESTS=tests/tenant_apps/cases narrows
	@$(TEST_ENVIRONMENT) $(PY) -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "not e2e and not slow and not bench" $(TESTS)

.PHONY: test-postgres
test-postgres: setup ## isolation, placements and tenants against PostgreSQL 18: make test-postgres MAJOR=18
	@export SOJUS_ENV=test; unset DATABASE_URL TEST_DATABASE_URL; \
	  if url="$$($(PY) -m deploy.embedded_postgres start --test --major $(MAJOR))"; then \
	    export TEST_DATABASE_URL="$$url" SOJUS_OTHER_POSTGRES=$(MAJOR); code=0; \
	    $(PY) -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "not e2e and not bench" $(or $(TESTS),$(POSTGRES_TESTS)) || code=$$?; \
	    $(PY) -m deploy.embedded_postgres stop --test --major $(MAJOR) >/dev/null; exit $$code; \
	  else $(PY) -m deploy.postgres_binaries $(MAJOR); fi

# Small in `make test`, large here.
LARGE := tests/api/test_race_for_last_place.py tests/tenant_apps/cases/test_seal_hilfefall.py \
  tests/tenant_apps/controlling/test_publish_monate__oracle.py tests/shared_apps/core/test_pdf.py tests/shared_apps/core/uploads \
  tests/tenant_apps/placements/test_offered_is_reserved__machine.py \
  tests/tenant_apps/placements/test_search__oracle.py

.PHONY: security
security: postgres-test setup ## attack it: crawler, peers, holes, canaries, mutants; prints the figures and writes them to docs/security.md
	@rm -f var/security-figures.jsonl
	@$(TEST_ENVIRONMENT) export $$($(PY) -m tests.security.sizes); code=0; \
	  $(PY) -m pytest -q -p no:cacheprovider -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "not bench and not e2e" tests/security tests/isolation tests/access tests/tenants/jobs/test_worker_dies.py $(LARGE) $(TESTS) || code=$$?; \
	  $(PY) -m tests.security.mutants || code=$$?; \
	  echo "== figures"; $(PY) -m tests.security.report --write; exit $$code

.PHONY: bare
bare: python ## prove both commands on minimal Debian systems without anything (root, debootstrap; half an hour)
	@$(PYTHON) -m deploy.bare_machine $(MACHINES)

# mypy asks Django for its models and no database for anything.
TYPES = SOJUS_ENV=test DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing $(PY) -m mypy deploy config tenants shared_apps tenant_apps

# mypy takes as long as the others together: they run side by side, and what it says comes last.
.PHONY: lint
lint: setup ## ruff, formatting, import contracts, templates, types
	@said="$$(mktemp)"; $(TYPES) >"$$said" 2>&1 & types=$$!; code=0; \
	  trap 'kill $$types 2>/dev/null || true; rm -f "$$said"' EXIT; trap 'exit 130' INT TERM; \
	  echo "== ruff";      $(PY) -m ruff check . || code=1; \
	  echo "== format";    $(PY) -m ruff format --check . || code=1; \
	  echo "== imports";   .venv/bin/lint-imports || code=1; \
	  echo "== templates"; .venv/bin/djlint --lint --quiet config tenants shared_apps tenant_apps || code=1; \
	  echo "== types";     wait $$types || code=1; cat "$$said"; exit $$code

.PHONY: types
types: setup ## mypy with the types of Django
	@echo "== types"; $(TYPES)

.PHONY: format
format: setup ## mend formatting and what ruff can mend safely
	@$(PY) -m ruff check --fix . ; $(PY) -m ruff format .

.PHONY: bench
bench: postgres-test setup ## measure search, reservation, comparison, onboarding; prints figures
	@$(TEST_ENVIRONMENT) $(PY) -m pytest tests/bench -s -p no:xdist -m "bench and not nation" $(TESTS)

.PHONY: bench-nation
bench-nation: postgres-test setup ## the search in the market of 552 offices; SOJUS_NATION_FACTOR=0.05 makes it small
	@$(TEST_ENVIRONMENT) $(PY) -m pytest tests/bench/test_nation.py -s -p no:xdist -m bench $(TESTS)

.PHONY: screenshots
screenshots: setup ## pictures of the demo's screens at 1280 and 390 px into var/screenshots
	@$(BROWSER) $(PY) -m deploy.demo --run tests/e2e/screenshots.py

# -- chores -----------------------------------------------------------------------------------

.PHONY: assets
assets: setup ## fetch the vendored front-end files again and compare their SHA-256
	@$(PY) -m deploy.assets

.PHONY: lock
lock: setup ## resolve the requirements again and write them with hashes
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	for wanted in base dev; do \
	  .venv/bin/uv pip compile pyproject.toml $$(test $$wanted = dev && echo "--extra dev -c requirements/base.txt") \
	    --universal --python-version 3.11 --generate-hashes --no-annotate --quiet \
	    --no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS) -o requirements/$$wanted.txt; \
	done

.PHONY: clean
clean: ## throw the tests' database away and remove what the tests left
	@if [ -x $(PY) ]; then for major in "" "--major $(MAJOR)"; do $(PY) -m deploy.embedded_postgres destroy --test $$major; done; fi
	@rm -rf .pytest_cache .ruff_cache var/mypy .hypothesis .import_linter_cache
