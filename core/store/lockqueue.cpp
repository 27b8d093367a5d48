// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockqueue.h"

#include "core/base/privatefile.h"

#include <QFile>
#include <QRandomGenerator>

#include <atomic>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lifeguard {

/// The content of the file, which is all zeros at first. Wrong values, of a damaged file, only make waits longer.
struct LockQueue::State
{
    std::atomic<quint32> first; ///< the id of the program that makes the attempts; 0: none
    std::atomic<quint32> attempts; ///< of all first programs; shows that the first one is still running
    std::atomic<quint32> unlocked; ///< number of transactions that have ended
    quint32 reserved[13];
};

namespace {

using std::chrono::microseconds;

constexpr int maxTries = 10; ///< another program may delete the file before it is marked as used
constexpr size_t stateSize = 64;
static_assert(std::atomic<quint32>::is_always_lock_free && sizeof(std::atomic<quint32>) == sizeof(quint32));

/// Sleeps while the word has the expected value, at most for the given time (futex(2)). It may return earlier.
void waitForChange(std::atomic<quint32> &word, quint32 expected, microseconds longest)
{
    struct timespec time = {};
    time.tv_sec = static_cast<time_t>(longest.count() / 1'000'000);
    time.tv_nsec = static_cast<long>(longest.count() % 1'000'000 * 1000);
    syscall(SYS_futex, reinterpret_cast<quint32 *>(&word), FUTEX_WAIT, expected, &time, nullptr, 0);
}

void wakeOne(std::atomic<quint32> &word)
{
    syscall(SYS_futex, reinterpret_cast<quint32 *>(&word), FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

/// Opens the file, marks it as used, and gives it its size. Returns -1 if that is not possible.
int openUsed(const QString &path)
{
    for (int tries = 0; tries < maxTries; ++tries) {
        createPrivateFile(path);
        const int file = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (file < 0)
            return -1;
        struct stat info = {};
        const bool isUsable = flock(file, LOCK_SH | LOCK_NB) == 0 && fstat(file, &info) == 0 && info.st_nlink > 0;
        // Written instead of only resized: on a full disk, a program that writes to a hole would be killed by SIGBUS.
        // If several programs write the zeros, those that wait make attempts too early at most.
        static constexpr char zeros[stateSize] = {};
        if (isUsable && (info.st_size >= qint64(stateSize) || pwrite(file, zeros, stateSize, 0) == ssize_t(stateSize)))
            return file;
        ::close(file);
        if (isUsable)
            return -1;
    }
    return -1;
}

} // namespace

std::unique_ptr<LockQueue> LockQueue::open(const QString &databasePath)
{
    static_assert(sizeof(State) == stateSize);
    const QString path = databasePath + QStringLiteral("-lockqueue");
    const int file = openUsed(path);
    if (file < 0)
        return nullptr;
    void *state = mmap(nullptr, stateSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (state == MAP_FAILED) {
        ::close(file);
        return nullptr;
    }
    return std::unique_ptr<LockQueue>(new LockQueue(path, file, static_cast<State *>(state)));
}

LockQueue::LockQueue(QString path, int file, State *state)
    : m_path(std::move(path))
    , m_file(file)
    , m_state(state)
    , m_id(QRandomGenerator::system()->bounded(1u, 0xffffffffu))
{
}

LockQueue::~LockQueue()
{
    leave();
    munmap(m_state, stateSize);
    struct stat ours = {};
    struct stat found = {};
    const QByteArray name = QFile::encodeName(m_path);
    if (flock(m_file, LOCK_EX | LOCK_NB) == 0 && fstat(m_file, &ours) == 0 && lstat(name.constData(), &found) == 0
        && ours.st_dev == found.st_dev && ours.st_ino == found.st_ino)
        unlink(name.constData());
    ::close(m_file);
}

bool LockQueue::isWaiting() const
{
    const quint32 first = m_state->first.load();
    return first != 0 && first != m_id;
}

bool LockQueue::becomeFirst(std::chrono::milliseconds timeout)
{
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const quint32 attempts = m_state->attempts.load();
    for (;;) {
        const auto remaining = std::chrono::duration_cast<microseconds>(deadline - std::chrono::steady_clock::now());
        quint32 first = 0;
        bool isFirst = m_state->first.compare_exchange_strong(first, m_id) || first == m_id;
        if (!isFirst && remaining <= microseconds(0)) {
            // The first program was killed or is stopped.
            isFirst = m_state->attempts.load() == attempts && m_state->first.compare_exchange_strong(first, m_id);
            if (!isFirst)
                return false;
        }
        if (isFirst) {
            m_unlocked = m_state->unlocked.load();
            ++m_state->attempts;
            return true;
        }
        waitForChange(m_state->first, first, remaining);
    }
}

void LockQueue::pause(microseconds longest)
{
    ++m_state->attempts;
    waitForChange(m_state->unlocked, m_unlocked, longest);
    m_unlocked = m_state->unlocked.load();
}

void LockQueue::leave()
{
    quint32 first = m_id;
    if (m_state->first.compare_exchange_strong(first, 0))
        wakeOne(m_state->first);
}

void LockQueue::announceUnlocked()
{
    ++m_state->unlocked;
    if (isWaiting())
        wakeOne(m_state->unlocked);
}

} // namespace lifeguard
