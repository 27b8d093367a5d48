// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>
#include <QString>

#include <optional>

namespace lifeguard {

/// One thread of a process.
struct ThreadFacts
{
    qint64 tid = 0;
    QString name;
    char state = '?'; ///< R, S, D, T, t, Z, …
    QString waitChannel; ///< the kernel function in which the thread waits; empty: none, or not readable

    bool operator==(const ThreadFacts &) const = default;
};

/// One open file of a process.
struct OpenFile
{
    int descriptor = -1;
    QString target; ///< a path, or "socket:[123]", "pipe:[5]", "anon_inode:[eventpoll]"

    bool operator==(const OpenFile &) const = default;
};

/// A file lock for which a process waits (/proc/locks).
struct LockWait
{
    QString file; ///< path; empty: not among the open files of the process
    qint64 holder = 0; ///< pid; 0: unknown
    QString holderName;

    bool operator==(const LockWait &) const = default;
};

/// What /proc reports about one process at one moment.
struct ProcessFacts
{
    static constexpr int maxFiles = 50; ///< of one process
    static constexpr int maxThreads = 64; ///< of one process
    static constexpr int maxProcesses = 200; ///< of one tree

    qint64 pid = 0;
    qint64 parent = 0;
    QString parentName; ///< only set for the root of the tree
    quint64 startTime = 0; ///< clock ticks after boot
    int depth = 0; ///< below the root of the tree, which has depth 0
    QString name; ///< the kernel's name, at most 15 characters
    QString commandLine; ///< with secrets masked (core/base/secretmasking.h); empty if the process has none
    QString program; ///< path of the executable; empty: not readable
    char state = '?';
    int stopSignal = 0; ///< of a stopped process (T): the signal that stopped it; 0: unknown
    QString waitChannel; ///< as in ThreadFacts
    qint64 tracer = 0; ///< pid of the debugger that is attached; 0: none
    QString tracerName;
    QString user; ///< the owner
    bool otherUser = false; ///< the owner is not the user of this program
    QList<ThreadFacts> threads; ///< the first maxThreads
    int threadCount = 0;
    qint64 residentBytes = 0;
    milliseconds cpuTime{0}; ///< user and system time since the start of the process
    std::optional<double> cpuPercent; ///< of one core, between two samples; nothing if there is only one sample
    QList<OpenFile> files; ///< the first maxFiles
    int fileCount = -1; ///< -1: not readable
    QString controlGroup;
    int oomScore = -1; ///< 0 to 2000, the process with the highest score is killed first when memory runs out; -1: not
                       ///< readable
    std::optional<LockWait> lockWait;

    bool operator==(const ProcessFacts &) const = default;
    [[nodiscard]] bool isStopped() const { return state == 'T'; }
    [[nodiscard]] bool isTraced() const { return state == 't'; }
    [[nodiscard]] bool hasEnded() const { return state == 'Z' || state == 'X'; }
    /// Returns the file name of the program ("java"), which unlike the kernel's name is not truncated; else the
    /// kernel's name.
    [[nodiscard]] QString displayName() const;
};

/// Returns the process root and its descendants, parents before children and older siblings first, maxProcesses at
/// most; empty if there is no such process, or if its start time differs from startTime (0: any). Reads /proc, which
/// takes tens of milliseconds for a large tree, and more if a disk hangs. Not for the GUI thread.
[[nodiscard]] QList<ProcessFacts> readProcessFacts(qint64 root, quint64 startTime = 0);

} // namespace lifeguard
