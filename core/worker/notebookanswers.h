// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>

namespace lifeguard {

/// What the notebook helper (resources/notebook) says of a job that failed, in words: one line for the job's row, such as
/// "cell 4, line 2: `1/0` – ZeroDivisionError: division by zero", and the whole traceback as its detail.
[[nodiscard]] Error notebookError(const QJsonObject &answer);

/// How the kernel is installed ("apt install python3-ipykernel"), empty for kernels we do not know.
[[nodiscard]] QString kernelInstallHint(const QString &kernel, const QString &language);

} // namespace lifeguard
