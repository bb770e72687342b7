#!/usr/bin/env bash
# Makes what is missing and leaves alone what is there, so calling it again costs next to nothing.
#   setup.sh              everything
#   setup.sh rust         Rust, the wasm target, the crates, cargo-leptos and wasm-bindgen
#   setup.sh node         Node and the packages of end2end/
#   setup.sh fuzz         Rust and cargo-fuzz; only `make fuzz` needs it
#   setup.sh browser      a Chromium to run the tests in; never a download
. "$(dirname "$0")/lib.sh"

RUST_AT_LEAST=1.94
NODE_AT_LEAST=20
CARGO_LEPTOS=0.3.10
CARGO_FUZZ=0.13.2
WASM=wasm32-unknown-unknown

check_rust() {
  have cargo && have rustc ||
    fail "Rust is not installed. Install it from https://rustup.rs, open a new terminal and run this again."
  local version
  version=$(rustc --version 2>/dev/null | awk '{ print $2 }') || true
  [ -n "$version" ] || fail "rustc does not run. Install a toolchain with: rustup default stable"
  at_least "${version%%-*}" $RUST_AT_LEAST ||
    fail "Rust $version is too old; $RUST_AT_LEAST or later is needed. Update it with: rustup update stable"
  have cc || fail "There is no C compiler (cc). Install one, on Debian or Ubuntu with: sudo apt-get install build-essential"
}

check_wasm_target() {
  local libs
  libs=$(rustc --print target-libdir --target $WASM 2>/dev/null) || libs=
  [ -n "$libs" ] && [ -d "$libs" ] && return
  have rustup ||
    fail "The Rust target $WASM is missing and there is no rustup to add it. Install Rust from https://rustup.rs."
  say "Adding the Rust target $WASM"
  rustup target add $WASM >&2 ||
    fail "The Rust target $WASM could not be added. Check the network and run: rustup target add $WASM"
}

# Without this, a registry that does not answer shows as a page of cargo's own output in the middle of a build.
fetch_crates() {
  local stamp=$TARGET/.lakefront-fetched host
  cmp -s Cargo.lock "$stamp" && return
  say "Fetching the Rust crates"
  host=$(rustc -vV | awk '/^host:/ { print $2 }')
  mkdir -p "$TARGET" "$CACHE"
  cargo fetch --locked --target "$host" --target $WASM 2>"$CACHE/fetch.log" || {
    grep -q 'lock file .* needs to be updated' "$CACHE/fetch.log" &&
      fail "Cargo.lock does not fit Cargo.toml. Update it with: cargo update --workspace"
    fail "The Rust crates could not be fetched; check the network or proxy and run this again. Cargo said: $(reason "$CACHE/fetch.log")"
  }
  rm -f "$CACHE/fetch.log"
  cp Cargo.lock "$stamp"
}

# install_tool CRATE COMMAND VERSION
install_tool() {
  local crate=$1 command=$2 version=$3 found
  found=$("$TOOLS/bin/$command" --version 2>/dev/null | awk '{ print $2; exit }') || found=
  [ "$found" = "$version" ] && return
  # cargo-leptos carries its own OpenSSL, whose build is made of perl and make.
  [ "$crate" != cargo-leptos ] || have perl && have make ||
    fail "perl and make are needed to build cargo-leptos. On Debian or Ubuntu: sudo apt-get install perl make"
  say "Installing $crate $version (once; this takes some minutes)"
  local target=$CACHE/build-$crate log=$CACHE/install-$crate.log
  mkdir -p "$CACHE"
  # The settings make the build several times as fast as the tools' own release profiles.
  if ! CARGO_TARGET_DIR=$target CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=0 \
    cargo install --locked --force --quiet --root "$TOOLS" --version "=$version" "$crate" 2>"$log"; then
    rm -rf "$target"
    fail "$crate $version could not be installed; check the network or proxy and run this again. Cargo said: $(reason "$log") (all of it: $log)"
  fi
  rm -rf "$target" "$log"
}

wasm_bindgen_version() {
  awk '/^name = /{ name = $3 } /^version = / && name == "\"wasm-bindgen\"" { gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}

setup_rust() {
  check_rust
  check_wasm_target
  fetch_crates
  local bindgen
  bindgen=$(wasm_bindgen_version)
  [ -n "$bindgen" ] || fail "Cargo.lock names no wasm-bindgen. Restore it with: git checkout Cargo.lock"
  # A wasm-bindgen of another version than the crate's refuses the compiled WASM.
  install_tool wasm-bindgen-cli wasm-bindgen "$bindgen"
  install_tool cargo-leptos cargo-leptos $CARGO_LEPTOS
}

setup_fuzz() {
  check_rust
  have c++ || fail "There is no C++ compiler (c++), which libFuzzer is built with. Install one, on Debian or Ubuntu with: sudo apt-get install build-essential"
  install_tool cargo-fuzz cargo-fuzz $CARGO_FUZZ
}

setup_node() {
  local version
  have node && have npm ||
    fail "Node is not installed; the browser tests need $NODE_AT_LEAST or later. Get it from https://nodejs.org or your package manager."
  version=$(node --version) || fail "node does not run. Install Node $NODE_AT_LEAST or later from https://nodejs.org."
  at_least "${version#v}" $NODE_AT_LEAST ||
    fail "Node $version is too old; the browser tests need $NODE_AT_LEAST or later. Get it from https://nodejs.org."
  npm_packages web
  npm_packages end2end
}

# setup_web: what the pages' own scripts are bundled with.
setup_web() {
  have node && have npm ||
    fail "Node is not installed; the SQL editor is bundled with it. Get $NODE_AT_LEAST or later from https://nodejs.org or your package manager."
  npm_packages web
}

npm_packages() {
  cmp -s "$1/package-lock.json" "$1/node_modules/.installed-lock" && return
  say "Installing the npm packages of $1/"
  mkdir -p "$CACHE"
  (cd "$1" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >"$CACHE/npm.log" 2>&1) ||
    fail "The npm packages of $1/ could not be installed; check the network or proxy and run this again. npm said: $(reason "$CACHE/npm.log")"
  rm -f "$CACHE/npm.log"
  cp "$1/package-lock.json" "$1/node_modules/.installed-lock"
}

setup_browser() {
  [ -x "$(browser_path)" ] ||
    fail "There is no Chromium to test in. Install one (Debian: sudo apt-get install chromium) or set CHROMIUM_PATH to a Chromium or Chrome."
  [ -x "${FIREFOX_PATH:-/usr/bin/firefox-esr}" ] ||
    say "There is no Firefox: the tests in it are left out. Install one (Debian: sudo apt-get install firefox-esr) or set FIREFOX_PATH."
}

browser_path() {
  if [ -n "${CHROMIUM_PATH:-}" ]; then printf '%s' "$CHROMIUM_PATH"; else printf /usr/bin/chromium; fi
}

[ $# -gt 0 ] || set -- rust node browser
for part; do
  case $part in
    rust) setup_rust ;;
    fuzz) setup_fuzz ;;
    node) setup_node ;;
    browser) setup_browser ;;
    *) fail "setup.sh knows rust, fuzz, node and browser, not $part." ;;
  esac
done
