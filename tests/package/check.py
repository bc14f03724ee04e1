#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Uses the library as a stranger would: check.py WAY --source S --build B --work W --compiler C. The ways are the
functions below. Exit code 1, and what went wrong, when one does not work."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SAYS = {"my_program": "name_taken\nhello, world\nready\nready\n", "my_actors": "42\n", "my_door": "open\n",
        "plugged": "42\n"}
MARKED_FUNCTION = r"ZOOID_API [^;{(]*?(\w+)[;{(]"  # or variable
STRICT = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fvisibility=hidden"]


def run(*command, cwd=None, **variables):
    """What the command prints. Ends the test when it fails."""
    words = [str(word) for word in command]
    # With absolute paths a compiler cache serves all the builds here, in whichever folders they are.
    ran = subprocess.run(words, cwd=cwd, env={**os.environ, "CCACHE_BASEDIR": "", **variables}, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, encoding="utf-8", timeout=800)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(words)}\nexit code {ran.returncode}\n{ran.stdout}")
    return ran.stdout


def require(holds, what):
    if not holds:
        sys.exit(what)


def expect_says(program, **variables):
    said = run(program, **variables)
    require(said == SAYS[program.name], f"{program} printed:\n{said}instead of:\n{SAYS[program.name]}")


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def symbols_of(library, *options):
    """(name, kind) of each symbol that is defined there, a name without parameters and what is made for a class."""
    found = set()
    for line in run("nm", "-C", "--defined-only", *options, library).splitlines():
        if symbol := re.match(r"[0-9a-f]+ (\w) ((?:typeinfo|typeinfo name|vtable|VTT|guard variable|TLS \w+ function)"
                              r" for |(?:non-)?virtual thunk to )?([^<(\[]*)", line):
            before, _, name = symbol[3].rpartition(" ")  # A template's result stands before it.
            found.add((symbol[3] if before.endswith("operator") else name, symbol[1]))
    return found


def library_folder(prefix):
    return next(prefix.rglob("zooidConfig.cmake")).parents[2]


class checks:
    def __init__(self, given):
        self.given = given
        self.shared_build = given.work / "shared/build"

    def cmake(self, source, build, *options):
        """Configures, without debug information, which would name the folder it is built in."""
        run("cmake", "-G", "Ninja", "-S", source, "-B", build, "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_CXX_FLAGS=-O0",
            f"-DCMAKE_CXX_COMPILER={self.given.compiler}", f"-DCMAKE_CXX_COMPILER_LAUNCHER={self.given.launcher}",
            *options)

    def install(self, build, way):
        """Installs into one folder and moves that, so that no file can rely on where it was installed."""
        base = fresh(self.given.work / way)
        run("cmake", "--install", build, "--prefix", base / "installed")
        return (base / "installed").rename(base / "moved")

    def use_by_cmake(self, prefix, way, **variables):
        """Only who builds the library itself needs cppzmq; and cereal is for messages that travel."""
        for project, programs, spared in (("find_package", ("my_program", "my_door"), ("cppzmq", "nlohmann_json")),
                                          ("find_actors", ("my_actors",), ("cppzmq", "nlohmann_json", "cereal"))):
            build = fresh(self.given.work / way / project)
            self.cmake(HERE / project, build, f"-DCMAKE_PREFIX_PATH={prefix}",
                       *[f"-DCMAKE_DISABLE_FIND_PACKAGE_{package}=ON" for package in spared])
            run("cmake", "--build", build)
            for program in programs:
                expect_says(build / program, **variables)

    def use_by_pkg_config(self, prefix, way, *options):
        folder = library_folder(prefix)
        where = {"PKG_CONFIG_PATH": str(folder / "pkgconfig")}
        for program, package in (("my_program", "zooid"), ("my_door", "zooid-door"), ("my_actors", "zooid-actors")):
            flags = run("pkg-config", "--cflags", "--libs", *options, package, **where).split()
            built = self.given.work / way / program
            launcher = [self.given.launcher] if self.given.launcher else []
            run(*launcher, self.given.compiler, *STRICT, "-c", HERE / f"{program}.cpp", "-o", f"{built}.o",
                *[flag for flag in flags if flag.startswith("-I")])
            run(self.given.compiler, f"{built}.o", "-o", built, *flags)
            expect_says(built, LD_LIBRARY_PATH=str(folder))

    # The ways.

    def shown(self):
        projects = [{" ".join(line.split()) for line in project.read_text(encoding="utf-8").splitlines()}
                    for project in HERE.glob("*/CMakeLists.txt")]
        text = (self.given.source / "README.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```cmake\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        require(blocks, "README.md shows no ```cmake block")
        for block in blocks:
            lines = {" ".join(re.sub(r"#.*", "", line).split()) for line in block.splitlines()} - {""}
            require(any(lines <= project for project in projects),
                    f"README.md: no tests/package/*/CMakeLists.txt has all of these lines:\n{block}")

    def find_package(self):
        prefix = self.install(self.given.build, "find_package")
        self.use_by_cmake(prefix, "find_package")
        run(prefix / "bin/zooid", "--version")

    def pkg_config(self):
        self.use_by_pkg_config(self.install(self.given.build, "pkg_config"), "pkg_config", "--static")

    def shared(self):
        self.cmake(self.given.source, self.shared_build, "-DBUILD_SHARED_LIBS=ON", "-DCMAKE_INSTALL_PREFIX=/usr",
                   "-DCMAKE_SHARED_LINKER_FLAGS=-Wl,--no-undefined",
                   *[f"-DZOOID_BUILD_{part}=OFF" for part in ("TOOLS", "TESTS", "EXAMPLES", "BENCHMARKS")])
        run("cmake", "--build", self.shared_build)

    def symbols(self):
        """What is marked is shown and nothing else is, and what public headers only declare is marked."""
        headers = [header.read_text(encoding="utf-8") for part in ("actors", "transport")
                   for header in (self.given.source / part).rglob("*.hpp")]
        public = "\n".join(header.read_text(encoding="utf-8") for part in ("actors", "transport")
                           for header in (self.given.source / part).rglob("include/**/*.hpp"))
        marked = {name for text in headers for form in (r"(?:class|struct) ZOOID_API (\w+)", MARKED_FUNCTION)
                  for name in re.findall(form, text)}
        unmarked = set(re.findall(r"^(?:class|struct) (\w+)\b[^;]*?\{", public, re.MULTILINE))
        for library in ("actors/libzooid_actors", "transport/libzooid", "transport/door/libzooid_door"):
            shown = symbols_of(self.shared_build / f"{library}.so", "-D")
            require(any(name.startswith("zooid::") for name, _ in shown), f"{library}.so shows nothing of zooid")
            for name, kind in shown:
                if name.startswith("zooid::"):
                    # g++ shows a variable template of visible types whatever -fvisibility says: as a unique symbol, u.
                    require(kind == "u" or marked & set(name.split("::")),
                            f"{library}.so shows {name}, on which no ZOOID_API stands")
                else:
                    require(kind in "WVu", f"{library}.so shows {name}, which is not zooid's")
            for name in {name for name, kind in symbols_of(self.given.build / f"{library}.a") if kind in "TBDR"}:
                *place, last = name.split("::")
                alone = {*place} <= {"zooid", "detail"}
                function = alone and re.search(rf"^\S.*\b{re.escape(last)}\(", public, re.MULTILINE)
                if function or (place and place[-1] in unmarked):
                    require((name, "T") in shown, f"{name} is in a public header, and hidden: mark it ZOOID_API")

    def snippets(self):
        """The objects are those of the tests; only what they are linked with is shared."""
        folders = [self.shared_build / part for part in ("transport/door", "transport", "actors")]
        program = fresh(self.given.work / "snippets") / "snippets"
        run(self.given.compiler, "-o", program, *self.given.link, *[f"-L{folder}" for folder in folders],
            "-lzooid_door", "-lzooid", "-lzooid_actors")
        run(program, LD_LIBRARY_PATH=":".join(map(str, folders)))

    def plugin(self):
        base, actors = fresh(self.given.work / "plugin"), self.shared_build / "actors"
        build = [self.given.compiler, *STRICT, "-I", self.given.source / "actors/include", f"-L{base}", f"-L{actors}"]
        run(*build, "-fPIC", "-shared", HERE / "plugin/plugin.cpp", "-o", base / "libplugin.so", "-lzooid_actors")
        run(*build, HERE / "plugin/main.cpp", "-o", base / "plugged", "-lplugin", "-lzooid_actors")
        expect_says(base / "plugged", LD_LIBRARY_PATH=f"{base}:{actors}")

    def find_shared(self):
        prefix = self.install(self.shared_build, "find_shared")
        libraries = {"LD_LIBRARY_PATH": str(library_folder(prefix))}
        self.use_by_cmake(prefix, "find_shared", **libraries)
        self.use_by_pkg_config(prefix, "find_shared")

    def debian(self):
        """Those of the shared libraries, and that of the program, which is built already."""
        base = fresh(self.given.work / "debian")
        run("cpack", "-B", base / "packages", cwd=self.shared_build)
        run("cpack", "-B", base / "packages", "-D", "CPACK_COMPONENTS_ALL=tools", cwd=self.given.build)
        control = {}
        for package in (base / "packages").glob("*.deb"):
            fields = run("dpkg-deb", "-f", package)
            control[re.search(r"^Package: (.*)", fields, re.MULTILINE)[1]] = fields
            run("dpkg-deb", "-x", package, base / "root")
        runtime = next((name for name in control if re.fullmatch(r"libzooid\d+\.\d+", name)), None)
        require(control.keys() == {runtime, "libzooid-dev", "zooid"}, f"there are packages {list(control)}")
        for package, needs in ((runtime, "libzmq5"), (runtime, "libstdc++6"), ("zooid", "libzmq5"),
                               ("libzooid-dev", f"{runtime} (= "), ("libzooid-dev", "libcereal-dev")):
            depends = re.search(r"^Depends: (.*)", control[package], re.MULTILINE)
            require(depends and needs in depends[1], f"{package} does not depend on {needs}:\n{control[package]}")
        prefix = base / "root/usr"
        libraries = {"LD_LIBRARY_PATH": str(library_folder(prefix))}
        self.use_by_cmake(prefix, "debian", **libraries)
        self.use_by_pkg_config(prefix, "debian")
        run(prefix / "bin/zooid", "--version")

    def fetch_content(self):
        build = self.given.work / "fetch_content"
        self.cmake(HERE / "fetch_content", build, f"-DZOOID_SOURCE_DIR={self.given.source}", "-DBUILD_SHARED_LIBS=ON")
        run("cmake", "--build", build, "--target", "my_program")
        expect_says(build / "my_program")

    def add_subdirectory(self):
        """Builds the smaller program only: `fetch_content` adds the whole in the same way."""
        base = fresh(self.given.work / "add_subdirectory")
        shutil.copytree(HERE / "add_subdirectory", base / "project")
        for source in HERE.glob("*.cpp"):
            shutil.copy(source, base)
        (base / "project/zooid").symlink_to(self.given.source)
        self.cmake(base / "project", base / "build")
        run("cmake", "--build", base / "build", "--target", "my_actors")
        expect_says(base / "build/my_actors")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("way")
    for place in ("source", "build", "work"):
        arguments.add_argument(f"--{place}", type=pathlib.Path, required=True)
    arguments.add_argument("--compiler", required=True)
    arguments.add_argument("--launcher", default="")
    arguments.add_argument("--link", nargs="*", default=[], help="objects and static libraries, for `snippets`")
    given = arguments.parse_args()
    getattr(checks(given), given.way)()


main()
