# evlit: two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PRODUCT ?= ExoFlo
BENCH := build/bench
BENCH_OPTIONS ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: run test check lint types tests docs docs-check accuracy fix serve soak bench lock clean help

help:  ## Show what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("evlit needs Python 3.11 or later, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e .
	@$(BIN)/python -m compileall -q evlit  # where PYTHONDONTWRITEBYTECODE is set nobody else would
	@touch $@

$(VENV)/.developer: $(VENV)/.installed
	$(PIP) install -c constraints.txt -e '.[dev,web]'
	@touch $@

run: $(VENV)/.installed  ## Install, ask PubMed (PRODUCT first), then answer: has PRODUCT been studied?
	@$(BIN)/evlit sync --first "$(PRODUCT)"; code=$$?; \
	case $$code in 0) ;; 69|75) echo "Going on without PubMed." ;; *) exit $$code ;; esac
	@$(BIN)/evlit search "$(PRODUCT)"; code=$$?; case $$code in 0|3|4|10) ;; *) exit $$code ;; esac

test: $(VENV)/.developer check  ## Set up and run everything that CI runs

check: lint types tests docs-check  ## Linter, types, tests, generated docs (needs `make test` once)

lint: $(VENV)/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developer
	$(BIN)/mypy

tests: $(VENV)/.developer
	$(BIN)/pytest -n auto

docs: $(VENV)/.developer  ## Write the generated parts of README and docs anew
	$(BIN)/cog -r README.md docs/cli.md docs/schema.md

docs-check: $(VENV)/.developer
	$(BIN)/cog --check --diff README.md docs/cli.md docs/schema.md

accuracy: $(VENV)/.developer  ## Measure the tags against the labels, write docs/accuracy.md
	$(BIN)/python benchmarks/accuracy.py

fix: $(VENV)/.developer  ## Mend what ruff can mend, write the generated docs
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(MAKE) docs

serve: $(VENV)/.developer  ## Open the store in Datasette on http://127.0.0.1:8001
	$(BIN)/datasette db/

soak: $(VENV)/.developer  ## Kill a sync 200 times, simulate 60 nights (some minutes; not in CI)
	$(BIN)/python benchmarks/soak.py

# A virtual environment of its own: the peers' dependencies are no business of `make test`.
$(BENCH)/.installed: pyproject.toml constraints.txt benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH)/venv
	$(BENCH)/venv/bin/python -m pip --disable-pip-version-check -q install -c constraints.txt -e . -r benchmarks/requirements.txt
	@mkdir -p $(BENCH)/edirect && cd $(BENCH)/edirect && \
	  (command -v xtract || apt-get -q download ncbi-entrez-direct && dpkg -x *.deb .) >/dev/null 2>&1 \
	  || echo "EDirect is not to be had here: its line stays empty."
	@touch $@

bench: $(BENCH)/.installed  ## Measure evlit beside its peers, write docs/speed.md and docs/scale.md (BENCH_OPTIONS=--quick)
	$(BENCH)/venv/bin/python -m benchmarks.speed $(BENCH_OPTIONS)

lock: $(VENV)/.developer  ## Write constraints.txt from what is installed
	$(BIN)/python -m pip freeze --exclude-editable | sort -f > constraints.txt

clean:  ## Remove what can be made again (never db/evlit.db)
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis artefacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
