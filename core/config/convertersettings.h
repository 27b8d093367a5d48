// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// The settings of a pool for the converters of its workers. By default, diagrams and drawings cannot read files
/// outside the workspace or use the network. A value class.
struct ConverterSettings
{
    bool allowNetwork = false; ///< diagrams and drawings may fetch from the network
    QStringList allowFiles; ///< absolute paths of folders outside the workspace that diagrams and drawings may read
    /// The rules for the cells of notebooks: "clx", "clm" or "lifeguard"; empty: derived from each job.
    QString notebookRules;
    /// Patterns of files that the results of notebooks depend on, relative to the folder of the notebook.
    QStringList notebookFiles;

    bool operator==(const ConverterSettings &) const = default;

    /// Returns the possible values of notebookRules, except for the empty one.
    [[nodiscard]] static QStringList knownNotebookRules();
    /// Returns the variables that pass the settings to a worker, by their names. A variable without a value is to be
    /// removed: the worker would otherwise inherit it.
    [[nodiscard]] QMap<QString, QString> toEnvironment() const;
    /// Reads the variables of toEnvironment(). Ignores unknown values of notebookRules.
    [[nodiscard]] static ConverterSettings fromEnvironment(const QProcessEnvironment &environment);
};

} // namespace lifeguard
