// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the draw.io converter with another drawio command, such as the desktop program: its options and its failures.
#include "core/worker/jobfiles.h"
#include "tests/support/drawiotest.h"
#include "tests/support/pictures.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestForeignDrawio : public DrawioTest
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void commandGetsTheOptionsOfClx_data();
    void commandGetsTheOptionsOfClx();
    void commandGetsAFileWithOnePage();
    void failuresAreReported_data();
    void failuresAreReported();
    void cancelKillsTheProcessTree();

private:
    void useForeign(const QByteArray &script)
    {
        qputenv("LIFEGUARD_DRAWIO", QFile::encodeName(writeScript(path("foreign"), script)));
    }
};

void TestForeignDrawio::cleanup()
{
    closeConverter(); // each function with another command
    qunsetenv("LIFEGUARD_DRAWIO");
}

void TestForeignDrawio::commandGetsTheOptionsOfClx_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QString>("more");
    QTest::newRow("png") << QByteArray("png") << s(" --scale 3");
    QTest::newRow("svg") << QByteArray("svg") << s(" --embed-svg-images");
    QTest::newRow("pdf") << QByteArray("pdf") << QString();
}

void TestForeignDrawio::commandGetsTheOptionsOfClx()
{
    QFETCH(QByteArray, format);
    QFETCH(QString, more);
    QImage picture = blank();
    picture.setPixelColor(3, 3, Qt::black);
    QVERIFY(writeOutput(path("made.png"), png(picture)));
    QVERIFY(writeOutput(path("made.svg"), "<svg/>"));
    QVERIFY(writeOutput(path("made.pdf"), "%PDF-1.4\n%%EOF\n"));
    const QByteArray here = QFile::encodeName(m_folder->path());
    useForeign("#!/bin/sh\necho \"$@\" >>" + here + "/arguments\ncp \"$3\" " + here + "/input\ncp " + here
               + "/made.$5 \"$7\"\necho \"$3 -> $7\"\n");
    for (int i = 0; i < 2; ++i) // the command is started for each job
        VERIFY_CONVERTED(box("foreign"), format.constData());
    QCOMPARE(content("input"), box("foreign"));
    QCOMPARE(output(), content(QByteArray("made." + format).constData()));
    const QStringList calls = QString::fromUtf8(content("arguments")).split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(calls.size(), 2);
    static const QRegularExpression folders(s("/\\S*/"));
    for (QString call : calls) {
        QCOMPARE(call.remove(folders),
                 QStringLiteral("--no-sandbox --export drawing.drawio --format %1 --output drawing.%1 --border 20")
                         .arg(s(format.constData()))
                     + more);
    }
}

void TestForeignDrawio::commandGetsAFileWithOnePage()
{
    const QByteArray here = QFile::encodeName(m_folder->path());
    useForeign("#!/bin/sh\necho \"$@\" >" + here + "/arguments\ncp \"$3\" " + here + "/input\necho '<svg/>' >\"$7\"\n");
    const QByteArray file = drawioFile(drawioPage(drawioBox("First"), "A") + drawioPage(drawioBox("Second"), "B"));
    VERIFY_CONVERTED(file, "svg", {{s("page_index"), 1}});
    // Some versions of the desktop program count pages from 0, others from 1.
    QVERIFY(!content("arguments").contains("--page-index"));
    QVERIFY(content("input").contains("Second") && !content("input").contains("First"));
}

void TestForeignDrawio::failuresAreReported_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("error");
    QTest::newRow("exit code 0 without an output, like the desktop program")
        << QByteArray("echo 'libva error' >&2; echo \"Error: Export failed: $3\" >&2")
        << s("draw.io wrote no output: Export failed");
    QTest::newRow("no message") << QByteArray("true") << s("draw.io wrote no output and reported no error.");
    QTest::newRow("exit code") << QByteArray("echo 'Missing X server or $DISPLAY' >&2; exit 1")
                               << s("draw.io failed (exit code 1): Missing X server or $DISPLAY");
    QTest::newRow("crash") << QByteArray("kill -SEGV $$") << s("draw.io failed (SIGSEGV).");
    QTest::newRow("empty output") << QByteArray(": >\"$7\"") << s("draw.io wrote an empty output.");
    QTest::newRow("not a picture") << QByteArray("echo oops >\"$7\"")
                                   << s("The output of draw.io is not a complete PNG.");
    QTest::newRow("blank picture") << QByteArray("cp blank.png \"$7\"") << s("draw.io drew a blank picture");
}

void TestForeignDrawio::failuresAreReported()
{
    QFETCH(QByteArray, script);
    QFETCH(QString, error);
    QVERIFY(writeOutput(path("blank.png"), png(blank())));
    useForeign("#!/bin/bash\ncd \"$(dirname \"$0\")\"\n" + script + "\n");
    const auto result = convert(box("x"), "png");
    QVERIFY(!result);
    QVERIFY(result.error().code == ErrorCode::ToolFailed);
    QVERIFY2(result.error().message.startsWith(error), qPrintable(result.error().message));
    QVERIFY(!QFile::exists(path("out")));
}

void TestForeignDrawio::cancelKillsTheProcessTree()
{
    useForeign("#!/bin/bash\ntrap '' TERM\ncd \"$(dirname \"$0\")\"\nsetsid bash -c 'trap \"\" TERM; echo $$ "
               ">child.pid; while :; do sleep 600; done' &\n"
               "echo $$ >tool.pid\nwhile :; do sleep 600; done\n");
    begin(box("x"), "png");
    const qint64 tool = pidIn(path("tool.pid"), patience);
    const qint64 child = pidIn(path("child.pid"), patience);
    QVERIFY(tool > 0 && child > 0);
    m_converter->cancel();
    EVENTUALLY(m_result.has_value());
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    QVERIFY(!isAlive(tool));
    QVERIFY(!isAlive(child));
}

QTEST_GUILESS_MAIN(TestForeignDrawio)
#include "tst_foreigndrawio.moc"
