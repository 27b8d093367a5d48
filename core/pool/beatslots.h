// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/result.h"

#include <QList>

#include <memory>

namespace lifeguard {

struct ManagedWorker;

/// The beat file of this manager, and which of its slots are free.
class BeatSlots
{
public:
    static constexpr int slotCount = 2048; ///< twice the number of workers of the largest pool

    /// Creates the beat file, with all slots free.
    [[nodiscard]] static Result<std::unique_ptr<BeatSlots>> create(const QString &path);

    /// Gives the worker an empty slot. A worker gets none if all are in use; its heartbeat in the database is used
    /// then.
    void assign(ManagedWorker &worker);
    /// Takes the slot of an ended worker back. The beat file of an earlier manager is deleted with its last worker.
    void release(ManagedWorker &worker);
    /// Deletes the file. Workers that still use it keep their mapping.
    void removeFile();

private:
    explicit BeatSlots(std::unique_ptr<BeatFile> file);

    std::shared_ptr<BeatFile> m_file;
    QList<int> m_free; ///< the next one last
};

} // namespace lifeguard
