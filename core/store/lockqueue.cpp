// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockqueue.h"

#include "core/store/futex.h"
#include "core/store/lockwaits.h"
#include "core/store/sharedfile.h"

#include <algorithm>
#include <atomic>
#include <limits>

namespace lifeguard {

/// The content of the file, which is all zeros at first. Each waiting program takes the next ticket, and is the first
/// one while its ticket is served. Wrong values, of a damaged file, only make waits longer.
struct LockQueue::State
{
    std::atomic<quint32> serving; ///< the ticket of the program that makes the attempts; equal to next: none
    std::atomic<quint32> next; ///< ticket
    std::atomic<quint32> attempts; ///< of all first programs; shows that the first one is still running
    std::atomic<quint32> unlocked; ///< number of transactions that have ended
    std::atomic<quint32> checkpoint; ///< when the latest checkpoint was attempted: milliseconds, the lower bits of the
                                     ///< monotonic time; 0: never
    quint32 reserved[11];
    std::atomic<quint32> calls[callCount]; ///< the program with a ticket sleeps on the word at its rest: the ticket
                                           ///< when it is called, or the mark of a program that has left (abandoned())
};

namespace {

/// Returns what a program leaves that no longer waits for its turn.
constexpr quint32 abandoned(quint32 ticket)
{
    return ~ticket;
}

} // namespace

using std::chrono::microseconds;

std::unique_ptr<LockQueue> LockQueue::open(const QString &databasePath)
{
    constexpr size_t fileSize = 4096; // one page of memory
    static_assert(sizeof(State) == fileSize);
    std::unique_ptr<SharedFile> file = SharedFile::open(databasePath + QStringLiteral("-lockqueue"), sizeof(State));
    return file ? std::unique_ptr<LockQueue>(new LockQueue(std::move(file))) : nullptr;
}

LockQueue::LockQueue(std::unique_ptr<SharedFile> file)
    : m_file(std::move(file))
    , m_waits(LockWaits::fromEnvironment())
    , m_state(m_file->state<State>())
{
}

LockQueue::~LockQueue()
{
    leave();
}

bool LockQueue::isWaiting() const
{
    const quint32 serving = m_state->serving.load();
    return serving != m_state->next.load() && m_ticket != serving;
}

bool LockQueue::becomeFirst(std::chrono::milliseconds timeout)
{
    using std::chrono::steady_clock;
    auto deadline = steady_clock::now() + timeout;
    quint32 attempts = m_state->attempts.load();
    quint32 first = m_state->serving.load();
    for (;;) {
        if (!m_ticket)
            m_ticket = m_state->next.fetch_add(1);
        std::atomic<quint32> &call = m_state->calls[*m_ticket % callCount];
        const quint32 expected = call.load();
        const quint32 serving = m_state->serving.load();
        if (serving == *m_ticket) {
            m_unlocked = m_state->unlocked.load();
            ++m_state->attempts;
            return true;
        }
        const quint32 ahead = *m_ticket - serving;
        if (ahead > maxPrograms) { // this program was passed over, or the numbers are damaged
            quint32 wrong = serving;
            if (serving - *m_ticket > maxPrograms)
                m_state->serving.compare_exchange_strong(wrong, m_state->next.load());
            m_ticket.reset();
            continue;
        }
        const auto remaining = std::chrono::duration_cast<microseconds>(deadline - steady_clock::now());
        if (remaining <= microseconds(0)) {
            if (serving != first || m_state->attempts.load() != attempts)
                return false;
            // The first program was killed or is stopped, and perhaps the next ones with it.
            callNext(serving);
            deadline = steady_clock::now() + timeout / 6;
            attempts = m_state->attempts.load();
            first = m_state->serving.load();
            continue;
        }
        futex::wait(call, expected, remaining);
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
    if (!m_ticket)
        return;
    m_state->calls[*m_ticket % callCount] = abandoned(*m_ticket);
    callNext(*m_ticket);
    m_ticket.reset();
}

/// Makes the next program the first one, unless the ticket is not being served.
void LockQueue::callNext(quint32 ticket)
{
    for (;;) {
        quint32 served = ticket;
        if (!m_state->serving.compare_exchange_strong(served, ticket + 1) || ++ticket == m_state->next.load())
            return;
        std::atomic<quint32> &call = m_state->calls[ticket % callCount];
        quint32 value = call.load();
        while (value != abandoned(ticket) && !call.compare_exchange_weak(value, ticket))
            ;
        if (value != abandoned(ticket)) {
            futex::wake(call, std::numeric_limits<int>::max()); // several only if there are more programs than words
            return;
        }
    }
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
