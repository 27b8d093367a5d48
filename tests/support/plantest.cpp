// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/plantest.h"

namespace lifeguard::test {

PlanOptions PlanTest::options() const
{
    PlanOptions options;
    options.workspace = path("ws");
    QDir().mkpath(options.workspace);
    return options;
}

QStringList PlanTest::inputs(const JobPlan &plan)
{
    QStringList names;
    for (const PlannedJob &job : plan.jobs)
        names.append(QFileInfo(job.job.inputFile).fileName());
    return names;
}

QString PlanTest::reasonFor(const JobPlan &plan, const QString &path)
{
    for (const SkippedPath &skipped : plan.skipped) {
        if (skipped.path == path)
            return skipped.reason;
    }
    return {};
}

QStringList PlanTest::filesIn(const QString &folder)
{
    return QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::System, QDir::Name);
}

} // namespace lifeguard::test
