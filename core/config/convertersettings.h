// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// The settings of a pool for the converters of its workers. By default, diagrams and drawings cannot read files outside
/// the workspace or use the network.
struct ConverterSettings
{
    bool allowNetwork = false; ///< diagrams and drawings may fetch from the network
    QStringList allowFiles; ///< absolute paths of folders outside the workspace that diagrams and drawings may read
    /// The rules for the cells of notebooks: "clx", "clm" or "lifeguard"; empty: derived from each job.
    QString notebookRules;
    /// Patterns of files that the results of notebooks depend on, relative to the folder of the notebook.
    QStringList notebookFiles;

    bool operator==(const ConverterSettings &) const = default;
};

} // namespace lifeguard
