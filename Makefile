# One door. Every target sets up what it needs; nothing is expected on the machine but Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OCTODNS := .venv-octodns
UNITS ?= 10000
# One worker more than processors: tests wait for the disk and for other processes as well.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
PACKAGE ?=
PROFILE ?= quick
COVERAGE ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench bench-scale bench-ipn bench-octodns soak mutants dist schemas catalogue format clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The run environment is light; the development one adds the tools. Both are made again when the packaging changes.
$(VENV)/.run: pyproject.toml constraints.txt reconciler/__init__.py
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "reconciler needs Python 3.11 or newer, and this is " + sys.version.split()[0] + "; name another with make PYTHON=...")'
	@test -x $(BIN)/python || { echo "Making $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing reconciler ..."
	@$(PIP) install --constraint constraints.txt --editable '.[embedded,ipn]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing the development tools ..."
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

# What is compiled comes as a wheel or not at all: no compiler is expected either.
$(VENV)/.soak: $(VENV)/.dev
	@echo "Installing what the long proofs need ..."
	@$(PIP) install --constraint constraints.txt --only-binary atheris --editable '.[soak]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@echo "Installing what the figures are measured against ..."
	@$(PIP) install --constraint constraints.txt --editable '.[bench]'
	@touch $@

setup: $(VENV)/.dev ## Make .venv with everything in it

run: $(VENV)/.run ## The main job on the example fleet: validate, plan, apply, drift, heal
	@$(BIN)/python demo/run.py

test: $(VENV)/.dev ## All tests; of one package with PACKAGE=core; as in CI with PROFILE=ci COVERAGE=1
	@$(BIN)/python -m pytest -n $(if $(PACKAGE),2,$(WORKERS)) --dist loadfile --hypothesis-profile=$(PROFILE) $(if $(COVERAGE),--cov --cov-report=) $(if $(PACKAGE),tests/$(PACKAGE))
	@test -z '$(COVERAGE)' || $(BIN)/python -m tools.coverage_floors $(PACKAGE)

check: $(VENV)/.dev ## The rules: format, lint, types, layers, generated files, catalogues, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.codegen --check
	@$(BIN)/python -m tools.catalogue_cli check
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/architecture tests/docs

bench: $(VENV)/.bench ## Figures as ratios, against floors measured in the same run
	@$(BIN)/python -m bench

bench-scale: $(VENV)/.bench ## Drift at 1,000, 10,000 and 100,000 shops: minutes
	@$(BIN)/python -m bench scale

bench-ipn: $(VENV)/.dev ## Notifications a second, with what they cannot do without measured beside
	@$(BIN)/python -m bench.ipn

$(OCTODNS)/.made: bench/octodns.txt
	@echo "Making $(OCTODNS) ..."
	@$(PYTHON) -m venv --clear $(OCTODNS)
	@$(OCTODNS)/bin/python -m pip --disable-pip-version-check --quiet install --requirement bench/octodns.txt
	@touch $@

bench-octodns: $(VENV)/.dev $(OCTODNS)/.made ## Drift beside octoDNS, of UNITS=10000 shops and zones: minutes
	@$(BIN)/python -m bench.octodns_comparison $(OCTODNS) $(UNITS)

soak: $(VENV)/.soak ## The long proofs
	@$(BIN)/python -m pytest -m soak -s
	@$(BIN)/python -m pytest -m 'hypothesis and not soak' --hypothesis-profile=soak -n 2
	@$(BIN)/python -m tools.mutants

dist: $(VENV)/.dev ## The source distribution and the wheel in dist/, and a test of the wheel away from the source tree
	@$(BIN)/python -m tools.dist
	@$(BIN)/python -m tools.dist_check

mutants: $(VENV)/.soak ## Mutation tests of core/planning: at least 90 % killed, each survivor explained
	@$(BIN)/python -m tools.mutants

schemas: $(VENV)/.dev ## Write the generated files again: schemas/, docs/codes.md
	@$(BIN)/python -m tools.codegen

catalogue: $(VENV)/.dev ## Bring the Japanese catalogue up to date with the texts
	@$(BIN)/python -m tools.catalogue_cli update
	@$(BIN)/python -m tools.catalogue_cli compile

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove what was made: .venv, caches, the local store
	rm -rf $(VENV) $(OCTODNS) mutants .reconciler demo/.reconciler .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist *.egg-info
