// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/commandrecord.h"
#include "core/model/managercommand.h"
#include "core/store/database.h"

#include <QCoreApplication>
#include <QList>

namespace lifeguard {

/// A command that a manager has taken, and must carry out and answer.
struct TakenCommand
{
    qint64 id = 0;
    ManagerCommand command;
    QString issuer; ///< the user who sent it
};

/// The table lifeguard_commands: commands from programs to managers, and the audit log (docs/protocol.md, "Commands").
/// Synchronous; on the thread of its database.
class CommandQueue
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::CommandQueue)

public:
    static constexpr seconds defaultLifetime{30};
    static constexpr seconds maxLifetime{3600};

    CommandQueue(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    // For the programs that send commands.
    /// Writes a command of this process and returns its id. It expires after lifetime, which is at most maxLifetime.
    /// InvalidArgument if ManagerCommand::check() fails. The process must live until the manager has taken the command,
    /// because the manager looks up its user.
    [[nodiscard]] Result<qint64> issue(const ManagerCommand &command, seconds lifetime = defaultLifetime);
    /// Returns the command with its answer, if there is one. NotFound if there is no such command.
    [[nodiscard]] Result<CommandRecord> get(qint64 id);
    /// Withdraws a command that no manager has taken. Returns false if a manager has taken it.
    [[nodiscard]] Result<bool> withdraw(qint64 id);
    /// Returns the newest commands, newest first.
    [[nodiscard]] Result<QList<CommandRecord>> list(int limit);

    // For managers.
    /// Returns whether commands to this manager wait. Reads one index.
    [[nodiscard]] Result<bool> hasWaiting(const QString &managerId);
    /// Takes the waiting commands to this manager, oldest first, at most 100, each with one conditional update, so that
    /// a command is taken at most once. Commands that must not be carried out are answered here and not returned: they
    /// expired, were sent before the manager started, their issuer cannot be verified, or they are not valid.
    /// startedAt: Clock::bootNow() at the start of the manager.
    [[nodiscard]] Result<QList<TakenCommand>> take(const QString &managerId, milliseconds startedAt);
    /// Writes the answer to a command that was taken.
    [[nodiscard]] Status finish(qint64 id, const CommandAnswer &answer);

private:
    struct Waiting;
    [[nodiscard]] Result<QList<Waiting>> waiting(const QString &managerId);
    void examine(Waiting &waiting, milliseconds startedAt) const;

    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
