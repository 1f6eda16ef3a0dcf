"""The README's walk, line by line, against the running service."""

from __future__ import annotations

import os
import re
import subprocess

from conftest import ACCOUNT_TOKEN, HERE, Service

README = (HERE.parent / "README.md").read_text()


def test_the_walk_of_the_readme_works_as_it_is_written(service: Service) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 7
    folder = service.data
    (folder / "build").symlink_to(HERE.parents[2] / "build")
    # Each answer on a line of its own, and a failure ends it.
    script = "set -euo pipefail\ncurl() { command curl -w '\\n' \"$@\"; }\n" + "".join(blocks)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PORT": str(service.port), "PROTEKT_ACCOUNT_TOKEN": ACCOUNT_TOKEN},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = [line for line in done.stdout.splitlines() if line]
    # What the comments below the commands begin with is what is said, in that order.
    shown = re.findall(r"^# ([^…]+)…", script, re.MULTILINE)
    assert len(shown) == 5
    for text in shown:
        found = next((index for index, line in enumerate(said) if text in line), None)
        assert found is not None, f"{text} isn't in: {said}"
        said = said[found + 1 :]
