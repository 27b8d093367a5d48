// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"

#include <optional>

namespace lifeguard {

/// Returns the text that a database stores for retention times: one line of JSON with the keys and values of
/// configuration files.
[[nodiscard]] QString toStoredRetention(const RetentionConfig &config);

/// Returns the retention times with this text, as configured ones. Keys that this version does not know are ignored.
/// std::nullopt if the text is empty or damaged.
[[nodiscard]] std::optional<RetentionConfig> fromStoredRetention(const QString &text);

} // namespace lifeguard
