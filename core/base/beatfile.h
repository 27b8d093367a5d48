// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <QFile>

#include <atomic>
#include <memory>

namespace lifeguard {

enum class WorkerPhase : quint32 { None = 0, Starting, Idle, Working, Stopping, Ended };

/// What a worker last wrote into its slot.
struct Beat
{
    quint64 counter = 0; ///< grows once a second; 0: never beat
    WorkerPhase phase = WorkerPhase::None;
    qint64 workerId = 0; ///< workers.id, once registered
    qint64 jobId = 0; ///< the job begun; 0: none
    int attempt = 0;
    milliseconds jobStartedAt{0}; ///< Clock::steadyNow() of the job's begin
    bool operator==(const Beat &) const = default;
};

/// The memory-mapped file of a manager into which its direct workers beat, a slot of 128 bytes each (shared/PROTOCOL.md,
/// "Beats"): liveness without SQL, and still readable after a worker's death. Reading and writing take no lock (a
/// sequence counter makes a torn read visible, and it is read again). Any thread; one writer a slot.
class BeatFile
{
public:
    /// Makes the file anew with that many slots, all empty; 0600.
    [[nodiscard]] static Result<std::unique_ptr<BeatFile>> create(const QString &path, int slots_);
    /// Opens an existing one; Corrupt when it is none of ours.
    [[nodiscard]] static Result<std::unique_ptr<BeatFile>> open(const QString &path, bool writable);
    ~BeatFile();
    Q_DISABLE_COPY_MOVE(BeatFile)

    [[nodiscard]] QString path() const { return m_file.fileName(); }
    [[nodiscard]] int slotCount() const { return m_slots; }
    [[nodiscard]] Beat read(int slot) const;
    void write(int slot, const Beat &beat); ///< all but the counter, which only beat() changes
    void beat(int slot); ///< counter + 1
    void clear(int slot); ///< for the next worker
    /// The one thing the manager says through the slot: while it holds, the worker claims nothing (its pool is paused).
    void setHold(int slot, bool hold);
    [[nodiscard]] bool isHeld(int slot) const;

private:
    BeatFile() = default;
    QFile m_file;
    uchar *m_map = nullptr;
    int m_slots = 0;
};

} // namespace lifeguard
