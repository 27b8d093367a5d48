// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QStringList>

namespace lifeguard {

/// Returns the sentences for the notes that the notebook helper (resources/notebook) reports in a "completed" message,
/// such as "The output of cell 3 is too large: 68.0 MB of it were left out. Print less, or write it to a file." Leaves
/// out notes that it does not know.
[[nodiscard]] QStringList notebookNotes(const QJsonArray &notes);

} // namespace lifeguard
