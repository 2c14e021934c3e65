// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_EFFECT_SUPPORT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_EFFECT_SUPPORT_HPP

// What a hold of everything does to disks and writers, for the dialects that have no list of what
// to freeze. The words of the conversation are the caller's.

#include "conformance/run_context.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace snapproto::conformance::clauses {

/// How a hold is begun and ended in a dialect. Each requires that it went well.
struct hold {
    std::function<void()> begin;
    std::function<void()> end;
};

/// With a writer at work the device under this target is the same when the hold begins and when it
/// is about to end.
void device_stands_still(run_context& run, std::size_t which, const hold& held);

/// On every target a writer blocks from the beginning of the hold, and goes on after its end.
void writers_block(run_context& run, const hold& held);

/// The same, three times, on the first target; no step is lost.
void a_writer_goes_on(run_context& run, const hold& held);

/// A hold that ends otherwise than by a request: writers go on as well.
/// @param ends brings the end about; `when` says what it is: "after the end of the device".
void writers_go_on_without_a_request(run_context& run, const hold& held,
                                     const std::function<void()>& ends, std::string_view when);

/// A copy of this target that is taken during the hold needs no recovery.
void copy_is_clean(run_context& run, std::size_t which, const hold& held);

/// What was written before the hold, and not flushed, is in a copy that is taken during it.
void unflushed_is_in_the_copy(run_context& run, const hold& held);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_EFFECT_SUPPORT_HPP
