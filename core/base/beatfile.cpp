// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/beatfile.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

#include <atomic>
#include <cstring>
#include <thread>

#include <sys/file.h>

namespace lifeguard {
namespace {

constexpr char magic[8] = {'L', 'G', 'B', 'E', 'A', 'T', 'S', '1'};

struct Header
{
    char magic[8];
    quint32 slotCount;
    quint32 slotSize;
    quint32 protocol; ///< 0 in files of versions that did not write a number
};

/// A slot in the file. All fields are read and written atomically; sequence protects those after it.
struct alignas(8) Slot
{
    quint64 counter;
    quint32 sequence; ///< odd while the slot is being written
    quint32 phase;
    qint64 workerId;
    qint64 jobId;
    qint64 jobStartedAt;
    qint32 attempt;
    quint32 hold; ///< written by the manager; all other fields are written by the worker
    quint32 jobLimit; ///< always 0 in slots of versions that did not know it
    quint32 reserved[19];
};

constexpr qsizetype headerSize = 128;
static_assert(sizeof(Slot) == 128 && sizeof(Header) <= headerSize);
static_assert(std::atomic_ref<quint64>::is_always_lock_free && std::atomic_ref<qint64>::is_always_lock_free);

Slot &slotAt(uchar *map, int slot)
{
    return *reinterpret_cast<Slot *>(map + headerSize + qsizetype(slot) * qsizetype(sizeof(Slot)));
}

template<typename T>
T load(T &field)
{
    return std::atomic_ref<T>(field).load(std::memory_order_relaxed);
}

template<typename T>
void store(T &field, T value)
{
    std::atomic_ref<T>(field).store(value, std::memory_order_relaxed);
}

/// Returns whether the manager was killed before it had written the header of its file.
bool isUnwritten(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.read(headerSize).count('\0') == std::min(file.size(), headerSize);
}

} // namespace

Result<std::unique_ptr<BeatFile>> BeatFile::create(const QString &path, int slotCount)
{
    if (slotCount < 1)
        return failure(ErrorCode::InvalidArgument, tr("A beat file needs at least one slot."));
    std::unique_ptr<BeatFile> file(new BeatFile);
    QFile::remove(path); // orphans that have the old file mapped keep using it
    file->m_file.setFileName(path);
    if (!file->m_file.open(QIODevice::ReadWrite | QIODevice::NewOnly, QFileDevice::ReadOwner | QFileDevice::WriteOwner))
        return failure(ErrorCode::Io,
                       tr("The beat file %1 cannot be created: %2").arg(path, file->m_file.errorString()));
    const qint64 size = headerSize + qint64(slotCount) * qint64(sizeof(Slot));
    // The content is written instead of only resizing the file: on a full disk, a worker that writes to a hole in the
    // file would be killed by SIGBUS.
    QByteArray content(size, '\0');
    Header header{};
    std::memcpy(header.magic, magic, sizeof magic);
    header.slotCount = static_cast<quint32>(slotCount);
    header.slotSize = sizeof(Slot);
    header.protocol = protocolVersion;
    std::memcpy(content.data(), &header, sizeof header);
    if (file->m_file.write(content) != size || !file->m_file.flush())
        return failure(ErrorCode::Io,
                       tr("The beat file %1 cannot be written: %2").arg(path, file->m_file.errorString()));
    if (const Status mapped = file->map(size); !mapped)
        return failure(mapped.error());
    file->m_slotCount = slotCount;
    file->markUsed();
    return file;
}

Result<std::unique_ptr<BeatFile>> BeatFile::open(const QString &path, bool writable)
{
    std::unique_ptr<BeatFile> file(new BeatFile);
    file->m_file.setFileName(path);
    if (!file->m_file.exists())
        return failure(ErrorCode::NotFound, tr("The beat file %1 does not exist.").arg(path));
    if (!file->m_file.open(writable ? QIODevice::ReadWrite | QIODevice::ExistingOnly
                                    : QIODevice::OpenMode(QIODevice::ReadOnly)))
        return failure(ErrorCode::Io,
                       tr("The beat file %1 cannot be opened: %2").arg(path, file->m_file.errorString()));
    Header header{};
    const qint64 size = file->m_file.size();
    const bool isReadable = file->m_file.read(reinterpret_cast<char *>(&header), sizeof header)
                         == qint64(sizeof header);
    if (!isReadable || std::memcmp(header.magic, magic, sizeof magic) != 0 || header.slotSize != sizeof(Slot)
        || header.slotCount < 1 || size != headerSize + qint64(header.slotCount) * qint64(sizeof(Slot))) {
        return failure(ErrorCode::Corrupt, tr("%1 is not a beat file of this program.").arg(path));
    }
    file->m_protocol = header.protocol == 0 ? protocolWithoutNumber : static_cast<int>(header.protocol);
    if (!isSupportedProtocol(file->m_protocol)) {
        return failure(ErrorCode::TooNew,
                       tr("The beat file %1 has protocol version %2; this program supports versions %3 and %4.")
                           .arg(path)
                           .arg(file->m_protocol)
                           .arg(protocolVersion - 1)
                           .arg(protocolVersion));
    }
    if (const Status mapped = file->map(size); !mapped)
        return failure(mapped.error());
    file->m_slotCount = static_cast<int>(header.slotCount);
    if (writable)
        file->markUsed();
    return file;
}

Status BeatFile::map(qint64 size)
{
    m_map = m_file.map(0, size);
    if (!m_map)
        return failure(ErrorCode::Io, tr("The beat file %1 cannot be mapped: %2").arg(path(), m_file.errorString()));
    return {};
}

/// Marks the file as used, for as long as this process has it open. The lock needs no counterpart: removeLeftovers()
/// only tests whether there is one.
void BeatFile::markUsed()
{
    flock(m_file.handle(), LOCK_SH | LOCK_NB);
}

void BeatFile::removeLeftovers(const QString &folder)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const QFileInfo &info : QDir(folder).entryInfoList({QStringLiteral("*.beats")}, QDir::Files)) {
        constexpr int creationTime = 60; // seconds; longer than the time between creating a file and marking it
        if (info.lastModified().secsTo(now) < creationTime)
            continue;
        const Result<std::unique_ptr<BeatFile>> file = open(info.absoluteFilePath(), false);
        if (!file) {
            if (isUnwritten(info.absoluteFilePath()))
                QFile::remove(info.absoluteFilePath());
            continue;
        }
        if (flock((*file)->m_file.handle(), LOCK_EX | LOCK_NB) != 0)
            continue;
        bool wasUsed = false;
        for (int slot = 0; slot < (*file)->slotCount() && !wasUsed; ++slot)
            wasUsed = !((*file)->read(slot) == Beat());
        if (!wasUsed || info.lastModified().daysTo(now) >= leftoverDays)
            QFile::remove(info.absoluteFilePath());
    }
}

BeatFile::~BeatFile() = default; // QFile removes the mapping

Beat BeatFile::read(int slot) const
{
    Beat beat;
    if (slot < 0 || slot >= m_slotCount)
        return beat;
    Slot &from = slotAt(m_map, slot);
    // A writer that was killed while it wrote leaves an odd number forever; the fields are then used as they are.
    for (int tries = 0; tries < 1000; ++tries) {
        const quint32 before = std::atomic_ref<quint32>(from.sequence).load(std::memory_order_acquire);
        beat.phase = static_cast<WorkerPhase>(load(from.phase));
        beat.workerId = load(from.workerId);
        beat.jobId = load(from.jobId);
        beat.attempt = load(from.attempt);
        beat.jobStartedAt = milliseconds(load(from.jobStartedAt));
        beat.jobLimit = seconds(load(from.jobLimit));
        std::atomic_thread_fence(std::memory_order_acquire);
        if (before % 2 == 0 && load(from.sequence) == before)
            break;
        std::this_thread::yield(); // the writer may have been preempted
    }
    beat.counter = load(from.counter);
    return beat;
}

void BeatFile::write(int slot, const Beat &beat)
{
    if (slot < 0 || slot >= m_slotCount)
        return;
    Slot &to = slotAt(m_map, slot);
    const quint32 odd = load(to.sequence) | 1u;
    store(to.sequence, odd);
    std::atomic_thread_fence(std::memory_order_release);
    store(to.phase, static_cast<quint32>(beat.phase));
    store(to.workerId, beat.workerId);
    store(to.jobId, beat.jobId);
    store(to.attempt, static_cast<qint32>(beat.attempt));
    store(to.jobStartedAt, static_cast<qint64>(beat.jobStartedAt.count()));
    store(to.jobLimit, static_cast<quint32>(beat.jobLimit.count()));
    std::atomic_ref<quint32>(to.sequence).store(odd + 1, std::memory_order_release);
}

void BeatFile::beat(int slot)
{
    if (slot >= 0 && slot < m_slotCount)
        std::atomic_ref<quint64>(slotAt(m_map, slot).counter).fetch_add(1, std::memory_order_relaxed);
}

void BeatFile::clear(int slot)
{
    if (slot < 0 || slot >= m_slotCount)
        return;
    write(slot, {});
    store(slotAt(m_map, slot).counter, quint64(0));
    setHold(slot, false);
}

void BeatFile::setHold(int slot, bool hold)
{
    if (slot >= 0 && slot < m_slotCount)
        store(slotAt(m_map, slot).hold, quint32(hold ? 1 : 0));
}

bool BeatFile::isHeld(int slot) const
{
    return slot >= 0 && slot < m_slotCount && load(slotAt(m_map, slot).hold) != 0;
}

} // namespace lifeguard
