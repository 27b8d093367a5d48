// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the helper process of the notebook converter and its kernels: reuse, isolation and termination.
#include "core/base/processtable.h"
#include "core/base/stalefolders.h"
#include "core/worker/jobfiles.h"
#include "tests/support/notebooktest.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

#include <sys/file.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestNotebookHelper : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void helperIsReusedAndKernelsAreNot();
    void processesOfCellsEndWithTheJob();
    void killedKernelIsReported();
    void killedHelperIsReplaced();
    void cancelKillsKernelAndHelper();
    void staleFoldersAreRemoved();
    void kernelStartedAheadRunsTheFirstJob();
    void kernelStartedAheadRunsCellsLikeAnother();
    void kernelOfTheNextJobIsStartedAhead();
    void killedKernelStartedAheadIsReplaced();
    void converterEndsWithKernelStartedAhead();

private:
    /// Returns the kernels of the helper, oldest first.
    [[nodiscard]] static QList<qint64> kernels();
    /// Converts a script that prints the pid of its kernel, and returns this pid.
    [[nodiscard]] qint64 kernelOfAJob();
};

void TestNotebookHelper::helperIsReusedAndKernelsAreNot()
{
    const QByteArray cell =
        "import os\nprint('helper', os.getppid(), 'kernel', os.getpid(), 'left' in globals())\nleft = 1";
    QVERIFY(convertScript(cell));
    const QList<QByteArray> first = output().mid(output().indexOf("    helper")).simplified().split(' ');
    QVERIFY(convertScript(cell));
    const QList<QByteArray> second = output().mid(output().indexOf("    helper")).simplified().split(' ');
    QCOMPARE(first.size(), 5);
    QCOMPARE(second.at(1), first.at(1)); // the same helper
    QVERIFY(second.at(3) != first.at(3)); // another kernel, without the state of the first one
    QCOMPARE(second.at(4), QByteArray("False"));
    QVERIFY(!isAlive(first.at(3).toLongLong()));
}

void TestNotebookHelper::processesOfCellsEndWithTheJob()
{
    // A detached process in its own session, such as a server that a notebook starts.
    QVERIFY(convertScript(
        "import subprocess\nchild = subprocess.Popen(['setsid', 'sh', '-c', 'echo $$ > left; exec sleep 1000'])\n"
        "import time\nwhile not open('left', 'a+').tell(): time.sleep(0.01)"));
    const qint64 left = pidIn("left");
    QVERIFY(left > 0);
    QTRY_VERIFY(!isAlive(left));
}

void TestNotebookHelper::killedKernelIsReported()
{
    const auto killed = convertScript("import os\nos.kill(os.getpid(), 9)");
    QVERIFY(!killed);
    QCOMPARE(killed.error().message, s("cell 1: the kernel was killed (SIGKILL), often because the memory ran out."));
    const auto ended = convertScript("import os\nos._exit(4)");
    QVERIFY(!ended);
    QCOMPARE(ended.error().message, s("cell 1: the kernel died (exit code 4)."));
    QVERIFY(convertScript("1"));
}

void TestNotebookHelper::killedHelperIsReplaced()
{
    const QByteArray pids =
        "import os\nopen('helper', 'w').write(f'{os.getppid()}\\n')\nopen('kernel', 'w').write(f'{os.getpid()}\\n')\n";
    QVERIFY(convertScript(pids));
    // Between two jobs: the next job uses a new helper.
    QCOMPARE(kill(static_cast<pid_t>(pidIn("helper")), SIGKILL), 0);
    QVERIFY(convertScript("1"));
    // During a job: the job fails with the position, and the kernel ends as well.
    QFile::remove(path("kernel"));
    begin("# %%\n" + pids + "while True: pass\n", "html", {}, path("in.py"));
    const qint64 kernel = pidIn("kernel");
    QVERIFY(kernel > 0);
    QCOMPARE(kill(static_cast<pid_t>(pidIn("helper")), SIGKILL), 0);
    EVENTUALLY(m_result.has_value());
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().message, s("cell 1: `import os`: the notebook converter ended unexpectedly (SIGKILL)."));
    QTRY_VERIFY(!isAlive(kernel));
    QVERIFY(convertScript("1"));
}

void TestNotebookHelper::cancelKillsKernelAndHelper()
{
    begin("# %%\nimport os, subprocess\nsubprocess.Popen(['setsid', 'sh', '-c', 'echo $$ > child; exec sleep 1000'])\n"
          "# %%\nopen('kernel', 'w').write(f'{os.getpid()}\\n')\nwhile True: pass\n",
          "html", {}, path("in.py"));
    const qint64 kernel = pidIn("kernel");
    const qint64 child = pidIn("child");
    QVERIFY(kernel > 0 && child > 0);
    QCOMPARE(m_converter->progress(), s("cell 2: `open('kernel', 'w').write(f'{os.getpid()}\\n')`"));
    m_converter->cancel();
    EVENTUALLY(m_result.has_value());
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    QVERIFY2(!isAlive(kernel), "the kernel must have ended when the job has ended");
    QTRY_VERIFY(!isAlive(child));
    QVERIFY(output().isEmpty());
    QVERIFY(convertScript("1"));
}

void TestNotebookHelper::staleFoldersAreRemoved()
{
    QVERIFY(close());
    createConverter();
    const QString stale = QDir::tempPath() + s("/lifeguard-notebook-oldold");
    const QString used = QDir::tempPath() + s("/lifeguard-notebook-newnew");
    for (const QString &folder : {stale, used}) {
        QVERIFY(QDir().mkpath(folder + s("/home")));
        QVERIFY(writeOutput(folder + s("/lock"), {}));
    }
    const int lock = openFolderLock(used, 0);
    QVERIFY(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0);
    QVERIFY(convertScript("from pathlib import Path\nPath('home').write_text(f'{Path.home()}\\n')"));
    removeStaleFolders();
    QVERIFY(!QFileInfo::exists(stale));
    QVERIFY2(QFileInfo::exists(used), "the folder of another process must be kept");
    ::close(lock);
    QVERIFY(QDir(used).removeRecursively());
    const QString home = QString::fromLocal8Bit(content("home").trimmed());
    QVERIFY(QFileInfo(home).isDir());
    QVERIFY(close());
    QVERIFY2(!QFileInfo::exists(home), "the converter must remove its own folder");
}

QList<qint64> TestNotebookHelper::kernels()
{
    QList<qint64> found;
    const ProcessTable table = ProcessTable::read();
    for (const qint64 helper : table.childrenOf(QCoreApplication::applicationPid())) {
        for (const qint64 kernel : table.childrenOf(helper)) {
            if (contentOf(s("/proc/%1/cmdline").arg(kernel)).contains("nb_kernel.py"))
                found.append(kernel);
        }
    }
    return found;
}

qint64 TestNotebookHelper::kernelOfAJob()
{
    if (!convertScript("import os\nprint('kernel', os.getpid())"))
        return 0;
    return output().mid(output().indexOf("    kernel")).simplified().split(' ').value(1).toLongLong();
}

void TestNotebookHelper::kernelStartedAheadRunsTheFirstJob()
{
    createConverter();
    m_converter->startAhead(m_folder->path(), m_settings);
    EVENTUALLY(kernels().size() == 1);
    const qint64 started = kernels().constFirst();
    QCOMPARE(kernelOfAJob(), started);
    QVERIFY2(!isAlive(started), "a kernel must run one notebook only");
}

void TestNotebookHelper::kernelStartedAheadRunsCellsLikeAnother()
{
    QVERIFY(QDir().mkpath(path("deep")));
    const QByteArray cell =
        "# %%\nimport os, sys\nprint(os.getcwd(), _dh, sys.path[:2], get_ipython().starting_dir, In, "
        "sorted(globals()))\nopen('data.txt').read()\nimport beside\n";
    write(path("deep/data.txt"), "data\n");
    write(path("deep/beside.py"), "print('beside')\n");
    createConverter();
    const auto own = convert(cell, "markdown", {}, path("deep/in.py"));
    QVERIFY2(own, own ? "" : qPrintable(own.error().message + own.error().detail));
    const QByteArray expected = output();
    const QStringList notes = own->notes;
    QVERIFY(expected.contains(path("deep").toUtf8()));
    QVERIFY(notes.join(u' ').contains(s("data.txt")));
    createConverter();
    m_converter->startAhead(m_folder->path(), m_settings);
    EVENTUALLY(kernels().size() == 1);
    const auto ahead = convert(cell, "markdown", {}, path("deep/in.py"));
    QVERIFY2(ahead, ahead ? "" : qPrintable(ahead.error().message + ahead.error().detail));
    QCOMPARE(output(), expected);
    QCOMPARE(ahead->notes, notes);
}

void TestNotebookHelper::kernelOfTheNextJobIsStartedAhead()
{
    createConverter();
    const qint64 first = kernelOfAJob();
    QVERIFY(first > 0);
    QCOMPARE(kernels().size(), 1);
    const qint64 next = kernels().constFirst();
    QVERIFY(next != first);
    QCOMPARE(kernelOfAJob(), next);
    QCOMPARE(kernels().size(), 1); // one, however many jobs
}

void TestNotebookHelper::killedKernelStartedAheadIsReplaced()
{
    createConverter();
    QVERIFY(kernelOfAJob() > 0);
    const qint64 next = kernels().value(0);
    QVERIFY(next > 0);
    QCOMPARE(::kill(static_cast<pid_t>(next), SIGKILL), 0);
    const qint64 used = kernelOfAJob();
    QVERIFY(used > 0 && used != next);
}

void TestNotebookHelper::converterEndsWithKernelStartedAhead()
{
    createConverter();
    m_converter->startAhead(m_folder->path(), m_settings);
    EVENTUALLY(kernels().size() == 1);
    const qint64 started = kernels().constFirst();
    createConverter(); // closes the other one
    QVERIFY(!isAlive(started));
}

QTEST_GUILESS_MAIN(TestNotebookHelper)
#include "tst_notebookhelper.moc"
