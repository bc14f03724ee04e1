# SPDX-License-Identifier: Apache-2.0
# Warnings for everything in this project, and for nothing outside it.

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow)
if(ZOOID_WERROR)
  add_compile_options(-Werror)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)  # false for "literal" + std::string: GCC bug 105651, fixed in 13
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (ZOOID_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Release"))
  add_compile_options(-Wno-maybe-uninitialized)  # false in instrumented and in much inlined code, as GCC's manual warns
endif()
