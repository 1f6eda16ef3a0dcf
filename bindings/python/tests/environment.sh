# A virtual environment of pinned packages; sourced after scripts/common.sh.
# shellcheck shell=bash

# Makes target/NAME, or takes the one that is there, and sets $python to its own.
environment() { # NAME REQUIREMENTS [PYTHON]
	local folder=$target/$1 requirements=$2 with=${3:-python3}
	python=$folder/bin/python
	if ! "$python" -c '' 2> /dev/null; then
		rm -rf "$folder"
		"$with" -m venv "$folder"
	fi
	if ! cmp --quiet "$requirements" "$folder/installed"; then
		say "installing what ${requirements#"$PWD/"} names"
		"$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
		cp "$requirements" "$folder/installed"
	fi
}
