// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that real workers convert the whole sample workspace.
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTest>

using namespace lifeguard::test;

class TestSample : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sampleIsConverted_data();
    void sampleIsConverted();
};

void TestSample::sampleIsConverted_data()
{
    QTest::addColumn<QStringList>("folders");
    QTest::addColumn<QString>("jar");
    QTest::addColumn<int>("jobs");
    QTest::newRow("all inputs") << QStringList{s("diagrams"), s("drawings"), s("notebooks")} << QString() << 10;
    QTest::newRow("diagrams with Debian's PlantUML")
        << QStringList{s("diagrams")} << s("/usr/share/plantuml/plantuml.jar") << 6;
}

void TestSample::sampleIsConverted()
{
    QFETCH(QStringList, folders);
    QFETCH(QString, jar);
    QFETCH(int, jobs);
    if (!jar.isEmpty() && !QFile::exists(jar))
        QSKIP(qPrintable(s("%1 is not installed").arg(jar)));
    CtlProgram ctl;
    QStringList submit{s("submit")};
    for (const QString &folder : folders) {
        const QDir from(s(LIFEGUARD_SOURCE_DIR "/resources/sample/") + folder);
        QVERIFY(QDir(ctl.folder()).mkpath(folder));
        for (const QString &name : from.entryList(QDir::Files))
            QVERIFY(QFile::copy(from.filePath(name), ctl.filePath(folder + u'/' + name)));
        submit.append(ctl.filePath(folder));
    }
    QCOMPARE(ctl.call(submit).code, 0);
    if (!jar.isEmpty())
        qputenv("PLANTUML_JAR", QFile::encodeName(jar));
    const Outcome run = ctl.call({s("run"), s("--until-idle"), s("--timeout"), s("100")}, 120000);
    qunsetenv("PLANTUML_JAR");
    QVERIFY2(run.code == 0, run.all().constData());
    QCOMPARE(ctl.jobs(s("completed")), jobs);
    int outputs = 0;
    for (QDirIterator at(ctl.filePath(s("output")), QDir::Files, QDirIterator::Subdirectories); at.hasNext();
         ++outputs) {
        at.next();
        QVERIFY2(at.fileInfo().size() > 1000, qPrintable(at.filePath()));
    }
    QCOMPARE(outputs, jobs);
}

QTEST_GUILESS_MAIN(TestSample)
#include "tst_sample.moc"
