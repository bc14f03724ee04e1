# SPDX-License-Identifier: Apache-2.0
# CAF::io, for versions that bring no CMake package of their own, as Debian's.

find_path(CAF_INCLUDE_DIR caf/all.hpp)
find_library(CAF_CORE_LIBRARY caf_core)
find_library(CAF_IO_LIBRARY caf_io)
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_IO_LIBRARY)

if(CAF_INCLUDE_DIR)
  file(STRINGS ${CAF_INCLUDE_DIR}/caf/config.hpp version REGEX "#define CAF_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+" version "${version}")  # 1706 is 0.17.6
  math(EXPR major "${version} / 10000")
  math(EXPR minor "${version} / 100 % 100")
  math(EXPR patch "${version} % 100")
  set(CAF_VERSION ${major}.${minor}.${patch})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF REQUIRED_VARS CAF_IO_LIBRARY CAF_CORE_LIBRARY CAF_INCLUDE_DIR
  VERSION_VAR CAF_VERSION HANDLE_VERSION_RANGE)

if(CAF_FOUND AND NOT TARGET CAF::io)
  add_library(CAF::io INTERFACE IMPORTED)
  target_include_directories(CAF::io INTERFACE ${CAF_INCLUDE_DIR})
  target_link_libraries(CAF::io INTERFACE ${CAF_IO_LIBRARY} ${CAF_CORE_LIBRARY})
endif()
