// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/testbed.h"

#include <QProcess>
#include <QStringList>

#include <memory>
#include <vector>

namespace lifeguard::chaos {

/// The managers (`lifeguardctl run`) of a run.
class Managers
{
public:
    enum class Kind {
        Normal, ///< pools of our own workers, and of two commands
        Hidden, ///< sees only its own processes in /proc
        Crowd, ///< one large pool
    };
    struct Manager
    {
        std::unique_ptr<QProcess> process;
        Kind kind;
        QString log; ///< path of its output
        bool isEnding = false; ///< it was terminated
    };

    Managers(Testbed &testbed, bool hasDiagrams) : m_testbed(testbed), m_hasDiagrams(hasDiagrams) {}
    ~Managers();
    Q_DISABLE_COPY_MOVE(Managers)

    /// Returns whether processes can be hidden from a manager here.
    [[nodiscard]] static bool canHideProcesses();

    void start(Kind kind);
    void kill(std::size_t index); ///< SIGKILL
    void killAll();
    void terminateAll(); ///< SIGTERM; waits until they have ended
    /// Removes the managers that have ended. An end without a request is added to unexpectedEnds().
    void forgetEnded();
    void terminate(Manager &manager); ///< SIGTERM

    [[nodiscard]] std::vector<Manager> &list() { return m_managers; }
    [[nodiscard]] std::size_t count(Kind kind) const;
    [[nodiscard]] QSet<qint64> pids() const;
    [[nodiscard]] const QStringList &unexpectedEnds() const { return m_unexpectedEnds; }

private:
    [[nodiscard]] QStringList poolArguments(Kind kind) const;

    Testbed &m_testbed;
    const bool m_hasDiagrams;
    std::vector<Manager> m_managers;
    QStringList m_unexpectedEnds;
    int m_started = 0;
};

} // namespace lifeguard::chaos
