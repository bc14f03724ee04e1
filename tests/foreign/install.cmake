# SPDX-License-Identifier: Apache-2.0
# cmake -DFROM=FOLDER -DTO=FOLDER -P install.cmake: installs what package-lock.json names. Without npm, or the network,
# the build goes on, and the test that needs it says so.
find_program(npm npm)
file(MAKE_DIRECTORY ${TO})
file(COPY ${FROM}/package.json ${FROM}/package-lock.json DESTINATION ${TO})
set(result "there is no npm")
if(npm)
  execute_process(COMMAND ${npm} ci --ignore-scripts --no-audit --no-fund
    WORKING_DIRECTORY ${TO} RESULT_VARIABLE result OUTPUT_QUIET TIMEOUT 300)
endif()
if(result EQUAL 0)
  file(TOUCH ${TO}/installed)
else()
  message(WARNING "npm's zeromq was not installed, so the Node.js test cannot run: ${result}")
endif()
