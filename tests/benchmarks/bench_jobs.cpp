// SPDX-License-Identifier: GPL-3.0-or-later
// Prints what the table of jobs costs over a million of them: pages, jumps, orders, filters, memory, and how long the window's
// thread is busy at a stretch while somebody scrolls to random places and jobs are added. Another number of jobs can be
// given as JOBS in the environment, a file to keep as JOBS_DB.
#include "core/model/job.h"
#include "core/model/jobstatus.h"
#include "core/model/storesnapshot.h"
#include "core/store/store.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "ui/theme.h"
#include "ui/views/jobspage.h"
#include "ui/views/jobsview.h"

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

/// Notes how long the event loop is busy at a stretch: how long a click would have to wait.
class Gaps : public QObject
{
public:
    Gaps() { startTimer(0); }
    void reset()
    {
        m_all.clear();
        m_since.start();
    }
    [[nodiscard]] double longest() const { return m_all.isEmpty() ? 0 : *std::max_element(m_all.cbegin(), m_all.cend()); }
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

/// As QTest::qWaitFor(), without its sleeps.
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
    double cost(const JobPageRequest &request)
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
            QVERIFY2(raw.exec(QStringLiteral(
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                         "INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, payload, created_at, started_at, "
                         "completed_at, attempts, error) "
                         "SELECT CASE i % 3 WHEN 0 THEN 'plantuml' WHEN 1 THEN 'notebook' ELSE 'drawio' END, "
                         "CASE WHEN i % 250000 = 7 THEN 'processing' WHEN i % 25 = 3 THEN 'failed' WHEN i % 100 = 4 THEN 'cancelled' "
                         "WHEN i % 5 = 0 THEN 'pending' ELSE 'completed' END, "
                         "i % 7, printf('/home/anna/course/slides/module_%03d/diagrams/%06d.puml', i % 300, i * 7919 % 1000003), "
                         "printf('/home/anna/course/output/module_%03d/%06d.svg', i % 300, i * 7919 % 1000003), printf('%064d', i), "
                         "'{\"data\": \"' || hex(zeroblob(150)) || '\"}', datetime('2026-01-01', printf('+%d seconds', i)), "
                         "CASE WHEN i % 5 THEN datetime('2026-01-01', printf('+%d seconds', i + i % 977)) END, "
                         "CASE WHEN i % 5 THEN datetime('2026-01-01', printf('+%d seconds', i + i % 977 + i % 61)) END, i % 3, "
                         "CASE WHEN i % 25 = 3 THEN printf('Syntax error in line %d', i % 400) END FROM n"),
                         {m_jobs}),
                     qPrintable(raw.error()));
            std::printf("%d jobs written in %.1f s, %.0f MB\n", m_jobs, ms(timer) / 1000, double(QFileInfo(path).size()) / 1e6);
        }
    }

    void pages()
    {
        JobPageRequest request;
        request.now = QDateTime::currentDateTimeUtc();
        request.withCounts = true;
        cost(request); // opens the connection
        std::printf("%-40s %8.1f ms\n", "first page, with counts", cost(request));
        request.withCounts = false;
        const auto first = answerOf(m_store->jobPage(request));
        request.after = first->last;
        std::printf("%-40s %8.1f ms\n", "the page behind it, by its key", cost(request));
        request.after = {};
        request.offset = m_jobs / 2;
        std::printf("%-40s %8.1f ms\n", "half way down, by offset", cost(request));
        request.offset = 0;
        const std::pair<const char *, JobColumn> columns[]{
            {"state", JobColumn::State},     {"job", JobColumn::Id},           {"type", JobColumn::Type},       {"priority", JobColumn::Priority},
            {"input", JobColumn::Input},     {"output", JobColumn::Output},    {"tries", JobColumn::Tries},     {"worker", JobColumn::Worker},
            {"waiting", JobColumn::Waiting}, {"running", JobColumn::Running}, {"added", JobColumn::Added}, {"error", JobColumn::Error}};
        std::printf("%-12s %14s %16s %20s %18s\n", "sorted by", "first page", "next, by key", "whole order held", "a page of that");
        const auto line = [this](const char *name, JobPageRequest asked) {
            const double begin = cost(asked);
            const auto page = answerOf(m_store->jobPage(asked));
            asked.after = page->last;
            const double next = page->last ? cost(asked) : 0;
            asked.after = {};
            asked.offset = m_jobs / 2;
            asked.order = 1;
            const double order = cost(asked);
            asked.offset = m_jobs / 3;
            std::printf("%-12s %11.1f ms %13.1f ms %17.1f ms %15.1f ms\n", name, begin, next, order, cost(asked));
        };
        line("none", request);
        for (const auto &[name, column] : columns) {
            request.sort = {column, true};
            line(name, request);
        }
        request.sort = {};
        request.filter.status = JobStatus::Failed;
        line("failed only", request);
        request.filter = {};
        request.filter.text = QStringLiteral("99999");
        line("a text", request);
        request.withCounts = true;
        std::printf("%-40s %8.1f ms\n", "a text, first page with counts", cost(request));
    }

    void scrolling()
    {
        const double before = residentMb();
        JobsPage page;
        page.resize(1200, 800);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        Gaps gaps;
        gaps.reset();
        QElapsedTimer timer;
        timer.start();
        connect(m_store.get(), &Store::snapshotRead, &page, [&page](const StoreSnapshot &snapshot) {
            page.setCounts(snapshot.counts);
            page.refresh();
        });
        page.setSource(jobSourceOf(*m_store));
        auto *table = page.findChild<JobsView *>(QStringLiteral("jobsView"));
        QAbstractItemModel *model = table->model();
        QVERIFY(spinUntil([&] { return model->rowCount() >= m_jobs; }));
        std::printf("first rows on the screen after %.0f ms; the window's thread busy at most %.1f ms\n", ms(timer), gaps.longest());

        QRandomGenerator random(20260101);
        NewJob job;
        job.type = QStringLiteral("noop");
        const auto arrived = [&] { return model->index(table->verticalScrollBar()->value(), 1).data().isValid(); };
        table->verticalScrollBar()->setValue(m_jobs / 2);
        timer.start();
        QVERIFY(spinUntil(arrived));
        std::printf("first jump (the order is made): %.0f ms\n", ms(timer));
        gaps.reset();
        QList<double> waits;
        for (int jump = 0; jump < 200; ++jump) {
            if (jump % 10 == 0)
                (void)m_store->addJobs({job}); // work goes on
            table->verticalScrollBar()->setValue(random.bounded(model->rowCount()));
            timer.start();
            QVERIFY(spinUntil(arrived));
            waits.append(ms(timer));
        }
        std::sort(waits.begin(), waits.end());
        std::printf("200 random jumps: rows there after %.1f ms (median), %.1f ms (longest); the window's thread busy at most %.1f ms, 99 %%: %.2f ms\n",
                    waits.at(100), waits.last(), gaps.longest(), gaps.percentile99());

        gaps.reset();
        table->selectAll();
        spinUntil([] { return false; }, 200);
        std::printf("all selected: busy at most %.1f ms\n", gaps.longest());
        table->clearSelection();
        table->scrollToTop();
        gaps.reset();
        for (int i = 0; i < 30; ++i) {
            (void)m_store->addJobs(QList<NewJob>(100, job));
            spinUntil([] { return false; }, 50);
        }
        QVERIFY(spinUntil([&] { return model->rowCount() >= m_jobs + 3000; }));
        std::printf("at the top while 3,000 jobs are added: busy at most %.1f ms, 99 %%: %.2f ms\n", gaps.longest(), gaps.percentile99());
        std::printf("memory: %.0f MB more than before the table (with the order held, 8 bytes a job)\n", residentMb() - before);
    }
};

QTEST_MAIN(BenchJobs)
#include "bench_jobs.moc"
