// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the helper process of the notebook converter and its kernels: reuse, isolation and termination.
#include "core/base/stalefolders.h"
#include "core/worker/jobfiles.h"
#include "tests/support/notebooktest.h"
#include "tests/support/processes.h"
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

QTEST_GUILESS_MAIN(TestNotebookHelper)
#include "tst_notebookhelper.moc"
