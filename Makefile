# setup, run, test, bench: the four that other people's scripts use. `make help` lists all.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

BIN := .venv/bin
PORT ?= 8000
WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --only-binary :all:
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# what a person's shell may have set for a real site must not reach the tests; what is compiled once is compiled
ISOLATED := env -u PYTHONDONTWRITEBYTECODE -u DATABASE_URL -u REDIS_URL -u SECRET_KEY -u FIELD_KEYS -u MEDIA_STORAGE_URL -u DEBUG \
	-u LEDGER_SIGNING_KEY -u STRIPE_SECRET_KEY -u STRIPE_WEBHOOK_SECRET -u STRIPE_API_BASE
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.PHONY: help setup run test lint lint-python lint-arrows lint-templates lint-types test-sqlite test-postgres \
	bench faults fmt messages lock system-packages

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: .venv/dev.stamp $(MESSAGES) ## the environment, in .venv
	@echo "Ready: $(BIN)"

run: .venv/run.stamp $(MESSAGES) ## the site with its demo at http://127.0.0.1:8000 (PORT=..., STRIPE=standin: payable online)
	@PORT=$(PORT) $(BIN)/python scripts/serve.py

test: lint test-sqlite test-postgres ## everything: lint, then the suite on SQLite and on PostgreSQL

lint: lint-python lint-arrows lint-templates lint-types ## ruff, import-linter, djlint, mypy

lint-python: .venv/dev.stamp
	@echo "== Lint"
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check --output-format concise .

lint-arrows: .venv/dev.stamp
	$(BIN)/lint-imports --no-logo

lint-templates: .venv/dev.stamp
	$(BIN)/djlint --quiet --lint .

lint-types: .venv/dev.stamp
	$(BIN)/mypy

test-sqlite: .venv/dev.stamp $(MESSAGES) system-packages ## the suite on SQLite, without the browser
	@echo "== Tests on SQLite"
	@$(ISOLATED) $(PYTEST) -m "not e2e"

test-postgres: .venv/dev.stamp $(MESSAGES) system-packages ## the suite on PostgreSQL, with the browser
	@echo "== Tests on PostgreSQL"
	@$(ISOLATED) $(BIN)/python -m tests.postgres $(PYTEST) --ignore tests/quality

bench: .venv/dev.stamp $(MESSAGES) system-packages ## the benchmarks, as a table and as JSON in var/bench.json
	@mkdir -p var
	@$(ISOLATED) $(BIN)/python -m tests.postgres $(BIN)/python -m tests.bench

faults: .venv/dev.stamp $(MESSAGES) system-packages ## 1,000 payments while webhooks go astray and the site is killed (ORDERS=...)
	@$(ISOLATED) $(BIN)/python -m tests.faults --orders $(or $(ORDERS),1000)

fmt: .venv/dev.stamp ## lays the Python out
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format --quiet .

messages: .venv/dev.stamp system-packages ## gathers the strings to translate, then compiles the catalogue
	$(BIN)/python manage.py makemessages --locale zh_Hans --ignore ".venv" --ignore "var" --ignore "tests" --no-location
	$(BIN)/python scripts/compile_messages.py

lock: ## writes the lock files anew from requirements/*.in (needs uv; UPGRADE=--upgrade for newer versions)
	@scripts/lock.sh $(UPGRADE)

system-packages:
	@scripts/system_packages.sh

locale/%.mo: locale/%.po .venv/run.stamp
	@$(BIN)/python scripts/compile_messages.py

.venv/bin/python:
	@python=$$(scripts/python.sh) && echo "== Virtualenv of $$python" && "$$python" -m venv .venv

.venv/run.stamp: requirements/run.txt | .venv/bin/python
	@echo "== Packages: requirements/run.txt"
	@$(PIP) -r requirements/run.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "== Packages: requirements/dev.txt"
	@$(PIP) -r requirements/dev.txt
	@touch $@
