// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// Returns the error for a message of the notebook helper about a job of CLX or CLM; nothing if the message has none of
/// these codes. Details are not filled.
[[nodiscard]] std::optional<Error> clmError(const QJsonObject &message);

/// Appends the advice to use CLM's own worker.
[[nodiscard]] QString withClmWorkerHint(const QString &message);

} // namespace lifeguard
