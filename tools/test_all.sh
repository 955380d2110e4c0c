#!/usr/bin/env bash
# `make test`: everything from set-up to the last test, with the seconds of each part.
# The last line is "N passed, N failed, N skipped" over both environments; the exit status is 0 only if nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."

sums=$(mktemp -d)
trap 'rm -rf "$sums"' EXIT
status=0

# step NAME COMMAND...: a step whose failure ends the run.
step() {
    local name=$1 began=$SECONDS
    shift
    "$@"
    printf '%s %s\n' "$name" $((SECONDS - began)) >>"$sums/steps.txt"
}

# tests NAME PYTHON ARGUMENT...: one run of pytest; what can still run runs, whatever fails.
tests() {
    local name=$1 python=$2
    shift 2
    "$python" -m pytest -p tests.layers --layers-file "$sums/$name.json" --continue-on-collection-errors "$@" || status=1
}

step set-up make setup
step lint make lint
step training make train
step packages make test-deps

# Rasa's libraries warn about themselves, so there warnings are no errors.
tests 1-engine .venv-engine/bin/python -W default -p no:cacheprovider tests/shared tests/engine
# One process for all the rest: one engine, one PostgreSQL, one Chromium serve it.
tests 2-service .venv/bin/python --ignore tests/engine tests

.venv/bin/python tools/seconds_per_layer.py "$sums" || status=1
exit "$status"
