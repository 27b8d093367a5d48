// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/result.h"

#include <QList>

#include <memory>

namespace lifeguard {

struct ManagedWorker;

/// Manages the beat file of this manager and the assignment of its slots.
class BeatSlots
{
public:
    static constexpr int slotCount = 2048; ///< twice the number of workers of the largest pool

    /// Creates the beat file, with all slots free.
    [[nodiscard]] static Result<std::unique_ptr<BeatSlots>> create(const QString &path);

    /// Assigns an empty slot to the worker. If all slots are in use, the worker gets none and is judged by its
    /// heartbeat in the database.
    void assign(ManagedWorker &worker);
    /// Frees the slot of an ended worker. The beat file of an earlier manager is deleted when its last worker has
    /// ended.
    void release(ManagedWorker &worker);
    /// Deletes the file. Workers that still use it keep their mapping.
    void removeFile();

private:
    explicit BeatSlots(std::unique_ptr<BeatFile> file);

    std::shared_ptr<BeatFile> m_file;
    QList<int> m_free; ///< free slots; the last one is assigned next
};

} // namespace lifeguard
