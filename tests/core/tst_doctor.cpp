// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the findings about a machine: each problem is named with its place, and explained.
#include "core/doctor/databasecheck.h"
#include "core/doctor/dockercheck.h"
#include "core/doctor/foldercheck.h"
#include "core/doctor/systemcheck.h"
#include "core/doctor/toolcheck.h"
#include "core/store/database.h"
#include "tests/support/asnobody.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

using Level = Finding::Level;

constexpr qint64 mebibyte = 1024 * 1024;

/// Returns the finding that contains the text; one without text if there is none.
Finding findingWith(const QList<Finding> &findings, const QString &text)
{
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [&text](const Finding &finding) { return finding.text.contains(text); });
    return found == findings.end() ? Finding{} : *found;
}

QString levelOf(const QList<Finding> &findings, const QString &text)
{
    const Finding finding = findingWith(findings, text);
    return finding.text.isEmpty() ? s("none") : toString(finding.level);
}

} // namespace

class TestDoctor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMissingToolIsExplained();
    void systemFindings_data();
    void systemFindings();
    void factsOfThisMachineAreRead();
    void folderFindings_data();
    void folderFindings();
    void factsOfFoldersAreRead();
    void dockerFindings();
    void imagesOfPools();
    void missingDatabaseIsNoProblem();
    void healthyDatabaseHasNoProblem();
    void damagedDatabaseIsAProblem();
    void largeDamagedDatabaseNeedsTheCompleteCheck();
};

void TestDoctor::everyMissingToolIsExplained()
{
    const QList<Finding> findings = toolFindings({}, {{s("plantuml"), s("Java is missing. Install it.")}});
    QCOMPARE(levelOf(findings, s("lifeguard-worker")), s("problem"));
    const Finding plantuml = findingWith(findings, s("type plantuml"));
    QCOMPARE(toString(plantuml.level), s("note"));
    QCOMPARE(plantuml.advice, s("Java is missing. Install it."));
    QCOMPARE(levelOf(findings, s("type noop")), s("ok"));
    QCOMPARE(countProblems(findings), 1);
    QCOMPARE(countProblems(toolFindings(s("/usr/bin/lifeguard-worker"), {})), 0);
}

void TestDoctor::systemFindings_data()
{
    QTest::addColumn<SystemFacts>("facts");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("level");
    const SystemFacts good{4, 8192 * mebibyte, true, true, 1'048'576, true};
    QTest::newRow("everything") << good << s("CPUs: 4, memory: 8.00 GiB") << s("ok");
    SystemFacts facts = good;
    facts.canLimitCpu = false;
    QTest::newRow("no CPU limits") << facts << s("not limits of CPU") << s("note");
    facts.canLimitMemory = false;
    QTest::newRow("no cgroups") << facts << s("cannot create cgroups") << s("note");
    facts = good;
    facts.openFiles = 1024;
    QTest::newRow("few open files") << facts << s("only 1024 files") << s("note");
    facts = good;
    facts.hasStackTool = false;
    QTest::newRow("no stack traces") << facts << s("stack traces") << s("note");
}

void TestDoctor::systemFindings()
{
    QFETCH(SystemFacts, facts);
    QFETCH(QString, text);
    QFETCH(QString, level);
    const QList<Finding> findings = lifeguard::systemFindings(facts);
    QCOMPARE(levelOf(findings, text), level);
    QCOMPARE(findingWith(findings, text).advice.isEmpty(), level == s("ok"));
    const auto notes = std::count_if(findings.begin(), findings.end(),
                                     [](const Finding &finding) { return finding.level != Level::Ok; });
    QCOMPARE(notes, level == s("ok") ? 0 : 1);
}

void TestDoctor::factsOfThisMachineAreRead()
{
    const SystemFacts facts = readSystemFacts();
    QVERIFY(facts.cpuCount >= 1);
    QVERIFY(facts.memory > 0);
    QVERIFY(facts.openFiles > 0);
}

void TestDoctor::folderFindings_data()
{
    QTest::addColumn<FolderFacts>("facts");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("level");
    const FolderFacts good{s("/w"), true, true, true, 100'000 * mebibyte, 1'000'000, {}};
    QTest::newRow("good") << good << s("The workspace (/w) is writable") << s("ok");
    FolderFacts facts = good;
    facts.isFolder = false;
    QTest::newRow("a file") << facts << s("is not a folder") << s("problem");
    facts = good;
    facts.isWritable = false;
    QTest::newRow("not writable") << facts << s("cannot write to The workspace (/w)") << s("problem");
    facts = good;
    facts.freeBytes = 500 * mebibyte;
    QTest::newRow("little space") << facts << s("Only 500.00 MiB") << s("note");
    facts.freeBytes = mebibyte;
    QTest::newRow("no space") << facts << s("Only 1.00 MiB") << s("problem");
    facts = good;
    facts.freeFiles = 3;
    QTest::newRow("no inodes") << facts << s("3 more files") << s("problem");
    facts = good;
    facts.networkFileSystem = s("NFS");
    QTest::newRow("network") << facts << s("network file system (NFS)") << s("note");
    facts = good;
    facts.freeBytes = facts.freeFiles = -1;
    QTest::newRow("unknown space") << facts << s("is writable") << s("ok");
}

void TestDoctor::folderFindings()
{
    QFETCH(FolderFacts, facts);
    QFETCH(QString, text);
    QFETCH(QString, level);
    const QList<Finding> findings = lifeguard::folderFindings(s("The workspace"), facts);
    QCOMPARE(findings.size(), 1);
    QCOMPARE(levelOf(findings, text), level);
    QCOMPARE(findings.constFirst().advice.isEmpty(), level == s("ok"));
}

void TestDoctor::factsOfFoldersAreRead()
{
    const std::unique_ptr<QTemporaryDir> folder = folderForNobody();
    const FolderFacts facts = readFolderFacts(folder->path());
    QVERIFY(facts.exists && facts.isFolder && facts.isWritable && facts.freeBytes > 0);
    QVERIFY(QDir(folder->path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
    const FolderFacts missing = readFolderFacts(folder->filePath(s("a/b")));
    QVERIFY(!missing.exists && missing.isWritable); // it can be created
    QVERIFY(!QFile::exists(folder->filePath(s("a"))));
    QFile file(folder->filePath(s("file")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(!readFolderFacts(file.fileName()).isFolder);
    const AsNobody nobody;
    QVERIFY(!readFolderFacts(folder->path()).isWritable || geteuid() != 65534);
}

void TestDoctor::dockerFindings()
{
    DockerFacts facts;
    facts.engine = failure(ErrorCode::Io, s("nothing listens at unix:///x"));
    QList<Finding> findings = lifeguard::dockerFindings(facts, {{s("lifeguard-noop:latest"), false}});
    QCOMPARE(findings.size(), 1);
    QCOMPARE(levelOf(findings, s("nothing listens at unix:///x")), s("note"));
    findings = lifeguard::dockerFindings(facts, {{s("a"), false}, {s("b"), true}});
    QCOMPARE(levelOf(findings, s("nothing listens at unix:///x")), s("problem"));
    facts.address = s("unix:///x");
    facts.engine = EngineInfo{s("28.2"), s("1.43"), s("linux"), s("amd64")};
    DockerImage image;
    image.tags = QStringList{s("lifeguard-noop:latest")};
    facts.images.append(image);
    findings = lifeguard::dockerFindings(facts,
                                         {{s("lifeguard-noop:latest"), true}, {s("lifeguard-drawio:latest"), true}});
    QCOMPARE(levelOf(findings, s("version 28.2")), s("ok"));
    QCOMPARE(levelOf(findings, s("has the image lifeguard-noop:latest")), s("ok"));
    QCOMPARE(levelOf(findings, s("not have the image lifeguard-drawio:latest")), s("note"));
}

void TestDoctor::imagesOfPools()
{
    const auto pool = [](ExecutionMode mode, const QString &image) {
        WorkerConfig config;
        config.type = s("noop");
        config.mode = mode;
        config.image = image;
        return NamedPool{s("p"), config};
    };
    QVERIFY(imagesOf({}).contains({s("lifeguard-plantuml:latest"), false}));
    QCOMPARE(imagesOf({pool(ExecutionMode::Auto, s("x:1")), pool(ExecutionMode::Docker, s("x:1")),
                       pool(ExecutionMode::Auto, {}), pool(ExecutionMode::Direct, s("y:1"))}),
             (QList<WantedImage>{{s("x:1"), true}, {s("lifeguard-noop:latest"), false}}));
}

void TestDoctor::missingDatabaseIsNoProblem()
{
    const QTemporaryDir folder;
    const QList<Finding> findings = checkDatabase(folder.filePath(s("q.db")), false);
    QCOMPARE(countProblems(findings), 0);
    QCOMPARE(levelOf(findings, s("no database")), s("note"));
    QVERIFY(!QFile::exists(folder.filePath(s("q.db"))));
}

void TestDoctor::healthyDatabaseHasNoProblem()
{
    const QTemporaryDir folder;
    QVERIFY(Database::open(folder.filePath(s("q.db")), OpenMode::Create));
    const QList<Finding> findings = checkDatabase(folder.filePath(s("q.db")), true);
    QCOMPARE(countProblems(findings), 0);
    QCOMPARE(levelOf(findings, s("can be read")), s("ok"));
    QCOMPARE(levelOf(findings, s("No manager")), s("note"));
}

void TestDoctor::damagedDatabaseIsAProblem()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(s("q.db")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(8192, 'x'));
    file.close();
    const QList<Finding> findings = checkDatabase(file.fileName(), false);
    QCOMPARE(countProblems(findings), 1);
    QVERIFY(!findings.constLast().advice.isEmpty());
}

/// Large files are not read completely when they are opened.
void TestDoctor::largeDamagedDatabaseNeedsTheCompleteCheck()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(s("q.db"));
    QVERIFY(Database::open(path, OpenMode::Create));
    {
        RawSql raw(path);
        QVERIFY(raw.exec(s("CREATE TABLE other (id INTEGER PRIMARY KEY, data BLOB)")));
        QVERIFY(raw.exec(s("INSERT INTO other (data) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
                           "WHERE n < 6000) SELECT randomblob(3000) FROM c")));
        QVERIFY(raw.exec(s("PRAGMA wal_checkpoint(TRUNCATE)")));
    }
    QFile file(path);
    QVERIFY(file.size() > 16 * mebibyte);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(file.size() / 2 / 4096 * 4096));
    file.write(QByteArray(4096, '\xff'));
    file.close();
    QCOMPARE(countProblems(checkDatabase(path, false)), 0);
    const QList<Finding> findings = checkDatabase(path, true);
    QCOMPARE(countProblems(findings), 1);
    QCOMPARE(levelOf(findings, s("is damaged")), s("problem"));
}

QTEST_GUILESS_MAIN(TestDoctor)
#include "tst_doctor.moc"
