// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_SYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_SYSTEM_HPP

// Something that answers words of inputs: an implementation behind a wire, or a machine in a test.

#include "conformance/suites/mealy.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::conformance::suites {

/// The same word was answered in two ways; what() says which and how.
class not_deterministic : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What is tested or learned.
class system_under_test {
  public:
    system_under_test() = default;
    system_under_test(const system_under_test&) = delete;
    system_under_test& operator=(const system_under_test&) = delete;
    virtual ~system_under_test() = default;

    /// The answers to a word, from the first state.
    [[nodiscard]] virtual answers ask(const word& inputs) = 0;
};

/// Remembers every answer, asks for nothing twice, and notices when answers contradict each other.
class remembering_system final : public system_under_test {
  public:
    /// @param inputs their names, for what not_deterministic says.
    remembering_system(system_under_test& of, std::vector<std::string> inputs)
        : m_of(of), m_inputs(std::move(inputs)) {}

    /// @throws not_deterministic
    [[nodiscard]] answers ask(const word& inputs) override;

    [[nodiscard]] std::size_t words_asked() const noexcept { return m_words; }
    [[nodiscard]] std::size_t inputs_asked() const noexcept { return m_symbols; }

  private:
    struct node {
        std::string output;
        std::map<input_index, std::unique_ptr<node>> next;
    };

    [[nodiscard]] bool recall(const word& inputs, answers& to) const;
    void remember(const word& inputs, const answers& got);

    system_under_test& m_of;
    std::vector<std::string> m_inputs;
    node m_root;
    std::size_t m_words = 0;
    std::size_t m_symbols = 0;
};

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_SYSTEM_HPP
