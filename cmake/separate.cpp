// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/src.hpp>
