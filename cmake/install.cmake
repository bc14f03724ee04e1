# SPDX-License-Identifier: Apache-2.0
# What is installed beside libraries and programs, and the Debian packages that CPack makes of it all.
include(CMakePackageConfigHelpers)

set(zooid_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/zooid)
configure_package_config_file(cmake/zooidConfig.cmake.in ${PROJECT_BINARY_DIR}/zooidConfig.cmake
  INSTALL_DESTINATION ${zooid_cmake_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/zooidConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/zooidConfig.cmake ${PROJECT_BINARY_DIR}/zooidConfigVersion.cmake
  DESTINATION ${zooid_cmake_dir} COMPONENT development)

# Debian's names: the library's package changes its name whenever its SOVERSION does.
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_NAME libzooid${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libzooid-dev)
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME zooid)
set(CPACK_COMPONENTS_ALL development)
if(ZOOID_BUILD_TOOLS)
  list(APPEND CPACK_COMPONENTS_ALL tools)
endif()
if(BUILD_SHARED_LIBS)
  list(APPEND CPACK_COMPONENTS_ALL libraries)
endif()
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}
    RENAME copyright COMPONENT ${component})
endforeach()

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "The Zooid authors")
set(CPACK_PACKAGE_CONTACT ${CPACK_PACKAGE_VENDOR})
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_COMPONENT_LIBRARIES_DESCRIPTION "Typed actors over ZeroMQ, shared libraries")
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

set(CPACK_COMPONENT_TOOLS_DESCRIPTION "Typed actors over ZeroMQ, the program zooid that asks running nodes")
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)

set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Typed actors over ZeroMQ, headers and what builds need")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
if(BUILD_SHARED_LIBS)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${CPACK_DEBIAN_LIBRARIES_PACKAGE_NAME} (= ${PROJECT_VERSION}), libcereal-dev")
else()
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libzmq3-dev, libcereal-dev")
endif()
include(CPack)
