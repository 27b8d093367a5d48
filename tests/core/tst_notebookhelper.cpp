// SPDX-License-Identifier: GPL-3.0-or-later
// The Python that is kept open for notebooks, and their kernels: warm, apart from one another, and gone when they are to be.
#include "core/worker/jobfiles.h"
#include "tests/support/notebooktest.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

#include <utime.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestNotebookHelper : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void warmAndApart();
    void leftBehindProcessesEnd();
    void kernelKilled();
    void helperKilled();
    void cancel();
    void whatAKilledWorkerLeft();
};

void TestNotebookHelper::warmAndApart()
{
    const QByteArray cell = "import os\nprint('helper', os.getppid(), 'kernel', os.getpid(), 'left' in globals())\nleft = 1";
    QVERIFY(script(cell));
    const QList<QByteArray> first = output().mid(output().indexOf("    helper")).simplified().split(' ');
    QVERIFY(script(cell));
    const QList<QByteArray> second = output().mid(output().indexOf("    helper")).simplified().split(' ');
    QCOMPARE(first.size(), 5);
    QCOMPARE(second.at(1), first.at(1)); // the same Python, with nbconvert imported
    QVERIFY(second.at(3) != first.at(3)); // another kernel, that knows nothing of the first
    QCOMPARE(second.at(4), QByteArray("False"));
    QVERIFY(!isAlive(first.at(3).toLongLong()));
}

void TestNotebookHelper::leftBehindProcessesEnd()
{
    // In a session of its own, and let go of: as a server is that a notebook starts.
    QVERIFY(script("import subprocess\nchild = subprocess.Popen(['setsid', 'sh', '-c', 'echo $$ > left; exec sleep 1000'])\n"
                   "import time\nwhile not open('left', 'a+').tell(): time.sleep(0.01)"));
    const qint64 left = pidIn("left");
    QVERIFY(left > 0);
    QTRY_VERIFY(!isAlive(left));
}

void TestNotebookHelper::kernelKilled()
{
    const auto killed = script("import os\nos.kill(os.getpid(), 9)");
    QVERIFY(!killed);
    QCOMPARE(killed.error().message, s("cell 1: the kernel was killed (SIGKILL): often because the memory ran out"));
    const auto ended = script("import os\nos._exit(4)");
    QVERIFY(!ended);
    QCOMPARE(ended.error().message, s("cell 1: the kernel died (exit code 4)"));
    QVERIFY(script("1"));
}

void TestNotebookHelper::helperKilled()
{
    const QByteArray pids = "import os\nopen('helper', 'w').write(f'{os.getppid()}\\n')\nopen('kernel', 'w').write(f'{os.getpid()}\\n')\n";
    QVERIFY(script(pids));
    // Between two jobs: nobody notices.
    QCOMPARE(kill(static_cast<pid_t>(pidIn("helper")), SIGKILL), 0);
    QVERIFY(script("1"));
    // While a job is at work: it fails and says where, and the kernel does not go on alone.
    QFile::remove(path("kernel"));
    begin("# %%\n" + pids + "while True: pass\n", "html", {}, path("in.py"));
    const qint64 kernel = pidIn("kernel");
    QVERIFY(kernel > 0);
    QCOMPARE(kill(static_cast<pid_t>(pidIn("helper")), SIGKILL), 0);
    EVENTUALLY(m_result.has_value());
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().message, s("cell 1: `import os`: the converter ended unexpectedly: SIGKILL"));
    QTRY_VERIFY(!isAlive(kernel));
    QVERIFY(script("1"));
}

void TestNotebookHelper::cancel()
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
    QVERIFY2(!isAlive(kernel), "when the job has ended, its kernel is gone");
    QTRY_VERIFY(!isAlive(child));
    QVERIFY(output().isEmpty());
    QVERIFY(script("1"));
}

void TestNotebookHelper::whatAKilledWorkerLeft()
{
    QVERIFY(close());
    renew();
    const QString left = QDir::tempPath() + s("/lifeguard-notebook-oldold");
    const QString used = QDir::tempPath() + s("/lifeguard-notebook-newnew");
    for (const QString &folder : {left, used}) {
        QVERIFY(QDir().mkpath(folder + s("/home")));
        QVERIFY(writeOutput(folder + s("/lock"), {}));
    }
    const utimbuf longAgo{1'000'000'000, 1'000'000'000};
    QCOMPARE(utime(QFile::encodeName(left).constData(), &longAgo), 0);
    QVERIFY(script("from pathlib import Path\nPath('home').write_text(f'{Path.home()}\\n')"));
    QVERIFY(!QFileInfo::exists(left));
    QVERIFY2(QFileInfo::exists(used), "one that was just made may not be locked yet");
    QVERIFY(QDir(used).removeRecursively());
    const QString home = QString::fromLocal8Bit(content("home").trimmed());
    QVERIFY(QFileInfo(home).isDir());
    QVERIFY(close());
    QVERIFY2(!QFileInfo::exists(home), "nothing is left of our own");
}

QTEST_GUILESS_MAIN(TestNotebookHelper)
#include "tst_notebookhelper.moc"
