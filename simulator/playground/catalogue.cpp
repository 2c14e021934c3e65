// SPDX-License-Identifier: BSL-1.0
// What can be chosen, from the lists that the simulator itself reads.
#include "simulator/campaign/swarm.hpp"
#include "simulator/playground/json_text.hpp"
#include "simulator/playground/recording.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/scenario.hpp"

#include <snapproto/version.hpp>

#include <array>

namespace snapproto::playground {
namespace {

std::string option_json(const settings::field& one) {
    json_object made;
    made.add("name", one.name);
    if (std::holds_alternative<std::uint64_t*>(one.where)) {
        made.add("kind", "number").add("least", one.least).add("most", one.most);
        made.add_json("usual", settings::value_of(one));
    } else if (std::holds_alternative<bool*>(one.where)) {
        made.add("kind", "flag").add_json("usual", settings::value_of(one));
    } else {
        made.add("kind", "text").add("usual", settings::value_of(one));
        made.add_json("words", json_array(one.words, [](auto word) { return json_of(word); }));
    }
    return made.text();
}

std::string dialect_json(const world::dialect& one) {
    return json_object{}.add("name", one.name).add("meaning", one.meaning).text();
}

std::string fault_json(const world::fault_word& one) {
    constexpr std::array<std::string_view, 4> amounts{"", "by_ms", "ppm", "times"};
    return json_object{}
        .add("what", one.word)
        .add("lasts", one.lasts)
        .add("amount", amounts[static_cast<std::size_t>(one.amount)])
        .add("meaning", one.meaning)
        .text();
}

std::string faulty_json(const world::faulty_endpoint& one) {
    return json_object{}.add("name", one.name).add("meaning", one.meaning).text();
}

} // namespace

std::string catalogue() {
    world::scenario usual;
    const auto moments = campaign::moments();
    return json_object{}
        .add("version", SNAPPROTO_VERSION_STRING)
        .add_json("options", json_array(world::fields_of(usual), option_json))
        .add_json("dialects", json_array(world::dialects, dialect_json))
        .add_json("faults", json_array(world::fault_words, fault_json))
        .add_json("moments", json_array(moments, [](auto word) { return json_of(word); }))
        .add_json("faulty", json_array(world::faulty_endpoints(), faulty_json))
        .text();
}

} // namespace snapproto::playground
