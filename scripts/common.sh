# What the scripts share; sourced from the root of the tree, never run.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR=$target

# The ABI's number and the release's, each from the one place that states it.
abi=$(sed -n 's/^const ABI: u32 = \([0-9]*\);.*/\1/p' build.rs)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

# A line before each long step.
say() {
	printf '==> %s\n' "$*" >&2
}

# Prints an error and ends the script.
fail() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# Makes what cargo builds from here on free of this machine's paths.
#
# Every release build must come through here: other flags are another build of
# AWS-LC, which takes minutes. Set for all crates and not just the last one,
# because the panic messages of dependencies hold their paths as well.
release_flags() {
	local cargo_home=${CARGO_HOME:-$HOME/.cargo} separator=$'\x1f'
	local flags=${CARGO_ENCODED_RUSTFLAGS-${RUSTFLAGS:+${RUSTFLAGS// /$separator}}}
	flags+=${flags:+$separator}--remap-path-prefix=$PWD=jeton
	flags+=$separator--remap-path-prefix=$cargo_home/registry/src=registry
	flags+=$separator--remap-path-prefix=$target=target
	export CARGO_ENCODED_RUSTFLAGS=$flags
	# AWS-LC sees to its C files itself, not to the C++ ones of its libssl.
	local map=-ffile-prefix-map=$cargo_home/registry/src=registry
	export CFLAGS="${CFLAGS:+$CFLAGS }$map" CXXFLAGS="${CXXFLAGS:+$CXXFLAGS }$map"
}
