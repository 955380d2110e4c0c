# shellcheck shell=bash
# What both set-up scripts share: saying, failing, running quietly, the stamp of an installed environment. Sourced, not run.

say() { printf '%s\n' "$*"; }

# fail SENTENCE...: one line per argument on stderr, then the end. The first says what is wrong, the others what to do.
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# quietly COMMAND...: shows what the command said only if it failed, with advice for the two usual causes.
# (Package clients warn about their machine's settings even when all is well; nobody needs that at each set-up.)
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        cat "$log" >&2
        advise "$log" "$@" >&2
    fi
    rm -f "$log"
    return "$status"
}

advise() {
    local log=$1
    shift
    say "" "This failed: $*"
    if grep -qiE 'no space left|disk quota' "$log"; then
        say "The disk is full: set-up needs about 3.5 GB free here, in the temporary folder and in the package cache."
    elif grep -qiE 'resolve|connect|network|timed out|error sending request|unreachable|from versions: none' "$log"; then
        say "The package index did not answer: check the network (and proxy settings), then run the same command again."
    else
        say "Run the same command again; if that fails too, delete .venv and .venv-engine and start afresh."
    fi
}

# need_disk MEGABYTES: refuses to begin an installation that cannot end.
need_disk() {
    local free
    free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free" -ge "$1" ] || fail "Set-up needs $1 MB of free disk, but only $free MB are free in $PWD." \
        "Free some space (or clone to another disk), then run the same command again."
}

# content_hash FILE...: one hash over the files' contents.
content_hash() {
    if command -v sha256sum >/dev/null; then
        cat "$@" | sha256sum | cut -d' ' -f1
    else
        cat "$@" | shasum -a 256 | cut -d' ' -f1
    fi
}

# is_installed ENVIRONMENT HASH: whether this environment works and was installed from files with this hash.
is_installed() {
    [ -f "$1/installed.sha256" ] && [ "$(cat "$1/installed.sha256")" = "$2" ] && "$1/bin/python" -c '' 2>/dev/null
}

# one_at_a_time: a second `make run` beside this one waits here until the first has installed.
one_at_a_time() {
    exec 9>.setup.lock
    if command -v flock >/dev/null; then
        flock 9
    fi
}
