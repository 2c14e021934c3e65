# SPDX-License-Identifier: BSL-1.0
# Install, export, version file and pkg-config file of the library (component "library").

if(NOT SNAPPROTO_INSTALL)
    return()
endif()

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/snapproto")
install(
    TARGETS snapproto
    EXPORT snapproto-targets
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT library
)
install(
    EXPORT snapproto-targets
    NAMESPACE snapproto::
    DESTINATION "${package_dir}"
    COMPONENT library
)
configure_package_config_file(
    cmake/snapproto-config.cmake.in
    "${CMAKE_CURRENT_BINARY_DIR}/snapproto-config.cmake"
    INSTALL_DESTINATION "${package_dir}"
)
# Until 1.0 a new minor version may break.
write_basic_package_version_file(
    "${CMAKE_CURRENT_BINARY_DIR}/snapproto-config-version.cmake"
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT
)
configure_file(cmake/snapproto.pc.in "${CMAKE_CURRENT_BINARY_DIR}/snapproto.pc" @ONLY)
install(
    FILES
        "${CMAKE_CURRENT_BINARY_DIR}/snapproto-config.cmake"
        "${CMAKE_CURRENT_BINARY_DIR}/snapproto-config-version.cmake"
    DESTINATION "${package_dir}"
    COMPONENT library
)
install(
    FILES "${CMAKE_CURRENT_BINARY_DIR}/snapproto.pc"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig"
    COMPONENT library
)
