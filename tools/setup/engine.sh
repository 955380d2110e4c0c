#!/usr/bin/env bash
# Makes .venv-engine (Rasa, on Python 3.10) from requirements/engine.lock. Does nothing if it stands already.
# Needs .venv, whose pinned uv does the work.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/setup/steps.sh
. tools/setup/pythons.sh

environment=.venv-engine
hash=$(content_hash requirements/engine.lock)

fetch_python() {
    say "No Python 3.10 on this machine: fetching one" >&2
    quietly .venv/bin/uv python install 3.10 && find_engine_python
}

create() {
    local python
    python=$(find_engine_python) || python=$(fetch_python) || fail "" \
        "Rasa 3.6 needs Python 3.10. None that runs was found as python3.10, by uv or by pyenv, and none could be fetched." \
        "Do one of these, then run the same command again:" \
        "  pyenv install 3.10" \
        "  apt-get install python3.10 python3.10-venv   (where your distribution has it)" \
        "  make setup PYTHON310=/path/to/python3.10"
    need_disk 3000
    say "Making $environment with $("$python" --version)"
    quietly .venv/bin/uv venv --no-project --clear --python "$python" "$environment"
}

# Without bytecode each start and each training of the engine takes 8 to 10 s longer.
install() {
    say "Installing the engine's packages into $environment (1.8 GB, once)"
    quietly .venv/bin/uv pip sync --python "$environment/bin/python" \
        --require-hashes --compile-bytecode requirements/engine.lock
}

is_installed "$environment" "$hash" && exit 0
one_at_a_time
is_installed "$environment" "$hash" && exit 0
"$environment/bin/python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null || create
rm -f "$environment/installed.sha256"
install
say "$hash" >"$environment/installed.sha256"
