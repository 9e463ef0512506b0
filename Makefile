# Each target sets up what it needs. Two are for everybody: `make run` and `make test`.
PORT ?= 8000
HOST ?= 127.0.0.1
ARGS ?=
PYTHON ?= python3

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input --quiet
# Named after what the locks hold: an unchanged lock is not installed twice.
RUNTIME := $(VENV)/.runtime-$(word 1,$(shell cksum < requirements.txt))
DEVELOPMENT := $(VENV)/.development-$(word 1,$(shell cksum < requirements-dev.txt))

.PHONY: run test check bench lock browser
.DEFAULT_GOAL := run

run: $(RUNTIME)
	@exec $(PY) manage.py serve --host $(HOST) --port $(PORT) $(ARGS)

test: $(DEVELOPMENT) browser
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(DEVELOPMENT)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy manage.py newsdesk annotations tests
	$(VENV)/bin/lint-imports
	@if [ -d templates ]; then $(VENV)/bin/djlint --lint --quiet templates; fi
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run

bench: $(DEVELOPMENT)
	@$(PY) -m bench $(ARGS)

browser: $(DEVELOPMENT)
	@$(PY) -m tests.browser

lock: $(DEVELOPMENT)
	$(VENV)/bin/uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt

$(RUNTIME): | $(PY)
	@echo "Installing the locked packages …"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(DEVELOPMENT): | $(PY)
	@echo "Installing the locked packages for development …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@ $(RUNTIME)

$(PY):
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Python was not found. Install Python 3.11 or newer, or name it: make run PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "newsdesk needs Python 3.11 or newer; $(PYTHON) is older. Name another: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
	  echo "Python could not make a virtual environment. On Debian and Ubuntu install python3-venv."; exit 1; }
