// SPDX-License-Identifier: GPL-3.0-or-later
// Tests databases on network file systems, with a replaced statfs(2) (tests/preload/fakestatfs.cpp) and with FUSE.
#include "core/store/networkfilesystem.h"
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// A FUSE file system that shows the content of a folder at the same place, until the end of the object.
class FuseFolder
{
public:
    explicit FuseFolder(const QString &folder) : m_folder(folder)
    {
        m_isMounted = QProcess::execute(s("bindfs"), {s("-o"), s("nonempty"), folder, folder}) == 0;
    }
    ~FuseFolder()
    {
        if (m_isMounted)
            QProcess::execute(s("fusermount"), {s("-u"), s("-z"), m_folder});
    }
    Q_DISABLE_COPY_MOVE(FuseFolder)

    [[nodiscard]] bool isMounted() const { return m_isMounted; }

private:
    QString m_folder;
    bool m_isMounted = false;
};

} // namespace

class TestNetworkFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void recognisesNetworkFileSystems_data();
    void recognisesNetworkFileSystems();
    void keepsTheJournalMode_data();
    void keepsTheJournalMode();
    void usesAWriteAheadLogOnLocalFileSystems();
    void refusesASecondMachine();
    void keepsTheJournalModeOnFuse_data() { keepsTheJournalMode_data(); }
    void keepsTheJournalModeOnFuse();

private:
    Outcome run(const QStringList &more = {}) const;
    [[nodiscard]] QString journalMode() const;

    std::unique_ptr<CtlProgram> m_ctl;
};

void TestNetworkFile::init()
{
    m_ctl = std::make_unique<CtlProgram>();
    qputenv("LD_PRELOAD", LIFEGUARD_BUILD_DIR "/tests/liblifeguard_fakestatfs.so");
    qputenv("LIFEGUARD_TEST_FILE_SYSTEM", "6969");
    if (isSanitized)
        qputenv("ASAN_OPTIONS", qgetenv("ASAN_OPTIONS") + ":verify_asan_link_order=0");
}

void TestNetworkFile::cleanup()
{
    qunsetenv("LD_PRELOAD");
    qunsetenv("LIFEGUARD_TEST_FILE_SYSTEM");
    m_ctl.reset();
}

Outcome TestNetworkFile::run(const QStringList &more) const
{
    return m_ctl->call(QStringList{s("run"), s("--pool"), s("noop=4"), s("--until-idle")} + more);
}

QString TestNetworkFile::journalMode() const
{
    return RawSql(m_ctl->database()).value(s("PRAGMA journal_mode")).toString();
}

void TestNetworkFile::recognisesNetworkFileSystems_data()
{
    QTest::addColumn<quint64>("magic");
    QTest::addColumn<QString>("name");
    QTest::newRow("nfs") << quint64(0x6969) << s("NFS");
    QTest::newRow("cifs") << quint64(0xff534d42) << s("SMB");
    QTest::newRow("cifs, sign-extended") << quint64(0xffffffffff534d42) << s("SMB");
    QTest::newRow("smb2") << quint64(0xfe534d42) << s("SMB");
    QTest::newRow("smb") << quint64(0x517b) << s("SMB");
    QTest::newRow("fuse, virtiofs") << quint64(0x65735546) << s("FUSE");
    QTest::newRow("9p") << quint64(0x01021997) << s("9p");
    QTest::newRow("ceph") << quint64(0x00c36400) << s("Ceph");
    QTest::newRow("ext4") << quint64(0xef53) << QString();
    QTest::newRow("btrfs") << quint64(0x9123683e) << QString();
    QTest::newRow("xfs") << quint64(0x58465342) << QString();
    QTest::newRow("zfs") << quint64(0x2fc12fc1) << QString();
    QTest::newRow("tmpfs") << quint64(0x01021994) << QString();
    QTest::newRow("overlayfs") << quint64(0x794c7630) << QString();
}

void TestNetworkFile::recognisesNetworkFileSystems()
{
    QFETCH(quint64, magic);
    QTEST(networkFileSystemName(magic), "name");
}

void TestNetworkFile::keepsTheJournalMode_data()
{
    QTest::addColumn<QString>("mode");
    QTest::newRow("as CLM sets it") << s("delete");
    QTest::newRow("write-ahead log") << s("wal");
}

void TestNetworkFile::keepsTheJournalMode()
{
    QFETCH(QString, mode);
    QVERIFY(m_ctl->submitNoop(200));
    QVERIFY(RawSql(m_ctl->database()).exec(s("PRAGMA journal_mode = ") + mode));
    QCOMPARE(journalMode(), mode);
    const Outcome outcome = run();
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QVERIFY2(outcome.err.contains("is on a network file system (NFS)"), outcome.err.constData());
    QVERIFY2(QString::fromUtf8(outcome.err).contains(s("(%1)").arg(mode)), outcome.err.constData());
    QCOMPARE(m_ctl->jobs(s("completed")), 200);
    QCOMPARE(journalMode(), mode);
}

void TestNetworkFile::usesAWriteAheadLogOnLocalFileSystems()
{
    qputenv("LIFEGUARD_TEST_FILE_SYSTEM", "ef53");
    QVERIFY(m_ctl->submitNoop(1));
    QVERIFY(RawSql(m_ctl->database()).exec(s("PRAGMA journal_mode = DELETE")));
    const Outcome outcome = run();
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QVERIFY2(!outcome.err.contains("network"), outcome.err.constData());
    QCOMPARE(journalMode(), s("wal"));
}

void TestNetworkFile::refusesASecondMachine()
{
    QVERIFY(m_ctl->submitNoop(1));
    const QString add = s(
        "INSERT INTO lifeguard_managers (id, kind, process, started_at, heartbeat_at) VALUES "
        "('m', 'manager', '77:88:another-boot:pid:[1]', '2026-01-01 00:00:00', '2026-01-01 00:00:00')");
    QVERIFY(RawSql(m_ctl->database()).exec(add));
    const Outcome refused = run();
    QVERIFY2(refused.code == 3, refused.all().constData());
    QVERIFY2(refused.err.contains("another machine") && refused.err.contains("--allow-network-file"),
             refused.err.constData());
    QCOMPARE(m_ctl->jobs(s("pending")), 1);
    QCOMPARE(RawSql(m_ctl->database()).value(s("SELECT count(*) FROM lifeguard_managers")).toInt(), 1);
    const Outcome confirmed = run({s("--allow-network-file")});
    QVERIFY2(confirmed.code == 0, confirmed.all().constData());
    QCOMPARE(m_ctl->jobs(s("completed")), 1);
    // Without a network file system, the row is that of a manager of another boot.
    QVERIFY(RawSql(m_ctl->database()).exec(s("DELETE FROM lifeguard_managers")));
    QVERIFY(RawSql(m_ctl->database()).exec(add));
    qputenv("LIFEGUARD_TEST_FILE_SYSTEM", "ef53");
    QCOMPARE(run().code, 0);
}

/// With a real FUSE file system instead of the replaced statfs(2).
void TestNetworkFile::keepsTheJournalModeOnFuse()
{
    QFETCH(QString, mode);
    qunsetenv("LD_PRELOAD");
    const FuseFolder fuse(m_ctl->folder());
    if (!fuse.isMounted())
        QSKIP("FUSE cannot be used here, or bindfs is not installed");
    QCOMPARE(networkFileSystemOf(m_ctl->folder()), s("FUSE"));
    QVERIFY(m_ctl->submitNoop(50));
    QVERIFY(RawSql(m_ctl->database()).exec(s("PRAGMA journal_mode = ") + mode));
    QCOMPARE(journalMode(), mode);
    {
        const auto opened = Database::open(m_ctl->database(), OpenMode::ReadWrite);
        QVERIFY(opened);
        QSqlQuery synchronous(QSqlDatabase::database(QSqlDatabase::connectionNames().constLast()));
        QVERIFY(synchronous.exec(s("PRAGMA synchronous")) && synchronous.next());
        QCOMPARE(synchronous.value(0).toInt(), 2); // FULL
    }
    const Outcome outcome = run();
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QVERIFY2(outcome.err.contains("is on a network file system (FUSE)"), outcome.err.constData());
    QCOMPARE(m_ctl->jobs(s("completed")), 50);
    QCOMPARE(journalMode(), mode);
    QVERIFY(RawSql(m_ctl->database())
                .exec(s("INSERT INTO lifeguard_managers (id, kind, process, started_at, heartbeat_at) VALUES "
                        "('m', 'manager', '77:88:another-boot:pid:[1]', '2026-01-01 00:00:00', "
                        "'2026-01-01 00:00:00')")));
    const Outcome refused = run();
    QVERIFY2(refused.code == 3 && refused.err.contains("another machine"), refused.all().constData());
}

QTEST_GUILESS_MAIN(TestNetworkFile)
#include "tst_networkfile.moc"
