// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the jobs table with a million jobs: the time to read pages, to jump, to sort and to filter, the memory it
// uses, and how long the GUI thread is blocked while the user scrolls to random rows and jobs are added. See README.md
// in this folder.
#include "core/model/job.h"
#include "core/model/jobstatus.h"
#include "core/model/storesnapshot.h"
#include "core/store/store.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "ui/theme/theme.h"
#include "ui/views/jobspage.h"
#include "ui/views/jobstableview.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Measures the time between two turns of the event loop, which is the time that a click has to wait.
class EventLoopGaps : public QObject
{
public:
    EventLoopGaps() { startTimer(0); }
    void reset()
    {
        m_all.clear();
        m_since.start();
    }
    [[nodiscard]] double longest() const
    {
        return m_all.isEmpty() ? 0 : *std::max_element(m_all.cbegin(), m_all.cend());
    }
    [[nodiscard]] double percentile99()
    {
        std::sort(m_all.begin(), m_all.end());
        return m_all.isEmpty() ? 0 : m_all.at(m_all.size() * 99 / 100);
    }

protected:
    void timerEvent(QTimerEvent *) override
    {
        m_all.append(double(m_since.nsecsElapsed()) / 1e6);
        m_since.start();
    }

private:
    QElapsedTimer m_since;
    QList<double> m_all;
};

/// Like QTest::qWaitFor(), but does not sleep between the checks.
template<typename Condition>
bool spinUntil(Condition condition, int timeout = 60000)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition() && timer.elapsed() < timeout)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
    return condition();
}

double residentMb()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toDouble() * 4096 / 1e6 : 0;
}

} // namespace

class BenchJobs : public QObject
{
    Q_OBJECT

private:
    static double ms(const QElapsedTimer &timer) { return double(timer.nsecsElapsed()) / 1e6; }
    double timeOf(const JobPageRequest &request)
    {
        QElapsedTimer timer;
        timer.start();
        const auto page = answerOf(m_store->jobPage(request));
        if (!page)
            qFatal("%s", qPrintable(page.error().detail));
        return ms(timer);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Store> m_store;
    int m_jobs = 1000000;

private Q_SLOTS:
    void initTestCase()
    {
        theme::apply(*qApp, theme::Mode::Light);
        if (qEnvironmentVariableIsSet("JOBS"))
            m_jobs = qEnvironmentVariableIntValue("JOBS");
        const QString path = qEnvironmentVariable("JOBS_DB", m_folder.filePath(QStringLiteral("jobs.db")));
        m_store = std::make_unique<Store>();
        const auto info = answerOf(m_store->open(path, OpenMode::Create));
        QVERIFY(info);
        if (info->created) {
            QElapsedTimer timer;
            timer.start();
            RawSql raw(path);
            QVERIFY2(
                raw.exec(QStringLiteral(
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                             "INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, "
                             "payload, created_at, started_at, "
                             "completed_at, attempts, error) "
                             "SELECT CASE i % 3 WHEN 0 THEN 'plantuml' WHEN 1 THEN 'notebook' ELSE 'drawio' END, "
                             "CASE WHEN i % 250000 = 7 THEN 'processing' WHEN i % 25 = 3 THEN 'failed' WHEN i % 100 = "
                             "4 THEN 'cancelled' "
                             "WHEN i % 5 = 0 THEN 'pending' ELSE 'completed' END, "
                             "i % 7, printf('/home/anna/course/slides/module_%03d/diagrams/%06d.puml', i % 300, i * "
                             "7919 % 1000003), "
                             "printf('/home/anna/course/output/module_%03d/%06d.svg', i % 300, i * 7919 % 1000003), "
                             "printf('%064d', i), "
                             "'{\"data\": \"' || hex(zeroblob(150)) || '\"}', datetime('2026-01-01', printf('+%d "
                             "seconds', i)), "
                             "CASE WHEN i % 5 THEN datetime('2026-01-01', printf('+%d seconds', i + i % 977)) END, "
                             "CASE WHEN i % 5 THEN datetime('2026-01-01', printf('+%d seconds', i + i % 977 + i % 61)) "
                             "END, i % 3, "
                             "CASE WHEN i % 25 = 3 THEN printf('Syntax error in line %d', i % 400) END FROM n"),
                         {m_jobs}),
                qPrintable(raw.error()));
            std::printf("wrote %d jobs in %.1f s, %.0f MB\n", m_jobs, ms(timer) / 1000,
                        double(QFileInfo(path).size()) / 1e6);
        }
    }

    void pages()
    {
        JobPageRequest request;
        request.now = QDateTime::currentDateTimeUtc();
        request.withCounts = true;
        timeOf(request); // opens the connection
        std::printf("%-40s %8.1f ms\n", "first page, with counts", timeOf(request));
        request.withCounts = false;
        const auto first = answerOf(m_store->jobPage(request));
        request.after = first->last;
        std::printf("%-40s %8.1f ms\n", "next page, by key", timeOf(request));
        request.after = {};
        request.offset = m_jobs / 2;
        std::printf("%-40s %8.1f ms\n", "page in the middle, by offset", timeOf(request));
        request.offset = 0;
        const std::pair<const char *, JobColumn> columns[]{
            {"state", JobColumn::State},       {"job", JobColumn::Id},        {"type", JobColumn::Type},
            {"priority", JobColumn::Priority}, {"input", JobColumn::Input},   {"output", JobColumn::Output},
            {"attempts", JobColumn::Attempts}, {"worker", JobColumn::Worker}, {"waiting", JobColumn::Waiting},
            {"running", JobColumn::Running},   {"added", JobColumn::Added},   {"error", JobColumn::Error}};
        std::printf("%-12s %14s %16s %20s %18s\n", "sorted by", "first page", "next, by key", "order of all rows",
                    "page of that order");
        const auto printLine = [this](const char *name, JobPageRequest sorted) {
            const double begin = timeOf(sorted);
            const auto page = answerOf(m_store->jobPage(sorted));
            sorted.after = page->last;
            const double next = page->last ? timeOf(sorted) : 0;
            sorted.after = {};
            sorted.offset = m_jobs / 2;
            sorted.order = 1;
            const double order = timeOf(sorted);
            sorted.offset = m_jobs / 3;
            std::printf("%-12s %11.1f ms %13.1f ms %17.1f ms %15.1f ms\n", name, begin, next, order, timeOf(sorted));
        };
        printLine("none", request);
        for (const auto &[name, column] : columns) {
            request.sort = {column, true};
            printLine(name, request);
        }
        request.sort = {};
        request.filter.status = JobStatus::Failed;
        printLine("failed only", request);
        request.filter = {};
        request.filter.text = QStringLiteral("99999");
        printLine("with a text", request);
        request.withCounts = true;
        std::printf("%-40s %8.1f ms\n", "first page with a text, with counts", timeOf(request));
    }

    void scrolling()
    {
        const double before = residentMb();
        JobsPage page;
        page.resize(1200, 800);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        EventLoopGaps gaps;
        gaps.reset();
        QElapsedTimer timer;
        timer.start();
        connect(m_store.get(), &Store::snapshotRead, &page, [&page](const StoreSnapshot &snapshot) {
            page.setCounts(snapshot.counts);
            page.refresh();
        });
        page.setSource(jobSourceOf(*m_store));
        auto *table = page.findChild<JobsTableView *>(QStringLiteral("jobsView"));
        QAbstractItemModel *model = table->model();
        QVERIFY(spinUntil([&] { return model->rowCount() >= m_jobs; }));
        std::printf("first rows visible after %.0f ms; GUI thread blocked for at most %.1f ms\n", ms(timer),
                    gaps.longest());

        QRandomGenerator random(20260101);
        NewJob job;
        job.type = QStringLiteral("noop");
        const auto isRowLoaded = [&] { return model->index(table->verticalScrollBar()->value(), 1).data().isValid(); };
        table->verticalScrollBar()->setValue(m_jobs / 2);
        timer.start();
        QVERIFY(spinUntil(isRowLoaded));
        std::printf("first jump, which sorts all rows: %.0f ms\n", ms(timer));
        gaps.reset();
        QList<double> waits;
        for (int jump = 0; jump < 200; ++jump) {
            if (jump % 10 == 0)
                (void)m_store->addJobs({job});
            table->verticalScrollBar()->setValue(random.bounded(model->rowCount()));
            timer.start();
            QVERIFY(spinUntil(isRowLoaded));
            waits.append(ms(timer));
        }
        std::sort(waits.begin(), waits.end());
        std::printf("200 random jumps: rows visible after %.1f ms (median), %.1f ms (longest); GUI thread blocked for "
                    "at most %.1f ms, 99th percentile %.2f ms\n",
                    waits.at(100), waits.last(), gaps.longest(), gaps.percentile99());

        gaps.reset();
        table->selectAll();
        spinUntil([] { return false; }, 200);
        std::printf("selecting all rows: GUI thread blocked for at most %.1f ms\n", gaps.longest());
        table->clearSelection();
        table->scrollToTop();
        gaps.reset();
        for (int i = 0; i < 30; ++i) {
            (void)m_store->addJobs(QList<NewJob>(100, job));
            spinUntil([] { return false; }, 50);
        }
        QVERIFY(spinUntil([&] { return model->rowCount() >= m_jobs + 3000; }));
        std::printf(
            "adding 3,000 jobs, scrolled to the top: GUI thread blocked for at most %.1f ms, 99th percentile %.2f ms\n",
            gaps.longest(), gaps.percentile99());
        std::printf("memory of the table: %.0f MB (8 bytes per job for the order of the rows)\n",
                    residentMb() - before);
    }
};

QTEST_MAIN(BenchJobs)
#include "bench_jobs.moc"
