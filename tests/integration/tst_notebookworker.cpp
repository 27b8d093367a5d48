// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the program lifeguard-worker with notebooks: results and errors of jobs, and the end of kernels.
#include "core/model/job.h"
#include "core/submit/jobplanner.h"
#include "core/submit/planexecution.h"
#include "core/tools/notebooktools.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <sys/prctl.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// A notebook that writes the pid of its kernel to a file and then runs forever.
const QByteArray endless =
    "# %%\nimport os\nfrom pathlib import "
    "Path\nPath('kernel.new').write_text(f'{os.getpid()}\\n')\nos.rename('kernel.new', 'kernel')\n"
    "# %%\nwhile True: pass\n";

} // namespace

class TestNotebookWorker : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void submittedNotebooksAreConverted();
    void jobOverItsTimeLimitFails();
    void cancelKillsTheKernel();
    void killedWorkerLeavesNoKernel();

private:
    static constexpr int patience = 60000; ///< starting a kernel takes a second, or many on a busy machine

    std::unique_ptr<QProcess> start(const QStringList &arguments = {})
    {
        return WorkerTest::start(s("notebook"), {{"WORKSPACE_PATH", path("ws")}, {"TMPDIR", path("tmp")}}, arguments);
    }
    /// Plans and adds a job, as `lifeguardctl submit` does, and returns its id.
    qint64 submit(const char *name, const QByteArray &text, const char *format = "html");
};

void TestNotebookWorker::initTestCase()
{
    if (const QString missing = NotebookTools::find().missingMessage(); !missing.isEmpty())
        QSKIP(qPrintable(missing));
}

void TestNotebookWorker::init()
{
    WorkerTest::init();
    QVERIFY(QDir().mkpath(path("ws")));
    QVERIFY(QDir().mkpath(path("tmp")));
}

qint64 TestNotebookWorker::submit(const char *name, const QByteArray &text, const char *format)
{
    const QString file = path("ws/") + s(name);
    write(file, text);
    PlanOptions options;
    options.workspace = path("ws");
    options.format = s(format);
    const auto plan = planJobs({file}, options);
    const auto jobs = plan ? executePlan(*plan) : Result<QList<NewJob>>(failure(plan.error()));
    return jobs && jobs->size() == 1 ? m_queue->add(jobs->first()).value_or(0) : 0;
}

void TestNotebookWorker::submittedNotebooksAreConverted()
{
    const qint64 good = submit("good.py", "# %% [markdown]\n# # Title\n# %%\n40 + 2\n", "slides");
    const qint64 bad = submit("bad.py", "# %%\nx = 0\n\n# %%\n# why not\n1/x\n");
    auto worker = start();
    QTRY_COMPARE_WITH_TIMEOUT(status(bad), s("failed"), patience);
    QCOMPARE(status(good), s("completed"));
    QCOMPARE(QDir(path("ws/output")).entryList(QDir::Files | QDir::Hidden), QStringList{s("good.slides.html")});
    QCOMPARE(job(bad).error, s("cell 2, line 2 (line 6 of the file): `1/x` – ZeroDivisionError: division by zero"));
    QVERIFY2(job(bad).traceback.contains(s("Traceback (most recent call last)")), qPrintable(job(bad).traceback));
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QVERIFY2(QDir(path("tmp")).isEmpty(), "the worker must remove its private folder");
}

void TestNotebookWorker::jobOverItsTimeLimitFails()
{
    // The first job starts the helper, so that the second job reaches its cells within the time limit.
    const qint64 first = submit("first.py", "# %%\n1\n");
    const qint64 id = submit("endless.py", endless);
    auto worker = start({s("--max-job-time"), s("10")});
    const qint64 kernel = pidIn(path("ws/kernel"), patience);
    QVERIFY(kernel > 0);
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("failed"), patience);
    QCOMPARE(status(first), s("completed"));
    QCOMPARE(job(id).error, s("The job took longer than max_job_time (10 s), and its tool was stopped. Last step: cell "
                              "2: `while True: pass`"));
    QVERIFY(!isAlive(kernel));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestNotebookWorker::cancelKillsTheKernel()
{
    const qint64 id = submit("endless.py", endless);
    auto worker = start();
    const qint64 kernel = pidIn(path("ws/kernel"), patience);
    QVERIFY(kernel > 0);
    QCOMPARE(m_queue->cancel({id}, s("test")).value_or(0), 1);
    EVENTUALLY(!isAlive(kernel));
    const qint64 next = submit("next.py", "# %%\n1\n", "markdown");
    QTRY_COMPARE_WITH_TIMEOUT(status(next), s("completed"), patience);
    QCOMPARE(status(id), s("cancelled"));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestNotebookWorker::killedWorkerLeavesNoKernel()
{
    // Without a manager, no other process kills what a worker leaves behind. As under a manager, orphans become
    // children of this process: a kernel that only checks whether its parent is init would not end.
    QCOMPARE(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    submit("endless.py", endless);
    auto worker = start();
    const qint64 kernel = pidIn(path("ws/kernel"), patience);
    QVERIFY(kernel > 0);
    worker->kill();
    WAIT_FOR_END(worker);
    EVENTUALLY(!isAlive(kernel));
}

QTEST_GUILESS_MAIN(TestNotebookWorker)
#include "tst_notebookworker.moc"
