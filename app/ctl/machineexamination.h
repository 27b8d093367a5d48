// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doctor/finding.h"

namespace lifeguard::ctl {

struct ExaminationRequest
{
    QString database; ///< absolute path
    QString workspace; ///< absolute path
    bool checksAllPages = false; ///< of the database, also if it is large
};

/// Examines everything that workers need (core/doctor). Runs an event loop until the container engine has responded,
/// for at most 5 s.
[[nodiscard]] QList<Finding> examineMachine(const ExaminationRequest &request);

} // namespace lifeguard::ctl
