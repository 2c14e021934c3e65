# SPDX-License-Identifier: BSL-1.0
# Configures, builds and runs one consumer in an empty folder; the program prints the version.

file(REMOVE_RECURSE "${WORK}")
execute_process(
    COMMAND
        "${CMAKE_COMMAND}" -S "${CONSUMER}" -B "${WORK}" -G "${GENERATOR}"
        "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}"
        "-DCMAKE_PREFIX_PATH=${PREFIX}" "-DTESTED_PREFIX=${PREFIX}" "-DTESTED_SOURCE=${SOURCE}"
        "-DTESTED_VERSION=${VERSION}" --no-warn-unused-cli
    COMMAND_ERROR_IS_FATAL ANY
)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(
    COMMAND "${WORK}/consumer"
    OUTPUT_VARIABLE printed
    OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY
)
if(NOT printed STREQUAL VERSION)
    message(FATAL_ERROR "the consumer printed '${printed}', not ${VERSION}")
endif()
