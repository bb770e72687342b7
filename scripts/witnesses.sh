#!/usr/bin/env bash
# Installs the official Python clients that the local workspace is tested with, and prints the path of their Python.
# Exit code 3: this machine cannot have them; the reason is on the standard error.
. "$(dirname "$0")/lib.sh"

requirements=$ROOT/local-workspace/tests/witnesses/requirements.txt

cannot() {
  printf '%s\n' "$*" >&2
  exit 3
}

have python3 || cannot "no python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || cannot "python3 is older than 3.11"
python3 -c 'import ensurepip, venv' 2>/dev/null || cannot "python3 has no venv (Debian: apt install python3-venv)"

# Another list, or another Python, is another folder.
key=$({ cat "$requirements"; python3 --version; } | cksum | cut -d ' ' -f 1)
folder=$CACHE/witnesses/$key
# Written last: a folder without it was left by a run that broke off.
if [ ! -e "$folder/complete" ]; then
  rm -rf "$folder"
  mkdir -p "$CACHE/witnesses"
  python3 -m venv "$folder" >&2 || cannot "python3 could not make a virtual environment"
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r "$requirements" >&2 ||
    cannot "the Python packages could not be installed from PyPI"
  touch "$folder/complete"
fi
printf '%s\n' "$folder/bin/python"
