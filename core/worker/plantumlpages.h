// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
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
    /// pages: in their order; an empty list if PlantUML refused the diagram; an error if it was killed or the pictures
    /// cannot be read. errors: the text on stderr.
    void finished(const lifeguard::Result<QList<QByteArray>> &pages, const QByteArray &errors);

private:
    void onEnded(const QString &how, bool failedToStart);
    [[nodiscard]] Result<QList<QByteArray>> readPages() const;

    const PlantUmlCommand m_command;
    QString m_folder; ///< of the files, in the private folder
    std::unique_ptr<ToolProcess> m_tool;
};

} // namespace lifeguard
