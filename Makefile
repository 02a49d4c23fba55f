# Every target sets up what it needs. The machine needs only Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OCTODNS := .venv-octodns
READERS := .venv-readers
SECRET_PROGRAMS := .venv-secret-programs
UNITS ?= 10000
# One worker more than CPUs: tests also wait for the disk and for other processes.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
PACKAGE ?=
# Tests of whole systems: runs and sidecars that are killed, jobs of CI, simulated days, the documentation's commands; and, marked as such in
# their files, what starts many processes or takes long: one of seventeen tests, and more than half of the time.
SYSTEM = $(addprefix tests/,ci_files conformance demo docs/commands ipn/reliability kill lsp modelcheck monitoring simulation) $(MARKED)
MARKED = $(shell grep -rlE '^pytestmark = .*mark\.system\b' tests --include='test_*.py' | sort)
IGNORED = $(addprefix --ignore=,$(SYSTEM)) $(if $(CHECKED),--ignore=tests/architecture --ignore-glob='tests/docs/test_*.py' --ignore=tests/docs/site)
PYTEST = $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder --hypothesis-profile=$(PROFILE) $(if $(COVERAGE),--cov --cov-report=)
PROFILE ?= quick
PICTURES ?= screenshots
COVERAGE ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-ci run demo test test-system coverage test-browser test-deploy test-hosts screenshots check check-code check-rules check-deploy bench bench-scale bench-ipn bench-octodns soak certificate mutants dist release changelog site schemas catalogue format clean readers secret-programs

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The run environment is small; the development one adds the tools. Both are rebuilt when the packaging changes.
$(VENV)/.run: pyproject.toml constraints.txt reconciler/__init__.py
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "reconciler needs Python 3.11 or newer, not " + sys.version.split()[0] + " (choose another: make PYTHON=...)")'
	@test -x $(BIN)/python || { echo "Creating $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing reconciler ..."
	@$(PIP) install --constraint constraints.txt --editable '.[console,embedded,ipn]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing the development tools ..."
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Compiled packages are installed as wheels only, so no compiler is needed.
$(VENV)/.soak: $(VENV)/.dev
	@echo "Installing the tools for the long tests ..."
	@$(PIP) install --constraint constraints.txt --only-binary atheris --editable '.[soak]'
	@touch $@

$(VENV)/.lint: $(VENV)/.dev
	@echo "Installing the linters of CI files ..."
	@$(PIP) install --constraint constraints.txt --editable '.[lint]'
	@touch $@

$(VENV)/.deploy: $(VENV)/.dev
	@echo "Installing the linters of deploy/ ..."
	@$(PIP) install --constraint constraints.txt --editable '.[deploy]'
	@touch $@

$(VENV)/.browser: $(VENV)/.dev
	@echo "Installing the driver of the browser ..."
	@$(PIP) install --constraint constraints.txt --editable '.[browser]'
	@touch $@

$(VENV)/.docs: $(VENV)/.dev
	@echo "Installing the tools of the documentation site ..."
	@$(PIP) install --constraint constraints.txt --editable '.[docs]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@echo "Installing the reference packages of the benchmarks ..."
	@$(PIP) install --constraint constraints.txt --editable '.[bench]'
	@touch $@

# One installation with everything that CI needs takes a fraction of the time of one after the other.
$(VENV)/.ci: pyproject.toml constraints.txt reconciler/__init__.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing reconciler with all tools of CI ..."
	@$(PIP) install --constraint constraints.txt --editable '.[console,embedded,ipn,dev,lint,deploy,browser,docs]'
	@for stamp in .run .dev .lint .deploy .browser .docs .ci; do touch $(VENV)/$$stamp; done

setup: $(VENV)/.dev ## Create .venv with all tools

setup-ci: $(VENV)/.ci ## Create .venv with the tools of all checks and tests

run: $(VENV)/.run ## Run the main job on the example fleet: validate, plan, apply, drift
	@$(BIN)/python -m demo.run

demo: $(VENV)/.run ## Start backend and sidecar on this machine with an example world, and print a tour
	@$(BIN)/python -m demo.live

test: $(VENV)/.dev ## Run the tests; one package with PACKAGE=core
	@$(PYTEST) $(if $(PACKAGE),-n 2 tests/$(PACKAGE),-n $(WORKERS) $(IGNORED))
	@test -z '$(COVERAGE)' || $(BIN)/python -m tools.coverage_floors $(PACKAGE)

test-system: $(VENV)/.dev ## Run the tests of whole systems: processes, killed runs, simulated days, the documentation's commands (minutes)
	@$(PYTEST) -n $(WORKERS) $(SYSTEM)

coverage: ## Run both with more examples and compare the coverage of each package with its floor
	@$(MAKE) --no-print-directory test PROFILE=ci COVERAGE=1 SYSTEM=

test-browser: $(VENV)/.browser ## Test the screens in the system's Chromium
	@$(BIN)/python -m pytest -n 2 -m browser tests/browser

test-deploy: $(VENV)/.dev ## Build the image's tree without an image, and run the services of the compose file in it
	@$(BIN)/python -m pytest -m deploy tests/deploy

test-hosts: $(VENV)/.dev ## Test the tool on three hosts in network namespaces: cut cables, lost power, wrong clocks (minutes)
	@$(BIN)/python -m pytest -m 'hosts and not soak' tests/hosts

screenshots: $(VENV)/.browser ## Take a picture of each page in PICTURES=screenshots, and those of the READMEs
	@mkdir -p $(PICTURES)
	@RECONCILER_SCREENSHOTS='$(abspath $(PICTURES))' $(BIN)/python -m pytest -m browser tests/browser/test_all_pages.py tests/browser/test_console.py
	@$(BIN)/python -m tests.browser.readme_pictures
	@$(BIN)/python -m tests.browser.console_pictures

check: check-code check-rules ## Check the rules: format, lint, types, layers, generated files, catalogues, CI files, docs

check-code: $(VENV)/.lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.codegen --check
	@$(BIN)/python -m tools.catalogue_cli check
	@$(BIN)/python -m tools.ci_lint
	@$(BIN)/python -m tools.editor_lint

check-rules: $(VENV)/.lint
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/architecture tests/docs --ignore=tests/docs/commands

check-deploy: $(VENV)/.deploy ## Check the files of deploy/: Dockerfile, compose file, Kubernetes, systemd
	@$(BIN)/python -m tools.deploy_lint

bench: $(VENV)/.bench ## Run benchmarks, as ratios to a reference measured in the same run
	@$(BIN)/python -m bench

bench-scale: $(VENV)/.bench ## Benchmark drift at 1,000, 10,000 and 100,000 shops (minutes)
	@$(BIN)/python -m bench scale

bench-ipn: $(VENV)/.dev ## Benchmark notifications per second, beside the necessary work alone
	@$(BIN)/python -m bench.ipn

$(READERS)/.made: tests/views/reports/readers.txt
	@echo "Creating $(READERS) ..."
	@$(PYTHON) -m venv --clear $(READERS)
	@$(READERS)/bin/python -m pip --disable-pip-version-check --quiet install --requirement tests/views/reports/readers.txt
	@touch $@

readers: $(READERS)/.made ## Install independent readers of reports: `make test` then uses them

$(SECRET_PROGRAMS)/.made: tests/adapters/secrets/programs.txt
	@echo "Creating $(SECRET_PROGRAMS) ..."
	@$(PYTHON) -m venv --clear $(SECRET_PROGRAMS)
	@$(SECRET_PROGRAMS)/bin/python -m pip --disable-pip-version-check --quiet install --requirement tests/adapters/secrets/programs.txt
	@touch $@

secret-programs: $(SECRET_PROGRAMS)/.made ## Install sops and OpenBao: `make test` then uses them

$(OCTODNS)/.made: bench/octodns.txt
	@echo "Creating $(OCTODNS) ..."
	@$(PYTHON) -m venv --clear $(OCTODNS)
	@$(OCTODNS)/bin/python -m pip --disable-pip-version-check --quiet install --requirement bench/octodns.txt
	@touch $@

bench-octodns: $(VENV)/.dev $(OCTODNS)/.made ## Compare drift with octoDNS, for UNITS=10000 shops and zones (minutes)
	@$(BIN)/python -m bench.octodns_comparison $(OCTODNS) $(UNITS)

soak: $(VENV)/.soak ## Run the long tests: fuzzing, many examples, mutation tests
	@$(BIN)/python -m pytest -m soak -s
	@$(BIN)/python -m pytest -m 'hypothesis and not soak' --hypothesis-profile=soak -n 2
	@$(BIN)/python -m tools.mutants

certificate: $(VENV)/.dev ## Check every order of events in an apply, and write its certificate: half an hour
	@$(BIN)/python -m tools.modelcheck certificate

release: $(VENV)/.dev ## Prepare a release: make release VERSION=0.2.0 (docs/releasing.md)
	@$(BIN)/python -m tools.release $(VERSION)

changelog: $(VENV)/.dev ## Show what the next release adds to CHANGELOG.md
	@$(BIN)/python -m tools.release --changelog

dist: $(VENV)/.dev ## Build the source distribution and the wheel in dist/, and test the wheel outside the source tree
	@$(BIN)/python -m tools.dist
	@$(BIN)/python -m tools.dist_check

mutants: $(VENV)/.soak ## Run mutation tests of core/planning: at least 90 % killed, each survivor explained
	@$(BIN)/python -m tools.mutants

site: $(VENV)/.docs ## Build the documentation site in build/site, in English and Japanese, offline
	@$(BIN)/python -m tools.docs_site $(if $(ACCEPT),--accept)

schemas: $(VENV)/.dev ## Generate schemas/, docs/codes.md, the tables of the READMEs, examples in docs
	@$(BIN)/python -m tools.codegen

catalogue: $(VENV)/.dev ## Update both catalogues from the texts in the code
	@$(BIN)/python -m tools.catalogue_cli update
	@$(BIN)/python -m tools.catalogue_cli compile

format: $(VENV)/.dev ## Format the code and apply safe lint fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove everything generated: .venv, caches, the local store
	rm -rf $(VENV) $(OCTODNS) $(READERS) mutants .reconciler demo/.reconciler demo/.live screenshots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist *.egg-info
