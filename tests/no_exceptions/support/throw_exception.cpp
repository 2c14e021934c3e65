// SPDX-License-Identifier: BSL-1.0
// Boost asks programs without exceptions to say what happens instead of a throw. Nothing of the
// wire path should come here, so coming here is a failure.
#include <boost/assert/source_location.hpp>

#include <cstdlib>
#include <exception>

namespace boost {

[[noreturn]] void throw_exception(const std::exception&);
[[noreturn]] void throw_exception(const std::exception&, const boost::source_location&);

void throw_exception(const std::exception&) {
    std::abort();
}
void throw_exception(const std::exception&, const boost::source_location&) {
    std::abort();
}

} // namespace boost
