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
    QString waitChannel; ///< the kernel's function it waits in; empty: none, or not to be seen

    bool operator==(const ThreadFacts &) const = default;
};

/// One open file of a process.
struct OpenFile
{
    int descriptor = -1;
    QString target; ///< a path, or "socket:[123]", "pipe:[5]", "anon_inode:[eventpoll]"

    bool operator==(const OpenFile &) const = default;
};

/// A lock of a file that a process waits for (/proc/locks).
struct LockWait
{
    QString file; ///< path; empty: not found among what it has open
    qint64 holder = 0; ///< pid; 0: unknown
    QString holderName;

    bool operator==(const LockWait &) const = default;
};

/// What /proc tells of one process at one moment.
struct ProcessFacts
{
    static constexpr int filesShown = 50; ///< of one process
    static constexpr int threadsShown = 64; ///< of one process
    static constexpr int processesRead = 200; ///< of one tree

    qint64 pid = 0;
    qint64 parent = 0;
    QString parentName; ///< of the worker itself only
    quint64 startTime = 0; ///< clock ticks after boot
    int depth = 0; ///< below the worker, which has 0
    QString name; ///< as the kernel has it, 15 characters at most
    QString commandLine; ///< what looks like a secret is masked (core/base/secrets.h); empty where it has none
    QString program; ///< the file that runs; empty: not to be seen
    char state = '?';
    int stopSignal = 0; ///< stopped (T): the signal that did it; 0: the kernel does not tell
    QString waitChannel;
    qint64 tracer = 0; ///< the debugger that holds it; 0: none
    QString tracerName;
    QString user; ///< who it belongs to
    bool otherUser = false; ///< not to who asks
    QList<ThreadFacts> threads; ///< the first threadsShown
    int threadCount = 0;
    qint64 residentBytes = 0;
    milliseconds cpuTime{0}; ///< user and system, since its start
    std::optional<double> cpuPercent; ///< of one core, between two looks; nothing: there was only one
    QList<OpenFile> files; ///< the first filesShown
    int fileCount = -1; ///< -1: not to be seen
    QString controlGroup;
    int oomScore = -1; ///< 0 to 2000: how soon the kernel kills it when memory runs out; -1: not to be seen
    std::optional<LockWait> lockWait;

    bool operator==(const ProcessFacts &) const = default;
    [[nodiscard]] bool isStopped() const { return state == 'T'; }
    [[nodiscard]] bool isTraced() const { return state == 't'; }
    /// "java": the program's file name, since the kernel cuts names; without one, the kernel's.
    [[nodiscard]] QString shownName() const;
};

/// The process and everything below it, each before its children, the oldest child first; processesRead at most. Empty: there is no such process, or one
/// with another start time (0: any). Reads /proc: tens of milliseconds for a large tree, more where a disk hangs; not for the GUI
/// thread.
[[nodiscard]] QList<ProcessFacts> readProcessFacts(qint64 root, quint64 startTime = 0);

} // namespace lifeguard
