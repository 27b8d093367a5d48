// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/plantumlcommand.h"

#include <QByteArray>
#include <QObject>

#include <memory>

namespace lifeguard {

class ToolProcess;

/// Draws all pages of one diagram, with a process of its own: PlantUML draws only one of them with `-pipe`. Main thread
/// only.
class PlantUmlPages : public QObject
{
    Q_OBJECT

public:
    explicit PlantUmlPages(PlantUmlCommand command, QObject *parent = nullptr);
    ~PlantUmlPages() override;

    /// Starts drawing; finished() follows, once. ownFolder: a private folder, in which files are created and removed.
    /// text: PlantUmlDiagram::text.
    void start(const PlantUmlTools &tools, const QString &ownFolder, const QByteArray &text);
    /// Kills the process and all processes that it has started; finished() follows.
    void kill();
    /// Returns the tool, for ToolConverter::retire(), and stops all signals.
    [[nodiscard]] std::unique_ptr<ToolProcess> takeTool();

Q_SIGNALS:
    /// pages: in their order; empty if PlantUML failed. how: "exit code 0" or the like. errors: the text on stderr.
    void finished(const QList<QByteArray> &pages, const QString &how, const QByteArray &errors);

private:
    void onEnded(const QString &how);

    const PlantUmlCommand m_command;
    QString m_folder; ///< of the files, in the private folder
    std::unique_ptr<ToolProcess> m_tool;
};

} // namespace lifeguard
