// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockwaits.h"

#include <QByteArray>
#include <QFile>

namespace lifeguard {
namespace {

QByteArray microsecondsOf(std::chrono::steady_clock::duration duration)
{
    return QByteArray::number(qint64(std::chrono::duration_cast<std::chrono::microseconds>(duration).count()));
}

} // namespace

std::unique_ptr<LockWaits> LockWaits::fromEnvironment()
{
    const QString path = qEnvironmentVariable("LIFEGUARD_LOCK_WAITS");
    return path.isEmpty() ? nullptr : std::make_unique<LockWaits>(path);
}

LockWaits::~LockWaits()
{
    QByteArray lines;
    for (const Wait &wait : m_waits)
        lines += microsecondsOf(wait.since.time_since_epoch()) + ' ' + microsecondsOf(wait.length) + '\n';
    // One write, so that the lines of other processes stay whole.
    QFile file(m_path);
    if (file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        file.write(lines);
}

void LockWaits::add(std::chrono::steady_clock::time_point since)
{
    m_waits.append({since, std::chrono::steady_clock::now() - since});
}

} // namespace lifeguard
