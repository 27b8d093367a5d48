// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workeradopter.h"

#include "core/config/poolspec.h"
#include "core/pool/pooljournal.h"
#include "core/pool/pooltable.h"
#include "core/pool/storeclock.h"
#include "core/pool/workerlauncher.h"
#include "core/pool/workertable.h"

#include <QHash>

namespace lifeguard {

QStringList WorkerAdopter::adopt(const QList<OwnedWorker> &rows)
{
    QHash<QString, std::shared_ptr<BeatFile>> files;
    QStringList added;
    for (const OwnedWorker &row : rows) {
        const Result<WorkerConfig> config = parseStoredPoolSpec(row.spec, row.currentSpec);
        if (!config)
            continue; // Rescuer::adoptDetached() adopts only rows whose configuration is valid
        ManagedWorker worker;
        worker.executorId = row.executorId;
        worker.pool = row.pool;
        worker.index = row.index;
        worker.config = *config;
        if (worker.config.mode == ExecutionMode::Auto) {
            const bool isContainer = row.mode == toString(ExecutionMode::Docker);
            worker.config.mode = isContainer ? ExecutionMode::Docker : ExecutionMode::Direct;
        }
        worker.logPath = row.logPath;
        worker.process = row.process;
        worker.isAdopted = true;
        worker.phase = ManagedWorker::Phase::Running;
        worker.startedAt = row.startedAt;
        worker.signs.begin(m_storeClock.now());
        if (!row.beatPath.isEmpty() && row.beatSlot >= 0) {
            if (!files.contains(row.beatPath)) {
                if (Result<std::unique_ptr<BeatFile>> file = BeatFile::open(row.beatPath, true))
                    files.insert(row.beatPath, std::shared_ptr<BeatFile>(std::move(*file)));
            }
            worker.beats = files.value(row.beatPath);
            worker.beatSlot = worker.beats ? row.beatSlot : -1; // without the file, the worker is judged by its
                                                                // heartbeat in the database
        }
        if (worker.beats)
            worker.beats->setHold(worker.beatSlot, false); // its pool may have been paused
        if (!m_pools.find(row.pool)) {
            m_pools.add(WorkerPool::adopted(row.pool, worker.config));
            added.append(row.pool);
        }
        const ManagedWorker &entry = m_workers.add(std::move(worker));
        m_journal.recordEvent(EventKind::WorkerAdopted, Message("worker_adopted", {entry.name(), row.process.pid}),
                              entry);
        m_launcher.adopt(entry);
    }
    return added;
}

} // namespace lifeguard
