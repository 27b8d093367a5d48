// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/manyjobs.h"

#include <QRandomGenerator>

namespace lifeguard::test {
namespace {

QString quoted(const QString &text)
{
    return text.isNull() ? QStringLiteral("NULL") : QLatin1Char('\'') + text + QLatin1Char('\'');
}

} // namespace

void addManyJobs(RawSql &raw, bool acceptsCancelled)
{
    QRandomGenerator random(20260101);
    const auto time = [&random](int hour) {
        return QStringLiteral("2026-01-01 %1:%2:%3")
            .arg(hour, 2, 10, QLatin1Char('0'))
            .arg(random.bounded(3), 2, 10, QLatin1Char('0'))
            .arg(random.bounded(60), 2, 10, QLatin1Char('0'));
    };
    const QStringList states{QStringLiteral("pending"), QStringLiteral("processing"), QStringLiteral("completed"),
                             QStringLiteral("failed"), QStringLiteral("cancelled")};
    QStringList rows;
    for (int i = 1; i <= manyJobs; ++i) {
        const QString &state = states.at(random.bounded(acceptsCancelled ? 5 : 4));
        const bool begun = state != states.first() && random.bounded(8) > 0;
        const bool ended = begun && state != states.at(1) && random.bounded(5) > 0;
        rows.append(
            QStringLiteral("('%1', '%2', %3, '/w/%4.puml', '/w/out/%5.svg', '', '{}', %6, %7, %8, %9, %10, %11)")
                .arg(i % 3 ? QStringLiteral("noop") : QStringLiteral("plantuml"), state,
                     random.bounded(6) ? QString::number(random.bounded(4) - 1) : QStringLiteral("NULL"))
                .arg(random.bounded(40))
                .arg(random.bounded(40))
                .arg(quoted(random.bounded(9) ? time(1) : QString()), quoted(begun ? time(2) : QString()),
                     quoted(ended ? time(3) : QString()),
                     begun ? QString::number(random.bounded(4) + 1) : QStringLiteral("NULL"),
                     random.bounded(9) ? QString::number(random.bounded(3)) : QStringLiteral("NULL"),
                     quoted(state == states.at(3) ? QStringLiteral("error %1").arg(random.bounded(5)) : QString())));
    }
    // The jobs refer to these workers.
    raw.script(QStringLiteral(
        "INSERT INTO workers (worker_type, container_id, status) VALUES ('noop', 'a', 'idle'), ('noop', 'b', 'idle'), "
        "('noop', 'c', 'idle'), ('noop', 'd', 'idle')"));
    if (!raw.exec(QStringLiteral("INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, "
                                 "payload, created_at, "
                                 "started_at, completed_at, worker_id, attempts, error) VALUES ")
                  + rows.join(QStringLiteral(", "))))
        qFatal("%s", qPrintable(raw.error()));
}

QList<qint64> idsOf(const QList<Job> &jobs)
{
    QList<qint64> ids;
    for (const Job &job : jobs)
        ids.append(job.id);
    return ids;
}

} // namespace lifeguard::test
