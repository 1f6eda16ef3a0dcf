# The engine for an older glibc than this machine's, or for musl: what is released
# to PyPI and npm is linked with it. Sourced after scripts/common.sh.
#
# zig stands in for the C compiler and the linker, because it has every version of
# glibc, and musl, to link against; what is built runs on the oldest.
# shellcheck shell=bash

. bindings/python/tests/environment.sh
environment python-wheels "$PWD/bindings/python/wheels.txt"
export PATH=$target/python-wheels/bin:$PATH
export CARGO_TARGET_DIR=$target/wheels
release_flags
machine=$(uname -m)
# Zig's own in place of those that rustc's toolchain has beside it.
cross_libs=(-lunwind -lpthread -lm -ldl -lc)

# Whether Rust has a standard library for musl.
has_musl() {
	compgen -G "$(rustc --print sysroot)/lib/rustlib/$machine-unknown-linux-musl/lib/libstd-*.rlib" \
		> /dev/null && return
	say "nothing for musl: rustup target add $machine-unknown-linux-musl"
	return 1
}

# The engine as `make install` would leave it below a prefix; and sets $cross_cc, which
# links with it.
cross() { # gnu.2.17|musl PREFIX
	local libc=$1 prefix=$2 rust=$machine-unknown-linux-${1%%.*} flags=$CARGO_ENCODED_RUSTFLAGS clang
	# For bindgen: the machine's own headers, since its libclang may be too old for zig's.
	clang=$(compgen -G '/usr/lib*/llvm*/lib*/clang/*/include' | tail -n 1)
	clang="-isystem $clang -isystem /usr/include/$machine-linux-gnu -isystem /usr/include"
	# Not the archive of a static program: the host of an extension brings its musl.
	[ "$libc" != musl ] || flags+=$'\x1f'-Ctarget-feature=-crt-static
	say "the engine for $libc (the first time about ten minutes)"
	# A name with dashes, which only env can set, goes before all others.
	env "BINDGEN_EXTRA_CLANG_ARGS_$rust=$clang" CARGO_ENCODED_RUSTFLAGS="$flags" \
		cargo-zigbuild rustc --locked --release --lib --crate-type staticlib \
		--target "$machine-unknown-linux-$libc"
	mkdir -p "$prefix/lib" "$prefix/share/doc/jeton"
	cp -r include "$prefix/"
	cp "$CARGO_TARGET_DIR/$rust/release/libjeton.a" "$prefix/lib/"
	scripts/notices --filter-platform "$rust" > "$prefix/share/doc/jeton/LICENSE-THIRD-PARTY"
	cross_cc=("$python" -m ziglang cc -target "$machine-linux-$libc")
}
