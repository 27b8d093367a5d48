// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// What last set the number of workers of a pool.
enum class CountSource {
    Launch, ///< the launch of the pool, by a user
    File, ///< a configuration file
    Hand, ///< a user, after the launch
    Scaling, ///< the autoscaler
};

/// Returns the stored name of the source ("hand").
[[nodiscard]] QString toString(CountSource source);
/// Returns the source with this stored name; Launch for every other text.
[[nodiscard]] CountSource countSourceFromString(const QString &name);

} // namespace lifeguard
