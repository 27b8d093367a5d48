// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/managercommand.h"

namespace lifeguard {
namespace {

bool appliesToWorkers(CommandVerb verb)
{
    switch (verb) {
    case CommandVerb::Stop:
    case CommandVerb::Kill:
    case CommandVerb::Restart:
    case CommandVerb::Drain:
    case CommandVerb::Recycle:
        return true;
    default:
        return false;
    }
}

} // namespace

Status ManagerCommand::check() const
{
    const QString name = ::lifeguard::toString(verb);
    if (managerId.isEmpty() || (!pool.isEmpty() && !executorId.isEmpty()))
        return failure(ErrorCode::InvalidArgument, tr("The command '%1' has no valid target.").arg(name));
    if (!executorId.isEmpty() && !appliesToWorkers(verb)) {
        return failure(ErrorCode::InvalidArgument,
                       tr("The command '%1' applies to pools, not to single workers.").arg(name));
    }
    if (verb == CommandVerb::Scale) {
        if (pool.isEmpty())
            return failure(ErrorCode::InvalidArgument, tr("Only a single pool can be scaled."));
        if (!number || *number < 0 || *number > maxCount) {
            return failure(ErrorCode::InvalidArgument,
                           tr("The number of workers must be between 0 and %1.").arg(maxCount));
        }
    } else if (verb == CommandVerb::Pause) {
        if (number && (*number < 1 || *number > maxPause)) {
            return failure(ErrorCode::InvalidArgument,
                           tr("A pause can last between 1 s and %n days.", nullptr, maxPause / (24 * 3600)));
        }
    } else if (number) {
        return failure(ErrorCode::InvalidArgument, tr("The command '%1' takes no number.").arg(name));
    }
    return {};
}

QString ManagerCommand::toString() const
{
    QString text = ::lifeguard::toString(verb);
    if (!executorId.isEmpty())
        text += u' ' + executorId;
    else
        text += pool.isEmpty() ? QString(QStringLiteral(" --all")) : QString(u' ' + pool);
    if (number && verb == CommandVerb::Pause)
        text += QStringLiteral(" --for %1s").arg(*number);
    else if (number)
        text += u' ' + QString::number(*number);
    return text;
}

} // namespace lifeguard
