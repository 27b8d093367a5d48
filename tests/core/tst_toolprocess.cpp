// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the process of a converter's tool: its stderr, and its end.
#include "core/worker/toolprocess.h"
#include "tests/support/memory.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <sys/stat.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestToolProcess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorsAreCompleteWhenOutputIsRead();
    void errorsDoNotFillTheMemory();
    void errorsOfAToolThatNeverStopsWriting();
    void endIsReportedOnce_data();
    void endIsReportedOnce();

private:
    static void start(ToolProcess &tool, const QString &script) { tool.start(s("/bin/sh"), {s("-c"), script}, s("/")); }
    /// Returns the bytes that this process keeps: its resident memory, and the content of its open files.
    [[nodiscard]] static qint64 keptBytes();
};

qint64 TestToolProcess::keptBytes()
{
    releaseFreedMemory();
    qint64 bytes = 0;
    for (const QFileInfo &entry : QDir(s("/proc/self/fd")).entryInfoList(QDir::Files | QDir::System | QDir::Hidden)) {
        struct stat info = {};
        if (stat(QFile::encodeName(entry.filePath()).constData(), &info) == 0 && S_ISREG(info.st_mode)
            && info.st_nlink == 0) // memfd_create()
            bytes += info.st_size;
    }
    QFile status(s("/proc/self/statm"));
    if (status.open(QIODevice::ReadOnly))
        bytes += status.readAll().split(' ').value(1).toLongLong() * 4096;
    return bytes;
}

void TestToolProcess::errorsAreCompleteWhenOutputIsRead()
{
    ToolProcess tool;
    QByteArray errors;
    int outputs = 0;
    connect(&tool, &ToolProcess::outputRead, this, [&](const QByteArray &bytes) {
        outputs += int(bytes.count('\n'));
        errors += tool.takeErrors();
        if (errors.count("error\n") < outputs)
            QFAIL("a line of stderr was missing when the output after it was read");
    });
    QSignalSpy ended(&tool, &ToolProcess::ended);
    start(tool, s("for i in $(seq 500); do echo error >&2; echo output; done"));
    EVENTUALLY(!ended.isEmpty());
    errors += tool.takeErrors();
    QCOMPARE(outputs, 500);
    QCOMPARE(errors.count("error\n"), 500);
    QVERIFY(tool.takeErrors().isEmpty());
}

void TestToolProcess::errorsDoNotFillTheMemory()
{
    ToolProcess tool;
    QSignalSpy ended(&tool, &ToolProcess::ended);
    const qint64 before = keptBytes();
    start(tool, s("head -c 300000000 /dev/zero >&2; echo last >&2"));
    QVERIFY(ended.wait(patience)); // QTest::qWaitFor() would sleep between two reads
    const qint64 kept = keptBytes() - before;
    QVERIFY2(kept < 50'000'000, qPrintable(QString::number(kept)));
    const QByteArray errors = tool.takeErrors();
    QVERIFY(errors.size() <= ToolProcess::errorLimit);
    QVERIFY(errors.endsWith("last\n"));
}

void TestToolProcess::errorsOfAToolThatNeverStopsWriting()
{
    ToolProcess tool;
    QSignalSpy ended(&tool, &ToolProcess::ended);
    start(tool, s("cat /dev/zero >&2"));
    for (int i = 0; i < 100; ++i) {
        QCoreApplication::processEvents();
        QVERIFY(tool.takeErrors().size() <= ToolProcess::errorLimit); // returns, although there is always more
    }
    tool.killTree();
    EVENTUALLY(!ended.isEmpty());
}

void TestToolProcess::endIsReportedOnce_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("isStarted");
    QTest::newRow("exit code") << s("/bin/sh") << QStringList{s("-c"), s("exit 3")} << true;
    QTest::newRow("signal") << s("/bin/sh") << QStringList{s("-c"), s("kill -SEGV $$")} << true;
    QTest::newRow("missing program") << s("/nonexistent") << QStringList() << false;
}

void TestToolProcess::endIsReportedOnce()
{
    QFETCH(QString, program);
    QFETCH(QStringList, arguments);
    QFETCH(bool, isStarted);
    ToolProcess tool;
    QSignalSpy ended(&tool, &ToolProcess::ended);
    tool.start(program, arguments, s("/"));
    EVENTUALLY(!ended.isEmpty());
    tool.killTree();
    QCoreApplication::processEvents(); // QProcess emits two signals for a crash
    QCOMPARE(ended.size(), 1);
    QCOMPARE(ended.constFirst().at(1).toBool(), !isStarted);
}

QTEST_GUILESS_MAIN(TestToolProcess)
#include "tst_toolprocess.moc"
