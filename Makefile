# Everything a newcomer types. Needs Python 3.11 or newer and bash; the rest is fetched, pinned and hash-checked.
SHELL  := bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MEASURE ?= 5
FUZZ_SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help venv demo test lint types floors units coverage test-slow quality fuzz bench fmt lock schema pages wheel clean

help: ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

# One stamp for what runs, one for what develops: `make demo` fetches no linters.
$(VENV)/.run: requirements/build.txt requirements/run.txt pyproject.toml
	@echo "venv: what the gateway runs on ($(VENV))"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "venv: what develops it ($(VENV))"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

venv: $(VENV)/.dev ## make .venv from the pinned, hash-checked requirement files

demo: $(VENV)/.run ## play Russian and foreign people through a gateway, then show where each field ended up
	@$(BIN)/pii-gateway demo

test: lint types floors units coverage ## every check that needs nothing but this tree (about seven minutes on two cores)
	@echo "make test: all passed"

lint: $(VENV)/.dev ## ruff's rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy --strict over source and tests
	@$(BIN)/mypy

floors: $(VENV)/.dev ## import-linter: imports only go down
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

units: $(VENV)/.dev ## pytest without the slow ones, in random order, on every core
	@COVERAGE_CORE=ctrace $(BIN)/python -m pytest -q -m "not slow" -n auto --dist loadfile --cov --cov-branch --cov-report=

coverage: units ## model, core and ruleset: every branch
	@$(BIN)/coverage report --include='gateway/model/*,gateway/core/*,gateway/ruleset/*' --fail-under=100

test-slow: $(VENV)/.dev ## kill -9, strace, full disks, the bench: minutes, and tools of the machine
	@$(BIN)/python -m pytest -q -m slow

quality: $(VENV)/.dev ## how well personal data is found: precision, recall, missed and hidden, a kind and a tier
	@$(BIN)/python -m tests.quality

# Atheris has wheels for x86-64 only, so it is no part of what develops the gateway: docs/decisions/0040-fuzzing.md.
$(VENV)/.fuzz: $(VENV)/.dev
	@$(PIP) --no-build-isolation --editable ".[fuzz]"
	@touch $@

fuzz: $(VENV)/.fuzz ## fuzz the decoders and the whole exchange, FUZZ_SECONDS in all: executions and findings
	@$(BIN)/python -m tests.fuzz $(FUZZ_SECONDS)

bench: $(VENV)/.dev ## the gateway beside a naive aiohttp proxy and a direct upstream, as ratios
	@$(BIN)/python -m tests.load.bench --seconds $(MEASURE)

fmt: $(VENV)/.dev ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(VENV)/.dev ## pin the requirement files anew (`make lock UPGRADE=--upgrade` raises versions)
	@BIN=$(BIN) requirements/lock $(UPGRADE)

schema: $(VENV)/.run ## write the JSON Schema of the rules language for editors
	@$(BIN)/pii-gateway rules schema > rules/rules.schema.json

pages: $(VENV)/.dev ## draw anew what documents take from the source: the floors, the error codes, the kinds
	@$(BIN)/python -m tests.docs.pages

wheel: $(VENV)/.dev ## build the wheel into dist/
	@$(BIN)/python -m hatchling build -t wheel

clean: ## remove what the other targets made
	@rm -rf $(VENV) dist build .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
