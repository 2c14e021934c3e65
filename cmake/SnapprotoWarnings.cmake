# SPDX-License-Identifier: BSL-1.0
# Warnings for our own programs. Nothing here reaches those who use the library.

add_library(snapproto_warnings INTERFACE)
target_compile_options(
    snapproto_warnings
    INTERFACE
        -Wall
        -Wextra
        -Wpedantic
        -Wshadow
        -Wconversion
        -Wsign-conversion
        -Wold-style-cast
        -Wnon-virtual-dtor
        -Woverloaded-virtual
        -Wcast-align
        -Wextra-semi
        -Wimplicit-fallthrough
        $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond>
        $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op>
        # GCC 12 sees overlapping copies in std::string's operator+ when it inlines (its bug 105651).
        $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
        $<$<BOOL:${SNAPPROTO_WERROR}>:-Werror>
)
