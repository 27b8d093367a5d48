// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QtGlobal>

#include <chrono>
#include <memory>
#include <optional>

namespace lifeguard {

class LockWaits;
class SharedFile;

/// The queue of the programs of Lifeguard that wait for the write lock of one database, in the order of their arrival.
/// Only the first of them attempts to get the lock; the others sleep until it has succeeded. Hundreds of waiting
/// processes would otherwise use up the processor with failing attempts.
///
/// The queue only saves time: SQLite's lock alone protects the database. Without a queue (see open()), or if the first
/// program is killed or stopped, the others make attempts of their own. Programs share it in the file
/// <database>-lockqueue, which the last of them deletes. An object is used on one thread.
class LockQueue
{
public:
    /// Opens the queue of a database, and creates its file if necessary. databasePath: canonical. Returns null if the
    /// file cannot be used, for example because the folder is read-only.
    [[nodiscard]] static std::unique_ptr<LockQueue> open(const QString &databasePath);
    ~LockQueue();
    Q_DISABLE_COPY_MOVE(LockQueue)

    /// Returns whether another program is making attempts.
    [[nodiscard]] bool isWaiting() const;
    /// Waits until this program is the first. Returns false if it is not after the timeout. A program that has made no
    /// attempt during the whole timeout is passed over, so the timeout must be longer than the pauses between attempts.
    [[nodiscard]] bool becomeFirst(std::chrono::milliseconds timeout);
    /// Sleeps between two attempts of the first program, until a transaction of Lifeguard has ended, but not longer
    /// than the given time.
    void pause(std::chrono::microseconds longest);
    /// Ends the wait: makes the next program the first one if this one is the first.
    void leave();
    /// Wakes the first program, because a transaction of this connection has ended.
    void announceUnlocked();
    /// Records that this connection has waited since then until its transaction began, if that is measured (LockWaits).
    void recordWait(std::chrono::steady_clock::time_point since);

    /// Returns whether this program may attempt a checkpoint: at most one program in this time may, because an attempt
    /// blocks the others.
    [[nodiscard]] bool takeCheckpointTurn(std::chrono::milliseconds pause);

private:
    struct State;

    static constexpr int callCount = 1008;
    static constexpr quint32 maxPrograms = 1'000'000; ///< that wait at the same time; greater distances are an error

    explicit LockQueue(std::unique_ptr<SharedFile> file);
    void callNext(quint32 ticket);

    std::unique_ptr<SharedFile> m_file;
    const std::unique_ptr<LockWaits> m_waits; ///< null unless they are measured
    State *m_state;
    std::optional<quint32> m_ticket; ///< of this program, while it waits or is the first
    quint32 m_unlocked = 0; ///< State::unlocked before the latest attempt
};

} // namespace lifeguard
