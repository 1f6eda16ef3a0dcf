# What the suites of the Go package share; sourced after scripts/common.sh.
# shellcheck shell=bash

scripts/build
bindings/go/prepare

work=$(mktemp -d)
# vendored sources are read-only
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# A module in FOLDER with the quickstart for its program.
program() { # FOLDER
	mkdir "$1"
	cp examples/quickstart.go "$1/main.go"
	(
		cd "$1"
		go mod init example.org/program 2> /dev/null
		go mod edit -require "$module@v0.0.0" -replace "$module=$OLDPWD/bindings/go"
	)
}
module=$(scripts/go-module)

# Fails unless a command fails with this TEXT.
says() { # TEXT COMMAND...
	local text=$1
	shift
	if "$@" > "$work/said" 2>&1; then
		fail "this had to fail: $*"
	fi
	grep -qF "$text" "$work/said" || fail "\"$text\" isn't said: $(cat "$work/said")"
}
