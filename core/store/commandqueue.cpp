// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/commandqueue.h"

#include "core/base/processidentity.h"
#include "core/base/processowner.h"
#include "core/base/timestamp.h"
#include "core/store/messagecolumns.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr milliseconds clockTolerance{1000}; ///< a command cannot come from the future, except for rounding

QVariant textOrNull(const QString &text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}

Values answerValues(const CommandAnswer &answer)
{
    Values values = eventMessageValues(answer.message);
    values.insert(QStringLiteral("outcome"), toString(answer.outcome));
    return values;
}

CommandRecord recordOf(const QSqlQuery &row)
{
    CommandRecord record;
    record.id = row.value(0).toLongLong();
    record.managerId = row.value(1).toString();
    record.verb = row.value(2).toString();
    record.pool = row.value(3).toString();
    record.executorId = row.value(4).toString();
    if (!row.value(5).isNull())
        record.number = row.value(5).toInt();
    record.issuerProcess = row.value(6).toString();
    record.issuer = row.value(7).toString();
    record.issuedAt = fromSqlTime(row.value(8).toString());
    record.takenAt = fromSqlTime(row.value(9).toString());
    record.finishedAt = fromSqlTime(row.value(10).toString());
    record.answer.outcome = commandOutcomeFromString(row.value(11).toString());
    record.answer.message = Message::fromStored(row.value(13).toString(), row.value(14).toString(),
                                                row.value(12).toString());
    record.hasManager = row.value(15).toBool();
    return record;
}

} // namespace

/// A waiting command, and what is decided about it.
struct CommandQueue::Waiting
{
    qint64 id = 0;
    QString verb;
    ManagerCommand command;
    QString process;
    milliseconds issuedAt{0}; ///< Clock::bootNow()
    milliseconds expiresAt{0}; ///< Clock::bootNow()

    QString issuer;
    CommandAnswer rejection; ///< without an outcome: the command can be taken
};

Result<qint64> CommandQueue::issue(const ManagerCommand &command, seconds lifetime)
{
    if (const Status checked = command.check(); !checked)
        return failure(checked.error());
    const seconds limited = std::min(lifetime, maxLifetime);
    const QDateTime now = m_clock.utcNow();
    const milliseconds boot = m_clock.bootNow();
    const Result<int> added = m_db.change("command_add",
                                          {{QStringLiteral("manager"), command.managerId},
                                           {QStringLiteral("verb"), toString(command.verb)},
                                           {QStringLiteral("pool"), textOrNull(command.pool)},
                                           {QStringLiteral("executor_id"), textOrNull(command.executorId)},
                                           {QStringLiteral("number"),
                                            command.number ? QVariant(*command.number) : QVariant()},
                                           {QStringLiteral("process"), ProcessIdentity::self().toString()},
                                           {QStringLiteral("issued"), toSqlTime(now)},
                                           {QStringLiteral("expires"), toSqlTime(now.addSecs(limited.count()))},
                                           {QStringLiteral("issued_boot"), qint64(boot.count())},
                                           {QStringLiteral("expires_boot"), qint64((boot + limited).count())}});
    if (!added)
        return failure(added.error());
    return m_db.lastInsertId();
}

Result<CommandRecord> CommandQueue::get(qint64 id)
{
    std::optional<CommandRecord> record;
    const Status done = m_db.run("command_get", {{QStringLiteral("id"), id}},
                                 [&record](const QSqlQuery &row) { record = recordOf(row); });
    if (!done)
        return failure(done.error());
    if (!record)
        return failure(ErrorCode::NotFound, tr("There is no command %1.").arg(id));
    return *record;
}

Result<bool> CommandQueue::withdraw(qint64 id)
{
    Values values = answerValues(CommandAnswer::expired(Message("command_withdrawn")));
    values.insert(QStringLiteral("id"), id);
    values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
    const Result<int> changed = m_db.change("command_withdraw", values);
    if (!changed)
        return failure(changed.error());
    return *changed > 0;
}

Result<QList<CommandRecord>> CommandQueue::list(int limit)
{
    QList<CommandRecord> records;
    if (!m_db.hasTable(QStringLiteral("lifeguard_commands")))
        return records;
    const Status done = m_db.run("commands_list", {{QStringLiteral("limit"), limit}},
                                 [&records](const QSqlQuery &row) { records.append(recordOf(row)); });
    if (!done)
        return failure(done.error());
    return records;
}

Result<bool> CommandQueue::hasWaiting(const QString &managerId)
{
    bool isWaiting = false;
    const Status done = m_db.run("commands_waiting", {{QStringLiteral("manager"), managerId}},
                                 [&isWaiting](const QSqlQuery &row) { isWaiting = row.value(0).toBool(); });
    if (!done)
        return failure(done.error());
    return isWaiting;
}

Result<QList<CommandQueue::Waiting>> CommandQueue::waiting(const QString &managerId)
{
    QList<Waiting> all;
    const Status done = m_db.run("commands_open", {{QStringLiteral("manager"), managerId}},
                                 [&all, &managerId](const QSqlQuery &row) {
                                     Waiting waiting;
                                     waiting.id = row.value(0).toLongLong();
                                     waiting.verb = row.value(1).toString();
                                     waiting.command.managerId = managerId;
                                     waiting.command.pool = row.value(2).toString();
                                     waiting.command.executorId = row.value(3).toString();
                                     if (!row.value(4).isNull())
                                         waiting.command.number = row.value(4).toInt();
                                     waiting.process = row.value(5).toString();
                                     waiting.issuedAt = milliseconds(row.value(6).toLongLong());
                                     waiting.expiresAt = milliseconds(row.value(7).toLongLong());
                                     all.append(waiting);
                                 });
    if (!done)
        return failure(done.error());
    return all;
}

/// Decides whether the command may be carried out. The time since boot is the same for all processes of the machine,
/// and does not change when the clock is set; so the namespace is checked first.
void CommandQueue::examine(Waiting &waiting, milliseconds startedAt) const
{
    const std::optional<ProcessIdentity> process = ProcessIdentity::fromString(waiting.process);
    if (!process || !isOfThisNamespace(*process)) {
        waiting.rejection = CommandAnswer::refused(Message("command_from_elsewhere"));
        return;
    }
    waiting.issuer = ownerOf(*process);
    const milliseconds now = m_clock.bootNow();
    const std::optional<CommandVerb> verb = commandVerbFromString(waiting.verb);
    if (waiting.issuedAt < startedAt) {
        waiting.rejection = CommandAnswer::expired(Message("command_before_start"));
    } else if (now >= std::min(waiting.expiresAt, waiting.issuedAt + maxLifetime)
               || waiting.issuedAt > now + clockTolerance) {
        waiting.rejection = CommandAnswer::expired(Message("command_too_late"));
    } else if (waiting.issuer.isEmpty()) {
        const bool isGone = presenceOf(*process) == ProcessPresence::Gone;
        waiting.rejection = CommandAnswer::refused(Message(isGone ? "command_issuer_gone" : "command_issuer_hidden"));
    } else if (!verb) {
        waiting.rejection = CommandAnswer::refused(Message("command_not_understood", {waiting.verb}));
    } else {
        waiting.command.verb = *verb;
        if (const Status checked = waiting.command.check(); !checked)
            waiting.rejection = CommandAnswer::refused(Message::literal(checked.error().message));
    }
}

Result<QList<TakenCommand>> CommandQueue::take(const QString &managerId, milliseconds startedAt)
{
    Result<QList<Waiting>> all = waiting(managerId);
    if (!all)
        return failure(all.error());
    for (Waiting &waiting : *all) // reads /proc, so without holding the write lock
        examine(waiting, startedAt);
    QList<TakenCommand> taken;
    const Status done = m_db.transaction([&]() -> Status {
        for (const Waiting &waiting : std::as_const(*all)) {
            const bool isRejected = waiting.rejection.outcome != CommandOutcome::None;
            Values values = isRejected ? answerValues(waiting.rejection) : Values();
            values.insert(QStringLiteral("id"), waiting.id);
            values.insert(QStringLiteral("manager"), managerId);
            values.insert(QStringLiteral("issuer"), textOrNull(waiting.issuer));
            values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
            const Result<int> changed = m_db.change(isRejected ? "command_reject" : "command_take", values);
            if (!changed)
                return failure(changed.error());
            if (*changed > 0 && !isRejected)
                taken.append({waiting.id, waiting.command, waiting.issuer});
        }
        return {};
    });
    if (!done)
        return failure(done.error());
    return taken;
}

Status CommandQueue::finish(qint64 id, const CommandAnswer &answer)
{
    Values values = answerValues(answer);
    values.insert(QStringLiteral("id"), id);
    values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
    return m_db.run("command_finish", values);
}

} // namespace lifeguard
