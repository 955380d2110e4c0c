#!/usr/bin/env bash
# Makes .venv (service, worker, tests) from requirements/service.lock. Does nothing if it stands already.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/setup/steps.sh
. tools/setup/pythons.sh

environment=.venv
hash=$(content_hash requirements/uv.lock requirements/service.lock)

create() {
    local python
    python=$(find_service_python) || fail \
        "No Python 3.11 or later that runs and can make environments was found." \
        "Install one (Debian: apt-get install python3 python3-venv; or pyenv install 3.11), or name it: make setup PYTHON=/path/to/python"
    need_disk 3500
    say "Making $environment with $("$python" --version)"
    quietly "$python" -m venv --clear "$environment"
}

# pip installs the pinned uv; uv leaves itself and pip alone when it takes away what the lock file does not name.
install() {
    say "Installing the service's packages into $environment"
    quietly "$environment/bin/python" -m pip install --require-hashes --no-deps -r requirements/uv.lock
    quietly "$environment/bin/uv" pip sync --python "$environment/bin/python" \
        --require-hashes --compile-bytecode requirements/service.lock
}

is_installed "$environment" "$hash" && exit 0
one_at_a_time
is_installed "$environment" "$hash" && exit 0
runs_as "$environment/bin/python" 'v >= (3, 11)' || create
rm -f "$environment/installed.sha256"
install
say "$hash" >"$environment/installed.sha256"
