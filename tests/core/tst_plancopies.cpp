// SPDX-License-Identifier: GPL-3.0-or-later
// Tests copying files into the workspace when a plan is executed: no partial copies, and no other file is overwritten.
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
    void copiesKeepFoldersAndNames();
    void filesBesideInputsAreCopied();
    void includedFilesAreCopied();
    void copiesStayInTheWorkspace();
    void copiesReplaceNoOtherFile();
    void failedCopyLeavesNoPartialFile();
    void unwritableCopyFolderIsReported();
    void largeCopyReportsProgressAndCanBeCancelled();
};

void TestPlanCopies::copiesKeepFoldersAndNames()
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
    // If the same files are submitted again, the existing copies are used.
    QCOMPARE(planJobs({b}, with)->jobs.at(0).copyTo, path("ws/input/b.puml"));
}

void TestPlanCopies::filesBesideInputsAreCopied()
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
    QCOMPARE(plan->companions.size(), 2);
    QVERIFY2(!reasonFor(*plan, path("pictures/only.png")).isEmpty(), "a folder without inputs must not be copied");
    const auto jobs = executePlan(*plan);
    QVERIFY2(jobs, jobs ? "" : qPrintable(jobs.error().message));
    QCOMPARE(jobs->size(), 3);
    QVERIFY(QFileInfo::exists(path("ws/input/course/slides/img/picture.png")));
    QVERIFY(QFileInfo::exists(path("ws/input/course/helpers.py")));
    QVERIFY(!QFileInfo::exists(path("ws/input/pictures")));
    // Again: all copies exist already. A file that has changed is not copied over the existing one, and the plan
    // reports it.
    write(s("course/helpers.py"), "def g(): pass\n");
    const auto again = planJobs({path("course")}, with);
    QVERIFY(again->companions.isEmpty());
    QVERIFY2(reasonFor(*again, path("course/helpers.py")).contains(path("ws/input/course/helpers.py")),
             "the changed file must be reported");
    // Files inside the workspace are not copied.
    QVERIFY(planJobs({path("ws/input/course")}, with)->companions.isEmpty());
}

void TestPlanCopies::includedFilesAreCopied()
{
    const QString main = write(s("other/main.puml"),
                               "@startuml\n!include parts/style.iuml\n!include ../above.iuml\n@enduml\n");
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
    QVERIFY2(!QFileInfo::exists(path("ws/above.iuml")), "nothing must be copied to other folders");
}

void TestPlanCopies::copiesStayInTheWorkspace()
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

void TestPlanCopies::copiesReplaceNoOtherFile()
{
    const QString outside = write(s("other/a.puml"));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({outside}, with);
    QCOMPARE(plan->jobs.at(0).copyTo, path("ws/input/a.puml"));
    // Another program creates the file between the preview and the execution.
    write(s("ws/input/a.puml"), "another program's");
    auto jobs = executePlan(*plan);
    QVERIFY(!jobs);
    QVERIFY2(jobs.error().message.contains(path("ws/input/a.puml")), qPrintable(jobs.error().message));
    QCOMPARE(contentOf(path("ws/input/a.puml")), QByteArray("another program's"));
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")});
    // A new plan uses another name. A file with the same content is not copied again.
    QCOMPARE(planJobs({outside}, with)->jobs.at(0).copyTo, path("ws/input/a-2.puml"));
    write(s("ws/input/a.puml"), diagram);
    jobs = executePlan(*plan);
    QVERIFY(jobs);
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")});
    // A dangling link counts as an existing file.
    QVERIFY(QFile::remove(path("ws/input/a.puml")));
    QVERIFY(QFile::link(path("nowhere"), path("ws/input/a.puml")));
    QVERIFY(!executePlan(*plan));
    QVERIFY(!QFileInfo::exists(path("nowhere")));
}

void TestPlanCopies::failedCopyLeavesNoPartialFile()
{
    const QString small = write(s("other/a.puml"));
    const QString big = write(s("other/b.puml"), QByteArray(300'000, 'x'));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({small, big}, with);
    QCOMPARE(plan->jobs.size(), 2);
    // Writing fails in the middle, as on a full disk.
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
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")}); // no partial copy, under any name
    QVERIFY(executePlan(*plan));
    QCOMPARE(QFileInfo(path("ws/input/b.puml")).size(), 300'000);
    QCOMPARE(filesIn(path("ws/input")).size(), 2);
}

void TestPlanCopies::unwritableCopyFolderIsReported()
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

void TestPlanCopies::largeCopyReportsProgressAndCanBeCancelled()
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
    QVERIFY(executePlan(*planJobs({big}, with), &whole)); // the copy exists already, but its bytes count
    QCOMPARE(whole.done.load(), 2 * whole.total.load());
}

QTEST_GUILESS_MAIN(TestPlanCopies)
#include "tst_plancopies.moc"
