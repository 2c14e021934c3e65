// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/vss_src.hpp>
