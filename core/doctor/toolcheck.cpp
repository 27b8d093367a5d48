// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doctor/toolcheck.h"

#include "core/base/paths.h"
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

using Level = Finding::Level;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Doctor", text);
}

} // namespace

QList<Finding> checkTools()
{
    QHash<QString, QString> missing;
    for (const JobType &type : jobTypes())
        missing.insert(type.name, missingTools(type.name));
    return toolFindings(siblingProgram(QStringLiteral("lifeguard-worker")), missing);
}

QList<Finding> toolFindings(const QString &workerProgram, const QHash<QString, QString> &missing)
{
    QList<Finding> findings;
    const auto add = [&findings](Level level, const QString &text, const QString &advice = {}) {
        findings.append({Finding::Area::Tools, level, text, advice});
    };
    if (workerProgram.isEmpty()) {
        add(Level::Problem, tr("lifeguard-worker is neither beside this program nor in PATH."),
            tr("Install Lifeguard completely, or add the folder of lifeguard-worker to PATH."));
    } else {
        add(Level::Ok, tr("Direct workers run %1.").arg(workerProgram));
    }
    for (const JobType &type : jobTypes()) {
        const QString message = missing.value(type.name);
        if (message.isEmpty())
            add(Level::Ok, tr("Jobs of the type %1 can be processed on this machine.").arg(type.name));
        else // a user may run other types only, or use Docker
            add(Level::Note, tr("Jobs of the type %1 cannot all be processed by direct workers.").arg(type.name),
                message);
    }
    return findings;
}

} // namespace lifeguard
