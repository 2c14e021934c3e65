// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/system.hpp"

#include <fmt/format.h>

namespace snapproto::conformance::suites {

answers remembering_system::ask(const word& inputs) {
    answers made;
    if (!recall(inputs, made)) {
        made = m_of.ask(inputs);
        ++m_words;
        m_symbols += inputs.size();
        remember(inputs, made);
    }
    return made;
}

bool remembering_system::recall(const word& inputs, answers& to) const {
    to.clear();
    const node* at = &m_root;
    for (const auto on : inputs) {
        const auto next = at->next.find(on);
        if (next == at->next.end()) {
            return false;
        }
        at = next->second.get();
        to.push_back(at->output);
    }
    return true;
}

void remembering_system::remember(const word& inputs, const answers& got) {
    node* at = &m_root;
    std::string path;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        path += (i == 0 ? "" : " ") + m_inputs.at(inputs[i]);
        auto& next = at->next[inputs[i]];
        if (next == nullptr) {
            next = std::make_unique<node>();
            next->output = got.at(i);
        } else if (next->output != got.at(i)) {
            throw not_deterministic(fmt::format("'{}' was answered '{}' before and '{}' now", path,
                                                next->output, got.at(i)));
        }
        at = next.get();
    }
}

} // namespace snapproto::conformance::suites
