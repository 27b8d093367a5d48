// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tools/plantumltools.h"
#include "core/worker/plantumlcommand.h"

#include <QByteArray>
#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <vector>

namespace lifeguard {

class PlantUmlProcess;
class ToolProcess;

/// The PlantUML processes that stay open between jobs: one for each set of options, but at most three; the least
/// recently used one is ended first. Main thread only.
class PlantUmlProcesses : public QObject
{
    Q_OBJECT

public:
    /// Takes over a tool that is no longer needed: ToolConverter::retire().
    using Retire = std::function<void(std::unique_ptr<ToolProcess>)>;

    explicit PlantUmlProcesses(Retire retire);
    ~PlantUmlProcesses() override;

    /// Returns the process with these options, or starts one. ownFolder: a private folder.
    [[nodiscard]] PlantUmlProcess *processFor(const PlantUmlCommand &command, const PlantUmlTools &tools,
                                              const QString &ownFolder);
    /// Returns whether there is a process with these options.
    [[nodiscard]] bool contains(const PlantUmlCommand &command) const;
    void end(PlantUmlProcess *process);
    /// Ends the processes with a larger limit for pictures: they use much memory, and are for one diagram only.
    void endLarge();
    void endAll();

Q_SIGNALS:
    void drawn(lifeguard::PlantUmlProcess *process, const QByteArray &output, const QByteArray &errors);
    /// The process has ended, and should be given to end(). how, failedToStart: as in ToolProcess::ended().
    void ended(lifeguard::PlantUmlProcess *process, const QString &how, bool failedToStart, const QByteArray &errors);

private:
    void add(const PlantUmlCommand &command);
    [[nodiscard]] bool contains(const PlantUmlProcess *process) const;

    const Retire m_retire;
    std::vector<std::unique_ptr<PlantUmlProcess>> m_processes; ///< the most recently used one is last
};

} // namespace lifeguard
