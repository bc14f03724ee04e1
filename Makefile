# SPDX-License-Identifier: Apache-2.0
# Short names for what CMake's presets do; `cmake --preset dev` and the like work without this file.

JOBS ?= $(shell nproc)
CLANG_FORMAT ?= clang-format-19
SOURCES = $(shell find actors transport $(wildcard tools) examples benchmarks tests -name '*.cpp' -o -name '*.hpp')

.PHONY: help demo test test-asan test-tsan test-clang bench bench-instructions compile-time package docs format lint clean

help:  ## Lists the targets
	@sed -n 's/^\([a-z-]*\):  *## /\1\t/p' Makefile | expand -t 20

demo:  ## Installs what is missing, builds, and runs two topologies: wordcount, and orders with a service that dies
	@cmake/setup.sh
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS) --target zooid_tool wordcount orders
	build/release/bin/zooid up examples/wordcount/topology.toml
	@rm -rf build/demo/orders
	examples/orders/make_orders.py build/demo/orders
	build/release/bin/zooid up examples/orders/topology.toml
	examples/orders/check_orders.py build/demo/orders

test:  ## Installs what is missing, builds with assertions, and runs every test
	@cmake/setup.sh foreign package
	@cmake --preset dev
	@cmake --build --preset dev -j $(JOBS)
	ctest --preset dev -j $(JOBS)

test-asan:  ## Every test under AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake/setup.sh foreign
	@cmake --preset asan
	@cmake --build --preset asan -j $(JOBS)
	ctest --preset asan -j $(JOBS)

test-tsan:  ## Every test under ThreadSanitizer, with a libzmq built for it
	@cmake/setup.sh foreign tsan
	@cmake/build_tsan_libzmq.sh build/tsan-deps
	@cmake --preset tsan
	@cmake --build --preset tsan -j $(JOBS)
	ctest --preset tsan -j $(JOBS)

test-clang:  ## Every test, built with clang
	@cmake/setup.sh foreign package clang
	@cmake --preset clang
	@cmake --build --preset clang -j $(JOBS)
	ctest --preset clang -j $(JOBS)

bench:  ## Measures this library, libzmq, CAF and a bare queue side by side; some 20 minutes
	@cmake/setup.sh opponents
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS) --target zooid-bench
	build/release/bin/zooid-bench run all --against libzmq,caf,swap-queue --rounds 20

bench-instructions:  ## Counts the instructions a message costs; fails when they have grown by more than 5%
	@cmake/setup.sh callgrind
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS) --target zooid-instructions
	cmake/bench_instructions.py build/release/bin/zooid-instructions

compile-time:  ## Seconds and megabytes that a user's compiler needs, with g++ 12 and clang 19
	@cmake/setup.sh clang
	@tests/compile_time/compile_time.py g++-12 clang++-19

package:  ## Builds Debian packages, of shared libraries, into build/packages
	@cmake/setup.sh package
	@cmake -G Ninja -S . -B build/package -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_SHARED_LIBS=ON \
	  -DZOOID_BUILD_TESTS=OFF -DZOOID_BUILD_EXAMPLES=OFF -DZOOID_BUILD_BENCHMARKS=OFF
	@cmake --build build/package -j $(JOBS)
	@cpack --config build/package/CPackConfig.cmake -B build/packages

docs:  ## Makes a site of the guide and the reference in build/docs
	@cmake/setup.sh docs
	@doxygen docs/Doxyfile
	@echo "docs: build/docs/index.html"

format:  ## Formats every source file
	@cmake/setup.sh format
	@$(CLANG_FORMAT) -i $(SOURCES)

lint:  ## Checks format, licence lines, and which layer includes what
	@cmake/setup.sh format
	@$(CLANG_FORMAT) --dry-run --Werror $(SOURCES)
	@cmake/check_layering.py
	@echo "lint: nothing found"

clean:  ## Removes everything built
	rm -rf build
