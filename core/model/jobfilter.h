// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobstatus.h"

#include <QString>

#include <optional>

namespace lifeguard {

/// Which jobs to list, newest first.
struct JobFilter
{
    std::optional<JobStatus> status;
    QString type; ///< empty: all
    QString text; ///< part of input or output path or error; empty: all
    int limit = 1000;
    qint64 maxId = 0; ///< pages and commands by filter only: those added up to this one; 0: all

    bool operator==(const JobFilter &) const = default;
};

} // namespace lifeguard
