// SPDX-License-Identifier: BSL-1.0
#include "simulator/playground/ways.hpp"

#include "simulator/playground/json_text.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/faults.hpp"

namespace snapproto::playground {

std::string ways_json(const world::scenario& what) {
    world::scenario tried = what;
    return json_array(world::dialects, [&](const world::dialect& one) {
        std::string both;
        tried.dialect = one.name;
        for (const bool windows : {false, true}) {
            tried.agent.windows = windows;
            both.append(both.empty() ? "" : ",")
                .append(json_object{}
                            .add("dialect", one.name)
                            .add("windows", windows)
                            .add("why", world::unplayable(tried))
                            .text());
        }
        return both;
    });
}

std::string impossible_json(const world::scenario& what) {
    world::scenario tried = what;
    return json_array(world::fault_words, [&](const world::fault_word& one) {
        if (!world::is_impossible(what, one.word)) {
            return std::string{};
        }
        tried.faults.assign(1, {});
        tried.faults.front().what = one.word;
        return json_object{}.add("what", one.word).add("why", world::unplayable(tried)).text();
    });
}

} // namespace snapproto::playground
