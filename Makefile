.PHONY: setup demo test test-long lint lock bench

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -W error -m pytest -n 2

setup:
	@bash .ci/setup

demo: setup
	@.venv/bin/zhengshao demo

test: setup
	$(PYTEST) -m "not long"

test-long: setup
	$(PYTEST)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@! grep -n '://' requirements.lock || (echo "requirements.lock names a registry" && exit 1)

# exact versions with hashes, without any registry's address
lock:
	uv pip compile pyproject.toml --universal --all-extras --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock

bench: setup
	@for name in archive assess browser crawl fold packets screen verify wording; do echo "== $$name"; $(PYTHON) benchmarks/$$name.py; done
