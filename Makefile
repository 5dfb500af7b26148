# Every command a person needs; `make help` lists them. Only Python 3.11+ and make must be there.
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
JOBS ?= 2

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: ## make .venv with the locked dependencies
	@.ci/install $(VENV) dev

demo: install ## run the whole story on SQLite and legacy simulators (ARGS=--exit ends it)
	@$(BIN)/banyan demo $(ARGS)

serve: install ## serve the gateway (ARGS="--config banyan.toml")
	@$(BIN)/banyan serve $(ARGS)

test: install ## everything that proves behaviour, in under five minutes (the docs' snippets run in check)
	@$(BIN)/pytest -n $(JOBS) -q -m "not slow" --ignore=tests/docs $(ARGS)

test-all: install ## the slow rest: kill -9 loops, whole journeys on both stores
	@$(BIN)/pytest -n $(JOBS) -q -m slow $(ARGS)

check: install ## ruff, mypy --strict, the import layers, the docs' snippets
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/pytest -q tests/docs

fix: install ## let ruff put right what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: install ## ratios, measured in one run
	@$(BIN)/python -m benchmarks

soak: install ## kill -9 at any moment, again and again (ARGS="-k postgres")
	@BANYAN_SOAK=1 $(BIN)/pytest -q tests/journeys/test_kill.py tests/journeys/test_usage_kill.py tests/store/test_kill.py tests/usage/test_kill.py $(ARGS)

docs: install ## run every snippet of README and docs/
	@$(BIN)/pytest -q tests/docs $(ARGS)

.PHONY: help install demo serve test test-all check fix bench soak docs
