# SPDX-License-Identifier: BSL-1.0
# What a builder may choose. A project that adds snapproto as a subdirectory gets the library alone.

option(SNAPPROTO_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_BUILD_CONFORMANCE "Build snapcheck and its helpers" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_BUILD_SIMULATOR "Build snapsim" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_BUILD_FUZZ "Build the fuzz targets" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_INSTALL "Make install rules" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_WERROR "Warnings in our own code are errors" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_CCACHE "Compile through ccache when it is found" ${PROJECT_IS_TOP_LEVEL})
option(SNAPPROTO_DEBUG_INFO "Debug builds carry debug information" OFF)
option(SNAPPROTO_NO_EXCEPTIONS "Only what must build with -fno-exceptions -fno-rtti" OFF)

if(NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Debug CACHE STRING "Build type" FORCE)
endif()

# The names of a state machine's types are long: with -g the agent's machine costs GCC more than
# 5 GB, without it 1.4 GB. So debug information is for those who ask for it.
if(NOT SNAPPROTO_DEBUG_INFO AND CMAKE_CXX_FLAGS_DEBUG STREQUAL "-g")
    set(CMAKE_CXX_FLAGS_DEBUG "")
endif()

if(SNAPPROTO_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(SNAPPROTO_CCACHE_PROGRAM ccache)
    mark_as_advanced(SNAPPROTO_CCACHE_PROGRAM)
    if(SNAPPROTO_CCACHE_PROGRAM)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${SNAPPROTO_CCACHE_PROGRAM}")
    endif()
endif()
