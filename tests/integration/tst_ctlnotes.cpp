// SPDX-License-Identifier: GPL-3.0-or-later
// Tests what the commands show of the results of jobs: notes, and outputs that were not made again. Uses the real
// PlantUML.
#include "tests/support/ctlprogram.h"
#include "tests/support/drawings.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace lifeguard::test;

class TestCtlNotes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unchangedOutputsAreCounted();
    void notesAreShown();
    void undrawnPagesAreReported();
};

void TestCtlNotes::unchangedOutputsAreCounted()
{
    const CtlProgram ctl;
    ctl.write(s("part.iuml"), "A -> B : first\n");
    ctl.write(s("a.puml"), "@startuml\n!include part.iuml\n@enduml\n");
    ctl.write(s("b.puml"), "@startuml\nA -> B\n@enduml\n");
    const QStringList run{s("run"), s("--pool"), s("plantuml=1,mode=direct"), s("--until-idle")};
    const auto submitAndRun = [&] {
        const Outcome submitted = ctl.call({s("submit"), ctl.folder(), s("--format"), s("svg")});
        if (submitted.code != 0)
            return submitted;
        return ctl.call(run, 120000);
    };
    const Outcome first = submitAndRun();
    QVERIFY2(first.code == 0 && !first.all().contains("not converted again"), first.all().constData());

    const Outcome second = submitAndRun();
    QVERIFY2(second.code == 0, second.all().constData());
    QVERIFY2(second.out.contains("2 jobs not converted again: the outputs are up to date"), second.all().constData());
    const QJsonObject job = ctl.call({s("job"), s("4"), s("--json")}).object();
    const QJsonArray notes = job.value(s("notes")).toArray();
    QCOMPARE(notes.size(), 1);
    QVERIFY(notes.first().toString().startsWith(s("Not converted again: the output of ")));
    QCOMPARE(job.value(s("outputs")).toArray().size(), 1);

    ctl.write(s("part.iuml"), "A -> B : second\n");
    const Outcome third = submitAndRun();
    QVERIFY2(third.out.contains("1 job not converted again: the outputs are up to date"), third.all().constData());
    QFile picture(ctl.filePath(s("output/a.svg")));
    QVERIFY(picture.open(QIODevice::ReadOnly));
    QVERIFY2(picture.readAll().contains("second"), "the included file has changed, so the picture must change");
}

/// A note that a worker stores while the command runs is printed at once.
void TestCtlNotes::notesAreShown()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(1));
    QVERIFY(ctl.call({s("run"), s("--pool"), s("noop=1,mode=direct"), s("--until-idle")}).code == 0);
    QProcess run;
    ctl.start(run, {s("run"), s("--pool"), s("noop=1,mode=direct")});
    QVERIFY(CtlProgram::readUntil(run, "running").contains("running"));
    RawSql raw(ctl.database());
    QVERIFY(raw.exec(
        s("INSERT INTO lifeguard_job_notes (job_id, kind, note) VALUES (1, 'result', 'The picture was cut.')")));
    const QByteArray printed = CtlProgram::readUntil(run, "The picture was cut.");
    QVERIFY2(printed.contains("job 1: note"), printed.constData());
    run.terminate();
    QVERIFY(run.waitForFinished(30000));
    for (const QStringList &command :
         {QStringList{s("jobs")}, QStringList{s("job"), s("1")}, QStringList{s("wait"), s("1")}}) {
        const Outcome shown = ctl.call(command);
        QVERIFY2(shown.out.contains("The picture was cut."), shown.all().constData());
    }
}

/// Adding drawings says which pages will be missing, and how to get them.
void TestCtlNotes::undrawnPagesAreReported()
{
    const CtlProgram ctl;
    const QString two = ctl.write(s("two.drawio"), drawioFile(drawioPage(drawioBox("First"), "Start")
                                                              + drawioPage(drawioBox("Second"), "End")));
    const QString one = ctl.write(s("one.drawio"), drawioFile(drawioPage(drawioBox("Only"), "Start")));
    const auto submit = [&ctl](const QStringList &options) {
        return ctl.call(QStringList{s("submit"), ctl.folder(), s("--force")} + options);
    };
    const Outcome first = submit({});
    QVERIFY2(first.code == 0, first.all().constData());
    QCOMPARE(QString::fromUtf8(first.err),
             s("lifeguardctl: %1 has 2 pages; only the first is drawn. Use --all-pages to draw all of them, or "
               "--page-index N to choose another one.\n")
                 .arg(two));
    const Outcome all = submit({s("--all-pages")});
    QVERIFY2(all.code == 0 && all.out.contains("Added 3 jobs"), all.all().constData());
    QCOMPARE(all.err, QByteArray());
    const Outcome second = submit({s("--page-index"), s("1")});
    QVERIFY2(second.code == 0 && second.out.startsWith("Added job "), second.all().constData());
    QVERIFY2(second.err.contains("only the one with the index 1 is drawn"), second.all().constData());
    QVERIFY2(second.err.contains(QFile::encodeName(one)), second.all().constData());
}

QTEST_GUILESS_MAIN(TestCtlNotes)
#include "tst_ctlnotes.moc"
