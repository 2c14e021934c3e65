// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_IMPL_QGA_REPLIES_HPP
#define SNAPPROTO_FUZZ_IMPL_QGA_REPLIES_HPP

// What an agent says.

#include <snapproto/fuzz/qga_judge.hpp>

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

namespace snapproto::fuzz {

namespace detail {

/// Names that no agent has: the grammar makes them, and no other list of commands does.
[[nodiscard]] inline bool exists_nowhere(std::string_view name) {
    return name.empty() || name.starts_with("guest-no-such") || name.find(' ') != name.npos ||
           std::any_of(name.begin(), name.end(),
                       [](unsigned char c) { return c >= 'A' && c <= 'Z'; });
}

[[nodiscard]] inline bool is_plain_error(const qga::reply_view& reply) {
    return reply.kind == qga::reply_kind::refused && !reply.id &&
           reply.error == qga::reply_error::generic;
}

/// What a success of this command returns; nothing where that is not known.
[[nodiscard]] inline std::optional<codec::json_kind> returns(qga::verb verb) noexcept {
    switch (verb) {
    case qga::verb::ping:
    case qga::verb::info:
        return codec::json_kind::object;
    case qga::verb::freeze_status:
        return codec::json_kind::string;
    case qga::verb::freeze:
    case qga::verb::freeze_list:
    case qga::verb::thaw:
        return codec::json_kind::number;
    default:
        return std::nullopt;
    }
}

/// The clause that says so.
[[nodiscard]] inline clause type_clause(qga::verb verb) noexcept {
    return verb == qga::verb::ping            ? clause{21, 1}
           : verb == qga::verb::info          ? clause{23, 1}
           : verb == qga::verb::freeze_status ? clause{23, 4}
           : verb == qga::verb::thaw          ? clause{25, 1}
                                              : clause{24, 2};
}

/// Mount points that no guest has.
[[nodiscard]] inline bool mounted_nowhere(std::string_view path) {
    return path.starts_with("/no/such");
}

[[nodiscard]] inline bool is_freeze(qga::verb verb) noexcept {
    return verb == qga::verb::freeze || verb == qga::verb::freeze_list;
}

/// One of the eight commands of SP 23.2.
[[nodiscard]] inline bool is_snapshot_command(qga::verb verb) noexcept {
    return qga::shape(verb).while_frozen || is_freeze(verb);
}

} // namespace detail

inline void qga_judge::on_line(std::size_t client, const std::string& line, instant now) {
    const std::string shown = line.substr(0, 200);
    std::string_view object = line;
    object.remove_suffix(1);
    if (!object.empty() && static_cast<unsigned char>(object.front()) == qga::sentinel) {
        object.remove_prefix(1);
    }
    if (object.empty() || object.front() != '{' || object.back() != '}') {
        return complain({20, 5}, now, "a line that is no object: " + shown);
    }
    m_decoder.reset();
    for (byte_view left = as_bytes(std::string_view{line}); !left.empty();) {
        left = left.subspan(m_decoder.feed(left));
        const auto got = m_decoder.next();
        if (got.has_failure()) {
            const error why = got.error().code;
            const bool shape = why == error::missing_member || why == error::wrong_type;
            return complain(shape                             ? clause{21, 6}
                            : why == error::unexpected_member ? clause{21, 2}
                                                              : clause{20, 6},
                            now, std::string{to_string(why)} + " in a reply: " + shown);
        }
        if (got.has_value() && got->kind == qga::reply_kind::other) {
            return complain({21, 16}, now, "a line that is no reply: " + shown);
        }
        if (got.has_value()) {
            on_reply(m_clients[client], *got, now);
        }
    }
}

/// Nothing where the reply fits; else the clause that it breaks if it is the answer to this.
inline std::optional<clause> qga_judge::misfit(const expectation& of,
                                               const qga::reply_view& reply) {
    const bool refused = reply.kind == qga::reply_kind::refused;
    if (detail::is_noise(of)) {
        return clause{20, 7}; // errors for noise are not matched here
    }
    if (of.either && detail::is_plain_error(reply)) {
        return std::nullopt;
    }
    if (of.id.empty() && reply.id) {
        return clause{21, 5};
    }
    if (!detail::same_json(of.id, reply.id.text)) {
        return refused ? clause{21, 4} : clause{21, 3};
    }
    if (reply.delimited && (refused || of.verb != qga::verb::sync_delimited)) {
        return clause{22, 3};
    }
    if (of.what == expectation::kind::refused) {
        const bool is_thaw = of.verb == qga::verb::thaw;
        return refused                      ? std::nullopt
               : of.bad_argument && is_thaw ? std::optional{clause{25, 5}}
               : of.bad_argument            ? std::optional{clause{21, 11}}
                                            : std::optional{clause{21, 9}};
    }
    if (!refused && (of.verb == qga::verb::sync || of.verb == qga::verb::sync_delimited)) {
        if (of.verb == qga::verb::sync_delimited && !reply.delimited) {
            return clause{22, 2};
        }
        if (reply.integer() != of.sync_id) {
            return clause{22, 1};
        }
    }
    if (const auto kind = detail::returns(of.verb); !refused && kind && !reply.value.is(*kind)) {
        return detail::type_clause(of.verb);
    }
    return std::nullopt;
}

inline void qga_judge::on_reply(client_state& from, const qga::reply_view& reply, instant now) {
    auto& owed = from.owed;
    if (from.noisy && detail::is_plain_error(reply)) {
        // It is for the noise, or for a request without id: that cannot be told.
        ++from.plain_errors;
        const auto silent = std::find_if(owed.begin(), owed.end(), [](const expectation& one) {
            return one.what == expectation::kind::malformed && !one.answered;
        });
        if (silent != owed.end()) {
            silent->answered = true;
        }
        return;
    }
    std::size_t passed = 0; // requests that plain errors may have answered
    std::optional<clause> reason;
    for (std::size_t i = 0; i < owed.size() && !reason; ++i) {
        const auto miss = misfit(owed[i], reply);
        if (!miss) {
            for (; i != 0; --i, owed.pop_front()) {
                blur(owed.front());
            }
            from.plain_errors -= passed;
            const expectation of = std::move(owed.front());
            owed.pop_front();
            settle_noise(from, of);
            if (of.optional || (from.noisy && of.id.empty())) {
                return blur(of); // perhaps it is the answer to something else
            }
            return answer(of, reply, now);
        }
        if (detail::is_owed(owed[i])) {
            const bool may_pass =
                (owed[i].id.empty() || owed[i].either) && passed < from.plain_errors;
            reason = may_pass ? std::nullopt : miss;
            passed += may_pass ? 1U : 0U;
        }
    }
    if (from.reader.adrift() || (from.noisy && !reply.id)) {
        m_state = qga_state::unsure; // whatever it has found in there, it may have done
    } else {
        complain(reason.value_or(clause{21, 16}), now,
                 reason ? "not the reply that is owed: " + std::string{reply.value.raw()}
                        : "a reply that nobody asked for: " + std::string{reply.value.raw()});
    }
}

/// Replies come in order (SP 21.16): once one is here that cannot be another's, so is what noise
/// before it has caused.
inline void qga_judge::settle_noise(client_state& from, const expectation& answered) {
    const bool certain = !answered.optional && !answered.either &&
                         (!answered.id.empty() || answered.verb == qga::verb::sync ||
                          answered.verb == qga::verb::sync_delimited);
    if (certain && !from.reader.adrift() &&
        std::none_of(from.owed.begin(), from.owed.end(), [](const expectation& one) {
            return detail::is_noise(one) || one.either || one.optional;
        })) {
        from.noisy = false;
        from.plain_errors = 0;
    }
}

inline void qga_judge::answer(const expectation& of, const qga::reply_view& reply, instant now) {
    const qga_state before = state(now);
    const bool refused = reply.kind == qga::reply_kind::refused;
    if (now > of.due) {
        complain(detail::is_freeze(of.verb)    ? clause{28, 6}
                 : of.verb == qga::verb::thaw  ? clause{28, 7}
                 : before == qga_state::frozen ? clause{28, 1}
                                               : clause{21, 14},
                 now, "the reply to '" + of.name + "' comes too late");
    }
    const std::size_t event = of.what == expectation::kind::refused ? coverage::refused
                              : of.mounts                           ? coverage::list
                                          : static_cast<std::size_t>(of.verb);
    const bool not_found = refused && reply.error == qga::reply_error::command_not_found;
    m_covered.count(static_cast<std::size_t>(before), event,
                    not_found              ? coverage::not_found
                    : refused              ? coverage::failed
                    : reply.integer() == 0 ? coverage::returned_nothing
                                           : coverage::returned);
    if (detail::changes_state(of)) {
        note_reply(of, reply, now);
        ++m_rounds;
        m_said_frozen.reset();
    }
    if (refused && reply.error == qga::reply_error::other) {
        return complain({21, 6}, now, "an error of the class " + std::string{reply.error_class});
    }
    if (refused) {
        on_refused(of, reply, now);
    } else {
        on_returned(of, reply, now);
    }
}

inline void qga_judge::on_refused(const expectation& of, const qga::reply_view& reply,
                                  instant now) {
    const bool not_found = reply.error == qga::reply_error::command_not_found;
    const qga_state before = state(now);
    const bool outside = !qga::shape(of.verb).while_frozen;
    if (of.what == expectation::kind::refused) {
        const bool ahead = of.bad_argument && ((outside && before != qga_state::thawed) ||
                                               !detail::is_snapshot_command(of.verb));
        if (!of.either && (not_found ? !ahead : ahead && before == qga_state::frozen)) {
            complain(ahead             ? clause{24, 11}
                     : of.bad_argument ? clause{21, 11}
                                       : clause{21, 8},
                     now, "a bad request is refused with the wrong class");
        }
        return;
    }
    if (of.either && !not_found) {
        return;
    }
    const std::string what = "'" + of.name + "' is refused: " + std::string{reply.desc};
    if (!detail::is_snapshot_command(of.verb)) {
        if (not_found && before == qga_state::thawed && m_enabled.count(of.name) != 0) {
            complain({23, 3}, now, what + ", and guest-info shows it as enabled");
        } else if (!not_found && before == qga_state::frozen) {
            complain({24, 11}, now, what + ", with the wrong class");
        } else if (!not_found && detail::exists_nowhere(of.name)) {
            complain({21, 7}, now, what + ", with the wrong class");
        }
        return;
    }
    if (detail::is_freeze(of.verb)) {
        const bool list_at_fault =
            of.mounts && std::any_of(of.mounts->begin(), of.mounts->end(), [&](const auto& name) {
                const auto& known = m_world.mounts;
                return std::find(known.begin(), known.end(), name) == known.end();
            });
        const bool may_fail = !m_world.nothing_fails || list_at_fault || m_hook != 0;
        m_calls_allowed = m_calls_allowed || before != qga_state::frozen;
        if (before == qga_state::frozen && !not_found) {
            complain({24, 11}, now, what + ", with the wrong class");
        } else if (before == qga_state::thawed && not_found) {
            complain(m_was_frozen ? clause{25, 7} : clause{23, 3}, now, what);
        } else if (before == qga_state::thawed && !may_fail) {
            complain(of.mounts ? clause{24, 1} : clause{24, 21}, now, what);
        }
        return;
    }
    if (of.verb != qga::verb::thaw) {
        return complain(before == qga_state::frozen ? clause{24, 13} : clause{23, 3}, now, what);
    }
    m_calls_allowed = true;
    if (not_found) {
        return complain({24, 13}, now, what);
    }
    if ((m_hook & (hook_fails_to_thaw | hook_leaves_child)) != 0) {
        return become(qga_state::thawed, now, now); // SP 26.6
    }
    if (before == qga_state::thawed) {
        complain({25, 3}, now, what);
    } else if (before == qga_state::frozen && m_world.nothing_fails) {
        complain({25, 2}, now, what);
    }
    m_state = qga_state::unsure;
}

inline void qga_judge::on_returned(const expectation& of, const qga::reply_view& reply,
                                   instant now) {
    const qga_state before = state(now);
    const std::string what = "'" + of.name + "' returns " + std::string{reply.value.raw()};
    if (!detail::is_snapshot_command(of.verb)) {
        if (before == qga_state::frozen) {
            complain({24, 11}, now, what + " while frozen");
        } else if (detail::exists_nowhere(of.name)) {
            complain({21, 7}, now, what);
        }
        return;
    }
    switch (of.verb) {
    case qga::verb::ping:
        if (!reply.is_nothing()) {
            complain({21, 1}, now, what);
        }
        break;
    case qga::verb::info:
        on_information(reply, now);
        break;
    case qga::verb::freeze_status: {
        const auto said = reply.status();
        if (!said) {
            return complain({23, 4}, now, what);
        }
        const bool frozen = *said == qga::freeze_state::frozen;
        m_said_frozen = frozen;
        if (before == (frozen ? qga_state::thawed : qga_state::frozen)) {
            complain({23, 5}, now, what);
        } else if (before == qga_state::unsure && !frozen && !m_released) {
            become(qga_state::thawed, now, now);
            m_calls_allowed = true; // of the release that nobody has seen
        }
        break;
    }
    case qga::verb::freeze:
    case qga::verb::freeze_list:
        m_calls_allowed = m_calls_allowed || before != qga_state::frozen;
        if (!reply.integer() || *reply.integer() < 0) {
            return complain({24, 2}, now, what);
        }
        on_freeze(of, *reply.integer(), now);
        break;
    case qga::verb::thaw:
        m_calls_allowed = true;
        if (!reply.integer() || *reply.integer() < 0) {
            return complain({25, 1}, now, what);
        }
        on_thaw(*reply.integer(), now);
        break;
    default:
        break; // synchronisations fitted
    }
}

inline std::set<std::size_t> qga_judge::known_mounts(const expectation& of) const {
    std::set<std::size_t> found;
    for (std::size_t i = 0; i < m_world.mounts.size(); ++i) {
        if (!of.mounts || std::find(of.mounts->begin(), of.mounts->end(), m_world.mounts[i]) !=
                              of.mounts->end()) {
            found.insert(i);
        }
    }
    return found;
}

inline void qga_judge::on_freeze(const expectation& of, std::int64_t count, instant now) {
    const qga_state before = state(now);
    const std::string what = "'" + of.name + "' returns " + std::to_string(count);
    if (before == qga_state::frozen) {
        if (m_count && count != *m_count) {
            complain({24, 10}, now, what + " while frozen, and not the count of the freeze");
        }
        return;
    }
    if (before == qga_state::thawed && (m_hook & hook_fails_to_freeze) != 0) {
        complain({26, 4}, now, what + " though its hook fails");
    }
    const auto known = known_mounts(of);
    const bool all_known =
        !of.mounts ||
        std::all_of(of.mounts->begin(), of.mounts->end(), [&](const std::string& name) {
            return std::find(m_world.mounts.begin(), m_world.mounts.end(), name) !=
                       m_world.mounts.end() ||
                   detail::mounted_nowhere(name);
        });
    const auto most = static_cast<std::int64_t>(known.size());
    if (of.mounts && of.mounts->empty() && count != 0) {
        complain({24, 3}, now, what + " for an empty list");
    } else if (of.mounts && count > static_cast<std::int64_t>(of.mounts->size())) {
        complain({24, 6}, now, what + " for a shorter list");
    } else if (!m_world.mounts.empty() && all_known && count > most) {
        complain(most == 0   ? clause{24, 4}
                 : of.mounts ? clause{24, 6}
                             : clause{24, 2},
                 now, what + " where it can freeze " + std::to_string(most));
    } else if (m_world.nothing_fails && before == qga_state::thawed && count < most) {
        complain(of.mounts && most == 1 ? clause{24, 1} : clause{24, 2}, now,
                 what + " where it has to freeze " + std::to_string(most));
    }
    if (count == 0) {
        return become(qga_state::thawed, now, now);
    }
    become(qga_state::frozen, of.due - std::chrono::seconds{30}, now);
    m_count = count;
    m_held = known;
    m_held_known = all_known && count == most;
    if (before == qga_state::thawed && m_hook == 0) {
        m_call_due = true;
    }
}

inline void qga_judge::on_thaw(std::int64_t count, instant now) {
    const qga_state before = state(now);
    const std::string what = "guest-fsfreeze-thaw returns " + std::to_string(count);
    if (before == qga_state::thawed && count != 0) {
        complain({25, 3}, now, what + " while thawed");
    } else if (before == qga_state::frozen) {
        const auto left = std::count_if(m_mounts.begin(), m_mounts.end(),
                                        [](const seen_mount& one) { return one.frozen; });
        if (m_released && !m_mounts.empty() && count != left) {
            complain({25, 4}, now, what + " where " + std::to_string(left) + " are frozen");
        } else if (!m_released && m_count && count != *m_count) {
            complain({25, 1}, now,
                     what + ", and the freeze had returned " + std::to_string(*m_count));
        }
        if ((m_hook & hook_fails_to_thaw) != 0) {
            complain({26, 6}, now, what + " though its hook fails");
        } else if (m_hook == 0) {
            m_call_due = false;
        }
    }
    m_was_frozen = m_was_frozen || before == qga_state::frozen;
    become(qga_state::thawed, now, now);
}

inline void qga_judge::on_information(const qga::reply_view& reply, instant now) {
    const qga_state before = state(now);
    std::set<std::string> listed;
    std::set<std::string> enabled;
    const bool whole = reply.for_each_command([&](const qga::command_entry& entry) {
        const std::string name{entry.name};
        if (!listed.insert(name).second) {
            complain({23, 8}, now, "guest-info lists '" + name + "' twice");
        }
        if (entry.enabled) {
            enabled.insert(name);
        }
    });
    if (!whole || !reply.version()) {
        return complain({23, 1}, now, "guest-info returns something else");
    }
    for (const qga::command_shape& command : qga::commands) {
        const std::string name{command.name};
        if (!detail::is_snapshot_command(command.what)) {
            continue;
        }
        if (listed.count(name) == 0) {
            complain({23, 2}, now, "guest-info does not list '" + name + "'");
        }
        const bool off = enabled.count(name) == 0;
        if (before == qga_state::frozen && off == command.while_frozen) {
            complain({24, 12}, now,
                     "while frozen guest-info shows '" + name +
                         (off ? "' as disabled" : "' as enabled"));
        } else if (before == qga_state::thawed && off) {
            complain({23, 3}, now, "while thawed guest-info shows '" + name + "' as disabled");
        }
    }
    m_listed = std::move(listed);
    if (before == qga_state::thawed) {
        m_enabled = std::move(enabled);
    }
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_IMPL_QGA_REPLIES_HPP
