# Shared by the scripts: where things are, and one clear line when something is wrong. Sourced, never run.
# Plain enough for bash 3.2, which macOS has.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

CACHE=${LAKEFRONT_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/lakefront}
TOOLS=$CACHE/tools
TARGET=${CARGO_TARGET_DIR:-target}
case $TARGET in /*) ;; *) TARGET=$ROOT/$TARGET ;; esac

# The versions that setup.sh installs come before others of the same name.
export PATH="$TOOLS/bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

APP=$TARGET/debug/lakefront
LOCAL_WORKSPACE=$TARGET/debug/local-workspace

# Ends the script with one line that says what to do.
fail() {
  printf 'lakefront: %s\n' "$*" >&2
  exit 1
}

# Says what goes on when it takes longer than a moment.
say() {
  printf '==> %s\n' "$*" >&2
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# at_least 1.95.0 1.94: the first version is the second or a later one.
at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    split(have, h, "."); n = split(want, w, ".")
    for (i = 1; i <= n; i++) { if (h[i] + 0 > w[i] + 0) exit 0; if (h[i] + 0 < w[i] + 0) exit 1 }
  }'
}

# setting NAME [DEFAULT]: from the environment, else from .env, else the default. The app reads them in the same order.
setting() {
  local value=${!1:-}
  if [ -z "$value" ] && [ -f .env ]; then
    value=$(awk -v name="$1" '
      { sub(/\r$/, ""); sub(/^[ \t]*(export[ \t]+)?/, "") }
      index($0, name "=") == 1 { value = substr($0, length(name) + 2) }
      END {
        if (value ~ /^".*"[ \t]*(#.*)?$/ || value ~ /^'\''.*'\''[ \t]*(#.*)?$/) {
          quote = substr(value, 1, 1); value = substr(value, 2); value = substr(value, 1, index(value, quote) - 1)
        } else { sub(/[ \t]+#.*$/, "", value); sub(/[ \t]+$/, "", value) }
        print value
      }' .env)
  fi
  printf '%s' "${value:-${2:-}}"
}

# The last reason that cargo or npm wrote to a log, on one line.
reason() {
  local line
  line=$(grep -E '^(error|npm error|npm ERR!)|^ +(failed|error|could|unable|\[[0-9]+\])' "$1" | grep -v 'complete log' | head -3 | tr -s ' \n' ' ') || true
  printf '%s' "${line:-no reason given}"
}

# in_browsers CONFIG ARGUMENTS…: builds both programs and has Playwright do in real browsers what CONFIG in end2end/ says.
in_browsers() {
  local config=$1
  shift
  scripts/setup.sh rust node browser
  scripts/build.sh
  (
    export LOCAL_WORKSPACE_BIN=$LOCAL_WORKSPACE LAKEFRONT_BIN=$APP
    cd end2end
    npx --no-install playwright test --config "$config" "$@"
  )
}
