// SPDX-License-Identifier: GPL-3.0-or-later
// Tests lifeguardctl and real workers with databases of CLX and CLM in all versions of their schema.
#include "tests/support/clxfiles.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QTest>

using namespace lifeguard::test;

Q_DECLARE_METATYPE(lifeguard::test::ClxFile)

class TestCtlClxFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup() { m_ctl.reset(); }
    void readsWithoutWriting_data() { addRows(); }
    void readsWithoutWriting();
    void runsJobs_data() { addRows(); }
    void runsJobs();

private:
    static void addRows();
    std::unique_ptr<CtlProgram> m_ctl;
};

void TestCtlClxFiles::addRows()
{
    QTest::addColumn<ClxFile>("file");
    QTest::addColumn<bool>("wal");
    // The journal mode alternates instead of testing both modes with each version: it does not interact with the
    // version of the schema (tests/core/tst_clxfiles).
    bool wal = false;
    for (const ClxFile &file : usualClxFiles()) {
        QTest::newRow(qPrintable(nameOf(file) + (wal ? s(", WAL") : QString()))) << file << wal;
        wal = !wal;
    }
}

void TestCtlClxFiles::readsWithoutWriting()
{
    QFETCH(ClxFile, file);
    QFETCH(bool, wal);
    makeClxFile(m_ctl->database(), file, wal);
    const QByteArray before = contentOf(m_ctl->database());
    const bool hasCancelled = jobStatusesOf(file).contains(s("cancelled"));

    const Outcome status = m_ctl->call({s("status"), s("--json")});
    QVERIFY2(status.code == 0, status.all().constData());
    const QJsonObject jobs = status.object().value(s("jobs")).toObject();
    QCOMPARE(jobs.value(s("pending")).toInt(), sample::pendingNoops);
    QCOMPARE(jobs.value(s("processing")).toInt(), 2);
    QCOMPARE(jobs.value(s("failed")).toInt(), sample::failed);
    QCOMPARE(jobs.value(s("cancelled")).toInt(), hasCancelled ? 1 : 0);
    const QJsonObject workers = status.object().value(s("workers")).toObject();
    for (const char *known : {"idle", "busy", "hung", "dead"})
        QCOMPARE(workers.value(s(known)).toInt(), 1);
    const bool created = workerStatusesOf(file).contains(s("created"));
    QCOMPARE(workers.value(s("created")).toInt(), created ? 1 : 0);
    QCOMPARE(m_ctl->call({s("status")}).out.contains("1 created"), created);

    const Outcome listed = m_ctl->call({s("jobs")});
    QVERIFY2(listed.code == 0, listed.all().constData());
    QVERIFY2(listed.out.contains("NameError: name 'x' is not defined"), listed.out.constData());
    QVERIFY2(!listed.out.contains("error_message"), listed.out.constData());
    QVERIFY(listed.out.contains(sample::plainError));
    QCOMPARE(m_ctl->call({s("jobs"), s("--json"), s("--status"), s("failed")}).array().size(), sample::failed);

    const Outcome shown = m_ctl->call({s("workers")});
    QVERIFY2(shown.code == 0, shown.all().constData());
    QVERIFY2(shown.out.contains(sample::busyWorker), shown.out.constData());
    QCOMPARE(m_ctl->call({s("workers"), s("--json")}).array().size(), created ? 5 : 4);
    const Outcome events = m_ctl->call({s("events"), s("--json")});
    QVERIFY2(events.code == 0, events.all().constData());
    const Outcome refused = m_ctl->call({s("cancel"), s("1"), s("--read-only")});
    QVERIFY(refused.code != 0);

    QVERIFY2(contentOf(m_ctl->database()) == before, "the database file has changed");
    if (wal)
        QCOMPARE(contentOf(m_ctl->database() + s("-wal")).size(), 0);
    else
        QCOMPARE(QDir(m_ctl->folder()).entryList({s("jobs.db*")}), QStringList{s("jobs.db")});
}

void TestCtlClxFiles::runsJobs()
{
    QFETCH(ClxFile, file);
    QFETCH(bool, wal);
    makeClxFile(m_ctl->database(), file, wal);
    const bool hasCancelled = jobStatusesOf(file).contains(s("cancelled"));
    const Outcome cancelled = m_ctl->call({s("cancel"), s("1")});
    QVERIFY2(cancelled.code == 0, cancelled.all().constData());
    const Outcome outcome = m_ctl->call(
        {s("run"), s("--pool"), s("noop=2"), s("--until-idle"), s("--timeout"), s("60")});
    QVERIFY2(outcome.code == 0, outcome.all().constData());

    RawSql raw(m_ctl->database());
    QCOMPARE(raw.value(s("SELECT status FROM jobs WHERE id = 1")).toString(),
             hasCancelled ? s("cancelled") : s("failed"));
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE job_type = 'noop' AND status = 'completed' AND completed_at "
                         "IS NOT NULL AND attempts = 1 "
                         "AND error IS NULL"))
                 .toInt(),
             sample::pendingNoops - 1);
    // The rows of our workers contain the number of their jobs and that they ended. In files that CLM has yet to
    // migrate to version 7 they are removed with all references, which would break the migration. Live workers of CLX
    // are unchanged.
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers WHERE worker_type = 'noop' AND status <> 'dead'")).toInt(), 0);
    const bool isForgotten = file.version < 7;
    QCOMPARE(raw.value(s("SELECT sum(jobs_processed) FROM workers WHERE worker_type = 'noop'")).toInt(),
             isForgotten ? 0 : sample::pendingNoops - 1);
    if (isForgotten) {
        QCOMPARE(raw.value(s("SELECT count(*) FROM workers WHERE worker_type = 'noop'")).toInt(), 0);
        QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE status = 'completed' AND job_type = 'noop' AND worker_id "
                             "IS NOT NULL"))
                     .toInt(),
                 0);
        QVERIFY2(m_ctl->call({s("workers"), s("--all")}).out.contains("stopped  noop-0"), "workers are still listed");
        QVERIFY2(m_ctl->call({s("status")}).out.contains("2 stopped"), "workers are still counted");
    } else
        QCOMPARE(raw.value(s("SELECT execution_mode FROM workers WHERE worker_type = 'noop' LIMIT 1")).toString(),
                 s("direct"));
    QCOMPARE(raw.value(s("SELECT status FROM workers WHERE container_id = ?"), {s(sample::busyWorker)}).toString(),
             s("busy"));
    QCOMPARE(raw.value(s("SELECT status FROM jobs WHERE id = 5")).toString(), s("processing"));
    // The job of a dead worker was returned to the queue.
    QCOMPARE(raw.value(s("SELECT status FROM jobs WHERE id = 6")).toString(), s("pending"));
    // The statements of CLX's own programs still succeed.
    QVERIFY2(raw.exec(s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) VALUES "
                        "('noop', 'pending', 'a', 'b', 'c', '{}')")),
             qPrintable(raw.error()));
    QVERIFY2(raw.exec(
                 s("INSERT INTO workers (worker_type, container_id, status) VALUES ('notebook', 'clx-next', 'idle')")),
             qPrintable(raw.error()));
    QCOMPARE(raw.value(s("SELECT max(version) FROM schema_version")).toInt(), file.version);
    QCOMPARE(raw.value(s("PRAGMA integrity_check")).toString(), s("ok"));
}

QTEST_GUILESS_MAIN(TestCtlClxFiles)
#include "tst_ctlclxfiles.moc"
