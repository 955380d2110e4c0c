# `make help` lists what can be done. The work is in tools/; this file only names it.
# PYTHON=/path and PYTHON310=/path name the two Pythons where they are not found by themselves.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
RASA := tools/rasa.sh
# One OpenMP thread, as in tools/rasa.sh.
ENGINE_PY := OMP_NUM_THREADS=1 PYTHONPATH=. .venv-engine/bin/python
NLU := --config config.yml --domain bot/engine/domain
export PYTHON PYTHON310

.PHONY: help setup train run demo test test-faults lint test-deps lock shell adapt validate test-nlu label eval bench bench-door clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make both environments from the lock files (nothing to do: nothing done)
	@tools/setup/service.sh
	@tools/setup/engine.sh

train: setup ## Train the engine, if nlu_data/, stories/, config.yml or the engine's code changed
	@$(PY) tools/setup/train.py

run: train ## Run engine, service and worker with a demo municipality; GENKLANG_HOME and GENKLANG_PORT choose where
	@exec $(PY) -m bot.service.supervisor

demo: setup ## Play two scripted conversations against the running instance
	@$(PY) tools/demo.py

test: ## Set up, train, lint, run all tests; print the seconds of each layer
	@tools/test_all.sh

test-faults: train ## Kill, lock, fill up and cut off in mid-conversation, at length: KILLS=100; GENKLANG_FAULT_SEED repeats a storm
	@GENKLANG_FAULT_KILLS=$(or $(KILLS),100) $(PY) -m pytest --durations=10 tests/faults

lint: setup ## Check code, types, language and training data
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m bot.service.logic.language_gate
	@$(PY) tools/lint_nlu_data.py nlu_data --eval tools/evaluate/dev.fingerprints

test-deps: ## Install the system packages that tests need (root and apt), else say which are missing
	@tools/setup/test_packages.sh

lock: setup ## Write the lock files anew from pyproject.toml
	@tools/setup/lock.sh

shell: train ## Talk to the engine; actions answer from the demo set if an instance runs (make run)
	@$(RASA) shell --model models/genklang.tar.gz --endpoints bot/engine/endpoints.yml

adapt: setup ## Adapt the embedding to nlu_data (an hour; writes bot/engine/adaptation.npz, which is committed)
	@$(ENGINE_PY) -m tools.adapt

validate: setup ## Let rasa check training data, rules and domain against each other
	@$(RASA) data validate $(NLU) --data nlu_data stories/rules.yml

test-nlu: setup ## Cross-validate the understanding; results in var/test-nlu
	@$(RASA) test nlu --cross-validation $(NLU) --nlu nlu_data --out var/test-nlu

label: ## Label messages as the assistant would act on them: IN=a.jsonl OUT=b.jsonl
	@test -n "$(IN)" -a -n "$(OUT)" || { echo "Name both files: make label IN=a.jsonl OUT=b.jsonl" >&2; exit 2; }
	@$(MAKE) train
	@$(ENGINE_PY) tools/label.py "$(IN)" "$(OUT)"

eval: ## Measure the model on labelled JSONL: EVAL="path…" (required) [OUT=report.json] [BASELINES=no] [TEXTS=yes]
	@test -n "$(EVAL)" || { echo "Name labelled files or folders: make eval EVAL=path.jsonl" >&2; exit 2; }
	@$(MAKE) train
	@$(ENGINE_PY) -m tools.evaluate $(EVAL) $(if $(OUT),--out "$(OUT)") \
		--baselines $(or $(BASELINES),yes) --texts $(or $(TEXTS),no) $(if $(DIET_EPOCHS),--diet-epochs $(DIET_EPOCHS))

bench: train ## Measure messages per second through the whole path
	@$(PY) tools/bench.py

bench-door: train ## Measure how fast messages are acknowledged while the engine works, and a burst of 3,000
	@$(PY) tools/bench_door.py

clean: ## Delete models, caches and results; environments and var/ stay
	@rm -rf models .rasa results .mypy_cache .pytest_cache .ruff_cache .hypothesis var/test-nlu
	@find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
