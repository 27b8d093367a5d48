// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processenvironment.h"

#include <QFile>
#include <QString>

namespace lifeguard {

std::optional<QByteArray> processEnvironmentValue(qint64 pid, const QByteArray &name)
{
    QFile file(QStringLiteral("/proc/%1/environ").arg(pid));
    if (pid <= 0 || !file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray prefix = name + '=';
    const QList<QByteArray> variables = file.readAll().split('\0');
    for (const QByteArray &variable : variables) {
        if (variable.startsWith(prefix))
            return variable.mid(prefix.size());
    }
    return {};
}

} // namespace lifeguard
