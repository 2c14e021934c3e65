// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_SCRIPTED_SIDE_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_SCRIPTED_SIDE_HPP

// A played guest whose reactions a check can change, request by request: what those of all dialects
// have in common.

#include "conformance/orchestrator/played_side.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace snapproto::conformance {

/// @tparam Request  has `kind()`, what was asked for, and `nth`.
/// @tparam Reaction what the guest does on a request. It comes as a right guest's.
template <class Request, class Reaction>
class scripted_side : public played_side {
  public:
    using kind_type = decltype(std::declval<const Request&>().kind());
    using manner = std::function<void(const Request&, Reaction&)>;
    using played_side::played_side;

    // ---- how it is to behave ----

    /// Changes the reactions to requests of this kind; later changes see what earlier ones did.
    void on(kind_type what, manner how) { on(what, 0, std::move(how)); }
    /// The same for the n-th such request only, from 1.
    void on(kind_type what, std::size_t nth, manner how) {
        m_changes.push_back({what, nth, std::move(how)});
    }
    /// Changes the reactions to all of them.
    void on_any(manner how) { m_changes.push_back({std::nullopt, 0, std::move(how)}); }

    // ---- what it has seen ----

    [[nodiscard]] const std::vector<Request>& heard() const noexcept { return m_heard; }
    [[nodiscard]] std::vector<Request> heard(kind_type what) const {
        std::vector<Request> found;
        std::copy_if(m_heard.begin(), m_heard.end(), std::back_inserter(found),
                     [&](const Request& one) { return one.kind() == what; });
        return found;
    }
    [[nodiscard]] std::size_t count(kind_type what) const {
        return static_cast<std::size_t>(
            std::count_if(m_heard.begin(), m_heard.end(),
                          [&](const Request& one) { return one.kind() == what; }));
    }
    /// The first of them.
    [[nodiscard]] std::optional<Request> first(kind_type what) const {
        const auto at = std::find_if(m_heard.begin(), m_heard.end(),
                                     [&](const Request& one) { return one.kind() == what; });
        return at == m_heard.end() ? std::nullopt : std::optional{*at};
    }
    [[nodiscard]] std::size_t requests() const override { return m_heard.size(); }

  protected:
    /// A request has come: gives it its number among those of its kind.
    void note(Request& request) {
        request.nth = count(request.kind()) + 1;
        m_heard.push_back(request);
    }

    /// What is done on a request, of which a right guest's reaction is given.
    [[nodiscard]] Reaction changed(Reaction how, const Request& request) const {
        for (const change& one : m_changes) {
            if ((!one.what || *one.what == request.kind()) &&
                (one.nth == 0 || one.nth == request.nth)) {
                one.how(request, how);
            }
        }
        return how;
    }

  private:
    struct change {
        std::optional<kind_type> what; ///< Absent: any.
        std::size_t nth;               ///< 0: all.
        manner how;
    };

    std::vector<change> m_changes;
    std::vector<Request> m_heard;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_SCRIPTED_SIDE_HPP
