# Every target sets up what it needs on a fresh clone; the environment is made again when the requirements change.
PYTHON ?= python3
JOBS ?= 3
BIN := .venv/bin
READY := .venv/.ready
export OMP_NUM_THREADS ?= 1
export OMP_WAIT_POLICY ?= PASSIVE
export TOKENIZERS_PARALLELISM ?= false
export HF_HUB_OFFLINE ?= 1

.PHONY: help setup demo test check format soak bench seeds study clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	rm -rf *.egg-info  # a stale one in the checkout hides the entry points of the new installation
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[train,test,ray,label]"
	@touch $(READY)

setup: $(READY)  ## make .venv and install everything into it

demo: $(READY)  ## the whole road: tiny base model, SFT warm start, RFT, report (about 5 CPU-minutes after the set-up)
	$(BIN)/python examples/text_to_sql/build_base.py
	$(BIN)/rewardkit test examples/text_to_sql/graders.py --data examples/text_to_sql/expert.jsonl
	$(BIN)/rewardkit train examples/text_to_sql/run.toml

test: $(READY)  ## every test (about 14 minutes on two cores)
	$(BIN)/python -m pytest -m "not soak" -n $(JOBS) --dist loadfile --no-loadscope-reorder

check: $(READY)  ## format, lint, types and the fast tests (about two minutes on two cores)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --output-format concise .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not slow and not soak" -n $(JOBS) --dist loadfile --no-loadscope-reorder

format: $(READY)  ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --output-format concise .

soak: $(READY)  ## the long counts of the reliability tests
	REWARDKIT_QUIET_MACHINE=1 $(BIN)/python -m pytest -m "soak or timed"

bench: $(READY)  ## the benchmarks, beside our peers in the same run (the first time makes their environments: 3 GB)
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/cache.py
	$(BIN)/python benchmarks/checking.py
	$(BIN)/python benchmarks/judging.py
	$(BIN)/python benchmarks/statistics.py
	$(BIN)/python benchmarks/overlap.py
	$(BIN)/python benchmarks/viewing.py
	$(BIN)/python benchmarks/harness.py
	$(BIN)/python benchmarks/same_means.py
	$(BIN)/python benchmarks/training.py
	@test -z "$(DEFOG)" && echo "benchmarks/sql.py: left out; DEFOG=FOLDER names the public questions it needs" || $(BIN)/python benchmarks/sql.py $(DEFOG)

seeds: $(READY)  ## the demo on three seeds, as a table (about 8 CPU-minutes)
	$(BIN)/rewardkit train examples/text_to_sql/run.toml --seeds 0-2

study: $(READY)  ## what a dozen answers buy with a grader and without: the core of the seed study (an hour on two free cores; goes on after a kill)
	$(BIN)/python benchmarks/study.py --core
	$(BIN)/python benchmarks/study.py --report

clean:  ## remove runs, models and caches (keeps .venv)
	rm -rf runs models .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
