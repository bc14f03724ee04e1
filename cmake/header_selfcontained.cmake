# SPDX-License-Identifier: Apache-2.0

# Compiles each public header of a library alone, and twice in a row, with that library's include folders only.
function(zooid_check_headers library include_dir)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${include_dir} ${include_dir}/*.hpp)
  set(sources)
  foreach(header IN LISTS headers)
    set(source ${PROJECT_BINARY_DIR}/header_selfcontained/${header}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n#include <${header}>\n" @ONLY)
    list(APPEND sources ${source})
  endforeach()
  add_library(header_selfcontained_${library} OBJECT ${sources})
  target_link_libraries(header_selfcontained_${library} PRIVATE ${library})
  target_compile_options(header_selfcontained_${library} PRIVATE -O0)
  add_dependencies(header_selfcontained header_selfcontained_${library})
endfunction()

add_custom_target(header_selfcontained)
zooid_check_headers(zooid_actors ${PROJECT_SOURCE_DIR}/actors/include)
zooid_check_headers(zooid_transport ${PROJECT_SOURCE_DIR}/transport/include)
