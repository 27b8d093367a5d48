// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// Returns the error for a message of the notebook helper about a job of CLX or CLM; nothing if the message has none of
/// these codes. Details are not filled.
[[nodiscard]] std::optional<Error> clmError(const QJsonObject &message);

/// Returns the message of an error that CLM's own worker would not have, with the advice to use it.
[[nodiscard]] QString withClmWorkerHint(const QString &message);

} // namespace lifeguard
