# Every target has one line of help; `make` alone prints them.
PYTHON ?= python3
VENV := .venv/bin
SOURCES := domain activities workflows adapters cli api stack worker.py starter.py settings.py tests tools

ifeq ($(HOME),)
unexport HOME  # an empty one is none: the account's own is taken
endif

.DEFAULT_GOAL := help
.PHONY: help bootstrap server parts demo check check-fast check-postgresql lock cli-docs histories bench mutants clean

help: ## Print this help
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap: ## Set up: a private uv, .venv from the lock, cir at .venv/bin/cir
	@$(PYTHON) tools/bootstrap.py

server: bootstrap ## Get the Temporal server: found, cached, downloaded or built
	@$(VENV)/python -m stack.server

demo: bootstrap ## Walk one incident from report to acknowledged billing pack (KEEP=1 leaves it running)
	@$(VENV)/python -m stack.demo $(if $(KEEP),--keep)

parts: ## Get what only the tests need: Chromium and PostgreSQL
	@$(PYTHON) tools/parts.py

check: parts bootstrap server ## Run everything CI runs
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports
	@$(PYTHON) tools/lock.py --check
	@$(VENV)/pytest

check-fast: bootstrap ## Lint, types, contracts and the tests that need no server
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports
	@$(VENV)/pytest -m "not server and not crash and not browser"

check-postgresql: parts bootstrap server ## Run every test over PostgreSQL instead of SQLite
	@$(VENV)/pytest --database=postgresql

lock: bootstrap ## Resolve requirements.lock anew
	@$(PYTHON) tools/lock.py

cli-docs: bootstrap ## Write cli/verbs.json and docs/cli.md from the declarations
	@$(VENV)/python -m cli.generate

histories: bootstrap server ## Record the histories of tests/histories anew, for a release
	@$(VENV)/python -m tests.record_histories

bench: bootstrap server ## What a list, a decision and sealing cost, beside Temporal's own CLI and bare Temporal
	@$(VENV)/python -m bench.commands
	@$(VENV)/python -m bench.sealing

mutants: bootstrap ## Break the rules on purpose and list what no test notices (hours; ONLY="domain.money.*")
	@$(VENV)/mutmut run $(ONLY)
	@$(VENV)/mutmut results

clean: ## Remove what bootstrap made
	@rm -rf .venv .uv mutants
