# Seed. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NPM_STAMP := npm/node_modules/.installed
CONTRACT_STAMP := npm/contract/node_modules/.installed
SERVICES_STAMP := npm/services/node_modules/.installed
BERRY_STAMP := npm/berry/node_modules/.installed
# One more than cores: a test that waits for the framework or for AWS leaves its core to another.
WORKERS ?= 3
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo rules test test-chaos soak test-giant test-contract test-services test-campaign lint types bench docs pictures lock clean system

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) $(NPM_STAMP) ## Install everything into .venv and npm/node_modules

demo: install system ## Start Seed with the sample app, up to a review that waits for you
	@$(BIN)/seed demo $(DEMO)

test: install system browser ## Run the whole test suite, with lint, types and import rules
	$(BIN)/ruff check src tests scripts
	$(BIN)/ruff format --check src tests scripts
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -m "not campaign and not services" -n $(WORKERS) --dist loadgroup $(TESTS)

test-chaos: install system ## Kill the server at 20 random moments and show that nothing is lost or done twice
	$(BIN)/pytest -m campaign tests/chaos -s

soak: install system ## 500 pushes over 20 stages: every build accounted for, memory flat
	$(BIN)/pytest -m campaign tests/soak -s

test-giant: install system ## A build that says a gigabyte, and one that fills the disk (mounts a small one, as root)
	$(BIN)/pytest -m campaign tests/story/test_giant_builds.py

test-contract: install $(CONTRACT_STAMP) ## Speak with a server that validates by GitHub's own description of its API
	$(BIN)/pytest -m campaign tests/forges

test-services: install system $(SERVICES_STAMP) $(BERRY_STAMP) ## Build, deploy and promote services of many makes; installs from package registries
	PATH="$(CURDIR)/npm/services/node_modules/.bin:$$PATH" $(BIN)/pytest tests/story/test_services.py tests/story/test_workspaces.py tests/work/test_workspace_managers.py --durations=0 -m ""

test-campaign: install system browser $(CONTRACT_STAMP) ## Run the slow tests too
	$(BIN)/pytest -m campaign

lint: install ## Check style and import rules
	$(BIN)/ruff check src tests scripts
	$(BIN)/ruff format --check src tests scripts
	$(BIN)/lint-imports --no-cache

types: install ## Check types
	$(BIN)/mypy

bench: install system ## Measure, side by side in one run
	$(BIN)/python -m scripts.bench $(BENCH)

rules: install ## Renew the replacement rules from the published resource specification
	$(BIN)/python -m scripts.rules

docs: install ## Write the generated parts of the docs
	$(BIN)/python -m scripts.docs

pictures: install system browser ## Take the pictures of the docs from a demo
	$(BIN)/python -m scripts.pictures

lock: ## Pin what pyproject.toml asks for, with hashes and without addresses
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.txt

clean: ## Remove what was installed and the demo's data
	rm -rf $(VENV) npm/node_modules .demo

$(STAMP): requirements-dev.txt pyproject.toml
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements-dev.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(NPM_STAMP): npm/package.json npm/package-lock.json
	cd npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(CONTRACT_STAMP): npm/contract/package.json npm/contract/package-lock.json
	cd npm/contract && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(SERVICES_STAMP): npm/services/package.json npm/services/package-lock.json
	cd npm/services && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BERRY_STAMP): npm/berry/package.json npm/berry/package-lock.json
	cd npm/berry && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: browser
system:
	@sh scripts/system.sh bubblewrap bwrap
browser:
	@sh scripts/system.sh chromium chromium
