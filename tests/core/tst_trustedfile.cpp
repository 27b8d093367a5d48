// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/trustedfile.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestTrustedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void modes_data();
    void modes();
    void foreignGroup();
    void foreignOwner();
    void replaceable();
    void sizes();
    void otherKindsOfFiles();

private:
    void setMode(const QString &path, mode_t mode) { QCOMPARE(chmod(QFile::encodeName(path).constData(), mode), 0); }
    [[nodiscard]] Result<QByteArray> read() const { return readTrustedFile(m_path, 1024); }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void TestTrustedFile::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(s("lifeguard.yaml"));
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write("pools: {}\n"), 10);
}

void TestTrustedFile::modes_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<bool>("isTrusted");
    QTest::newRow("private") << 0600 << true;
    QTest::newRow("readable") << 0644 << true;
    QTest::newRow("writable by all") << 0666 << false;
    QTest::newRow("writable by others only") << 0602 << false;
}

void TestTrustedFile::modes()
{
    QFETCH(int, mode);
    QFETCH(bool, isTrusted);
    setMode(m_path, mode_t(mode));
    const Result<QByteArray> content = read();
    QCOMPARE(content.has_value(), isTrusted);
    if (isTrusted) {
        QCOMPARE(*content, QByteArray("pools: {}\n"));
    } else {
        QCOMPARE(content.error().code, ErrorCode::PermissionDenied);
        QVERIFY(content.error().message.contains(s("chmod go-w '") + m_path));
    }
}

void TestTrustedFile::foreignGroup()
{
    if (geteuid() != 0)
        QSKIP("Only root can give the file another group.");
    setMode(m_path, 0660);
    QVERIFY2(read(), "the private group of root has no other members");
    QCOMPARE(chown(QFile::encodeName(m_path).constData(), 0, 100), 0);
    setMode(m_path, 0640);
    QVERIFY(read());
    setMode(m_path, 0660);
    QCOMPARE(read().error().code, ErrorCode::PermissionDenied);
}

void TestTrustedFile::foreignOwner()
{
    if (geteuid() != 0)
        QSKIP("Only root can give the file another owner.");
    setMode(m_folder->path(), 0755);
    setMode(m_path, 0644);
    QCOMPARE(chown(QFile::encodeName(m_path).constData(), 65534, 65534), 0);
    QVERIFY2(read(), "root reads the files of other users");
    QCOMPARE(chown(QFile::encodeName(m_path).constData(), 12345, 12345), 0);
    QCOMPARE(seteuid(65534), 0);
    const Result<QByteArray> content = read();
    QCOMPARE(seteuid(0), 0);
    QCOMPARE(content.error().code, ErrorCode::PermissionDenied);
    QVERIFY(content.error().message.contains(s("belongs to another user")));
}

void TestTrustedFile::replaceable()
{
    setMode(m_folder->path(), 0777);
    const Result<QByteArray> content = read();
    QCOMPARE(content.error().code, ErrorCode::PermissionDenied);
    QVERIFY(content.error().message.contains(s("chmod o-w '") + m_folder->path()));
    setMode(m_folder->path(), 01777);
    QVERIFY2(read(), "in a folder such as /tmp, only the owner of a file can replace it");
}

void TestTrustedFile::sizes()
{
    QVERIFY(readTrustedFile(m_path, 10));
    const Result<QByteArray> content = readTrustedFile(m_path, 9);
    QCOMPARE(content.error().code, ErrorCode::InvalidArgument);
}

void TestTrustedFile::otherKindsOfFiles()
{
    QCOMPARE(readTrustedFile(m_folder->filePath(s("none")), 10).error().code, ErrorCode::NotFound);
    QCOMPARE(readTrustedFile(m_path + s("/none"), 10).error().code, ErrorCode::NotFound);
    QCOMPARE(readTrustedFile(m_folder->path(), 10).error().code, ErrorCode::InvalidArgument);
    const QString pipe = m_folder->filePath(s("pipe"));
    QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    QCOMPARE(readTrustedFile(pipe, 10).error().code, ErrorCode::InvalidArgument);
    const QString link = m_folder->filePath(s("link"));
    QVERIFY(QFile::link(m_path, link));
    QVERIFY(readTrustedFile(link, 10));
}

QTEST_GUILESS_MAIN(TestTrustedFile)
#include "tst_trustedfile.moc"
