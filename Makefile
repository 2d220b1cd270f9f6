# The project's tasks. Every target first makes the virtual environment; that is skipped when nothing changed.
# Needs: Python 3.11 or newer, Go 1.26 or newer, git.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types imports bench prove tools cluster test-cluster servers lock format schemas protocol

help: ## show the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 15

setup: ## make the virtual environment from requirements.lock
	@$(PYTHON) tools/setup.py $(VENV)

run: setup ## render the sample repository in environments/
	$(BIN)/stargit render --repository .
	@echo "The manifests are in rendered/, one folder an environment; 'git diff --stat rendered' shows what changed."

test: setup tools cluster servers lint types imports ## every check and every test
	$(BIN)/python -m pytest -n $(JOBS)

check: setup lint types imports ## the quick part: linters, types, tests that are not slow
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow" --timeout 30 --session-timeout 110 --maxfail 10

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports --no-logo

format: setup ## put the Python files into the project's form
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: setup ## measure the budgets of docs/architecture.md (FLEET=n for other than 10,000 deployments, HISTORY=n for other than 50,000 commits)
	$(BIN)/python -m benchmarks $(if $(FLEET),--fleet $(FLEET) --commits $(FLEET)) $(if $(HISTORY),--history $(HISTORY))

prove: setup tools ## compare Helm with the native program for 3,000 drawn value sets (SETS=n for more or fewer)
	$(BIN)/python -m tests.equality.prove --sets $(or $(SETS),3000)

tools: setup ## build the pinned Go programs (helm, helm3, kubeconform)
	$(BIN)/python -m stargit.tools all

cluster: setup ## build the pinned Go programs of the test cluster (Kubernetes, KWOK, Argo CD); 10 to 15 minutes, once
	$(BIN)/python -m tests.cluster.programs

test-cluster: setup cluster ## the tests against a real Kubernetes API server and a real Argo CD
	$(BIN)/python -m pytest tests/cluster

servers: setup ## get what the bootstrapper is tested with: PostgreSQL 12 to 17, PgBouncer, an Airflow; 650 MB, once
	$(BIN)/python -m tests.bootstrapper.programs
	$(BIN)/python -m tests.bootstrapper.airflows

schemas: setup ## write the JSON Schemas of schemas/ from the models
	$(BIN)/python -m generator.desired schemas

protocol: setup ## generate the Python code of commander/proto
	$(BIN)/python tools/protocol.py

# The lock names versions and hashes, no index and no address, so it is good for any mirror.
lock: setup ## resolve the newest versions into requirements.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras --group bootstrapper --group build --group dev --universal --python-version 3.11 \
	  --no-config --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock
	$(BIN)/uv pip compile --group bootstrapper --universal --python-version 3.11 \
	  --no-config --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o bootstrapper/requirements.lock
	$(BIN)/uv pip compile --group fuzz --universal --python-version 3.11 \
	  --no-config --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements-fuzz.lock
	@! grep -nE '(https?|file)://|^ *-(i|f|-)' requirements.lock requirements-fuzz.lock bootstrapper/requirements.lock | grep -v -- '--hash='
