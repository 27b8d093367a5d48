// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine.h"

#include <QDir>
#include <QFile>
#include <QStorageInfo>
#include <QSysInfo>
#include <QThread>

#include <sqlite3.h>
#include <unistd.h>

namespace lifeguard::bench {
namespace {

/// Returns the value of a line "name : value" of the file.
QString valueIn(const QString &path, const QByteArray &name)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(name))
            return QString::fromUtf8(line.mid(line.indexOf(':') + 1).trimmed());
    }
    return {};
}

} // namespace

QList<QPair<QString, QString>> machineDescription()
{
    const double memory = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGE_SIZE)) / 1e9;
#ifdef NDEBUG
    const QString build = QStringLiteral("release");
#else
    const QString build = QStringLiteral("with assertions: the figures are too low");
#endif
    return {
        {QStringLiteral("processor"), QStringLiteral("%1 × %2")
                                          .arg(QThread::idealThreadCount())
                                          .arg(valueIn(QStringLiteral("/proc/cpuinfo"), "model name"))},
        {QStringLiteral("memory"), QStringLiteral("%1 GB").arg(memory, 0, 'f', 0)},
        {QStringLiteral("system"),
         QSysInfo::prettyProductName() + QStringLiteral(", Linux ") + QSysInfo::kernelVersion()},
        {QStringLiteral("temporary folder"), QString::fromUtf8(QStorageInfo(QDir::tempPath()).fileSystemType())},
        {QStringLiteral("versions"),
         QStringLiteral("Qt %1, SQLite %2").arg(QLatin1String(qVersion()), QLatin1String(sqlite3_libversion()))},
        {QStringLiteral("build"), build},
    };
}

} // namespace lifeguard::bench
