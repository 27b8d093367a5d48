// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockqueue.h"

#include "core/store/futex.h"
#include "core/store/lockwaits.h"
#include "core/store/sharedfile.h"

#include <QRandomGenerator>

#include <algorithm>
#include <atomic>

namespace lifeguard {

/// The content of the file, which is all zeros at first. Wrong values, of a damaged file, only make waits longer.
struct LockQueue::State
{
    std::atomic<quint32> first; ///< the id of the program that makes the attempts; 0: none
    std::atomic<quint32> attempts; ///< of all first programs; shows that the first one is still running
    std::atomic<quint32> unlocked; ///< number of transactions that have ended
    std::atomic<quint32> checkpoint; ///< when the latest checkpoint was attempted: milliseconds, the lower bits of the
                                     ///< monotonic time; 0: never
    quint32 reserved[12];
};

using std::chrono::microseconds;

std::unique_ptr<LockQueue> LockQueue::open(const QString &databasePath)
{
    constexpr size_t fileSize = 64;
    static_assert(sizeof(State) == fileSize);
    std::unique_ptr<SharedFile> file = SharedFile::open(databasePath + QStringLiteral("-lockqueue"), sizeof(State));
    return file ? std::unique_ptr<LockQueue>(new LockQueue(std::move(file))) : nullptr;
}

LockQueue::LockQueue(std::unique_ptr<SharedFile> file)
    : m_file(std::move(file))
    , m_waits(LockWaits::fromEnvironment())
    , m_state(m_file->state<State>())
    , m_id(QRandomGenerator::system()->bounded(1u, 0xffffffffu))
{
}

LockQueue::~LockQueue()
{
    leave();
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
        futex::wait(m_state->first, first, remaining);
    }
}

void LockQueue::pause(microseconds longest)
{
    ++m_state->attempts;
    futex::wait(m_state->unlocked, m_unlocked, longest);
    m_unlocked = m_state->unlocked.load();
}

void LockQueue::leave()
{
    quint32 first = m_id;
    if (m_state->first.compare_exchange_strong(first, 0))
        futex::wake(m_state->first, 1);
}

void LockQueue::announceUnlocked()
{
    ++m_state->unlocked;
    if (isWaiting())
        futex::wake(m_state->unlocked, 1);
}

bool LockQueue::takeCheckpointTurn(std::chrono::milliseconds pause)
{
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    const auto now = std::max<quint32>(quint32(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()), 1);
    quint32 latest = m_state->checkpoint.load();
    return (latest == 0 || now - latest >= quint32(pause.count()))
        && m_state->checkpoint.compare_exchange_strong(latest, now);
}

void LockQueue::recordWait(std::chrono::steady_clock::time_point since)
{
    if (m_waits)
        m_waits->add(since);
}

} // namespace lifeguard
