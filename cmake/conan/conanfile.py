# SPDX-License-Identifier: Apache-2.0
"""Unverified: nobody has run this recipe yet. From the top of this repository: conan create cmake/conan"""

import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, rm, rmdir


class Zooid(ConanFile):
    name = "zooid"
    version = "0.1.0"
    description = "Typed actors over ZeroMQ"
    license = "Apache-2.0"
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "door": [True, False]}
    default_options = {"shared": False, "fPIC": True, "door": True}

    def export_sources(self):
        top = os.path.join(self.recipe_folder, "..", "..")
        for part in ("CMakeLists.txt", "LICENSE", "actors/*", "transport/*", "cmake/*"):
            copy(self, part, src=top, dst=self.export_sources_folder)

    def configure(self):
        if self.options.shared:
            self.options.rm_safe("fPIC")

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("cereal/1.3.2", transitive_headers=True)
        self.requires("cppzmq/4.10.0")
        if self.options.door:
            self.requires("nlohmann_json/3.11.3")

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TOOLS", "TESTS", "EXAMPLES", "BENCHMARKS"):
            toolchain.cache_variables[f"ZOOID_BUILD_{part}"] = False
        toolchain.cache_variables["ZOOID_BUILD_DOOR"] = bool(self.options.door)
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))
        rmdir(self, os.path.join(self.package_folder, "share"))
        rm(self, "*.cmake", os.path.join(self.package_folder, "lib"), recursive=True)

    def package_info(self):
        actors = self.cpp_info.components["actors"]
        actors.set_property("cmake_target_name", "zooid::actors")
        actors.libs = ["zooid_actors"]
        actors.system_libs = ["pthread"]
        whole = self.cpp_info.components["zooid"]
        whole.set_property("cmake_target_name", "zooid::zooid")
        whole.libs = ["zooid"]
        whole.requires = ["actors", "cereal::cereal", "cppzmq::cppzmq"]
        if self.options.door:
            door = self.cpp_info.components["door"]
            door.set_property("cmake_target_name", "zooid::door")
            door.libs = ["zooid_door"]
            door.requires = ["zooid", "nlohmann_json::nlohmann_json"]
