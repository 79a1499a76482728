# Everything here works on a fresh Debian 12 as root, says what it installs before it does, and is quick the second time.
.POSIX:
.NOTPARALLEL:
.PHONY: help setup bases demo test check accept bench docs clean

PYTHON = python3
BIN = .venv/bin

help:
	@echo 'make demo    set everything up, then run lightship on the FastAPI sample'
	@echo 'make test    set everything up, then run every test, on every engine'
	@echo 'make check   lint, format, types and the layers test: what to run before a commit'
	@echo 'make accept  rewrite the expected files of the golden cases, then look at git diff'
	@echo 'make bench   time lightship itself, without the time that engines take'
	@echo 'make docs    build the documentation into build/site; a link that leads nowhere is an error'
	@echo 'make setup   .venv with lightship and its development tools'
	@echo 'make bases   engines, and stand-in base images where Docker Hub cannot be reached'
	@echo 'make clean   remove .venv, caches and build results; `tools/bases remove` removes the stand-ins'

setup:
	@PYTHON='$(PYTHON)' tools/setup

bases: setup
	@$(BIN)/python tools/bases --set full

demo: setup
	@$(BIN)/python tools/bases --set minimal
	$(BIN)/lightship optimize docker/fastapi-app -f docker/fastapi-app/Dockerfile.single --dry-run
	$(BIN)/lightship compare docker/fastapi-app/Dockerfile.single docker/fastapi-app/Dockerfile.multi

test: setup bases
	@tools/browser
	@tools/test $(PYTEST_ARGS)

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/mypy --strict --explicit-package-bases tools/stand_ins
	$(BIN)/python -m pytest -q tests/test_layers.py

accept: setup
	$(BIN)/python -m pytest -q --accept $(PYTEST_ARGS) || true
	git --no-pager diff --stat

bench: setup
	@$(BIN)/python tools/bench $(BENCH_ARGS)

docs: setup
	$(BIN)/mkdocs build --strict --quiet

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
