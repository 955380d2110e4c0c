#!/usr/bin/env bash
# Writes requirements/*.lock anew from pyproject.toml. The files hold hashes and no index address.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/setup/steps.sh

# compile PYTHON OUTPUT SOURCE...
compile() {
    local python=$1 output=$2
    shift 2
    say "Locking $output"
    quietly .venv/bin/uv pip compile --python "$python" "$@" \
        --generate-hashes --no-header --no-emit-index-url --no-annotate -o "$output"
}

compile .venv/bin/python requirements/service.lock --group service
compile .venv-engine/bin/python requirements/engine.lock --group engine --overrides requirements/engine.overrides
compile .venv/bin/python requirements/uv.lock requirements/uv.in
