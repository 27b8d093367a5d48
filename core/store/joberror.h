// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// An error as its row has it, taken apart: CLM's workers write JSON objects (shared/FACTS.md), others plain text. Pure.
struct JobError
{
    QString message;
    QString kind; ///< "ValueError"; may be empty
    QString category; ///< "user", "configuration", …; may be empty
    QString guidance; ///< what to do; may be empty
    QString rest; ///< whatever else the object has, as "key: value" lines

    bool operator==(const JobError &) const = default;
};
[[nodiscard]] JobError readError(const QString &error);
/// Its message alone, for a cell or a line. Pure.
[[nodiscard]] QString errorText(const QString &error);

} // namespace lifeguard
