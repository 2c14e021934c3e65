// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_FSRVP_SERVER_HPP
#define SNAPPROTO_ENDPOINT_IMPL_FSRVP_SERVER_HPP

#include <snapproto/endpoint/fsrvp_server.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace snapproto::endpoint {

inline fsrvp_server::fsrvp_server(fsrvp_server_options options)
    : m_options(std::move(options)), m_machine(m_options.limits.context_retries_max) {}

// ---- input --------------------------------------------------------------------------------------

inline void fsrvp_server::handle(const fsrvp_caller& from, const fsrvp::request& call,
                                 instant now) {
    begin_input();
    if (m_sequence_at < now || (m_work && m_work->until < now)) {
        handle_timeout(now);
    }
    const fsrvp::opnum number = fsrvp::opnum_of(call);
    if (!from.is_operator) {
        return reply(from.client, {.call = number}, fsrvp::status::access_denied);
    }
    const bool is_query = number == fsrvp::opnum::get_supported_version ||
                          number == fsrvp::opnum::is_path_supported ||
                          number == fsrvp::opnum::is_path_copied;
    if (m_work && !is_query) { // SP 57.25
        return reply(from.client, {.call = number},
                     number == fsrvp::opnum::set_context || number == fsrvp::opnum::start_set
                         ? fsrvp::status::set_in_progress
                         : fsrvp::status::bad_state);
    }
    std::visit([&](const auto& what) { serve(from, what, now); }, call);
}

inline void fsrvp_server::serve(const fsrvp_caller& from,
                                const fsrvp::get_supported_version_request&, instant now) {
    take(from.client, {.kind = machine::fsrvp_event::query},
         {.call = fsrvp::opnum::get_supported_version,
          .version_min = fsrvp::version,
          .version_max = fsrvp::version},
         now);
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::set_context_request& call,
                                instant now) {
    const bool usable = fsrvp::is_usable_context(call.context);
    const bool taken = take(from.client,
                            {.kind = machine::fsrvp_event::set_context,
                             .usable_context = usable,
                             .client = from.client},
                            {.call = fsrvp::opnum::set_context}, now);
    if (taken && usable && m_machine.phase() == machine::fsrvp_phase::context) {
        m_seals = (call.context & vss::attribute::no_auto_recovery) == 0;
    }
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::start_set_request&,
                                instant now) {
    const fsrvp::guid id = next_id();
    if (take(from.client, {.kind = machine::fsrvp_event::start_set},
             {.call = fsrvp::opnum::start_set, .id = id}, now)) {
        m_set = {id, {}};
    }
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::add_to_set_request& call,
                                instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::add_to_set};
    if (const auto wrong = wrong_with_set(call.set)) {
        return reply(from.client, std::move(answer), *wrong);
    }
    const bool runs = m_machine.phase() == machine::fsrvp_phase::started ||
                      m_machine.phase() == machine::fsrvp_phase::added;
    if (runs && !is_shared(call.share)) {
        return reply(from.client, std::move(answer), fsrvp::status::not_supported);
    }
    if (runs && m_set.copies.size() >= m_options.limits.volumes_max) {
        return reply(from.client, std::move(answer), fsrvp::status::invalid_argument);
    }
    const bool has = std::any_of(m_set.copies.begin(), m_set.copies.end(),
                                 [&](const copy& one) { return one.share == call.share; });
    answer.id = next_id();
    const fsrvp::guid id = answer.id;
    if (take(from.client, {.kind = machine::fsrvp_event::add_volume, .has_volume = has},
             std::move(answer), now) &&
        !has) {
        m_set.copies.push_back({call.share, id});
    }
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::prepare_set_request& call,
                                instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::prepare_set};
    if (const auto wrong = wrong_with_set(call.set)) {
        return reply(from.client, std::move(answer), *wrong);
    }
    if (m_machine.phase() == machine::fsrvp_phase::added) {
        return begin_work(from, fsrvp_work::prepare, call.timeout_ms, now);
    }
    take(from.client, {.kind = machine::fsrvp_event::prepare}, std::move(answer), now);
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::commit_set_request& call,
                                instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::commit_set};
    if (const auto wrong = wrong_with_set(call.set)) {
        return reply(from.client, std::move(answer), *wrong);
    }
    if (take(from.client, {.kind = machine::fsrvp_event::commit}, std::move(answer), now)) {
        begin_work(from, fsrvp_work::commit, call.timeout_ms, now);
    }
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::expose_set_request& call,
                                instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::expose_set};
    if (const auto wrong = wrong_with_set(call.set)) {
        return reply(from.client, std::move(answer), *wrong);
    }
    if (m_machine.phase() == machine::fsrvp_phase::committed) {
        return begin_work(from, fsrvp_work::expose, call.timeout_ms, now);
    }
    take(from.client, {.kind = machine::fsrvp_event::expose}, std::move(answer), now);
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::get_mapping_request& call,
                                instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::get_mapping};
    if (const auto wrong = wrong_with_set(call.set)) {
        return reply(from.client, std::move(answer), *wrong);
    }
    const auto found = std::find_if(m_set.copies.begin(), m_set.copies.end(),
                                    [&](const copy& one) { return one.share == call.share; });
    if (m_machine.phase() == machine::fsrvp_phase::exposed) {
        if (found == m_set.copies.end()) { // the timer goes on: SP 57.16
            return reply(from.client, std::move(answer), fsrvp::status::not_found);
        }
        answer.id = found->id;
        answer.share = fsrvp::exposed_share(found->share, found->id);
    }
    take(from.client, {.kind = machine::fsrvp_event::get_mapping}, std::move(answer), now);
}

inline void fsrvp_server::serve(const fsrvp_caller& from,
                                const fsrvp::recovery_complete_request& call, instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::recovery_complete};
    if (const auto wrong = wrong_with_set(call.set)) {
        return reply(from.client, std::move(answer), *wrong);
    }
    if (m_recovered.size() >= m_options.limits.recovered_sets_max) {
        return reply(from.client, std::move(answer), fsrvp::status::invalid_argument);
    }
    if (take(from.client, {.kind = machine::fsrvp_event::recovery_complete}, std::move(answer),
             now)) {
        m_recovered.push_back(m_set);
    }
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::abort_set_request& call,
                                instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::abort_set};
    if (const auto wrong = wrong_with_set(call.set)) {
        return reply(from.client, std::move(answer), *wrong);
    }
    take(from.client, {.kind = machine::fsrvp_event::abort}, std::move(answer), now);
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::delete_mapping_request& call,
                                instant now) {
    fsrvp::response answer{.call = fsrvp::opnum::delete_mapping};
    const auto of_id = [&](const copy_set& one) { return one.id == call.set; };
    const auto older = std::find_if(m_recovered.begin(), m_recovered.end(), of_id);
    const bool is_current = of_id(m_set) && (older == m_recovered.end() ||
                                             m_machine.phase() == machine::fsrvp_phase::recovered);
    copy_set* const in = older != m_recovered.end() ? &*older : is_current ? &m_set : nullptr;
    if (in == nullptr) {
        return reply(from.client, std::move(answer), fsrvp::status::not_found);
    }
    const auto found = std::find_if(in->copies.begin(), in->copies.end(),
                                    [&](const copy& one) { return one.share == call.share; });
    const bool is_known = found != in->copies.end();
    const bool is_shared_now =
        older != m_recovered.end() || m_machine.phase() == machine::fsrvp_phase::exposed;
    if (is_shared_now && !is_known) {
        return reply(from.client, std::move(answer), fsrvp::status::not_found);
    }
    if (is_current) {
        const bool left = in->copies.size() > 1;
        const bool taken =
            take(from.client, {.kind = machine::fsrvp_event::delete_mapping, .mappings_left = left},
                 std::move(answer), now);
        if (!taken) {
            return;
        }
    } else {
        reply(from.client, std::move(answer), fsrvp::status::ok);
    }
    m_outputs.emplace_back(fsrvp_drop_mapping{call.set, call.share});
    if (in == &m_set && m_machine.phase() == machine::fsrvp_phase::none) {
        return; // the set went with its last mapping
    }
    in->copies.erase(found);
    if (in->copies.empty() && older != m_recovered.end()) {
        m_recovered.erase(older);
    }
}

inline void fsrvp_server::serve(const fsrvp_caller& from,
                                const fsrvp::is_path_supported_request& call, instant now) {
    take(from.client, {.kind = machine::fsrvp_event::query},
         {.call = fsrvp::opnum::is_path_supported, .yes = is_shared(call.share)}, now);
}

inline void fsrvp_server::serve(const fsrvp_caller& from, const fsrvp::is_path_copied_request& call,
                                instant now) {
    const auto has = [&](const copy_set& set) {
        return std::any_of(set.copies.begin(), set.copies.end(),
                           [&](const copy& one) { return one.share == call.share; });
    };
    const bool there = m_machine.phase() >= machine::fsrvp_phase::committed &&
                       m_machine.phase() != machine::fsrvp_phase::recovered && has(m_set);
    take(from.client, {.kind = machine::fsrvp_event::query},
         {.call = fsrvp::opnum::is_path_copied,
          .yes = there || std::any_of(m_recovered.begin(), m_recovered.end(), has)},
         now);
}

// ---- what the table does not decide -------------------------------------------------------------

// A call that names another set than that of the sequence (SP 57.22, 57.23).
inline std::optional<fsrvp::status> fsrvp_server::wrong_with_set(const fsrvp::guid& set) const {
    const bool has_set = m_machine.phase() >= machine::fsrvp_phase::started;
    if (has_set && set == m_set.id) {
        return std::nullopt;
    }
    const bool is_recovered = std::any_of(m_recovered.begin(), m_recovered.end(),
                                          [&](const copy_set& one) { return one.id == set; });
    return is_recovered ? fsrvp::status::bad_state : fsrvp::status::set_id_mismatch;
}

// The timer stands still while a client waits: its own limit runs.
inline void fsrvp_server::begin_work(const fsrvp_caller& from, fsrvp_work what,
                                     std::uint32_t timeout_ms, instant now) {
    m_sequence_at = never;
    const duration wanted = std::chrono::milliseconds{timeout_ms};
    m_work = work{++m_works, what, from.client,
                  saturating_add(now, std::min(wanted, m_options.limits.wait_max))};
    m_outputs.emplace_back(fsrvp_ask_provider{m_works, what, m_set.id});
}

inline void fsrvp_server::end_work(machine::fsrvp_outcome outcome, instant now) {
    const work ended = *std::exchange(m_work, std::nullopt);
    machine::fsrvp_input input{.outcome = outcome};
    fsrvp::response answer;
    switch (ended.what) {
    case fsrvp_work::prepare:
        input.kind = machine::fsrvp_event::prepare;
        answer.call = fsrvp::opnum::prepare_set;
        break;
    case fsrvp_work::commit:
        input.kind = machine::fsrvp_event::commit_ended;
        answer.call = fsrvp::opnum::commit_set;
        break;
    case fsrvp_work::expose:
        input.kind = machine::fsrvp_event::expose;
        answer.call = fsrvp::opnum::expose_set;
        break;
    }
    take(ended.client, input, std::move(answer), now);
}

inline void fsrvp_server::provider_answered(std::uint64_t id, machine::fsrvp_outcome outcome,
                                            instant now) {
    begin_input();
    if (m_work && m_work->until < now) {
        handle_timeout(now);
    }
    if (m_work && m_work->id == id) {
        end_work(outcome, now);
    }
}

inline void fsrvp_server::handle_timeout(instant now) {
    begin_input();
    if (m_work && m_work->until <= now) {
        end_work(machine::fsrvp_outcome::timed_out, now);
    }
    if (m_sequence_at <= now) {
        m_sequence_at = never;
        take(0, {.kind = machine::fsrvp_event::sequence_expired}, {}, now);
    }
}

// ---- the machine --------------------------------------------------------------------------------

inline bool fsrvp_server::take(std::uint32_t client, const machine::fsrvp_input& input,
                               fsrvp::response answer, instant now) {
    machine::fsrvp_outbox out;
    const auto step = m_machine.process(input, out);
    if (!step) {
        if (step.refusal != machine::fsrvp_refusal::ignore) {
            reply(client, std::move(answer), status_of(step.refusal));
        }
        return false;
    }
    for (const machine::fsrvp_effect effect : out) {
        switch (effect) {
        case machine::fsrvp_effect::answer_ok:
            reply(client, answer, fsrvp::status::ok);
            break;
        case machine::fsrvp_effect::answer_unsupported:
            reply(client, answer, fsrvp::status::unsupported_context);
            break;
        case machine::fsrvp_effect::answer_in_progress:
            reply(client, answer, fsrvp::status::set_in_progress);
            break;
        case machine::fsrvp_effect::answer_exists:
            reply(client, answer, fsrvp::status::already_exists);
            break;
        case machine::fsrvp_effect::answer_failed:
            reply(client, answer, fsrvp::status::not_supported);
            break;
        case machine::fsrvp_effect::answer_wait_timeout:
            reply(client, answer, fsrvp::status::wait_timeout);
            break;
        case machine::fsrvp_effect::answer_commit_timeout:
            reply(client, answer, fsrvp::status::commit_timeout);
            break;
        case machine::fsrvp_effect::answer_wait_failed:
            reply(client, answer, fsrvp::status::wait_failed);
            break;
        case machine::fsrvp_effect::arm_short:
            m_sequence_at = saturating_add(now, m_options.limits.sequence_short);
            break;
        case machine::fsrvp_effect::arm_long:
            m_sequence_at = saturating_add(now, m_options.limits.sequence_long);
            break;
        case machine::fsrvp_effect::disarm:
            m_sequence_at = never;
            break;
        case machine::fsrvp_effect::seal_copy:
            if (m_seals) {
                m_outputs.emplace_back(fsrvp_seal{m_set.id});
            }
            break;
        case machine::fsrvp_effect::drop_set:
            m_outputs.emplace_back(fsrvp_drop_set{m_set.id});
            break;
        case machine::fsrvp_effect::begin_commit:  // the caller does
        case machine::fsrvp_effect::drop_mapping:  // the caller does
        case machine::fsrvp_effect::clear_context: // the phase says so
            break;
        }
    }
    return true;
}

inline void fsrvp_server::reply(std::uint32_t client, fsrvp::response answer, fsrvp::status code) {
    answer.code = code;
    if (code != fsrvp::status::ok) { // beside a refusal nothing is said
        answer = {.call = answer.call, .code = code};
    }
    m_outputs.emplace_back(fsrvp_answer{client, std::move(answer)});
}

inline bool fsrvp_server::is_shared(std::string_view share) const {
    return std::find(m_options.shares.begin(), m_options.shares.end(), share) !=
           m_options.shares.end();
}

inline fsrvp::guid fsrvp_server::next_id() noexcept {
    fsrvp::guid made;
    ++m_ids;
    for (std::size_t i = 0; i < 8; ++i) {
        made.bytes[i] = static_cast<std::uint8_t>(m_options.id_seed >> (8 * i));
        made.bytes[15 - i] = static_cast<std::uint8_t>(m_ids >> (8 * i));
    }
    return made;
}

inline void fsrvp_server::begin_input() noexcept {
    if (m_next_output == m_outputs.size()) {
        m_outputs.clear();
        m_next_output = 0;
    }
}

inline fsrvp_output fsrvp_server::poll() {
    if (m_next_output < m_outputs.size()) {
        return m_outputs[m_next_output++];
    }
    return deadline{std::min(m_sequence_at, m_work ? m_work->until : never)};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_FSRVP_SERVER_HPP
