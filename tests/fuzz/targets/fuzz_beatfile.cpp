// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the reader of beat files.
#include "core/base/beatfile.h"
#include "tests/fuzz/targets/fuzz.h"

#include <QFile>
#include <QTemporaryDir>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("beats"));
    {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(toBytes(data, size)) != qint64(size))
            return 0;
    }
    const auto beats = BeatFile::open(path, true);
    if (!beats)
        return 0;
    const int slotCount = (*beats)->slotCount();
    require(slotCount > 0, "a beat file has at least one slot");
    for (const int slot : {-1, 0, slotCount - 1, slotCount}) {
        (void)(*beats)->read(slot);
        (void)(*beats)->isHeld(slot);
        (*beats)->beat(slot);
        Beat beat;
        beat.phase = WorkerPhase::Working;
        beat.workerId = 1;
        beat.jobId = 2;
        beat.attempt = 3;
        beat.jobStartedAt = milliseconds(4);
        (*beats)->write(slot, beat);
        Beat read = (*beats)->read(slot);
        read.counter = 0;
        require(slot < 0 || slot >= slotCount || read == beat, "a beat that was written to a slot can be read back");
    }
    return 0;
}
