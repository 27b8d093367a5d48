// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processowner.h"

#include "core/base/processidentity.h"

#include <QFile>

#include <array>

#include <pwd.h>

namespace lifeguard {
namespace {

QString userName(uid_t uid)
{
    passwd entry{};
    passwd *found = nullptr;
    std::array<char, 16384> buffer{};
    if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return QString::fromLocal8Bit(found->pw_name);
    return QStringLiteral("uid %1").arg(uid);
}

} // namespace

QString ownerOf(const ProcessIdentity &process)
{
    // The owner of the folder /proc/PID is root for processes that deny core dumps, so it is not used.
    QFile file(QStringLiteral("/proc/%1/status").arg(process.pid));
    if (presenceOf(process) != ProcessPresence::Alive || !file.open(QIODevice::ReadOnly))
        return {};
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (!line.startsWith("Uid:"))
            continue;
        bool isNumber = false;
        const uint uid = line.mid(4).trimmed().split('\t').constFirst().toUInt(&isNumber);
        // The pid may have been reused between the check and the read.
        if (isNumber && presenceOf(process) == ProcessPresence::Alive)
            return userName(uid);
        break;
    }
    return {};
}

} // namespace lifeguard
