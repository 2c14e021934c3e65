// SPDX-License-Identifier: BSL-1.0
// The orchestrators of all dialects: the one source that includes the orchestrator's machine.
#include "simulator/world/host_dialect.hpp"

#include <snapproto/endpoint/hyperv_orchestrator.hpp>
#include <snapproto/endpoint/native_orchestrator.hpp>
#include <snapproto/endpoint/qga_orchestrator.hpp>
#include <snapproto/endpoint/vmbackup_orchestrator.hpp>

#include <type_traits>
#include <utility>

namespace snapproto::world {
namespace {

template <class Orchestrator>
class orchestrator_of final : public host_dialect {
  public:
    template <class Options>
    explicit orchestrator_of(const Options& options) : m_host(options) {}

    void record_to(std::vector<trace::record>* recording) override { m_host.record_to(recording); }
    bool is_busy() const override { return m_host.session().running().value != 0; }
    void channel_up(agent_index agent, instant now) override { m_host.channel_up(agent, now); }
    void channel_lost(agent_index agent, instant now) override { m_host.channel_lost(agent, now); }
    void receive(agent_index from, byte_view bytes, instant now) override {
        m_host.receive(from, bytes, now);
    }
    result<txn_id> start(endpoint::snapshot_options wanted, instant now) override {
        return m_host.start(std::move(wanted), now);
    }
    void cut_finished(txn_id txn, bool succeeded, instant now) override {
        m_host.cut_finished(txn, succeeded, now);
    }
    void copy_ready(txn_id txn, instant now) override { m_host.copy_ready(txn, now); }
    void handle_timeout(instant now) override { m_host.handle_timeout(now); }

    host_wish poll() override {
        auto next = m_host.poll();
        return std::visit(
            [](auto& one) -> host_wish {
                using type = std::remove_cvref_t<decltype(one)>;
                if constexpr (std::is_constructible_v<host_wish, type>) {
                    return std::move(one);
                } else {
                    return say_to{one.agent, std::move(one.bytes)};
                }
            },
            next);
    }

  private:
    Orchestrator m_host;
};

template <class Orchestrator, class Options>
std::unique_ptr<host_dialect> make_with(Options options, const host_life& life) {
    options.agents = life.agents;
    options.first_txn = {life.first};
    return std::make_unique<orchestrator_of<Orchestrator>>(options);
}

} // namespace

std::unique_ptr<host_dialect> make_orchestrator(std::string_view dialect, const host_life& life) {
    if (dialect == "native") {
        auto options = endpoint::native_orchestrator_defaults();
        options.first_session = {life.first};
        return make_with<endpoint::native_orchestrator>(std::move(options), life);
    }
    if (dialect == "hyperv") {
        return make_with<endpoint::hyperv_orchestrator>(endpoint::hyperv_orchestrator_options{},
                                                        life);
    }
    if (dialect == "vmbackup") {
        return make_with<endpoint::vmbackup_orchestrator>(endpoint::vmbackup_orchestrator_options{},
                                                          life);
    }
    endpoint::qga_orchestrator_options options;
    options.sync_seed = life.numbers;
    return make_with<endpoint::qga_orchestrator>(options, life);
}

} // namespace snapproto::world
