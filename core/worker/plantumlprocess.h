// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/plantumlcommand.h"

#include <QByteArray>
#include <QObject>

#include <memory>

namespace lifeguard {

class ToolProcess;

/// A PlantUML process that stays open and draws one diagram after another (`-pipe`), always the first page. Main thread
/// only.
class PlantUmlProcess : public QObject
{
    Q_OBJECT

public:
    explicit PlantUmlProcess(PlantUmlCommand command, QObject *parent = nullptr);
    ~PlantUmlProcess() override;

    [[nodiscard]] const PlantUmlCommand &command() const { return m_command; }
    /// Starts the process. ownFolder: the private folder of the process.
    void start(const PlantUmlTools &tools, const QString &ownFolder);
    /// Draws a diagram and drops the picture, so that Java has loaded and compiled what diagrams need. Call it before
    /// the first draw(), which then waits for the end of it.
    void warmUp();
    /// Draws a diagram; drawn() or ended() follows. text: PlantUmlDiagram::text.
    void draw(const QByteArray &text);
    /// Returns whether the process may have ended before it received the current diagram: it has drawn nothing for this
    /// diagram yet, but others before, or is warming up.
    [[nodiscard]] bool mayHaveEndedBefore() const { return m_isWarmingUp || (m_completed > 0 && m_output.isEmpty()); }
    /// Kills the process and all processes that it has started; ended() follows.
    void kill();
    /// Returns the tool, for ToolConverter::retire(), and stops all signals.
    [[nodiscard]] std::unique_ptr<ToolProcess> takeTool();

Q_SIGNALS:
    /// errors: what PlantUML wrote to stderr about this diagram.
    void drawn(const QByteArray &output, const QByteArray &errors);
    /// how and failedToStart: see ToolProcess::ended().
    void ended(const QString &how, bool failedToStart, const QByteArray &errors);

private:
    void send(const QByteArray &text);
    void onOutput(const QByteArray &bytes);
    void onWarm();

    const PlantUmlCommand m_command;
    const QByteArray m_delimiter; ///< PlantUML writes it after each diagram
    std::unique_ptr<ToolProcess> m_tool;
    QByteArray m_output; ///< the output for the current diagram so far
    quint64 m_completed = 0; ///< diagrams
    bool m_isDrawing = false;
    bool m_isWarmingUp = false;
    QByteArray m_waiting; ///< the diagram to draw when the process has warmed up
};

} // namespace lifeguard
