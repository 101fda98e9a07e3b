# Everything that a bare clone needs, with Python 3.11 or newer and nothing else.
#
#   make run        open sockscope
#   make test       everything that must hold: style, types, tests
#   make format     put the style right
#   make pictures   draw everything in screenshots/ again
#   make reference  write docs/keys.md and docs/commands.md again
#   make clean      forget the environment

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint types tests format pictures reference clean
.DEFAULT_GOAL := run

run: $(VENV)/installed
	$(BIN)/sockscope

test: lint types tests

lint: $(VENV)/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-for-tests
	$(BIN)/mypy

# What fails among real processes on a busy machine is tried once more, by itself; what fails
# twice is broken.
tests: $(VENV)/installed-for-tests
	$(BIN)/python -m pytest -n 2 || \
		$(BIN)/python -m pytest --last-failed --last-failed-no-failures none

format: $(VENV)/installed-for-tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Every file of tests that compares pictures, whole: a part of one would drop the others' pictures.
pictures: $(VENV)/installed-for-tests
	$(BIN)/python -m pytest -n 2 --snapshot-update $$(grep -l snap_compare tests/tui/*.py)

reference: $(VENV)/installed-for-tests
	PYTHONPATH=src $(BIN)/python tests/reference.py

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "sockscope needs Python 3.11 or newer" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# PIP_CONSTRAINT holds for the isolated build of the package too, where -c would not.
$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-for-tests: pyproject.toml constraints.txt | $(VENV)/bin/python
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/installed
