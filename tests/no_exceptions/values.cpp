// SPDX-License-Identifier: BSL-1.0
// Messages and results work in a program without exceptions and run-time type information.
#include <snapproto/core/result.hpp>
#include <snapproto/message/any_message.hpp>

#include "tests/no_exceptions/support/check.hpp"

#include <utility>
#include <variant>

namespace {

using snapproto::tests::check;

snapproto::result<int> half_of(int n) {
    if (n % 2 != 0) {
        return snapproto::failure{snapproto::error::bad_number, {16, 1}, 3};
    }
    return n / 2;
}

template <std::size_t... I>
void walk_all_messages(std::index_sequence<I...>) {
    const auto walk = [](auto index) {
        snapproto::any_message message{std::in_place_index<index()>};
        check(static_cast<std::size_t>(snapproto::kind_of(message)) == index(), "kind of message");
        const snapproto::any_message copy = message;
        check(&snapproto::header_of(copy) != &snapproto::header_of(message), "header of its own");
    };
    (walk(std::integral_constant<std::size_t, I>{}), ...);
}

} // namespace

int main() {
    check(*half_of(8) == 4, "a value");
    check(half_of(7).error().code == snapproto::error::bad_number, "a failure");
    check(snapproto::decoded<int>{snapproto::need_more}.needs_more(), "not yet");
    walk_all_messages(std::make_index_sequence<std::variant_size_v<snapproto::any_message>>{});
    return snapproto::tests::exit_status();
}
