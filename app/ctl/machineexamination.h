// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"
#include "core/doctor/finding.h"

namespace lifeguard::ctl {

class CommandLine;

struct ExaminationRequest
{
    QString database; ///< absolute path
    QString workspace; ///< absolute path
    QList<NamedPool> pools; ///< of the configuration file
    bool checksAllPages = false; ///< of the database, also if it is large

    /// Returns the request for what a command works with.
    [[nodiscard]] static ExaminationRequest of(const CommandLine &line);
};

/// Examines everything that workers need (core/doctor). Runs an event loop until the container engine has responded,
/// for at most 5 s.
[[nodiscard]] QList<Finding> examineMachine(const ExaminationRequest &request);

} // namespace lifeguard::ctl
