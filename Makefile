# What a person types here; `make help` lists it. Set-up leaves a stamp beside what it made, so that a second run
# has nothing to do. PYTHON=… chooses the interpreter, WORKERS=… how many tests run at once: one more than two cores, as
# they wait for a browser or a process now and then, but for the slow ones, which hardly do.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
LOCKED ?= yes

# Branch coverage, and its threshold: in CI, as it makes the run a third longer. `make test CI=true` has it anywhere.
COVERAGE := $(if $(CI),--cov --cov-report=term)

# With LOCKED=no the pins alone count, for a mirror that repacks packages and so changes their hashes.
pins = $(if $(filter no,$(LOCKED)),-r $(1).txt,--require-hashes -r $(1).lock)
install = $(PY) -m pip install --disable-pip-version-check --no-input $(call pins,$(1))

KERNELS := $(shell grep -l '^@compiled' routing/*.py routing/*/*.py)

.DEFAULT_GOAL := help
.PHONY: help setup bench-setup demo test test-slow test-all lint format lock clean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 18

setup: $(VENV)/.installed web/static/vendor/.installed $(VENV)/.compiled ## prepare .venv and the front-end libraries

bench-setup: setup ## what the benchmarks compare with, and draw by
	@$(call install,requirements-bench) --quiet --progress-bar off

demo: setup ## plan tonight's patrols on the Busan sample and serve them on http://127.0.0.1:8000
	@exec $(PY) app.py demo

test: setup lint ## lint, types, layers and every test that a developer waits for
	@$(PY) -m pytest -n $(or $(WORKERS),3) --dist worksteal -m "not slow" $(COVERAGE)

test-slow: setup $(VENV)/.installed-dev ## the tests that take longer
	@$(PY) -m pytest -n $(or $(WORKERS),2) --dist worksteal -m slow

test-all: test test-slow ## both

lint: $(VENV)/.installed-dev ## ruff, mypy and the layer contracts
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

format: $(VENV)/.installed-dev ## let ruff lay the code out
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock: $(VENV)/.installed-dev ## write the *.lock files from the requirements*.txt
	@for name in requirements-dev requirements requirements-bench requirements-node; do \
	  others=$$(case $$name in requirements|requirements-bench) echo "-c requirements-dev.lock";; esac); \
	  $(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    $$others $$name.txt -o $$name.lock || exit 1; \
	done

clean: ## as after a clone; var/, where the database lives, stays
	rm -rf $(VENV) node_modules web/static/vendor htmlcov .coverage .coverage.*
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made: scripts/make_venv.sh
	@sh scripts/make_venv.sh $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.txt requirements.lock
	@echo "Installing the pinned packages; the first time this fetches about 200 MB."
	@$(call install,requirements) --quiet --progress-bar off
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt requirements-dev.lock
	@echo "Installing what the tests need."
	@$(call install,requirements-dev) --quiet --progress-bar off
	@touch $@

$(VENV)/.compiled: $(VENV)/.installed scripts/compile_kernels.py $(KERNELS)
	@$(PY) scripts/compile_kernels.py
	@touch $@

web/static/vendor/.installed: $(VENV)/.made package.json package-lock.json requirements-node.lock scripts/front_end.py
	@$(PY) scripts/front_end.py
	@touch $@
