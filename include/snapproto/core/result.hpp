// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_RESULT_HPP
#define SNAPPROTO_CORE_RESULT_HPP

// A value or the reason why there is none; and, for incremental decoders, "not yet".

#include <snapproto/core/assert.hpp>
#include <snapproto/core/error.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace snapproto {

/// A `T`, or the failure that stands in its place. Never throws.
template <class T>
class [[nodiscard]] result {
  public:
    constexpr result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    constexpr result(failure why) noexcept : m_state(std::in_place_index<1>, why) {}

    /// True when there is a value.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return m_state.index() == 0; }

    /// The value.
    /// @pre `bool(*this)`.
    [[nodiscard]] constexpr const T& operator*() const& noexcept { return *get<0>(); }
    [[nodiscard]] constexpr T& operator*() & noexcept { return *get<0>(); }
    [[nodiscard]] constexpr T&& operator*() && noexcept { return std::move(*get<0>()); }
    [[nodiscard]] constexpr const T* operator->() const noexcept { return get<0>(); }
    [[nodiscard]] constexpr T* operator->() noexcept { return get<0>(); }

    /// The failure.
    /// @pre `!bool(*this)`.
    [[nodiscard]] constexpr const failure& error() const noexcept { return *get<1>(); }

  private:
    template <std::size_t I>
    [[nodiscard]] constexpr auto get() const noexcept {
        const auto* p = std::get_if<I>(&m_state);
        SNAPPROTO_ASSERT(p != nullptr);
        return p;
    }
    template <std::size_t I>
    [[nodiscard]] constexpr auto get() noexcept {
        auto* p = std::get_if<I>(&m_state);
        SNAPPROTO_ASSERT(p != nullptr);
        return p;
    }

    std::variant<T, failure> m_state;
};

/// Tag: the input so far is fine but incomplete. Not an error.
struct need_more_t {
    friend constexpr bool operator==(need_more_t, need_more_t) noexcept { return true; }
};
inline constexpr need_more_t need_more{};

/// What an incremental decoder yields: a `T`, "feed me more", or a failure.
template <class T>
class [[nodiscard]] decoded {
  public:
    constexpr decoded(const T& value) : m_state(std::in_place_index<0>, value) {}
    constexpr decoded(T&& value) : m_state(std::in_place_index<0>, std::move(value)) {}
    constexpr decoded(need_more_t) noexcept : m_state(std::in_place_index<1>) {}
    constexpr decoded(failure why) noexcept : m_state(std::in_place_index<2>, why) {}

    [[nodiscard]] constexpr bool has_value() const noexcept { return m_state.index() == 0; }
    [[nodiscard]] constexpr bool needs_more() const noexcept { return m_state.index() == 1; }
    [[nodiscard]] constexpr bool has_failure() const noexcept { return m_state.index() == 2; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return has_value(); }

    /// The value.
    /// @pre `has_value()`.
    [[nodiscard]] constexpr const T& operator*() const noexcept {
        const T* p = std::get_if<0>(&m_state);
        SNAPPROTO_ASSERT(p != nullptr);
        return *p;
    }
    [[nodiscard]] constexpr T& operator*() noexcept {
        T* p = std::get_if<0>(&m_state);
        SNAPPROTO_ASSERT(p != nullptr);
        return *p;
    }
    [[nodiscard]] constexpr const T* operator->() const noexcept { return &**this; }

    /// The failure.
    /// @pre `has_failure()`.
    [[nodiscard]] constexpr const failure& error() const noexcept {
        const failure* p = std::get_if<2>(&m_state);
        SNAPPROTO_ASSERT(p != nullptr);
        return *p;
    }

  private:
    std::variant<T, need_more_t, failure> m_state;
};

} // namespace snapproto

#endif // SNAPPROTO_CORE_RESULT_HPP
