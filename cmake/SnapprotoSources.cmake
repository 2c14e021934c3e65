# SPDX-License-Identifier: BSL-1.0
# Sources are found by folder, so that a new file needs no edit here. CONFIGURE_DEPENDS makes the
# build look again each time; a file added or removed is picked up by the next build.

# snapproto_glob(VARIABLE PATTERN...): the files below this folder that match, sorted.
function(snapproto_glob variable)
    file(GLOB_RECURSE found LIST_DIRECTORIES false CONFIGURE_DEPENDS ${ARGN})
    list(SORT found)
    set(${variable} ${found} PARENT_SCOPE)
endfunction()

# snapproto_glob_flat(VARIABLE PATTERN...): the same without folders below.
function(snapproto_glob_flat variable)
    file(GLOB found LIST_DIRECTORIES false CONFIGURE_DEPENDS ${ARGN})
    list(SORT found)
    set(${variable} ${found} PARENT_SCOPE)
endfunction()
