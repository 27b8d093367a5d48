// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <utility>

namespace lifeguard::bench {

/// Ends the program with this text unless the condition holds: a benchmark whose preparation failed has no figures.
void require(bool condition, const QString &problem);

/// Returns the value of a result. Ends the program with its message if it is an error.
template<typename T>
[[nodiscard]] T valueOf(Result<T> result)
{
    require(result.has_value(), result ? QString() : result.error().message);
    return std::move(*result);
}

} // namespace lifeguard::bench
