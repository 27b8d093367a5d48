// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The parts of a stored job error. CLM's workers store JSON objects (docs/protocol.md), other programs plain text.
struct JobError
{
    QString message;
    QString kind; ///< "ValueError"; may be empty
    QString category; ///< "user", "configuration", …; may be empty
    QString guidance; ///< how to fix it; may be empty
    QString rest; ///< the other members of the object, as "key: value" lines

    bool operator==(const JobError &) const = default;
};
/// Parses the text of the column jobs.error. Pure.
[[nodiscard]] JobError parseJobError(const QString &error);
/// Returns only the message of a stored error, for a cell or a line. Pure.
[[nodiscard]] QString jobErrorMessage(const QString &error);

} // namespace lifeguard
