# SPDX-License-Identifier: Apache-2.0
# What the libraries have in common: their names, what they show of themselves, and how they are installed.

# zooid_library(TARGET NAME FILE DESCRIPTION text [REQUIRES package] [STATIC_LIBS flag])
# Makes TARGET known as zooid::NAME and its file libFILE. REQUIRES and STATIC_LIBS are for pkg-config: what all users
# need, and what those of a static library link as well. The latter are flags, not packages, because libzmq's package
# requires with --static what Debian has no files for.
function(zooid_library target name file)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "DESCRIPTION;REQUIRES;STATIC_LIBS" "")
  add_library(zooid::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    OUTPUT_NAME ${file}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}  # before 1.0 a minor release may change interfaces
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
  if(NOT ZOOID_INSTALL)
    return()
  endif()

  target_include_directories(${target} PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
  install(TARGETS ${target} EXPORT zooid-${name}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libraries NAMELINK_COMPONENT development)
  install(EXPORT zooid-${name} NAMESPACE zooid:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/zooid
    COMPONENT development)

  if(BUILD_SHARED_LIBS)
    set(arg_STATIC_LIBS)
  endif()
  string(REPLACE "_" "-" package ${file})
  # From the folder of the .pc file to the prefix, so that the whole can be moved.
  file(RELATIVE_PATH to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  string(REGEX REPLACE "/$" "" to_prefix ${to_prefix})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/package.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${package}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT development)
endfunction()
