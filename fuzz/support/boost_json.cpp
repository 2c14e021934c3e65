// SPDX-License-Identifier: BSL-1.0
// Boost.JSON from its headers alone, so that it is built as the targets are: with their sanitizers,
// and with the standard library that OSS-Fuzz takes.
#include <boost/json/src.hpp>
