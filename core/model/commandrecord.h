// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/commandanswer.h"

#include <QDateTime>
#include <QMetaType>
#include <QString>

#include <optional>

namespace lifeguard {

/// A row of lifeguard_commands: a command as the audit log records it.
struct CommandRecord
{
    qint64 id = 0;
    QString managerId;
    QString verb; ///< as stored; another version may know more verbs than CommandVerb
    QString pool;
    QString executorId;
    std::optional<int> number;
    QString issuerProcess; ///< ProcessIdentity::toString() of the program that waits for the answer
    QString issuer; ///< the user who runs this process, as the manager found; empty: unknown
    QDateTime issuedAt;
    QDateTime takenAt; ///< when a manager began to carry it out, or decided not to
    QDateTime finishedAt;
    CommandAnswer answer;
    bool hasManager = false; ///< the row of the manager exists

    bool operator==(const CommandRecord &) const = default;
    [[nodiscard]] bool isFinished() const { return answer.outcome != CommandOutcome::None; }
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::CommandRecord)
