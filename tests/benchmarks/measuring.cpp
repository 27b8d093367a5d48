// SPDX-License-Identifier: GPL-3.0-or-later
#include "measuring.h"

#include <QByteArray>
#include <QFile>
#include <QString>

#include <algorithm>
#include <ctime>

namespace lifeguard::bench {
namespace {

QByteArray contentOf(qint64 pid, const char *name)
{
    QFile file(QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Returns the number of a line "name: number" of the text; 0 if there is none.
qint64 numberIn(const QByteArray &text, const QByteArray &name)
{
    const qsizetype begin = text.startsWith(name) ? 0 : text.indexOf(QByteArray('\n' + name)) + 1;
    if (begin <= 0 && !text.startsWith(name))
        return 0;
    const QByteArray line = text.mid(begin + name.size(), text.indexOf('\n', begin) - begin - name.size());
    return line.trimmed().split(' ').constFirst().toLongLong();
}

} // namespace

double percentile(QList<double> values, double p)
{
    if (values.isEmpty())
        return 0;
    std::sort(values.begin(), values.end());
    const auto index = qsizetype(p * double(values.size()));
    return values.at(std::min(index, values.size() - 1));
}

ProcessUse ProcessUse::of(qint64 pid)
{
    ProcessUse use;
    // More exact than /proc/PID/stat, which counts in steps of 10 ms.
    clockid_t clock = {};
    timespec used = {};
    if (clock_getcpuclockid(pid_t(pid), &clock) == 0 && clock_gettime(clock, &used) == 0)
        use.cpuSeconds = double(used.tv_sec) + double(used.tv_nsec) / 1e9;
    const QByteArray io = contentOf(pid, "io");
    use.bytesWritten = numberIn(io, "write_bytes:");
    use.bytesPassedToWrite = numberIn(io, "wchar:");
    use.bytesReadFromDisk = numberIn(io, "read_bytes:");
    use.bytesRead = numberIn(io, "rchar:");
    const QByteArray memory = contentOf(pid, "smaps_rollup");
    constexpr qint64 kilobyte = 1024;
    use.residentBytes = numberIn(memory, "Rss:") * kilobyte;
    use.privateBytes = (numberIn(memory, "Private_Clean:") + numberIn(memory, "Private_Dirty:")) * kilobyte;
    return use;
}

} // namespace lifeguard::bench
