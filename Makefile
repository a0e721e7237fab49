# Every target makes the environment first, from the lock file, with nothing but
# Python 3.11 to 3.14. `make PYTHON=python3.13 …` chooses which.

ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
UV_BIN := .uv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
UV_BIN := .uv/bin
endif

UV_VERSION := 0.13.9
UV := $(UV_BIN)/uv
STAMP := .venv/.made-from-lock
JOBS ?= 2

# Where bytecode is not written, each kernel compiles every import again: the
# notebooks take two to three times as long.
export PYTHONDONTWRITEBYTECODE =
# The environment is this folder's, whatever is active in the shell.
export UV_PROJECT_ENVIRONMENT = .venv
export UV_PYTHON_DOWNLOADS = never
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PLOTLY_RENDERER MPLBACKEND

.DEFAULT_GOAL := help
.PHONY: help env lab test report notebooks lint scores bench model model-scores clean

help: ## Show this list
	@echo "make TARGET, where TARGET is one of"
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

env: $(STAMP) ## Make the environment in .venv from uv.lock

$(UV_BIN):
	@$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 14) else 'Python %d.%d: this needs 3.11 to 3.14; choose one with make PYTHON=python3.13' % v)"
	@$(PYTHON) -m venv .uv || { rm -rf .uv; echo "python -m venv failed; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

.uv/.version-$(UV_VERSION): | $(UV_BIN)
	$(UV_BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(STAMP): uv.lock pyproject.toml .uv/.version-$(UV_VERSION)
	$(UV) sync --quiet --locked --python "$$($(UV_BIN)/python -c 'import sys; print(sys._base_executable)')"
	@touch $@

lab: env ## Open JupyterLab on the first notebook
	@$(BIN)/jupyter trust notebooks/*.ipynb >/dev/null
	JUPYTER_CONFIG_PATH=notebooks/.jupyter $(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb

test: env ## Run the tests, and compare the notebooks with their stored outputs
	$(BIN)/python -m pytest -n $(JOBS) --dist=loadscope

report: env ## Run the notebooks and render report/index.html
	$(BIN)/python -m ruspak_nb report --jobs $(JOBS)

notebooks: env ## Run the notebooks and store their outputs in place
	$(BIN)/python -m ruspak_nb notebooks --jobs $(JOBS)

lint: env ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy ruspak_nb

# PLOVER's records are not part of the project; their folder's README says what they are.
PLOVER ?= ../shared/plover/gold-dev.json

scores: env ## Score the coding on the gold and on PLOVER's records, and write the table
	$(BIN)/python benchmarks/scores.py $(wildcard $(PLOVER))

bench: env ## Measure speed, as ratios
	$(BIN)/python benchmarks/bench.py

# The treebanks are not part of the project; their folder's README says what they are.
TREEBANKS ?= ../shared/treebank
TRAINING := build/training

SPACY_TRAIN = OMP_NUM_THREADS=1 $(BIN)/python -m spacy train

model: env ## Train the pipeline in ruspak_nb/model anew (an hour on two cores)
	$(UV) sync --quiet --locked --group training
	$(BIN)/python -m ruspak_nb.training.convert $(TREEBANKS) $(TRAINING)
	$(SPACY_TRAIN) ruspak_nb/training/config.cfg --paths.corpus $(TRAINING) --output $(TRAINING)/first
	$(SPACY_TRAIN) ruspak_nb/training/settle.cfg --paths.corpus $(TRAINING) --paths.first $(TRAINING)/first/model-best --output $(TRAINING)/syntax
	$(MAKE) --jobs 2 $(TRAINING)/names/model-last $(TRAINING)/train/model-last
	$(BIN)/python -m ruspak_nb.training.publish $(TRAINING)/names/model-last $(TREEBANKS) --held-out $(TRAINING)/train/model-last

# The name finder, from the texts with Universal NER, and for its score from those without.
$(TRAINING)/%/model-last: $(TRAINING)/%.spacy
	$(SPACY_TRAIN) ruspak_nb/training/names.cfg --paths.corpus $(TRAINING) --paths.syntax $(TRAINING)/syntax/model-last --paths.train $< --output $(@D)

model-scores: env ## Measure the pipeline in ruspak_nb/model on the dev splits, and write its card
	OMP_NUM_THREADS=1 $(BIN)/python -m ruspak_nb.training.scores $(TREEBANKS)

clean: ## Remove the environment and all that is generated outside git
	rm -rf .venv .uv report build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
