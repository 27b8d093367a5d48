// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QStringList>

namespace lifeguard {

/// Returns the sentences for the notes that the notebook helper (resources/notebook) reports in a "completed" message,
/// such as "Cell 3 printed too much: 68.0 MB of its output were left out." Leaves out notes that it does not know.
[[nodiscard]] QStringList notebookNotes(const QJsonArray &notes);

} // namespace lifeguard
