// SPDX-License-Identifier: BSL-1.0
// What the page calls. Text goes in and out as C strings; what comes out stays valid until the next
// call. Compiled for the browser only.
#include "simulator/playground/json_text.hpp"
#include "simulator/playground/recording.hpp"

#include <emscripten/emscripten.h>

#include <exception>
#include <string>

using namespace snapproto;

namespace {

std::string answer; // NOLINT(*-avoid-non-const-global-variables): the page reads it in place

} // namespace

extern "C" {

/// @return what `record_run` makes of it, or an object with `error` alone: why it cannot be played.
EMSCRIPTEN_KEEPALIVE const char* playground_run(const char* name, const char* scenario) {
    try {
        answer = playground::record_run(name, scenario);
    } catch (const std::exception& wrong) {
        answer = playground::json_object{}.add("error", wrong.what()).text();
    }
    return answer.c_str();
}

EMSCRIPTEN_KEEPALIVE const char* playground_catalogue() {
    answer = playground::catalogue();
    return answer.c_str();
}
}
