// SPDX-License-Identifier: GPL-3.0-or-later
// What is copied into the workspace with a plan: where to, whole or not at all, and never over another file.
#include "core/base/filecopy.h"
#include "tests/support/plantest.h"

#include <QTest>

#include <csignal>

#include <sys/resource.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlanCopies : public PlanTest
{
    Q_OBJECT

private Q_SLOTS:
    void copyInKeepsFoldersAndNames();
    void whatLiesBesideIsCopiedToo();
    void partsOfADiagramAreCopiedToo();
    void copyLandsInTheWorkspaceOnly();
    void copyTakesNoOtherFilesPlace();
    void copyIsWholeOrNotAtAll();
    void copyWhereNothingMayBeWritten();
    void bigCopyCountsAndIsCancelled();
};

void TestPlanCopies::copyInKeepsFoldersAndNames()
{
    write(s("one/deep/a.puml"));
    const QString b = write(s("two/b.puml"));
    const QString otherB = write(s("three/b.puml"), "@startuml\nC -> D\n@enduml\n");
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({path("one"), b, otherB}, with);
    QCOMPARE(plan->jobs.size(), 3);
    QCOMPARE(plan->jobs.at(0).copyTo, path("ws/input/one/deep/a.puml"));
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/output/input/one/deep/a.png"));
    QCOMPARE(plan->jobs.at(1).copyTo, path("ws/input/b.puml"));
    QCOMPARE(plan->jobs.at(2).copyTo, path("ws/input/b-2.puml"));
    QVERIFY(!QFileInfo::exists(path("ws/input")));
    const auto jobs = executePlan(*plan);
    QVERIFY(jobs);
    QVERIFY(QFileInfo::exists(path("ws/input/one/deep/a.puml")));
    QCOMPARE(QFileInfo(path("ws/input/b-2.puml")).size(), QFileInfo(otherB).size());
    // Submitted again unchanged, the copies are used again.
    QCOMPARE(planJobs({b}, with)->jobs.at(0).copyTo, path("ws/input/b.puml"));
}

void TestPlanCopies::whatLiesBesideIsCopiedToo()
{
    write(s("course/slides/a.ipynb"), "{}");
    write(s("course/slides/img/picture.png"), "picture");
    write(s("course/helpers.py"), "def f(): pass\n");
    write(s("course/several.puml"), "@startuml\nA -> B\n@enduml\n@startuml\nC -> D\n@enduml\n");
    write(s("pictures/only.png"), "x");
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({path("course"), path("pictures")}, with);
    QVERIFY(plan);
    QCOMPARE(plan->jobs.size(), 3);
    QCOMPARE(plan->copied, 2);
    QCOMPARE(plan->beside.size(), 2);
    QVERIFY2(!reasonFor(*plan, path("pictures/only.png")).isEmpty(), "a folder without a job is not copied");
    const auto jobs = executePlan(*plan);
    QVERIFY2(jobs, jobs ? "" : qPrintable(jobs.error().message));
    QCOMPARE(jobs->size(), 3);
    QVERIFY(QFileInfo::exists(path("ws/input/course/slides/img/picture.png")));
    QVERIFY(QFileInfo::exists(path("ws/input/course/helpers.py")));
    QVERIFY(!QFileInfo::exists(path("ws/input/pictures")));
    // Again: all stands there already, and another file of that name is neither overwritten nor taken for it.
    write(s("course/helpers.py"), "def g(): pass\n");
    const auto again = planJobs({path("course")}, with);
    QVERIFY(again->beside.isEmpty());
    QVERIFY2(reasonFor(*again, path("course/helpers.py")).contains(path("ws/input/course/helpers.py")), "the user is not told");
    // Inside the workspace nothing needs to be copied.
    QVERIFY(planJobs({path("ws/input/course")}, with)->beside.isEmpty());
}

void TestPlanCopies::partsOfADiagramAreCopiedToo()
{
    const QString main = write(s("other/main.puml"), "@startuml\n!include parts/style.iuml\n!include ../above.iuml\n@enduml\n");
    write(s("other/parts/style.iuml"), "!include colours.iuml\n");
    write(s("other/parts/colours.iuml"), "skinparam backgroundColor red\n");
    write(s("above.iuml"), "A -> B\n");
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({main}, with);
    QCOMPARE(plan->jobs.size(), 1);
    QVERIFY(executePlan(*plan));
    QVERIFY(QFileInfo::exists(path("ws/input/parts/style.iuml")));
    QVERIFY(QFileInfo::exists(path("ws/input/parts/colours.iuml")));
    QVERIFY2(!QFileInfo::exists(path("ws/above.iuml")), "nothing is copied to where the user did not say");
}

void TestPlanCopies::copyLandsInTheWorkspaceOnly()
{
    const QString outside = write(s("other/a.puml"));
    PlanOptions with = options();
    with.copyIn = true;
    QDir().mkpath(path("elsewhere"));
    QVERIFY(QFile::link(path("elsewhere"), path("ws/input")));
    const auto plan = planJobs({outside}, with);
    QVERIFY(plan->jobs.isEmpty());
    QVERIFY2(reasonFor(*plan, outside).contains(s("workspace")), qPrintable(reasonFor(*plan, outside)));
}

void TestPlanCopies::copyTakesNoOtherFilesPlace()
{
    const QString outside = write(s("other/a.puml"));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({outside}, with);
    QCOMPARE(plan->jobs.at(0).copyTo, path("ws/input/a.puml"));
    // Between the preview and the answer somebody else puts a file there.
    write(s("ws/input/a.puml"), "somebody else's");
    auto jobs = executePlan(*plan);
    QVERIFY(!jobs);
    QVERIFY2(jobs.error().message.contains(path("ws/input/a.puml")), qPrintable(jobs.error().message));
    QCOMPARE(contentOf(path("ws/input/a.puml")), QByteArray("somebody else's"));
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")});
    // Asked again it gets a name of its own; the same content is not copied twice.
    QCOMPARE(planJobs({outside}, with)->jobs.at(0).copyTo, path("ws/input/a-2.puml"));
    write(s("ws/input/a.puml"), diagram);
    jobs = executePlan(*plan);
    QVERIFY(jobs);
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")});
    // A link that leads nowhere is a name that is taken, too.
    QVERIFY(QFile::remove(path("ws/input/a.puml")));
    QVERIFY(QFile::link(path("nowhere"), path("ws/input/a.puml")));
    QVERIFY(!executePlan(*plan));
    QVERIFY(!QFileInfo::exists(path("nowhere")));
}

void TestPlanCopies::copyIsWholeOrNotAtAll()
{
    const QString small = write(s("other/a.puml"));
    const QString big = write(s("other/b.puml"), QByteArray(300'000, 'x'));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({small, big}, with);
    QCOMPARE(plan->jobs.size(), 2);
    // As on a full disk: writing fails in the middle.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit tight = before;
    tight.rlim_cur = 100'000;
    setrlimit(RLIMIT_FSIZE, &tight);
    const auto jobs = executePlan(*plan);
    setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!jobs);
    QCOMPARE(jobs.error().code, ErrorCode::DiskFull);
    QVERIFY2(jobs.error().message.contains(big), qPrintable(jobs.error().message));
    QVERIFY2(jobs.error().message.contains(s("No job was added")), qPrintable(jobs.error().message));
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")}); // nothing half-written, under no name
    QVERIFY(executePlan(*plan));
    QCOMPARE(QFileInfo(path("ws/input/b.puml")).size(), 300'000);
    QCOMPARE(filesIn(path("ws/input")).size(), 2);
}

void TestPlanCopies::copyWhereNothingMayBeWritten()
{
    const QString outside = write(s("other/a.puml"));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({outside}, with);
    write(s("ws/input"), "a file where the folder should be");
    auto jobs = executePlan(*plan);
    QVERIFY(!jobs);
    QVERIFY2(jobs.error().message.contains(path("ws/input")), qPrintable(jobs.error().message));
    QVERIFY(QFile::remove(path("ws/input")));
    QDir().mkpath(path("ws/input"));
    QFile::setPermissions(path("ws/input"), QFile::ReadOwner | QFile::ExeOwner);
    {
        const AsNobody nobody;
        jobs = executePlan(*plan);
    }
    QVERIFY(!jobs);
    QCOMPARE(jobs.error().code, ErrorCode::PermissionDenied);
    QVERIFY2(jobs.error().message.contains(path("ws/input")), qPrintable(jobs.error().message));
}

void TestPlanCopies::bigCopyCountsAndIsCancelled()
{
    const QString big = write(s("other/b.puml"), QByteArray(5'000'000, 'x'));
    Progress progress;
    QVERIFY(copyToNew(big, path("ws/copy"), &progress));
    QCOMPARE(progress.done.load(), 5'000'000);
    QVERIFY(haveSameContent(big, path("ws/copy")));
    progress.cancelled = true;
    const Status stopped = copyToNew(big, path("ws/second/copy"), &progress);
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QVERIFY(filesIn(path("ws/second")).isEmpty());

    PlanOptions with = options();
    with.copyIn = true;
    Progress whole;
    QVERIFY(executePlan(*planJobs({big}, with), &whole));
    QCOMPARE(whole.total.load(), 5'000'001);
    QCOMPARE(whole.done.load(), whole.total.load());
    QVERIFY(executePlan(*planJobs({big}, with), &whole)); // the copy is there: counted all the same
    QCOMPARE(whole.done.load(), 2 * whole.total.load());
}

QTEST_GUILESS_MAIN(TestPlanCopies)
#include "tst_plancopies.moc"
