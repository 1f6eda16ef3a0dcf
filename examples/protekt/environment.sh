# A virtual environment with jeton in it; sourced after scripts/common.sh.
# shellcheck shell=bash
. bindings/python/tests/environment.sh

# As `environment`, and jeton as this checkout has it.
environment_with_jeton() { # NAME REQUIREMENTS
	local made newer
	environment "$1" "$2"
	made=$target/$1/jeton
	newer=$made
	# But for what installing writes there itself.
	[ ! -f "$made" ] || newer=$(find bindings/python/src build/libjeton.a \
		-name '*.egg-info' -prune -o -newer "$made" -print -quit)
	if [ -n "$newer" ]; then
		say "installing bindings/python"
		touch "$made.new"
		"$python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps ./bindings/python
		mv "$made.new" "$made"
	fi
}
