# make setup      .venv with everything that the product needs
# make demo       broker, controller, API and 39 simulated speakers of one district
# make test       style, types, import contracts and tests
# make test-full  the slow tests, and those that need an optional real server
# make audit-deps  are there known weaknesses in what we depend on?
# make rehearse-all  long counts; figures go to docs/performance.md

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
ARGS ?=

.PHONY: setup demo test test-full rehearse-all audit-deps lint lock clean

setup: $(VENV)/.runtime

$(VENV)/.made: Makefile
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.txt pyproject.toml
	$(PIP) -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	@touch $@

demo: setup
	$(BIN)/loa demo $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check --no-cache .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations=15 -m "not full and not rehearse" $(ARGS)

# 300 seeds; FULL=full leaves out the hundred that `make test` has run
FULL = full or hundred

test-full: $(VENV)/.dev
	./deploy/servers.sh
	$(BIN)/python -m pytest -n 3 --dist worksteal --durations=25 -m "($(FULL)) and not rehearse" $(ARGS)
	./deploy/other-pythons.sh
	./deploy/audit-deps.sh

audit-deps: $(VENV)/.dev
	./deploy/audit-deps.sh

rehearse-all: $(VENV)/.dev
	$(BIN)/python -m pytest -m rehearse $(ARGS)

lock:
	uv pip compile --generate-hashes --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11 --extra build pyproject.toml -o requirements.txt
	uv pip compile --generate-hashes --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11 --extra build --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) build dist *.egg-info
