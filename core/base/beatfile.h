// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/protocol.h"
#include "core/base/result.h"

#include <QCoreApplication>
#include <QFile>

#include <memory>

namespace lifeguard {

enum class WorkerPhase : quint32 { None = 0, Starting, Idle, Working, Stopping, Ended };

/// The content of a worker's slot.
struct Beat
{
    quint64 counter = 0; ///< increases once a second; 0: the worker has not beaten yet
    WorkerPhase phase = WorkerPhase::None;
    qint64 workerId = 0; ///< workers.id, once registered
    qint64 jobId = 0; ///< the job that the worker has begun; 0: none
    int attempt = 0;
    milliseconds jobStartedAt{0}; ///< Clock::steadyNow() when the job began
    seconds jobLimit{0}; ///< the max_job_time of the job itself; 0: that of its pool applies
    bool operator==(const Beat &) const = default;
};

/// The memory-mapped file of a manager into which its direct workers beat, one slot of 128 bytes each
/// (docs/protocol.md, "Beats"). It shows that a worker is alive without SQL, and remains readable after the worker's
/// death. Reading and writing need no lock: a sequence counter makes the reader repeat a read that overlapped a write.
/// All functions may be called on any thread; each slot has one writer.
class BeatFile
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::BeatFile)

public:
    /// Creates the file, or replaces an existing one, with empty slots and permissions 0600. InvalidArgument for less
    /// than one slot, Io.
    [[nodiscard]] static Result<std::unique_ptr<BeatFile>> create(const QString &path, int slotCount);
    /// Opens an existing file. NotFound; Io; Corrupt if it is not a beat file; TooNew if its protocol version is not
    /// supported.
    [[nodiscard]] static Result<std::unique_ptr<BeatFile>> open(const QString &path, bool writable);
    ~BeatFile();
    Q_DISABLE_COPY_MOVE(BeatFile)

    /// Deletes the beat files (*.beats) in the folder that no living manager or worker uses and that no worker has ever
    /// used: their managers were killed before they had a row in a database. A file in which a worker has beaten is
    /// deleted with the row of its manager; here, only after leftoverDays.
    static void removeLeftovers(const QString &folder);
    static constexpr int leftoverDays = 30;

    [[nodiscard]] QString path() const { return m_file.fileName(); }
    [[nodiscard]] int slotCount() const { return m_slotCount; }
    /// Returns the protocol version of the manager that created the file.
    [[nodiscard]] int protocol() const { return m_protocol; }

    [[nodiscard]] Beat read(int slot) const;
    /// Writes everything but the counter, which only beat() changes.
    void write(int slot, const Beat &beat);
    /// Increases the counter.
    void beat(int slot);
    /// Empties the slot for its next worker.
    void clear(int slot);
    /// Sets the hold flag: a worker whose slot is held claims no jobs, because its pool is paused. This flag is the
    /// only value that the manager writes.
    void setHold(int slot, bool hold);
    [[nodiscard]] bool isHeld(int slot) const;

private:
    BeatFile() = default;
    [[nodiscard]] Status map(qint64 size);
    void markUsed();

    QFile m_file;
    uchar *m_map = nullptr;
    int m_slotCount = 0;
    int m_protocol = protocolVersion;
};

} // namespace lifeguard
