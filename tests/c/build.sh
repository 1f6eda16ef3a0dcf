# Builds and runs the C and C++ programs of tests/c, tests/cpp and examples.
# Sourced after scripts/common.sh, by suites that differ in compiler flags,
# library and checker.
# shellcheck shell=bash

# What a suite may set: the compilers, extra flags of both, the library, and the
# command that runs a program.
cc=cc cxx=c++
flags=() run_with=()
library=$target/debug/libjeton.a

warnings=(-Wall -Wextra -Wpedantic -Werror -Iinclude)
read -ra native_libs < tests/abi/native-libs.txt

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Everything that is a program of its own and asks for nothing: examples/pkcs11.c
# wants a token, which tests/suites/60-pkcs11 has, and examples/verify.* arguments.
programs=(tests/c/*.c tests/cpp/*.cpp examples/quickstart.c examples/quickstart.cpp)

# The same without those that fork: a sanitizer's own allocator keeps its lock in a child
# that was forked while another thread held it, and the child waits for ever.
sanitized=()
for program in "${programs[@]}"; do
	[[ $program == tests/c/fork*.c ]] || sanitized+=("$program")
done

compile() { # SOURCE [FLAG...]
	local source=$1 name compiler
	shift
	name=$(basename "$source")
	case $name in
	*.c) compiler=("$cc" -std=c11 -D_POSIX_C_SOURCE=200809L) ;;
	*without_exceptions.cpp)
		compiler=("$cxx" -std=c++17 -Wconversion -Wshadow -fno-exceptions -fno-rtti)
		;;
	*.cpp) compiler=("$cxx" -std=c++17 -Wconversion -Wshadow) ;;
	esac
	"${compiler[@]}" "${warnings[@]}" -g "${flags[@]}" "$source" -o "$out/$name" \
		"$@" "$library" "${native_libs[@]}"
}

# Compiles programs, two at a time; fails with the first that doesn't compile.
compile_all() { # SOURCE...
	local source pids=()
	for source in "$@"; do
		compile "$source" &
		pids+=($!)
		if [ ${#pids[@]} -eq 2 ]; then
			wait "${pids[0]}"
			pids=("${pids[1]}")
		fi
	done
	wait "${pids[@]}"
}

# Runs programs; each says how many tests passed.
run_all() { # SOURCE...
	local source name arguments
	for source in "$@"; do
		name=$(basename "$source") arguments=()
		if [[ $name == conformance* ]]; then
			[ -f "$out/vectors.flat" ] ||
				tests/c/flatten_vectors.py tests/vectors/*.json tests/vectors/derived/*.json > "$out/vectors.flat"
			arguments=("$out/vectors.flat")
		fi
		printf '%s: ' "$source"
		"${run_with[@]}" "$out/$name" "${arguments[@]}" > "$out/said" ||
			{ printf '\n'; fail "$source failed"; }
		tail -n 1 "$out/said" | cut -c 1-72
	done
}
