# SPDX-License-Identifier: BSL-1.0
# cmake -DINPUT=file -DOUTPUT=file.cpp -DHEADER=x.hpp -DNAMESPACE=a::b -DFUNCTION=f -P embed_text.cmake
#
# Writes a source file in which a text is an array of characters: no literal is too long for a
# compiler, and no character of the text needs quoting. Without INPUT the text is empty.

set(hex "")
if(INPUT)
    file(READ "${INPUT}" hex HEX)
endif()
string(REGEX REPLACE "(................................)" "\\1\n" lines "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${lines}")
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
// Generated. Do not edit.
#include "@HEADER@"

namespace @NAMESPACE@ {
namespace {

constexpr char text[] = {
@bytes@
'\0'};

} // namespace

std::string_view @FUNCTION@() noexcept {
    return {text, sizeof(text) - 1};
}

} // namespace @NAMESPACE@
]] @ONLY)
