// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/idleworkers.h"

#include "core/store/futex.h"
#include "core/store/sharedfile.h"

#include <QByteArray>
#include <QRandomGenerator>

#include <atomic>
#include <limits>

namespace lifeguard {
namespace {

constexpr size_t typeWords = 240;
constexpr size_t bits = 32; ///< of a word

/// The group of sleeping workers that wake() wakes. Each worker is also in one of the other 31 groups, which is its own
/// unless there are many workers, so that interrupt() does not wake many.
constexpr quint32 sleepers = 1U << 31;
constexpr quint32 ownGroups = 31;

/// Returns the index of the word of a type. Types with the same word wake each other's workers, which find no job.
size_t wordOf(const QString &type)
{
    // The same in all programs: FNV-1a.
    quint32 hash = 2166136261U;
    const QByteArray bytes = type.toUtf8();
    for (const char byte : bytes)
        hash = (hash ^ quint8(byte)) * 16777619U;
    return hash % typeWords;
}

} // namespace

/// The content of the file, which is all zeros at first. Wrong values, of a damaged file, only delay the claims of
/// jobs: until the next takeOver() if they name a watcher that does not exist, otherwise until the workers look by
/// themselves.
struct IdleWorkers::State
{
    std::atomic<quint32> watcher; ///< the id of the worker that watches; 0: none
    std::atomic<quint32> beats; ///< of all watchers; shows that the watcher is running
    std::atomic<quint32> wakeUps; ///< number of workers that were woken
    quint32 reserved[5];
    std::atomic<quint32> slept[typeWords / bits + 1]; ///< a bit for each type of which workers may sleep
    std::atomic<quint32> types[typeWords]; ///< changes when workers of the type are woken

    void setSlept(size_t type) { slept[type / bits] |= 1U << (type % bits); }
    /// Clears the bit of the type and returns whether it was set.
    bool takeSlept(size_t type)
    {
        const quint32 bit = 1U << (type % bits);
        return (slept[type / bits] & bit) && (slept[type / bits].fetch_and(~bit) & bit);
    }
};

std::unique_ptr<IdleWorkers> IdleWorkers::open(const QString &databasePath, const QString &type)
{
    constexpr size_t fileSize = 1024;
    static_assert(sizeof(State) == fileSize);
    std::unique_ptr<SharedFile> file = SharedFile::open(databasePath + QStringLiteral("-idle"), sizeof(State));
    if (!file)
        return nullptr;
    return std::unique_ptr<IdleWorkers>(new IdleWorkers(std::move(file), type));
}

IdleWorkers::IdleWorkers(std::unique_ptr<SharedFile> file, const QString &type)
    : m_file(std::move(file))
    , m_state(m_file->state<State>())
    , m_ownType(wordOf(type))
    , m_id(QRandomGenerator::system()->bounded(1U, std::numeric_limits<quint32>::max()))
    , m_ownGroup(1U << (m_id % ownGroups))
{
}

IdleWorkers::~IdleWorkers()
{
    stopWatching();
}

bool IdleWorkers::watch()
{
    quint32 none = 0;
    return m_state->watcher.compare_exchange_strong(none, m_id) || none == m_id;
}

bool IdleWorkers::isWatching() const
{
    return m_state->watcher == m_id;
}

void IdleWorkers::showWatching()
{
    ++m_state->beats;
}

bool IdleWorkers::takeOver()
{
    if (watch())
        return true;
    const std::pair<quint32, quint32> now{m_state->watcher.load(), m_state->beats.load()};
    if (now != m_seen) {
        m_seen = now;
        return false;
    }
    quint32 watcher = now.first;
    return m_state->watcher.compare_exchange_strong(watcher, m_id);
}

void IdleWorkers::stopWatching()
{
    quint32 watcher = m_id;
    if (!m_state->watcher.compare_exchange_strong(watcher, 0))
        return;
    // One of the same type is found at once.
    for (size_t i = 0; i < typeWords; ++i) {
        const size_t type = (m_ownType + i) % typeWords;
        // Cleared before waking: a worker that sleeps afterwards sets it again.
        if (!m_state->takeSlept(type))
            continue;
        std::atomic<quint32> &word = m_state->types[type];
        ++word; // for a worker that is about to sleep
        if (futex::wake(word, 1, sleepers) > 0) {
            m_state->setSlept(type); // for its other workers
            return;
        }
    }
}

quint32 IdleWorkers::ticket() const
{
    return m_state->types[m_ownType];
}

bool IdleWorkers::sleep(quint32 ticket)
{
    std::atomic<quint32> &word = m_state->types[m_ownType];
    m_state->setSlept(m_ownType);
    if (word == ticket)
        futex::wait(word, ticket, {}, sleepers | m_ownGroup);
    if (word == ticket)
        return false;
    ++m_state->wakeUps;
    return true;
}

void IdleWorkers::interrupt()
{
    futex::wake(m_state->types[m_ownType], std::numeric_limits<int>::max(), m_ownGroup);
}

int IdleWorkers::wake(const QString &type, int count)
{
    std::atomic<quint32> &word = m_state->types[wordOf(type)];
    ++word;
    return futex::wake(word, count, sleepers);
}

void IdleWorkers::wakeAll()
{
    for (std::atomic<quint32> &word : m_state->types) {
        ++word;
        futex::wake(word, std::numeric_limits<int>::max(), sleepers);
    }
}

quint32 IdleWorkers::wakeUps() const
{
    return m_state->wakeUps;
}

} // namespace lifeguard
