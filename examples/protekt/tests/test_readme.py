"""The README's walk, line by line, against the running service; and the requirements."""

from __future__ import annotations

import os
import re
import subprocess

from conftest import ACCOUNT_TOKEN, HERE, Service

ROOT = HERE.parents[2]
README = (HERE.parent / "README.md").read_text()


def test_the_walk_of_the_readme_works_as_it_is_written(service: Service) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 7
    folder = service.data
    (folder / "build").symlink_to(ROOT / "build")
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


def test_every_requirement_names_tests_that_there_are() -> None:
    table = (ROOT / "docs/systems/protekt.md").read_text()
    vectors = (ROOT / "tests/vectors/protekt.json").read_text()
    tests = "".join(path.read_text() for path in HERE.glob("test_*.py"))
    rows = re.findall(r"^\| PK-(\d+) .* \| (.*) \|$", table, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 27))
    for number, shown in rows:
        names = re.findall(r"`((?:test_|protekt-)[^`]+)`", shown)
        assert names or (number, shown) == ("23", "documentation")
        for name in names:
            assert f"def {name}(" in tests or f'"name": "{name}"' in vectors, name
