// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>

namespace lifeguard {

/// Collects the exit status of ended children of this process, so that they do not remain zombies: a subreaper becomes
/// the parent of orphaned descendants. Skips the children in known, because other code waits for them.
void reapOrphans(const QSet<qint64> &known);

/// Like reapOrphans(), for a program in which not every child is known: a child is collected only if the previous call
/// already found it ended. This leaves its owner (a QProcess) the time between two calls to wait for the child and read
/// its exit code.
class OrphanReaper
{
public:
    void reap(const QSet<qint64> &known);

private:
    QSet<qint64> m_ended; ///< children that the previous call found ended but did not collect
};

} // namespace lifeguard
