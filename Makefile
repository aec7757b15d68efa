# Two commands do everything on a fresh machine with Python 3.11: `make demo` and `make test`.
# Each target sets up what it needs the first time, in .venv, from the lock files.

PYTHON ?= python3
AMOUNT ?= 1000
SHEET ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The lock names everything, so pip resolves nothing: its resolvers differ, and a release of today
# must not change what is installed.
INSTALL := $(PIP) install --require-hashes --no-deps

# Hundreds of processes start in the tests. With no byte code each would compile everything anew, for
# three seconds; where the environment forbids to write it, it goes into $(VENV).
ifdef PYTHONDONTWRITEBYTECODE
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(abspath $(VENV))/bytecode
endif
# Whatever way a run ends, no process and no file of it is left.
KEPT := $(BIN)/python tests/keeper.py

.PHONY: builtin demo run dev test coverage test-one endurance check style types contracts generated-is-current format bench chaos fuzz generated messages pictures lock clean

demo: $(VENV)/.runtime
	$(BIN)/counterfoil demo --amount $(AMOUNT) $(if $(SHEET),--sheet)

run: $(VENV)/.runtime
	$(BIN)/counterfoil demo --serve

# For work on the code: sample data, tracebacks in the browser, a new start when a file changes.
dev: $(VENV)/.development
	$(BIN)/python tools/dev.py

test: $(VENV)/.development
	$(BIN)/python tests/run.py

# The same with coverage, which has to be 95 % in all; takes half as long again.
coverage: $(VENV)/.development
	$(BIN)/python tests/run.py --coverage

# A part of the tests, on SQLite and without coverage: make test-one T=tests/orders, T="tests/web -k print".
T ?= tests/core
test-one: $(VENV)/.development
	$(BIN)/pytest --quiet $(T)

# Longer variants: kills at further points, the other host's death, a day at the gate.
endurance: $(VENV)/.development
	$(KEPT) $(BIN)/pytest --quiet -n 2 -m endurance

# `make --jobs=2 check` takes half the time.
check: style types contracts generated-is-current

style: $(VENV)/.development
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.development
	$(BIN)/mypy

contracts: $(VENV)/.development
	$(BIN)/lint-imports

generated-is-current: $(VENV)/.development
	$(BIN)/pytest --quiet tests/api/framework/test_schema.py tests/render/test_docs.py

format: $(VENV)/.development
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.development
	$(BIN)/python benchmarks/run.py

# Kills at random, hundreds of times, while batches are made and printed; takes half an hour.
chaos: $(VENV)/.development
	$(KEPT) $(BIN)/python benchmarks/chaos.py

# Asks every operation of the API fifty things, each time others; takes some minutes.
fuzz: $(VENV)/.development
	COUNTERFOIL_EXAMPLES=50 $(KEPT) $(BIN)/pytest -n 2 tests/api/framework/test_schemathesis.py

# What is generated from the code and committed: the API's schema, the layout language's pages.
generated: $(VENV)/.development
	COUNTERFOIL_DATA_DIR=$$(mktemp -d) DJANGO_SETTINGS_MODULE=counterfoil.config.settings \
		$(BIN)/django-admin spectacular --validate --fail-on-warn --file docs/openapi.yaml
	$(BIN)/python docs/layout/generate.py

# The built-in background: again whenever its drawing or the compiler of backgrounds changes.
builtin: $(VENV)/.development
	$(BIN)/python tools/builtin_background.py

# Sentences for translators: src/counterfoil/locale/de/LC_MESSAGES/django.po.
messages: $(VENV)/.development
	$(BIN)/python tools/messages.py

# The pictures of the pages in docs/; needs Chromium.
pictures: $(VENV)/.development
	$(BIN)/python docs/pictures.py

# For one machine: requirements.lock. With all extras, for several: requirements-all.lock.
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
	--no-annotate --universal --python-version 3.11 pyproject.toml --extra build
EXTRAS := --extra broker --extra postgres --extra s3

lock: $(BIN)/python
	$(PIP) install uv
	$(COMPILE) $(EXTRAS) --extra dev -o requirements-dev.lock
	$(COMPILE) $(EXTRAS) -c requirements-dev.lock -o requirements-all.lock
	$(COMPILE) -c requirements-dev.lock -o requirements.lock

clean:
	rm -rf $(VENV) node_modules demo data .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Counterfoil needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BIN)/python requirements.lock pyproject.toml
	$(INSTALL) -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.lock package-lock.json
	$(INSTALL) -r requirements-dev.lock
	$(PIP) check
	$(BIN)/python tests/node.py
	touch $@
