// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/describe.hpp>

#include <tests/support/vocabulary.hpp>

#include <boost/test/unit_test.hpp>

#include <rapidcheck/boost_test.h>

using namespace snapproto;
using namespace snapproto::machine;

namespace {

template <class Enum>
Enum any_of() {
    return static_cast<Enum>(*rc::gen::inRange<int>(0, value_count<Enum>));
}
std::uint64_t any_number() {
    return *rc::gen::arbitrary<std::uint64_t>();
}
bool any_bool() {
    return *rc::gen::arbitrary<bool>();
}

// Any values at all, also those that no machine comes into.
agent_state any_agent_state() {
    agent_state s;
    s.phase = any_of<agent_phase>();
    s.data.session = {any_number()};
    s.data.granted = static_cast<capability>(*rc::gen::arbitrary<std::uint32_t>());
    s.data.txn = {any_number()};
    s.data.why = any_of<verdict>();
    s.data.then = any_of<afterwards>();
    s.data.implicit = any_bool();
    s.data.recovering = any_bool();
    s.data.owes_thawed = any_bool();
    s.data.owes_aborted = any_bool();
    s.data.aborted_first = any_bool();
    s.data.waiting = any_of<pending_hello>();
    s.data.waiting_session = {any_number()};
    s.data.waiting_granted = static_cast<capability>(*rc::gen::arbitrary<std::uint32_t>());
    s.data.last_txn = {any_number()};
    s.data.last_verdict = any_of<verdict>();
    return s;
}

orchestrator_state any_orchestrator_state() {
    orchestrator_state s;
    s.phase = any_of<orchestrator_phase>();
    s.data.policy = {any_bool(), any_bool(), any_bool(), any_bool(),
                     *rc::gen::arbitrary<std::uint8_t>()};
    s.data.txn = {any_number()};
    s.data.live = any_number();
    s.data.answered = any_number();
    s.data.unknown = any_number();
    s.data.spoiled = any_number();
    s.data.outlook = any_of<fate>();
    s.data.cut = any_of<cut_progress>();
    s.data.go_noted = any_bool();
    s.data.resends = *rc::gen::arbitrary<std::uint8_t>();
    return s;
}

template <class State>
void check_round_trips(const State& state) {
    const auto image = to_image(state);
    RC_ASSERT((from_image<State>(image) == state));
    RC_ASSERT((from_description<State>(describe(state)) == state));
}

// A byte more, a byte less, another version: none of them is a saved state.
template <class State>
void check_bounds() {
    const auto image = to_image(State{});
    std::vector<std::byte> bytes(image.begin(), image.end());
    BOOST_TEST(from_image<State>(bytes).has_value());
    bytes.push_back({});
    BOOST_TEST(!from_image<State>(bytes));
    bytes.resize(image.size() - 1);
    BOOST_TEST(!from_image<State>(bytes));
    BOOST_TEST(!from_image<State>({}));
    auto other_version = image;
    other_version[0] = std::byte{2};
    BOOST_TEST(!from_image<State>(other_version));
}

// What follows from one changed byte is either refused or another state.
template <class State>
void check_no_byte_is_ignored() {
    const auto image = to_image(State{});
    std::size_t refused = 0;
    for (std::size_t i = 0; i < image.size(); ++i) {
        auto changed = image;
        changed[i] = std::byte{0xee};
        const auto state = from_image<State>(changed);
        refused += !state.has_value();
        BOOST_TEST((!state || *state != State{}));
        BOOST_TEST((!state || to_image(*state) == changed));
    }
    BOOST_TEST(refused >= 5U);
}

} // namespace

RC_BOOST_PROP(an_agents_state_survives_text_and_bytes, ()) {
    check_round_trips(any_agent_state());
}

RC_BOOST_PROP(an_orchestrators_state_survives_text_and_bytes, ()) {
    check_round_trips(any_orchestrator_state());
}

RC_BOOST_PROP(two_states_have_one_image_only_if_they_are_equal, ()) {
    const auto a = any_agent_state();
    const auto b = any_agent_state();
    RC_ASSERT((to_image(a) == to_image(b)) == (a == b));
    RC_ASSERT((describe(a) == describe(b)) == (a == b));
}

BOOST_AUTO_TEST_CASE(the_text_of_a_state_reads_like_the_state) {
    agent_state s;
    s.phase = agent_phase::frozen;
    s.data.session = {7};
    s.data.granted = capability::completion;
    s.data.txn = {12};
    s.data.why = verdict::clean;
    const std::string text = describe(s);
    BOOST_TEST(text.starts_with("phase=frozen session=7 granted=4 txn=12 why=clean then=idle "));
    BOOST_TEST(text.ends_with(" last_txn=0 last_verdict=none"));
    BOOST_TEST(describe(orchestrator_state{}).starts_with("phase=down txn=0 live=0 "));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_state_is_refused) {
    const std::string good = describe(agent_state{});
    BOOST_TEST(from_description<agent_state>(good).has_value());
    BOOST_TEST(!from_description<agent_state>(""));
    BOOST_TEST(!from_description<agent_state>(" " + good));
    BOOST_TEST(!from_description<agent_state>(good + " "));
    BOOST_TEST(!from_description<agent_state>(good + "x"));
    BOOST_TEST(!from_description<agent_state>(good.substr(0, good.size() - 1)));
    BOOST_TEST(!from_description<orchestrator_state>(good));
    for (const auto& [from, to] : {std::pair{"phase=off", "phase=on"},
                                   {"session=0", "session=-1"},
                                   {"session=0", "session="},
                                   {"session=0", "session=18446744073709551616"},
                                   {"granted=0", "granted=4294967296"},
                                   {"implicit=no", "implicit=0"},
                                   {"why=clean", "why:clean"},
                                   {"txn=0", "tnx=0"}}) {
        std::string bad = good;
        bad.replace(bad.find(from), std::string_view{from}.size(), to);
        BOOST_TEST(!from_description<agent_state>(bad), "accepted " << bad);
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_state_are_refused) {
    check_bounds<agent_state>();
    check_bounds<orchestrator_state>();
    check_no_byte_is_ignored<agent_state>();
    check_no_byte_is_ignored<orchestrator_state>();
}

BOOST_AUTO_TEST_CASE(the_size_of_an_image_is_known_beforehand) {
    static_assert(std::tuple_size_v<state_image<agent_state>> == 51);
    static_assert(std::tuple_size_v<state_image<orchestrator_state>> == 51);
    BOOST_TEST((to_image(agent_state{})[0] == state_image_version));
}

BOOST_AUTO_TEST_CASE(every_word_of_the_machines_names_one_value) {
    tests::check_vocabulary(agent_event::generation_changed);
    tests::check_vocabulary(agent_timer::retry);
    tests::check_vocabulary(afterwards::exit);
    tests::check_vocabulary(pending_hello::refused);
    tests::check_vocabulary(agent_effect_kind::warn);
    tests::check_vocabulary(agent_refusal::nak_stuck);
    tests::check_vocabulary(orchestrator_event::stale);
    tests::check_vocabulary(orchestrator_timer::window);
    tests::check_vocabulary(fate::failed);
    tests::check_vocabulary(cut_progress::abandoned);
    tests::check_vocabulary(orchestrator_effect_kind::alarm);
    tests::check_vocabulary(orchestrator_refusal::reject);
}
