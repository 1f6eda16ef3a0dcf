"""Builds the extension over libjeton; pyproject.toml holds all else.

The library is linked in, so that what is installed needs nothing besides Python:

- from a checkout, or from the sdist, whose `engine` is one: build/libjeton.a, which
  scripts/build makes where it isn't there (Rust, cmake, libclang; some minutes);
- JETON_PREFIX=DIR: what `make install PREFIX=DIR` has put there;
- JETON_SYSTEM=1: the shared library that pkg-config finds.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
ENGINE = HERE / "engine" if (HERE / "engine").is_dir() else HERE.parents[1]
# All that scripts/build and cargo look at.
ENGINE_FILES = [
    *("Cargo.toml", "Cargo.lock", "build.rs", "src", "include", "benches/engine"),
    *("scripts/build", "scripts/clean-archive", "scripts/common.sh", "scripts/jeton.pc.in"),
    *("scripts/notices", "LICENSE-MIT", "tests/abi/native-libs.txt"),
]

EXPORTS = "src/native/exports.map"

# The stable ABI makes one file for every version but the free-threaded builds, which
# know no stable ABI yet: they get a file of their own.
STABLE_ABI = not sysconfig.get_config_var("Py_GIL_DISABLED")


def version() -> str:
    manifest = (ENGINE / "Cargo.toml").read_text()
    return re.findall(r'^version = "(.*)"$', manifest, re.MULTILINE)[0]


def third_party() -> None:
    """Puts the notices of what is linked in beside our own licences.

    There setup() finds those of a wheel, before any part of it is made: so they may be
    asked for when the library isn't built yet.
    """
    notices = HERE / "LICENSE-THIRD-PARTY"
    notices.unlink(missing_ok=True)
    if "sdist" in sys.argv or os.environ.get("JETON_SYSTEM"):
        return  # nothing is linked in
    prefix = os.environ.get("JETON_PREFIX")
    made = Path(prefix, "share/doc/jeton") if prefix else ENGINE / "build"
    if (made / notices.name).exists():
        shutil.copyfile(made / notices.name, notices)
    elif prefix:
        raise SystemExit(f"jeton: {made / notices.name} isn't there")
    elif shutil.which("cargo"):
        with notices.open("w") as file:
            subprocess.run([ENGINE / "scripts/notices"], stdout=file, check=True)


class Build(build_ext):
    def finalize_options(self) -> None:
        super().finalize_options()
        # What an earlier build left may be for another libc, compiler or library, which
        # no date tells.
        self.force = True

    def build_extension(self, extension: Extension) -> None:
        if os.environ.get("JETON_SYSTEM"):
            self.link_system(extension)
        elif os.environ.get("JETON_PREFIX"):
            prefix = Path(os.environ["JETON_PREFIX"])
            self.link_in(extension, prefix / "include", prefix / "lib/libjeton.a")
        else:
            library = ENGINE / "build/libjeton.a"
            if not library.exists():
                self.build_library()
            self.link_in(extension, ENGINE / "include", library)
        super().build_extension(extension)

    def build_library(self) -> None:
        if shutil.which("cargo") is None:
            raise SystemExit(
                "jeton: there is no build/libjeton.a, and no Rust toolchain to make it with;"
                " install one (https://rustup.rs), or name an installed jeton by JETON_PREFIX=DIR"
            )
        subprocess.run([ENGINE / "scripts/build"], check=True)

    def link_in(self, extension: Extension, include: Path, library: Path) -> None:
        for needed in (include / "jeton.h", library):
            if not needed.exists():
                raise SystemExit(f"jeton: {needed} isn't there")
        extension.include_dirs.append(str(include))
        extension.extra_objects.append(str(library))
        extension.depends += [str(include / "jeton.h"), str(library)]
        # Nothing of the library stays visible: Python's own OpenSSL, and another
        # extension's, have symbols of the same names.
        extension.extra_link_args += [
            f"-Wl,--version-script={EXPORTS}",
            "-Wl,--gc-sections",
            "-Wl,-s",
        ]
        # Another toolchain than rustc's own may have other libraries beside it.
        libraries = os.environ.get("JETON_NATIVE_LIBS")
        if libraries is None:
            libraries = (ENGINE / "tests/abi/native-libs.txt").read_text()
        extension.extra_link_args += libraries.split()

    def link_system(self, extension: Extension) -> None:
        found = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "jeton"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        for flag in found.stdout.split():
            into = extension.extra_compile_args if flag[:2] == "-I" else extension.extra_link_args
            into.append(flag)


class Sdist(sdist):
    """With the engine beside the binding, so that what is downloaded can be built."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        for name in ENGINE_FILES:
            source, target = ENGINE / name, Path(base_dir, "engine", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy2(source, target)


third_party()
setup(
    version=version(),
    ext_modules=[
        Extension(
            "jeton._jeton",
            sorted(str(file.relative_to(HERE)) for file in HERE.glob("src/native/*.c")),
            depends=["src/native/native.h", EXPORTS],
            define_macros=[("Py_LIMITED_API", "0x030A0000")] if STABLE_ABI else [],
            # A CFLAGS of the environment replaces Python's own, and its -O3 with them.
            extra_compile_args=["-O2", "-std=c11", "-fvisibility=hidden", "-Wall", "-Wextra"],
            py_limited_api=STABLE_ABI,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp310"}} if STABLE_ABI else {},
    cmdclass={"build_ext": Build, "sdist": Sdist},
)
