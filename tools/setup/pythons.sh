# shellcheck shell=bash
# Finds the two Pythons. Sourced, not run. A Python counts only if it runs: version managers leave commands named
# python3.10 on the path that end with 127 because that version was never installed.

# runs_as PYTHON CONDITION: whether it runs, meets the condition on sys.version_info (v), and can make environments.
runs_as() {
    "$1" -c "import sys, ensurepip, venv; v = sys.version_info; sys.exit(0 if $2 else 1)" >/dev/null 2>&1
}

# find_service_python: prints a Python of at least 3.11, or fails.
find_service_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3; do
        if runs_as "$candidate" 'v >= (3, 11)'; then
            say "$candidate"
            return
        fi
    done
    return 1
}

# find_engine_python: prints a Python 3.10 that is on this machine, or fails.
find_engine_python() {
    local candidate
    while IFS= read -r candidate; do
        if [ -n "$candidate" ] && runs_as "$candidate" 'v[:2] == (3, 10)'; then
            say "$candidate"
            return
        fi
    done < <(engine_python_candidates)
    return 1
}

# engine_python_candidates: one a line, in the order of preference.
engine_python_candidates() {
    say "${PYTHON310:-}"
    say python3.10
    .venv/bin/uv python find --quiet --no-project 3.10 2>/dev/null || true
    pyenv_pythons
}

pyenv_pythons() {
    local root version
    if command -v pyenv >/dev/null; then
        for version in $(pyenv versions --bare 2>/dev/null | grep '^3\.10\.' | sort -rV); do
            say "$(pyenv prefix "$version" 2>/dev/null)/bin/python"
        done
    fi
    root=${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}
    for version in "$root"/versions/3.10.*; do
        say "$version/bin/python"
    done
}
