// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QtGlobal>

#include <memory>
#include <utility>

namespace lifeguard {

class SharedFile;

/// What the idle workers of one database share, so that one of them, the watcher, notices new jobs for all of them. The
/// others sleep until the watcher wakes as many of them as there are jobs of their type.
///
/// This only saves time: each worker also looks for jobs by itself from time to time. Without it (see open()), each
/// worker watches the database. Programs share the numbers in the file <database>-idle, which the last of them deletes.
/// One object per worker. Belongs to the thread of the worker, except sleep().
class IdleWorkers
{
public:
    /// Opens the file for a worker of this type, and creates it if necessary. databasePath: canonical. Returns null if
    /// the file cannot be used, for example because the folder is read-only.
    [[nodiscard]] static std::unique_ptr<IdleWorkers> open(const QString &databasePath, const QString &type);
    /// Stops watching.
    ~IdleWorkers();
    Q_DISABLE_COPY_MOVE(IdleWorkers)

    /// Makes this worker the watcher if there is none. Returns whether it is the watcher.
    [[nodiscard]] bool watch();
    /// Returns whether this worker is the watcher. It no longer is if another one has taken over.
    [[nodiscard]] bool isWatching() const;
    /// Shows the others that the watcher is running. To be called by the watcher every 100 ms.
    void showWatching();
    /// Makes this worker the watcher if there is none, or if the watcher did not show itself since the last call,
    /// because it was killed or stopped. To be called by the others, at most once a second. Returns whether this worker
    /// is the watcher.
    [[nodiscard]] bool takeOver();
    /// Ends the watch and wakes one of the sleeping workers, of any type, to continue it. Does nothing if this worker
    /// is not the watcher.
    void stopWatching();

    /// Returns a number that changes when workers of this type are woken. To be read before a worker looks for jobs
    /// for the last time before sleep().
    [[nodiscard]] quint32 ticket() const;
    /// Sleeps until this worker is woken or interrupted, and not at all if workers of its type were woken since the
    /// ticket was read. Returns false if it was interrupted. On any thread.
    [[nodiscard]] bool sleep(quint32 ticket);
    /// Ends sleep() of this worker on another thread. A thread that does not sleep yet is not interrupted.
    void interrupt();
    /// Wakes up to count sleeping workers of the type, those that have slept longest first. Returns the number of woken
    /// workers, which includes stopped ones.
    int wake(const QString &type, int count);
    /// Wakes all sleeping workers of all types.
    void wakeAll();
    /// Returns how often workers of all types were woken since the file was created.
    [[nodiscard]] quint32 wakeUps() const;

private:
    struct State;

    IdleWorkers(std::unique_ptr<SharedFile> file, const QString &type);

    std::unique_ptr<SharedFile> m_file;
    State *m_state;
    size_t m_ownType; ///< index in State::types
    quint32 m_id; ///< of this worker, in State::watcher
    quint32 m_ownGroup; ///< for interrupt()
    std::pair<quint32, quint32> m_seen{0, 0}; ///< the watcher and its beats at the last takeOver()
};

} // namespace lifeguard
