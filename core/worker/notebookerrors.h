// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>

namespace lifeguard {

/// Returns the error that the notebook helper (resources/notebook) reports in a "failed" message. Its text is one line for the
/// job's row, such as "cell 4, line 2: `1/0` – ZeroDivisionError: division by zero"; its detail is the whole traceback.
[[nodiscard]] Error notebookError(const QJsonObject &message);

/// Returns the command that installs a kernel, for example "apt install python3-ipykernel", or an empty string for unknown
/// kernels.
[[nodiscard]] QString kernelInstallHint(const QString &kernel, const QString &language);

} // namespace lifeguard
