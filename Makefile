# Thin doors to the commands that CI runs too. `make demo ARGS="--once --json FILE"` passes options on.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
CHROMIUM ?= /usr/bin/chromium
# More workers than cores, each with a world of its own: end-to-end tests wait more than they work.
# They come first; the quick ones fill the end, when some workers have nothing more to wait for.
TESTS := tests/e2e tests/contract tests/unit tests/architecture tests/replay
WORLDS := -n 5 --dist loadfile --no-loadscope-reorder -q

.PHONY: setup demo up down test test-exhaustive test-client test-unit test-devstack lint bench mutants requirements

setup: $(VENV)/.ready

$(VENV)/.ready: requirements-dev.txt
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info < (3, 13), "Slipway needs Python 3.11 or 3.12: make PYTHON=python3.11"'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'Installing the packages into $(VENV): about a minute the first time ...'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements-dev.txt | cut -d' ' -f1)"
	$(BIN)/uv pip sync --quiet --compile-bytecode requirements-dev.txt --python $(BIN)/python
	touch $@

demo: setup
	$(BIN)/python -m devstack demo $(ARGS)

up: setup
	$(BIN)/python -m devstack up $(ARGS)

down: setup
	$(BIN)/python -m devstack down $(ARGS)

test: setup
	$(BIN)/python -m pytest $(TESTS) -m "not exhaustive" $(WORLDS) $(ARGS)
	@if command -v node >/dev/null && test -x "$(CHROMIUM)"; then $(MAKE) test-client; \
	else echo 'The dashboard was not tested: Node 20 or Chromium ($(CHROMIUM)) is missing.'; fi

# A kill at every point of an operation, every file of the corpora, requests that schemathesis makes up.
test-exhaustive: setup
	$(BIN)/python -m pytest tests/e2e tests/contract -m exhaustive $(WORLDS) $(ARGS)

test-client: setup client/node_modules/.package-lock.json
	cd client && npm run --silent types:check && npm run --silent typecheck && npm run --silent test && npm run --silent test:browser

client/node_modules/.package-lock.json: client/package-lock.json
	cd client && npm ci --no-audit --no-fund
	touch $@

test-devstack: setup
	$(BIN)/python -m pytest devstack -n 2 --dist loadfile --no-loadscope-reorder -q $(ARGS)

test-unit: setup
	$(BIN)/python -m pytest tests/unit tests/architecture tests/replay -n 2 -q $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	.ci/requirements-drift

requirements: setup
	$(BIN)/uv pip compile -q --universal --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 -c requirements.txt pyproject.toml --group dev -o requirements-dev.txt

# Changes the pipeline's code one thing at a time and prints what no test notices.
# ARGS='orchestrators.support.releasing.*' tries some of it; all of it takes a quarter of an hour.
mutants: setup
	$(BIN)/uv pip install --quiet --python $(BIN)/python --target .state/mutmut mutmut==3.8.1
	PYTHONPATH=.state/mutmut $(BIN)/python tests/mutants.py $(ARGS)

bench: setup
	$(BIN)/python -m benchmarks $(ARGS)
