// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlprocesses.h"

#include "core/worker/plantumlprocess.h"
#include "core/worker/toolprocess.h"

#include <QPointer>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

constexpr std::size_t maxJavaProcesses = 3; // each takes about 100 MB of memory

} // namespace

PlantUmlProcesses::PlantUmlProcesses(Retire retire) : m_retire(std::move(retire)) {}

PlantUmlProcesses::~PlantUmlProcesses() = default;

PlantUmlProcess *PlantUmlProcesses::processFor(const PlantUmlCommand &command, const PlantUmlTools &tools,
                                               const QString &ownFolder)
{
    const auto found = std::find_if(m_processes.begin(), m_processes.end(),
                                    [&](const auto &process) { return process->command() == command; });
    if (found != m_processes.end()) {
        std::rotate(found, found + 1, m_processes.end());
        return m_processes.back().get();
    }
    while (m_processes.size() >= maxJavaProcesses)
        end(m_processes.front().get());
    add(command);
    m_processes.back()->start(tools, ownFolder);
    return m_processes.back().get();
}

void PlantUmlProcesses::add(const PlantUmlCommand &command)
{
    auto process = std::make_unique<PlantUmlProcess>(command);
    PlantUmlProcess *const added = process.get();
    connect(added, &PlantUmlProcess::drawn, this,
            [this, added](const QByteArray &output, const QByteArray &errors) { Q_EMIT drawn(added, output, errors); });
    // Queued, because end() deletes the process.
    connect(
        added, &PlantUmlProcess::ended, this,
        [this, process = QPointer<PlantUmlProcess>(added)](const QString &how, bool failedToStart,
                                                           const QByteArray &errors) {
            if (contains(process)) // else its memory may already belong to another process
                Q_EMIT ended(process, how, failedToStart, errors);
        },
        Qt::QueuedConnection);
    m_processes.push_back(std::move(process));
}

bool PlantUmlProcesses::contains(const PlantUmlCommand &command) const
{
    return std::any_of(m_processes.cbegin(), m_processes.cend(),
                       [&command](const auto &process) { return process->command() == command; });
}

bool PlantUmlProcesses::contains(const PlantUmlProcess *process) const
{
    return process && std::any_of(m_processes.cbegin(), m_processes.cend(), [process](const auto &other) {
               return other.get() == process;
           });
}

void PlantUmlProcesses::end(PlantUmlProcess *process)
{
    const auto found = std::find_if(m_processes.begin(), m_processes.end(),
                                    [process](const auto &other) { return other.get() == process; });
    if (found == m_processes.end())
        return;
    m_retire((*found)->takeTool());
    (*found)->disconnect(this);
    // The process may be the sender of the current signal.
    found->release()->deleteLater();
    m_processes.erase(found);
}

void PlantUmlProcesses::endLarge()
{
    for (std::size_t i = m_processes.size(); i-- > 0;) {
        if (m_processes.at(i)->command().sizeLimit > PlantUmlCommand::usualLimit)
            end(m_processes.at(i).get());
    }
}

void PlantUmlProcesses::endAll()
{
    while (!m_processes.empty())
        end(m_processes.back().get());
}

} // namespace lifeguard
