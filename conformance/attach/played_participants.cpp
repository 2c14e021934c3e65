// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/played_participants.hpp"

#include <algorithm>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

void add_word(std::string& list, std::string_view word) {
    if (!list.empty()) {
        list += ' ';
    }
    list += word;
}

} // namespace

void played_participants::reset() {
    list = {{.name = "ledger", .kind = participant_kind::writer},
            {.name = "10-quiesce", .kind = participant_kind::hook},
            {.name = "/srv"},
            {.name = "/"}};
    calls.clear();
}

played_participant& played_participants::get(std::string_view name) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
    if (found == list.end()) {
        throw std::logic_error("no participant " + std::string{name});
    }
    return *found;
}

std::string played_participants::asked(std::string_view what) const {
    std::string all;
    for (const participant_call& one : calls) {
        if (one.what == what) {
            add_word(all, one.participant);
        }
    }
    return all;
}

std::string played_participants::asked(std::string_view what, std::string_view result) const {
    std::string all;
    for (const participant_call& one : calls) {
        if (one.what == what && one.result == result) {
            add_word(all, one.participant);
        }
    }
    return all;
}

std::string played_participants::history(std::string_view name) const {
    std::string all;
    for (const participant_call& one : calls) {
        if (one.participant == name) {
            add_word(all, one.what);
        }
    }
    return all;
}

std::string played_participants::held() const {
    std::string all;
    for (const played_participant& one : list) {
        if (one.held) {
            add_word(all, one.name);
        }
    }
    return all.empty() ? "nothing" : all;
}

} // namespace snapproto::conformance
