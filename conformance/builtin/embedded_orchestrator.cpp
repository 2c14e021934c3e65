// SPDX-License-Identifier: BSL-1.0
// The library's orchestrator of QEMU guest agents on a virtual clock, and a fault put between it
// and the world.
#include "conformance/builtin/orchestrator_fault.hpp"
#include "conformance/builtin/virtual_orchestrator.hpp"

#include <snapproto/dialect/qga/request_decoder.hpp>
#include <snapproto/endpoint/qga_orchestrator.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace snapproto::conformance {

namespace builtin {
namespace {

class embedded_orchestrator final : public virtual_orchestrator<endpoint::qga_orchestrator> {
  public:
    embedded_orchestrator(const orchestrator_fault* with, std::string name, std::uint64_t seed)
        : virtual_orchestrator(std::move(name), {}), m_fault(with), m_seed(seed) {
        if (m_fault != nullptr && m_fault->settings) {
            m_fault->settings(m_settings);
        }
    }

  protected:
    [[nodiscard]] endpoint::qga_orchestrator make(std::size_t guests) override;
    void forget(std::size_t guests) override { m_peers.assign(guests, {}); }
    void forget_guest(std::size_t guest) override { m_peers[guest] = {}; }
    void transmit(std::size_t guest, const std::string& bytes) override;
    void arrive(std::size_t guest, std::string_view bytes) override;
    std::optional<duration> put_off() override {
        return m_fault != nullptr && m_fault->cut_put_off
                   ? std::optional{m_fault->cut_put_off(*this)}
                   : std::nullopt;
    }
    void judge(claim_made& claim) override {
        if (m_fault != nullptr && m_fault->outcome) {
            m_fault->outcome(*this, claim);
        }
    }

  private:
    struct peer {
        std::string half;                     ///< A line that has not ended.
        qga::verb asked = qga::verb::unknown; ///< By the last request.
        std::string id;
        std::int64_t sync_id = 0;
    };

    const orchestrator_fault* m_fault;
    std::uint64_t m_seed;
    std::vector<peer> m_peers;
};

endpoint::qga_orchestrator embedded_orchestrator::make(std::size_t guests) {
    endpoint::qga_orchestrator_options options;
    options.agents = guests;
    options.timers.hold = m_settings.hold;
    options.timers.cut = m_settings.cut;
    options.sync_seed = ++m_seed;
    return endpoint::qga_orchestrator{options};
}

/// Bytes of a guest: line by line where a fault looks at lines.
void embedded_orchestrator::arrive(std::size_t guest, std::string_view bytes) {
    if (m_fault == nullptr || !m_fault->reply) {
        take(guest, bytes);
        return;
    }
    peer& who = m_peers[guest];
    who.half += bytes;
    for (auto end = who.half.find('\n'); end != std::string::npos; end = who.half.find('\n')) {
        std::string line = who.half.substr(0, end + 1);
        who.half.erase(0, end + 1);
        m_fault->reply(*this, {guest, who.asked, who.id, who.sync_id}, line);
        take(guest, line);
    }
}

void embedded_orchestrator::transmit(std::size_t guest, const std::string& bytes) {
    peer& who = m_peers[guest];
    qga::request_decoder decoder{qga::request_limits};
    std::string_view rest = bytes;
    while (!rest.empty()) {
        rest.remove_prefix(decoder.feed(as_bytes(rest)));
        if (const auto got = decoder.next(); got.has_value()) {
            who.asked = got->verb;
            who.id = std::string(got->id.text);
            who.sync_id = got->sync_id;
        }
    }
    if (m_fault != nullptr && m_fault->request) {
        const auto instead =
            m_fault->request(*this, {guest, who.asked, bytes, who.id, who.sync_id});
        if (instead) {
            answer(guest, *instead);
            return;
        }
    }
    send(guest, bytes);
}

} // namespace

const std::vector<orchestrator_fault>& all_orchestrator_faults() {
    static const std::vector<orchestrator_fault> faults = [] {
        std::vector<orchestrator_fault> all;
        for (auto family : {orchestrator_wire_faults(), orchestrator_hold_faults()}) {
            std::move(family.begin(), family.end(), std::back_inserter(all));
        }
        std::sort(all.begin(), all.end(),
                  [](const auto& a, const auto& b) { return a.info.name < b.info.name; });
        return all;
    }();
    return faults;
}

} // namespace builtin

std::unique_ptr<orchestrator_target> make_builtin_orchestrator(std::string_view fault_or_reference,
                                                               std::uint64_t seed) {
    if (fault_or_reference == "reference") {
        return std::make_unique<builtin::embedded_orchestrator>(nullptr, "reference", seed);
    }
    for (const auto& one : builtin::all_orchestrator_faults()) {
        if (one.info.name == fault_or_reference) {
            return std::make_unique<builtin::embedded_orchestrator>(
                &one, std::string{one.info.name}, seed);
        }
    }
    throw std::invalid_argument(
        fmt::format("no embedded orchestrator is named '{}'", fault_or_reference));
}

std::span<const fault_info> builtin_orchestrator_faults() {
    static const std::vector<fault_info> infos = [] {
        std::vector<fault_info> made;
        for (const auto& one : builtin::all_orchestrator_faults()) {
            made.push_back(one.info);
        }
        return made;
    }();
    return infos;
}

} // namespace snapproto::conformance
