// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/commandsender.h"

#include "core/base/futurecallbacks.h"
#include "core/store/commandqueue.h"
#include "core/store/store.h"

#include <utility>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr auto checkInterval = 1s;

} // namespace

CommandSender::CommandSender(Store &store, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
{
    m_timer.setInterval(checkInterval);
    connect(&m_timer, &QTimer::timeout, this, &CommandSender::look);
    connect(&m_store, &Store::changed, this, &CommandSender::look);
}

void CommandSender::send(const ManagerCommand &command)
{
    const auto task = [command, clock = &m_clock](Database &database) {
        return CommandQueue(database, *clock).issue(command);
    };
    whenFinished(m_store.write<qint64>(task), this, [this](const Result<qint64> &id) {
        if (!id) {
            Q_EMIT failed(id.error());
            return;
        }
        m_open.insert(*id, m_clock.bootNow() + CommandQueue::defaultLifetime);
        m_timer.start();
        look();
    });
}

void CommandSender::look()
{
    if (m_open.isEmpty()) {
        m_timer.stop();
        return;
    }
    if (std::exchange(m_isLooking, true)) {
        m_isLookDue = true;
        return;
    }
    m_isLookDue = false;
    const auto task = [ids = m_open.keys(), clock = &m_clock](Database &database) -> Result<QList<CommandRecord>> {
        QList<CommandRecord> records;
        for (const qint64 id : ids) {
            const Result<CommandRecord> record = CommandQueue(database, *clock).get(id);
            if (!record) {
                return failure(record.error());
            }
            records.append(*record);
        }
        return records;
    };
    whenFinished(m_store.read<QList<CommandRecord>>(task), this, [this](const Result<QList<CommandRecord>> &records) {
        m_isLooking = false;
        for (const CommandRecord &record : records.value_or(QList<CommandRecord>())) {
            handle(record);
        }
        if (m_isLookDue) {
            look();
        }
    });
}

void CommandSender::handle(const CommandRecord &record)
{
    const qint64 id = record.id;
    if (!m_open.contains(id)) {
        return;
    }
    if (record.isFinished()) {
        m_open.remove(id);
        if (record.answer.isDone()) {
            Q_EMIT finished(record);
        } else {
            Q_EMIT failed({ErrorCode::Cancelled, record.answer.message.translatedText(), {}});
        }
    } else if (!record.hasManager && record.takenAt.isValid()) {
        m_open.remove(id);
        Q_EMIT failed(
            {ErrorCode::Unreachable,
             tr("The program that runs the pool ended before it answered. Whether the command was carried out "
                "is unknown."),
             {}});
    } else if (!record.hasManager || m_clock.bootNow() >= m_open.value(id)) {
        withdraw(id);
    }
}

void CommandSender::withdraw(qint64 id)
{
    m_open.remove(id);
    const auto task = [id, clock = &m_clock](Database &database) {
        return CommandQueue(database, *clock).withdraw(id);
    };
    whenFinished(m_store.write<bool>(task), this, [this](const Result<bool> &isWithdrawn) {
        Q_EMIT failed({ErrorCode::TimedOut,
                       isWithdrawn.value_or(false)
                           ? tr("The program that runs the pool does not answer. The command was withdrawn.")
                           : tr("The program that runs the pool has taken the command, but does not answer."),
                       {}});
    });
}

} // namespace lifeguard
