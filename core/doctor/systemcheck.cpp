// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doctor/systemcheck.h"

#include "core/base/systemmemory.h"
#include "core/executor/cgroups.h"
#include "core/executor/workercgroup.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStandardPaths>
#include <QThread>

#include <sys/resource.h>

namespace lifeguard {
namespace {

using Level = Finding::Level;

/// 1,000 workers, the maximum of a pool, with the few files that the manager keeps open for each.
constexpr quint64 enoughOpenFiles = 4096;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Doctor", text);
}

} // namespace

SystemFacts readSystemFacts()
{
    SystemFacts facts;
    facts.cpuCount = QThread::idealThreadCount();
    facts.memory = systemMemory();
    Cgroups cgroups;
    const std::shared_ptr<WorkerCgroup> probe = cgroups.create(
        QStringLiteral("doctor-%1").arg(QCoreApplication::applicationPid()), {64, 1});
    facts.canLimitMemory = probe && probe->limitsMemory();
    facts.canLimitCpu = probe && probe->limitsCpu();
    cgroups.dispose(probe);
    cgroups.sweep();
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        facts.openFiles = limit.rlim_max;
    facts.hasStackTool = !QStandardPaths::findExecutable(QStringLiteral("eu-stack")).isEmpty()
                      || !QStandardPaths::findExecutable(QStringLiteral("gdb")).isEmpty();
    return facts;
}

QList<Finding> systemFindings(const SystemFacts &facts)
{
    QList<Finding> findings;
    const auto add = [&findings](Level level, const QString &text, const QString &advice = {}) {
        findings.append({Finding::Area::System, level, text, advice});
    };
    const QString memory = facts.memory > 0 ? QLocale::c().formattedDataSize(facts.memory) : tr("unknown");
    add(Level::Ok, tr("CPUs: %1, memory: %2.").arg(facts.cpuCount).arg(memory));
    const QString delegate = tr(
        "Start Lifeguard with 'systemd-run --user --scope -p Delegate=yes lifeguard', or run it "
        "as a service with Delegate=yes.");
    if (facts.canLimitMemory && facts.canLimitCpu) {
        add(Level::Ok, tr("The kernel enforces limits of memory and CPU of direct workers."));
    } else if (facts.canLimitMemory) {
        add(Level::Note, tr("The kernel enforces limits of memory of direct workers, but not limits of CPU."),
            delegate);
    } else {
        add(Level::Note,
            tr("This user cannot create cgroups that limit memory: a direct worker over its limit is killed "
               "up to a second late, and limits of CPU have no effect."),
            delegate);
    }
    if (facts.openFiles < enoughOpenFiles) {
        add(Level::Note,
            tr("This user may open only %1 files at once, too few for some hundred workers.").arg(facts.openFiles),
            tr("Raise the hard limit 'nofile' in /etc/security/limits.conf, or LimitNOFILE of the service."));
    }
    if (!facts.hasStackTool) {
        add(Level::Note, tr("Diagnoses of workers contain no stack traces."),
            tr("Install eu-stack or gdb: apt install elfutils"));
    }
    return findings;
}

} // namespace lifeguard
