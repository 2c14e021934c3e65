# SPDX-License-Identifier: BSL-1.0
# Installs the library into an empty prefix and checks that every header arrived.

file(REMOVE_RECURSE "${PREFIX}")
execute_process(
    COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}" --component library
    COMMAND_ERROR_IS_FATAL ANY
    OUTPUT_QUIET
)
file(GLOB_RECURSE headers RELATIVE "${SOURCE}/include" "${SOURCE}/include/*.hpp")
list(LENGTH headers count)
if(count EQUAL 0)
    message(FATAL_ERROR "no headers in ${SOURCE}/include")
endif()
foreach(header IN LISTS headers)
    if(NOT EXISTS "${PREFIX}/include/${header}")
        message(FATAL_ERROR "${header} was not installed")
    endif()
endforeach()
message(STATUS "${count} headers installed")
