#!/usr/bin/env bash
# Everything that needs no running program. Cheap checks come first; the first finding ends it.
. "$(dirname "$0")/lib.sh"

scripts/setup.sh rust node

step() {
  say "$*"
  "$@" || fail "make check failed at: $*"
}

# `cargo fmt` and `clippy` are components of their own; a minimal toolchain has neither.
for component in fmt clippy; do
  cargo $component --version >/dev/null 2>&1 || {
    name=${component/#fmt/rustfmt}
    say "Adding $name"
    rustup component add "$name" >&2 || fail "$name is missing. Add it with: rustup component add $name"
  }
done

step cargo fmt --all --check
step rustfmt --edition 2024 --check fuzz/fuzz_targets/*.rs
say "npx tsc --noEmit (end2end)"
(cd end2end && npx --no-install tsc --noEmit) || fail "make check failed at: npx tsc --noEmit (end2end)"
say "npx tsc --noEmit (web)"
(cd web && npx --no-install tsc --noEmit) || fail "make check failed at: npx tsc --noEmit (web)"
# Never --all-features: hydrate and ssr exclude each other.
step cargo clippy --locked -p lakefront --features ssr --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" step cargo doc --locked -p lakefront --features ssr --no-deps
# The folder in which cargo-leptos builds the WASM, so that both share the crates.
step cargo clippy --locked -p lakefront --lib --features hydrate --target wasm32-unknown-unknown --target-dir "$TARGET/front" -- -D warnings
step cargo clippy --locked -p local-workspace --all-targets -- -D warnings
say "make check: everything is fine"
