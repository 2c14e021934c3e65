// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/complete.hpp"

#include <algorithm>
#include <numeric>

namespace snapproto::conformance::suites {
namespace {

/// The suite in the making: words that begin alike share their beginning.
class test_tree {
  public:
    using node_index = std::size_t;

    explicit test_tree(const mealy_machine& spec) : m_spec(spec) { grow(0); }

    [[nodiscard]] state_index state(node_index at) const { return m_nodes[at].state; }

    /// The node where the input leads; it is added if it is not there.
    node_index child(node_index at, input_index on) {
        if (m_nodes[at].next[on] == none) {
            const auto to = m_spec.at(m_nodes[at].state, on).to;
            const auto made = grow(to); // before the node is touched: it may move
            m_nodes[at].next[on] = made;
        }
        return m_nodes[at].next[on];
    }

    node_index add(node_index at, const word& inputs) {
        for (const auto on : inputs) {
            at = child(at, on);
        }
        return at;
    }

    /// Whether a word that is in the tree behind both nodes is answered differently there.
    [[nodiscard]] bool are_separated(node_index a, node_index b) const {
        const node& in_a = m_nodes[a];
        const node& in_b = m_nodes[b];
        for (input_index on = 0; on < in_a.next.size(); ++on) {
            if (in_a.next[on] == none || in_b.next[on] == none) {
                continue;
            }
            const auto& step_a = m_spec.at(in_a.state, on);
            const auto& step_b = m_spec.at(in_b.state, on);
            if (step_a.output != step_b.output ||
                (step_a.to != step_b.to && are_separated(in_a.next[on], in_b.next[on]))) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] std::vector<word> words() const {
        std::vector<word> made;
        word path;
        collect(0, path, made);
        std::sort(made.begin(), made.end(), [](const word& a, const word& b) {
            return a.size() != b.size() ? a.size() < b.size() : a < b;
        });
        return made;
    }

  private:
    static constexpr node_index none = ~node_index{0};

    struct node {
        state_index state;
        std::vector<node_index> next;
    };

    node_index grow(state_index state) {
        m_nodes.push_back({state, std::vector<node_index>(m_spec.inputs().size(), none)});
        return m_nodes.size() - 1;
    }

    void collect(node_index at, word& path, std::vector<word>& to) const {
        bool is_leaf = true;
        for (input_index on = 0; on < m_nodes[at].next.size(); ++on) {
            if (m_nodes[at].next[on] != none) {
                is_leaf = false;
                path.push_back(on);
                collect(m_nodes[at].next[on], path, to);
                path.pop_back();
            }
        }
        if (is_leaf && !path.empty()) {
            to.push_back(path);
        }
    }

    const mealy_machine& m_spec;
    std::vector<node> m_nodes;
};

class builder {
  public:
    explicit builder(const mealy_machine& spec) : m_spec(spec), m_tree(spec) {
        const std::size_t n = spec.states();
        m_separating.resize(n * n);
        for (state_index a = 0; a < n; ++a) {
            for (state_index b = a + 1; b < n; ++b) {
                m_separating[a * n + b] = separating_word(spec, a, b).value_or(word{});
            }
        }
    }

    std::vector<word> build(std::size_t extra) {
        for (const auto& access : access_words(m_spec)) {
            m_cover.push_back(m_tree.add(0, access.value_or(word{})));
        }
        // Everything of the length that an implementation may need to show its additional states.
        std::vector<std::vector<test_tree::node_index>> paths;
        for (const auto from : m_cover) {
            std::vector<test_tree::node_index> path;
            extend(from, extra + 1, path, paths);
        }
        for (std::size_t i = 0; i < m_cover.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                separate(m_cover[i], m_cover[j]);
            }
        }
        // A path's own nodes are told apart too: an implementation may go round in its additional
        // states.
        for (const auto& path : paths) {
            for (const auto known : m_cover) {
                separate(known, path.back());
            }
            for (std::size_t i = 0; i + 1 < path.size(); ++i) {
                separate(path[i], path.back());
            }
        }
        return m_tree.words();
    }

  private:
    void extend(test_tree::node_index from, std::size_t length,
                std::vector<test_tree::node_index>& path,
                std::vector<std::vector<test_tree::node_index>>& paths) {
        if (length == 0) {
            return;
        }
        for (input_index on = 0; on < m_spec.inputs().size(); ++on) {
            path.push_back(m_tree.child(from, on));
            paths.push_back(path);
            extend(path.back(), length - 1, path, paths);
            path.pop_back();
        }
    }

    void separate(test_tree::node_index a, test_tree::node_index b) {
        const auto in_a = m_tree.state(a);
        const auto in_b = m_tree.state(b);
        if (in_a == in_b || m_tree.are_separated(a, b)) {
            return;
        }
        const auto& by =
            m_separating[std::min(in_a, in_b) * m_spec.states() + std::max(in_a, in_b)];
        m_tree.add(a, by);
        m_tree.add(b, by);
    }

    const mealy_machine& m_spec;
    test_tree m_tree;
    std::vector<test_tree::node_index> m_cover;
    std::vector<word> m_separating; // [a * states + b], a < b
};

} // namespace

std::vector<word> complete_suite(const mealy_machine& spec, std::size_t extra) {
    return builder{spec}.build(extra);
}

std::size_t total_length(const std::vector<word>& words) noexcept {
    return std::accumulate(words.begin(), words.end(), std::size_t{0},
                           [](std::size_t sum, const word& one) { return sum + one.size(); });
}

} // namespace snapproto::conformance::suites
