// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/beatslots.h"

#include "core/pool/managedworker.h"

#include <QFile>

namespace lifeguard {

Result<std::unique_ptr<BeatSlots>> BeatSlots::create(const QString &path)
{
    Result<std::unique_ptr<BeatFile>> file = BeatFile::create(path, slotCount);
    if (!file)
        return failure(file.error());
    return std::unique_ptr<BeatSlots>(new BeatSlots(std::move(*file)));
}

BeatSlots::BeatSlots(std::unique_ptr<BeatFile> file) : m_file(std::move(file))
{
    m_free.reserve(slotCount);
    for (int slot = slotCount - 1; slot >= 0; --slot)
        m_free.append(slot);
}

void BeatSlots::assign(ManagedWorker &worker)
{
    Q_ASSERT(!worker.beats);
    if (m_free.isEmpty())
        return;
    worker.beatSlot = m_free.takeLast();
    worker.beats = m_file;
    m_file->clear(worker.beatSlot);
}

void BeatSlots::release(ManagedWorker &worker)
{
    Q_ASSERT(worker.hasEnded());
    if (!worker.beats)
        return;
    if (worker.beats == m_file)
        m_free.append(worker.beatSlot);
    else if (worker.beats.use_count() == 1)
        QFile::remove(worker.beats->path());
    worker.beatSlot = -1;
    worker.beats.reset();
}

void BeatSlots::removeFile()
{
    QFile::remove(m_file->path());
}

} // namespace lifeguard
