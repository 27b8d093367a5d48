// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exitcode.h"
#include "core/base/result.h"
#include "core/model/jobcounts.h"

#include <QHash>
#include <QObject>
#include <QSet>

namespace lifeguard {
class ManagerSession;
}

namespace lifeguard::ctl {

class RunPrinter;

/// Finds out when the pools of a session have nothing left to do: no job of their types is waiting or running, or none
/// of these jobs can be run. Lives on the main thread.
class IdleWatch : public QObject
{
    Q_OBJECT

public:
    /// The session and the printer must outlive this object. The printer prints the jobs that cannot be run.
    IdleWatch(ManagerSession &session, RunPrinter &printer) : m_session(session), m_printer(printer) {}

    /// Decides again. counts: by job type. types: those of the pools.
    void update(const QHash<QString, JobCounts> &counts, const QSet<QString> &types);
    /// Emits no more signals.
    void stop() { m_isStopped = true; }

Q_SIGNALS:
    /// Nothing is left to do. JobFailed: jobs that cannot be run are left. reason: a part of a sentence.
    void idle(lifeguard::ctl::ExitCode exitCode, const QString &reason);
    void failed(const lifeguard::Error &error);

private:
    void checkClaims(const QHash<QString, QStringList> &modes, const QStringList &stuck);
    void reportStuckJobs(const QStringList &types, const QString &reason);
    /// Returns why no worker of these types claims the waiting jobs.
    [[nodiscard]] QString unclaimableReason(const QStringList &types);
    [[nodiscard]] static QString stuckReason(const QStringList &types);
    /// Returns the types whose pools are all crash-looping.
    [[nodiscard]] QSet<QString> crashLoopingTypes();
    /// Returns the modes of the type's pools; an empty list if one of them has not been decided.
    [[nodiscard]] QStringList decidedModes(const QString &type);

    ManagerSession &m_session;
    RunPrinter &m_printer;
    bool m_isStopped = false;
    bool m_isReportingStuckJobs = false;
    bool m_isCheckingClaims = false;
};

} // namespace lifeguard::ctl
