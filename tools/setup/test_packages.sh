#!/usr/bin/env bash
# Installs what the tests need beside the environments: system packages, where this may be done (as root on a machine with
# apt), and the SMS centre of tests/smpp. Elsewhere it says what is missing and ends well: the layers that need it are then
# skipped with a word (with CI=true they fail).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/setup/steps.sh

packages=(chromium kannel kannel-extras fonts-noto-color-emoji postgresql)
# Node.js may have come by another way than apt.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

missing_packages() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || say "$package"
    done
}

install_packages() {
    local missing
    if ! command -v dpkg-query >/dev/null; then
        say "No Debian packages on this machine. The tests of browser, SMS and database need: ${packages[*]}"
        return
    fi
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "Missing for the tests: $missing" "Install with: sudo apt-get install $missing"
        return
    fi
    export DEBIAN_FRONTEND=noninteractive
    say "Installing for the tests: $missing"
    quietly apt-get update
    # shellcheck disable=SC2086 # a list of names
    quietly apt-get install --yes --no-install-recommends $missing
}

# The SMS centre's one package and what that needs, exactly as in its lock file.
install_sms_centre() {
    local modules=tests/smpp/node_modules wanted
    if ! command -v npm >/dev/null; then
        say "Missing for the tests of SMS: npm"
        return
    fi
    wanted=$(content_hash tests/smpp/package-lock.json)
    [ "$(cat "$modules/installed.sha256" 2>/dev/null)" = "$wanted" ] && return
    say "Installing for the tests: the SMS centre of tests/smpp"
    quietly npm ci --prefix tests/smpp --ignore-scripts --no-fund --no-audit
    say "$wanted" >"$modules/installed.sha256"
}

install_packages
install_sms_centre
