# SPDX-License-Identifier: BSL-1.0
# Each header of the library compiles alone, twice in one unit, with our warnings.
# Headers with Boost.MSM in them are heavy, so this is a target of its own and no part of `all`.

set(check_sources "")
foreach(header IN LISTS library_headers)
    file(RELATIVE_PATH name "${CMAKE_CURRENT_SOURCE_DIR}/include" "${header}")
    set(source "${CMAKE_CURRENT_BINARY_DIR}/header_check/${name}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include <${name}>\n#include <${name}>\n" @ONLY)
    if(name MATCHES "^snapproto/machine/(vss_)?src\\.hpp$")
        set_source_files_properties(
            "${source}" PROPERTIES COMPILE_DEFINITIONS SNAPPROTO_SEPARATE_COMPILATION
        )
    endif()
    list(APPEND check_sources "${source}")
endforeach()

add_library(snapproto_header_check OBJECT EXCLUDE_FROM_ALL ${check_sources})
target_link_libraries(snapproto_header_check PRIVATE snapproto snapproto_warnings)
