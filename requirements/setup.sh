#!/bin/sh
# Make .venv hold what a file in requirements/ lists: `sh requirements/setup.sh run` or `... dev`. What builds the site of
# docs/ goes into .venv-docs (`... docs`), without vfeed and what it needs.
set -eu
want=$1
cd "$(dirname "$0")/.."
venv=.venv
[ "$want" != docs ] || venv=.venv-docs
stamp=$venv/.installed-$want

say() { printf '%s\n' "$*"; }

lock_state() { cat "requirements/$want.txt" pyproject.toml requirements/setup.sh | cksum; }

# A package of Debian's is named only when the thing it brings is not there.
missing_packages() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || printf ' python3-venv'
    [ "$want" != docs ] || return 0
    found=$( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null)
    case $found in *libGL.so.1*) ;; *) printf ' libgl1' ;; esac
    case $found in *libglib-2.0.so.0*) ;; *) printf ' libglib2.0-0' ;; esac
    if [ "$want" = dev ]; then
        command -v chromium >/dev/null 2>&1 || printf ' chromium'
    fi
}

find_python() {
    for name in "${PYTHON:-}" python3.11 python3.12 python3; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))'; then
            command -v "$name"
            return
        fi
    done
    say "vfeed needs Python 3.11 or 3.12. On Debian 12: apt-get install -y python3 python3-venv" >&2
    exit 1
}

# A machine's old package list may name files that are gone; one that cannot be read anew may still do.
read_lists() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null || say "The list of Debian's packages could not be read anew."
}

apt_install() { apt-get install -y -q --no-install-recommends "$@" >/dev/null; }

install_packages() {
    packages=$(missing_packages)
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing Debian packages:$packages"
        read_lists
        # shellcheck disable=SC2086
        apt_install $packages && return 0
    fi
    say "These Debian packages are missing. Install them, then run make again:" >&2
    say "    sudo apt-get update && sudo apt-get install -y$packages" >&2
    exit 1
}

# Servers that tests start and end themselves: where they cannot be installed, those tests are skipped (or fail, with
# VFEED_TESTS_NEED_SERVERS). And a Chromium without windows, in which most tests run sooner: else they run in the other.
install_servers() {
    [ "$want" = dev ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 0
    servers=
    command -v chromium-headless-shell >/dev/null 2>&1 || servers="$servers chromium-headless-shell"
    command -v redis-server >/dev/null 2>&1 || servers="$servers redis-server"
    [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null 2>&1 || servers="$servers nginx-light"
    [ -x /usr/sbin/pgbouncer ] || servers="$servers pgbouncer"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || servers="$servers postgresql"
    for part in radosgw ceph-mon ceph-osd; do
        command -v $part >/dev/null 2>&1 || servers="$servers $part"
    done
    [ -n "$servers" ] || return 0
    say "Installing Debian packages that tests use:$servers"
    read_lists
    # shellcheck disable=SC2086
    apt_install $servers && return 0
    # One that is not to be had keeps none of the others away.
    for each in $servers; do
        apt_install "$each" || say "It could not be installed: $each"
    done
}

python=$(find_python)
install_packages
install_servers
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(lock_state)" ]; then
    exit 0
fi
say "Setting up $venv ($want): a few minutes the first time."
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps --require-hashes -r "requirements/$want.txt"
[ "$want" != docs ] || { lock_state >"$stamp"; exit 0; }
# The browser's files are built by the Makefile, which knows when they are stale.
VFEED_SKIP_WEB=1 "$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e .
lock_state >"$stamp"
