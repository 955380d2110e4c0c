#!/usr/bin/env bash
# Installs the system packages that the tests need, where this may be done: as root on a machine with apt.
# Elsewhere it says what is missing and ends well: the layers that need it are then skipped with a word (with CI=true they fail).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/setup/steps.sh

packages=(chromium kannel kannel-extras fonts-noto-color-emoji postgresql)

missing_packages() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || say "$package"
    done
}

if ! command -v dpkg-query >/dev/null; then
    say "No Debian packages on this machine. The tests of browser, SMS and database need: ${packages[*]}"
    exit 0
fi

missing=$(missing_packages | tr '\n' ' ')
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "Missing for the tests: $missing" "Install with: sudo apt-get install $missing"
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
say "Installing for the tests: $missing"
quietly apt-get update
# shellcheck disable=SC2086 # a list of names
quietly apt-get install --yes --no-install-recommends $missing
