# The front door. `make demo` and `make test` need a Python >= 3.11 and make; all else they fetch or make themselves.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV_VERSION := 0.13.9
export UV_PYTHON_DOWNLOADS ?= never
export UV_NO_PROGRESS ?= 1
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
unexport PYTHONDONTWRITEBYTECODE  # else every process that is started compiles everything anew

BIN := .venv/bin
# Written last: a set-up that was interrupted is done again. Compared by content, since git gives files new times.
STAMP := .venv/.requirements.sha256
PACKAGES := accounting controls scenario models store connectors activities workflows api tieout sandbox

.PHONY: help demo setup test check suite bench soak lock

help:  ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: setup  ## everything from nothing: three companies close September 2026; Ctrl-C stops, again resumes
	@exec $(BIN)/tieout demo

setup:  ## .venv from requirements.lock
	@PYTHON="$(PYTHON)" UV_VERSION="$(UV_VERSION)" STAMP="$(STAMP)" scripts/setup.sh

test: setup  ## every check and every test, side by side
	@$(MAKE) --jobs 2 check suite

suite: setup
	@$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder

check: setup  ## static checks only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy $(PACKAGES) worker.py hatch_build.py migrations/env.py benchmarks tests
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry .

bench: setup  ## every benchmark, on an idle machine; BENCH=approval runs one
	@$(BIN)/python -m benchmarks $(BENCH)

soak: setup  ## the long way: laws on ten times the books, workers that die at any moment, random walks
	@TIEOUT_SOAK=1 HYPOTHESIS_PROFILE=soak $(BIN)/pytest tests/laws tests/faults tests/close --timeout 3600 $(SOAK)

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header
lock: setup  ## both locks from pyproject.toml; UPGRADE=1 takes the newest of all
	@$(LOCK) --all-extras --group dev $(if $(UPGRADE),--upgrade) pyproject.toml --output-file requirements.lock
	@$(LOCK) --extra web --extra notify --group build --constraint requirements.lock pyproject.toml --output-file deploy/requirements.lock
