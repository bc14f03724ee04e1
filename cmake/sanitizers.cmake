# SPDX-License-Identifier: Apache-2.0
# ZOOID_SANITIZE: flags for everything in this project, and what ThreadSanitizer needs besides.

if(ZOOID_SANITIZE)
  add_compile_options(-fsanitize=${ZOOID_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ZOOID_SANITIZE})
endif()
if(ZOOID_SANITIZE MATCHES "undefined")
  add_compile_options(-fno-sanitize-recover=undefined)  # a finding fails the test
endif()

if(ZOOID_SANITIZE MATCHES "thread")
  # A libzmq that is not instrumented gives false reports.
  get_target_property(zooid_libzmq libzmq LOCATION)
  file(STRINGS ${zooid_libzmq} zooid_libzmq_symbols REGEX "__tsan_init" LIMIT_COUNT 1)
  if(NOT zooid_libzmq_symbols)
    message(FATAL_ERROR "${zooid_libzmq} is not built with -fsanitize=thread.\n"
      "Build one (a minute): cmake/build_tsan_libzmq.sh ${PROJECT_SOURCE_DIR}/build/tsan-deps\n"
      "and configure a fresh build folder with it: cmake --fresh --preset tsan")
  endif()

  # ThreadSanitizer before GCC 14 cannot place its shadow memory under the address randomisation of newer kernels.
  execute_process(COMMAND setarch -R true RESULT_VARIABLE zooid_setarch OUTPUT_QUIET ERROR_QUIET)
  if(zooid_setarch EQUAL 0)
    set(CMAKE_CROSSCOMPILING_EMULATOR setarch -R)
  endif()
endif()
