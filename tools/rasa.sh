#!/usr/bin/env bash
# Runs `rasa ARGUMENTS...` in the engine's environment, with what every rasa command of this repository needs.
set -euo pipefail
cd "$(dirname "$0")/.."

# Two OpenMP threads spin against each other: 114 ms for a message instead of 12.
export OMP_NUM_THREADS=1
export RASA_TELEMETRY_ENABLED=false
# Rasa's cache knows a component's class, not the functions and word lists it uses: a changed one would not be trained again.
export RASA_MAX_CACHE_SIZE=0
export SQLALCHEMY_SILENCE_UBER_WARNING=1
export PYTHONPATH=.
# bot/engine/endpoints.yml and credentials.yml name these. Outside a running instance nobody answers there.
export GENKLANG_ACTION_URL=${GENKLANG_ACTION_URL:-http://127.0.0.1:8000/actions/webhook}
export GENKLANG_ACTION_TOKEN=${GENKLANG_ACTION_TOKEN:-none}
export GENKLANG_ENGINE_TOKEN=${GENKLANG_ENGINE_TOKEN:-none}

exec .venv-engine/bin/python -m rasa "$@"
