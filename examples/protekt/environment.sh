# A virtual environment with jeton in it; sourced after scripts/common.sh.
# shellcheck shell=bash
. bindings/python/tests/environment.sh

# As `environment`, and jeton as this checkout has it.
environment_with_jeton() { # NAME REQUIREMENTS
	local made
	environment "$1" "$2"
	made=$target/$1/jeton
	if [ ! -f "$made" ] || [ -n "$(find bindings/python/src build/libjeton.a -newer "$made" -print -quit)" ]; then
		say "installing bindings/python"
		touch "$made.new"
		"$python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps ./bindings/python
		mv "$made.new" "$made"
	fi
}
