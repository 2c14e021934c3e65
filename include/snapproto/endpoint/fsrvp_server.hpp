// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_FSRVP_SERVER_HPP
#define SNAPPROTO_ENDPOINT_FSRVP_SERVER_HPP

// A file server of MS-FSRVP without I/O (SP chapters 56 and 57): typed calls, a provider's answers
// and time go in; answers, work for the provider and a deadline come out.
//
// The machine keeps the sequence; this class keeps the sets and their shares, the one Message
// Sequence Timer, and how long a client is willing to wait.

#include <snapproto/core/time.hpp>
#include <snapproto/dialect/vss/fsrvp.hpp>
#include <snapproto/dialect/vss/limits.hpp>
#include <snapproto/endpoint/io.hpp>
#include <snapproto/endpoint/vss_words.hpp>
#include <snapproto/machine/fsrvp_server.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// Who calls.
struct fsrvp_caller {
    /// The address that it calls from, as a number; equal ones are one client.
    std::uint32_t client = 0;
    /// It is an administrator or a backup operator.
    bool is_operator = true;
};

/// Answer a call.
struct fsrvp_answer {
    std::uint32_t client = 0;
    fsrvp::response response;
};

/// What a provider is asked for.
enum class fsrvp_work : std::uint8_t { prepare, commit, expose };

/// Have the provider do something with the set, and answer with `fsrvp_server::provider_answered`.
struct fsrvp_ask_provider {
    std::uint64_t id = 0; ///< To be given back with the answer.
    fsrvp_work what = fsrvp_work::prepare;
    fsrvp::guid set;
};

/// Make the copies of a set read only.
struct fsrvp_seal {
    fsrvp::guid set;
};

/// Throw a set away with everything that there is of its copies.
struct fsrvp_drop_set {
    fsrvp::guid set;
};

/// Share a copy no longer, and throw it away.
struct fsrvp_drop_mapping {
    fsrvp::guid set;
    std::string share;
};

/// What a server yields.
using fsrvp_output = std::variant<deadline, fsrvp_answer, fsrvp_ask_provider, fsrvp_seal,
                                  fsrvp_drop_set, fsrvp_drop_mapping>;

struct fsrvp_server_options {
    /// The shares that can be copied.
    std::vector<std::string> shares;
    fsrvp::limits limits{};
    /// From which the numbers of sets and copies are made.
    std::uint64_t id_seed = 1;
};

/// The server's side.
class fsrvp_server {
  public:
    explicit fsrvp_server(fsrvp_server_options options);

    // ---- input: call one, then drain poll() ----

    /// Takes a call. It is answered once, perhaps later.
    void handle(const fsrvp_caller& from, const fsrvp::request& call, instant now);

    /// The provider has done what it was asked for. An answer to what was given up is passed over.
    void provider_answered(std::uint64_t id, machine::fsrvp_outcome outcome, instant now);

    /// Fires the timers that are due.
    void handle_timeout(instant now);

    // ---- output ----

    [[nodiscard]] fsrvp_output poll();

    // ---- state ----

    [[nodiscard]] machine::fsrvp_phase phase() const noexcept { return m_machine.phase(); }

    /// When the sequence ends if nobody calls; `never` when none runs, or when somebody waits.
    [[nodiscard]] instant sequence_deadline() const noexcept { return m_sequence_at; }

    /// Sets that are recovered and still shared.
    [[nodiscard]] std::size_t recovered_sets() const noexcept { return m_recovered.size(); }

  private:
    struct copy {
        std::string share;
        fsrvp::guid id;
    };
    struct copy_set {
        fsrvp::guid id;
        std::vector<copy> copies;
    };
    struct work {
        std::uint64_t id = 0;
        fsrvp_work what = fsrvp_work::prepare;
        std::uint32_t client = 0;
        instant until = never;
    };

    void serve(const fsrvp_caller& from, const fsrvp::get_supported_version_request& call,
               instant now);
    void serve(const fsrvp_caller& from, const fsrvp::set_context_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::start_set_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::add_to_set_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::prepare_set_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::commit_set_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::expose_set_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::get_mapping_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::recovery_complete_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::abort_set_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::delete_mapping_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::is_path_supported_request& call, instant now);
    void serve(const fsrvp_caller& from, const fsrvp::is_path_copied_request& call, instant now);

    [[nodiscard]] std::optional<fsrvp::status> wrong_with_set(const fsrvp::guid& set) const;
    void begin_work(const fsrvp_caller& from, fsrvp_work what, std::uint32_t timeout_ms,
                    instant now);
    void end_work(machine::fsrvp_outcome outcome, instant now);
    /// Whether the event was one of a row; the answer is made from what the machine says.
    bool take(std::uint32_t client, const machine::fsrvp_input& input, fsrvp::response answer,
              instant now);
    void reply(std::uint32_t client, fsrvp::response answer, fsrvp::status code);
    [[nodiscard]] bool is_shared(std::string_view share) const;
    [[nodiscard]] fsrvp::guid next_id() noexcept;
    void begin_input() noexcept;

    fsrvp_server_options m_options;
    machine::fsrvp_server_machine m_machine;
    copy_set m_set; ///< The one of the sequence.
    std::vector<copy_set> m_recovered;
    std::optional<work> m_work;
    std::uint64_t m_works = 0;
    std::uint64_t m_ids = 0;
    bool m_seals = true; ///< The context does not have it otherwise.
    instant m_sequence_at = never;
    std::vector<fsrvp_output> m_outputs;
    std::size_t m_next_output = 0;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/fsrvp_server.hpp>

#endif // SNAPPROTO_ENDPOINT_FSRVP_SERVER_HPP
