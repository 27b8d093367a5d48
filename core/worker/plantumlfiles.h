// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/config/convertersettings.h"
#include "core/formats/plantumlreferences.h"
#include "core/formats/plantumltext.h"

#include <QHash>
#include <QSet>
#include <QStringList>

namespace lifeguard {

/// What a diagram reads besides its own text.
struct PlantUmlFiles
{
    PlantUmlReferences references; ///< of the diagram; flags also of the files that it includes
    QStringList sources; ///< absolute paths of the files that it reads, and of named files that do not exist
    QHash<QString, QByteArray> pictures; ///< of a Graphviz diagram: data URLs by the names in the diagram
    QString problem; ///< the reason why a file cannot be read (the first one), for the user; else empty
};

/// Finds the files that a diagram reads, by reading the diagram and the files that it includes. Any thread; use one
/// object for one diagram.
class PlantUmlFileFinder
{
public:
    /// folder: in which the diagram's files are searched for. roots: the folders whose files it may read.
    PlantUmlFileFinder(QString folder, const QStringList &roots, const ConverterSettings &settings);

    [[nodiscard]] PlantUmlFiles find(const PlantUmlDiagram &diagram);

private:
    struct Text
    {
        QString content;
        QString file; ///< empty: the diagram itself
        int firstLine = 1;
    };

    void read(const Text &text);
    void addFile(const Text &text, const PlantUmlReference &reference);
    void addPicture(const QString &name, const QString &realPath);
    void addFolder();
    void addProblem(const Text &text, int line, const QString &problem);
    [[nodiscard]] bool isAllowed(const QString &realPath) const;

    const QString m_folder;
    QStringList m_roots; ///< real paths
    const bool m_allowNetwork;
    bool m_isGraphviz = false;
    QList<Text> m_unread;
    QSet<QString> m_seen;
    PlantUmlFiles m_files;
};

} // namespace lifeguard
