// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/scenario.hpp"

#include "simulator/world/faults.hpp"

#include <snapproto/codec/json_document.hpp>
#include <snapproto/codec/json_parser.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace snapproto::world {
namespace {

using codec::json_kind;
using codec::json_value;

constexpr std::uint64_t long_ms = 10 * 24 * 3600 * std::uint64_t{1000}; // ten days
constexpr std::uint64_t guests_max = 16;
constexpr std::uint64_t million = 1'000'000;

// ---- one value ----

[[noreturn]] void refuse(std::string why) {
    throw scenario_error(std::move(why));
}

void assign_number(const field& to, std::optional<std::int64_t> value) {
    if (!value || *value < 0 || static_cast<std::uint64_t>(*value) < to.least ||
        static_cast<std::uint64_t>(*value) > to.most) {
        refuse(fmt::format("{} is a whole number from {} to {}", to.name, to.least, to.most));
    }
    **std::get_if<std::uint64_t*>(&to.where) = static_cast<std::uint64_t>(*value);
}

void assign_text(const field& to, std::string_view value) {
    if (!to.words.empty() && std::find(to.words.begin(), to.words.end(), value) == to.words.end()) {
        refuse(fmt::format("{} is one of: {}", to.name, fmt::join(to.words, ", ")));
    }
    **std::get_if<std::string*>(&to.where) = value;
}

void assign(const field& to, const json_value& value) {
    if (auto* const flag = std::get_if<bool*>(&to.where)) {
        const auto got = value.as_bool();
        if (!got) {
            refuse(fmt::format("{} is true or false", to.name));
        }
        **flag = *got;
    } else if (std::holds_alternative<std::uint64_t*>(to.where)) {
        assign_number(to, value.as_int64());
    } else {
        const auto got = value.as_text();
        if (!got) {
            refuse(fmt::format("{} is a text", to.name));
        }
        assign_text(to, *got);
    }
}

void assign(const field& to, std::string_view word) {
    if (auto* const flag = std::get_if<bool*>(&to.where)) {
        if (word != "true" && word != "false") {
            refuse(fmt::format("{} is true or false", to.name));
        }
        **flag = word == "true";
    } else if (std::holds_alternative<std::uint64_t*>(to.where)) {
        std::int64_t number = 0;
        const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), number);
        const bool whole = wrong == std::errc{} && end == word.data() + word.size();
        assign_number(to, whole ? std::optional{number} : std::nullopt);
    } else {
        assign_text(to, word);
    }
}

const field& find(const std::vector<field>& fields, std::string_view name) {
    const auto at =
        std::find_if(fields.begin(), fields.end(), [&](const field& f) { return f.name == name; });
    if (at == fields.end()) {
        refuse(fmt::format("there is no '{}' in a scenario", name));
    }
    return *at;
}

std::vector<std::string_view> fault_names() {
    std::vector<std::string_view> names;
    for (const auto& one : fault_words) {
        names.push_back(one.word);
    }
    return names;
}

std::vector<field> fields_of(fault& what) {
    return {
        {"when", &what.when, 0, 0, {}},
        {"occurrence", &what.occurrence, 1, million, {}},
        {"after_ms", &what.after_ms, 0, long_ms, {}},
        {"what", &what.what, 0, 0, fault_names()},
        {"guest", &what.guest, 1, guests_max, {}},
        {"for_ms", &what.for_ms, 0, long_ms, {}},
        {"by_ms", &what.by_ms, 0, long_ms, {}},
        {"ppm", &what.ppm, 0, million - 1, {}},
        {"times", &what.times, 1, 1000, {}},
    };
}

// ---- the file ----

/// Says on which line a value stands that something is wrong with.
class reader {
  public:
    explicit reader(std::string_view text) : m_text(text) {}

    scenario read(std::string_view name) {
        parse();
        scenario made;
        made.name = name;
        const auto fields = world::fields_of(made);
        read_object(m_document.root(), {}, fields, made);
        for (const auto* needed : {"title", "teaches"}) {
            if (std::get<std::string*>(find(fields, needed).where)->empty()) {
                refuse(fmt::format("line 1: '{}' is missing", needed));
            }
        }
        for (const auto& one : made.faults) {
            if (one.guest > made.guests) {
                refuse(fmt::format("line 1: a fault is of guest {}, and there are {}", one.guest,
                                   made.guests));
            }
        }
        return made;
    }

  private:
    [[nodiscard]] std::size_t line_at(std::size_t offset) const {
        const auto end =
            m_text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, m_text.size()));
        return 1 + static_cast<std::size_t>(std::count(m_text.begin(), end, '\n'));
    }

    void parse() {
        constexpr std::size_t padding = 64;
        m_document.text.assign(m_text.begin(), m_text.end());
        m_document.text.push_back('\n');
        const std::size_t size = m_document.text.size();
        m_document.text.resize(size + padding);
        codec::json_parser parser;
        parser.start();
        const auto status = parser.parse(m_document, m_document.text.data(), size);
        if (status == codec::parse_status::failed) {
            refuse(fmt::format("line {}: {}", line_at(parser.wrong()), message(parser.why())));
        }
        const auto rest = m_text.substr(std::min(parser.at(), m_text.size()));
        if (status == codec::parse_status::more || !m_document.root().is(json_kind::object)) {
            refuse("line 1: a scenario is one JSON object");
        }
        if (const auto more = rest.find_first_not_of(" \t\r\n"); more != std::string_view::npos) {
            refuse(fmt::format("line {}: something follows the scenario",
                               line_at(parser.at() + more)));
        }
    }

    /// Reads with the line of the value in front of every complaint.
    template <class Read>
    void at_line(const json_value& value, Read&& read) {
        try {
            read();
        } catch (const scenario_error& wrong) {
            const std::string_view words{wrong.what()};
            if (words.starts_with("line ")) {
                throw;
            }
            refuse(fmt::format("line {}: {}", line_at(value.offset()), words));
        }
    }

    void read_object(const json_value& from, const std::string& prefix,
                     const std::vector<field>& fields, scenario& made) {
        from.for_each_member([&](const json_value& name, const json_value& value) {
            const std::string path = prefix + std::string{name.text()};
            at_line(value, [&] {
                if (path == "faults") {
                    read_faults(value, made);
                } else if (value.is(json_kind::object) && prefix.empty()) {
                    read_object(value, path + ".", fields, made);
                } else {
                    assign(find(fields, path), value);
                }
            });
        });
    }

    void read_faults(const json_value& from, scenario& made) {
        if (!from.is(json_kind::array)) {
            refuse("faults is a list");
        }
        from.for_each_entry([&](const json_value& entry) {
            at_line(entry, [&] {
                fault one;
                const auto fields = fields_of(one);
                entry.for_each_member([&](const json_value& name, const json_value& value) {
                    at_line(value, [&] { assign(find(fields, name.text()), value); });
                });
                if (one.when.empty() || one.what.empty()) {
                    refuse("a fault has 'when' and 'what'");
                }
                made.faults.push_back(std::move(one));
            });
        });
    }

    std::string_view m_text;
    codec::json_document m_document;
};

} // namespace

std::vector<field> fields_of(scenario& s) {
    return {
        {"title", &s.title, 0, 0, {}},
        {"teaches", &s.teaches, 0, 0, {}},
        {"seed", &s.seed, 0, std::uint64_t{1} << 62, {}},
        {"run_ms", &s.run_ms, 1, long_ms, {}},
        {"guests", &s.guests, 1, guests_max, {}},
        {"disk.write_us", &s.disk.write_us, 1, million, {}},
        {"disk.depth", &s.disk.depth, 1, 256, {}},
        {"filesystem.writeback_ms", &s.filesystem.writeback_ms, 1, long_ms, {}},
        {"filesystem.dirty_ms", &s.filesystem.dirty_ms, 0, long_ms, {}},
        {"filesystem.freeze_hangs_ms", &s.filesystem.freeze_hangs_ms, 0, long_ms, {}},
        {"filesystem.thaw_failures", &s.filesystem.thaw_failures, 0, million, {}},
        {"filesystem.hold_limit_ms", &s.filesystem.hold_limit_ms, 0, long_ms, {}},
        {"database.accounts", &s.database.accounts, 14, 100'000, {}},
        {"database.log_blocks", &s.database.log_blocks, 64, 100'000, {}},
        {"database.group_commit_us", &s.database.group_commit_us, 0, million, {}},
        {"database.checkpoint_ms", &s.database.checkpoint_ms, 1, long_ms, {}},
        {"database.full_page_writes", &s.database.full_page_writes, 0, 0, {}},
        {"database.acknowledge", &s.database.acknowledge, 0, 0, {"flushed", "buffered"}},
        {"database.quiesce", &s.database.quiesce, 0, 0, {}},
        {"database.vetoes", &s.database.vetoes, 0, 0, {}},
        {"publisher.enabled", &s.publisher.enabled, 0, 0, {}},
        {"publisher.pause_ms", &s.publisher.pause_ms, 0, long_ms, {}},
        {"publisher.quiesce", &s.publisher.quiesce, 0, 0, {}},
        {"queue.enabled", &s.queue.enabled, 0, 0, {}},
        {"queue.pause_ms", &s.queue.pause_ms, 1, long_ms, {}},
        {"queue.latency_us", &s.queue.latency_us, 0, 60 * million, {}},
        {"queue.quiesce", &s.queue.quiesce, 0, 0, {}},
        {"tokens.enabled", &s.tokens.enabled, 0, 0, {}},
        {"tokens.pause_ms", &s.tokens.pause_ms, 1, long_ms, {}},
        {"tokens.quiesce", &s.tokens.quiesce, 0, 0, {}},
        {"clients.count", &s.clients.count, 1, 10'000, {}},
        {"clients.think_ms", &s.clients.think_ms, 0, long_ms, {}},
        {"agent.hold_limit_ms", &s.agent.hold_limit_ms, 1, long_ms, {}},
        {"agent.remembers", &s.agent.remembers, 0, 0, {}},
        {"agent.clock", &s.agent.clock, 0, 0, {"steady", "wall"}},
        {"channel.connected", &s.channel.connected, 0, 0, {}},
        {"channel.latency_us", &s.channel.latency_us, 0, 60 * million, {}},
        {"channel.jitter_us", &s.channel.jitter_us, 0, 60 * million, {}},
        {"channel.bytes_per_second", &s.channel.bytes_per_second, 1, 1'000 * million, {}},
        {"channel.piece_bytes", &s.channel.piece_bytes, 1, million, {}},
        {"channel.loss_ppm", &s.channel.loss_ppm, 0, million, {}},
        {"channel.duplicate_ppm", &s.channel.duplicate_ppm, 0, million, {}},
        {"channel.reorder_ppm", &s.channel.reorder_ppm, 0, million, {}},
        {"channel.corrupt_ppm", &s.channel.corrupt_ppm, 0, million, {}},
        {"channel.truncate_ppm", &s.channel.truncate_ppm, 0, million, {}},
        {"provider.cut_ms", &s.provider.cut_ms, 0, long_ms, {}},
        {"provider.fails", &s.provider.fails, 0, 0, {}},
        {"provider.ready_ms", &s.provider.ready_ms, 0, long_ms, {}},
        {"provider.loses_copies", &s.provider.loses_copies, 0, 0, {}},
        {"restore.after_ms", &s.restore.after_ms, 0, long_ms, {}},
        {"restore.generation", &s.restore.generation, 0, 0, {}},
        {"host.kind", &s.host.kind, 0, 0, {"reference", "naive"}},
        {"host.wanted", &s.host.wanted, 0, 0, {"filesystem", "application"}},
        {"host.start_ms", &s.host.start_ms, 0, long_ms, {}},
        {"host.group", &s.host.group, 0, 0, {}},
        {"host.stagger_ms", &s.host.stagger_ms, 0, long_ms, {}},
        {"host.repeat_ms", &s.host.repeat_ms, 0, long_ms, {}},
        {"host.crash_copy", &s.host.crash_copy, 0, 0, {}},
        {"host.keep_degraded", &s.host.keep_degraded, 0, 0, {}},
        {"host.patience_ms", &s.host.patience_ms, 1, long_ms, {}},
        {"expect.outcome", &s.expect.outcome, 0, 0, {"success", "degraded", "failed", "none"}},
        {"expect.contents", &s.expect.contents, 0, 0, {"whole", "lost", "torn", "none"}},
        {"expect.claim", &s.expect.claim, 0, 0, {"true", "false"}},
        {"expect.conversation", &s.expect.conversation, 0, 0, {"kept", "violated"}},
        {"expect.identity", &s.expect.identity, 0, 0, {"own", "shared"}},
    };
}

scenario scenario_from(std::string_view name, std::string_view text) {
    return reader{text}.read(name);
}

void set(scenario& what, std::string_view assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos) {
        refuse(fmt::format("'{}' is not KEY=VALUE", assignment));
    }
    const auto name = assignment.substr(0, equals);
    const auto value = assignment.substr(equals + 1);
    if (name.starts_with("fault.")) { // fault.2.for_ms
        const auto rest = name.substr(6);
        const auto point = rest.find('.');
        std::size_t number = 0;
        const auto digits = rest.substr(0, point);
        (void)std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (point == std::string_view::npos || number == 0 || number > what.faults.size()) {
            refuse(fmt::format("'{}': the scenario has {} faults", name, what.faults.size()));
        }
        assign(find(fields_of(what.faults[number - 1]), rest.substr(point + 1)), value);
        return;
    }
    assign(find(fields_of(what), name), value);
}

bool looks_like_scenario(std::string_view text) {
    return text.find("\"snapsim\"") == std::string_view::npos;
}

} // namespace snapproto::world
