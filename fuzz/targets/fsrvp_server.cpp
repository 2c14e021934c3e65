// SPDX-License-Identifier: BSL-1.0
// A file server of FSRVP with clients that keep to nothing. Its provider and time are as the input
// says.
#include "fuzz/support/target.hpp"

#include <snapproto/endpoint/fsrvp_server.hpp>

#include <array>
#include <map>
#include <string>
#include <variant>

namespace {

using namespace snapproto;
using fuzz::decisions;
using fuzz::require;
using namespace std::chrono_literals;

class server_run {
  public:
    explicit server_run(decisions& input)
        : m_input(input), m_server({.shares = {"a", "b"}, .id_seed = 7}) {}

    void run() {
        while (!m_input.empty()) {
            const std::size_t what = m_input.below(20);
            if (what < fsrvp_calls) {
                call(what);
            } else if (what < 17) {
                provider(m_input.byte());
            } else {
                pass(std::chrono::seconds{m_input.byte() * (what == 17 ? 1 : 20)});
            }
        }
        provider(0);
        pass(2h);
        for (const auto& [client, open] : m_open) {
            require(open == 0, "each call has one answer");
        }
        require(m_server.phase() == machine::fsrvp_phase::none ||
                    m_server.phase() == machine::fsrvp_phase::recovered,
                "a sequence that nobody goes on with ends (SP 57.20)");
        require(m_server.sequence_deadline() == never, "and has no timer any more");
    }

  private:
    static constexpr std::size_t fsrvp_calls = std::variant_size_v<fsrvp::request>;

    fsrvp::guid set() { return m_input.below(8) == 7 ? fsrvp::guid{} : m_set; }
    std::string share() { return std::array{"a", "b", "c"}[m_input.below(3)]; }
    std::uint32_t context() {
        return m_input.below(8) == 7 ? m_input.byte() : m_input.yes() ? 0x10U : 0U;
    }
    std::uint32_t patience() { return m_input.byte() * 10'000U; }

    fsrvp::request made(std::size_t which) {
        switch (static_cast<fsrvp::opnum>(which)) {
        case fsrvp::opnum::set_context:
            return fsrvp::set_context_request{context()};
        case fsrvp::opnum::start_set:
            return fsrvp::start_set_request{};
        case fsrvp::opnum::add_to_set:
            return fsrvp::add_to_set_request{set(), share()};
        case fsrvp::opnum::commit_set:
            return fsrvp::commit_set_request{set(), patience()};
        case fsrvp::opnum::expose_set:
            return fsrvp::expose_set_request{set(), patience()};
        case fsrvp::opnum::recovery_complete:
            return fsrvp::recovery_complete_request{set()};
        case fsrvp::opnum::abort_set:
            return fsrvp::abort_set_request{set()};
        case fsrvp::opnum::is_path_supported:
            return fsrvp::is_path_supported_request{share()};
        case fsrvp::opnum::is_path_copied:
            return fsrvp::is_path_copied_request{share()};
        case fsrvp::opnum::get_mapping:
            return fsrvp::get_mapping_request{set(), share()};
        case fsrvp::opnum::delete_mapping:
            return fsrvp::delete_mapping_request{set(), share()};
        case fsrvp::opnum::prepare_set:
            return fsrvp::prepare_set_request{set(), patience()};
        default:
            return fsrvp::get_supported_version_request{};
        }
    }

    void call(std::size_t which) {
        const auto client = static_cast<std::uint32_t>(1 + m_input.below(2));
        const fsrvp::request asked = made(which);
        ++m_open[client];
        m_server.handle({client, m_input.below(16) != 15}, asked, m_now);
        drain();
    }

    void drain() {
        for (auto next = m_server.poll();; next = m_server.poll()) {
            if (const auto* const due = std::get_if<endpoint::deadline>(&next)) {
                m_due = due->at;
                return;
            }
            if (const auto* const answer = std::get_if<endpoint::fsrvp_answer>(&next)) {
                require(m_open[answer->client] != 0, "nothing is answered that nobody asked");
                --m_open[answer->client];
                require(!name_of(answer->response.code).empty(), "each status has a name");
                if (answer->response.call == fsrvp::opnum::start_set &&
                    answer->response.code == fsrvp::status::ok) {
                    m_set = answer->response.id;
                }
            } else if (const auto* const asked = std::get_if<endpoint::fsrvp_ask_provider>(&next)) {
                require(asked->id > m_work, "each work has a number of its own");
                m_work = asked->id;
            }
        }
    }

    void provider(std::uint8_t how) {
        const std::uint64_t id = how % 16 == 15 ? m_work + 1 : m_work;
        m_server.provider_answered(id, static_cast<machine::fsrvp_outcome>(how / 16 % 4), m_now);
        drain();
    }

    void pass(duration span) {
        const instant end = m_now + span;
        for (std::size_t steps = 0;; ++steps) {
            require(steps < 100'000, "a server does not wake up for ever");
            m_now = std::max(m_now, std::min(m_due, end));
            if (m_due > m_now) {
                return;
            }
            m_server.handle_timeout(m_now);
            drain();
        }
    }

    decisions& m_input;
    endpoint::fsrvp_server m_server;
    std::map<std::uint32_t, std::size_t> m_open; ///< Calls without an answer, by client.
    fsrvp::guid m_set;
    std::uint64_t m_work = 0;
    instant m_now{100s};
    instant m_due = never;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t decisions_max = 512; // what needs more is found by less
    decisions input{fuzz::text_of(data, std::min(size, decisions_max))};
    server_run{input}.run();
    return 0;
}
