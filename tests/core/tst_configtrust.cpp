// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the two files that Lifeguard keeps about configuration files: the list of trusted ones, and the lock of a
// running one.
#include "core/config/configlock.h"
#include "core/config/configtrust.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigTrust : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_folder.reset(); }
    void contentIsRemembered();
    void listIsPrivate();
    void listOfOthersIsIgnored();
    void oneFileRunsOnce();
    void linkToALockedFile();

private:
    [[nodiscard]] QString file(const char *name) const { return m_folder->filePath(s(name)); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestConfigTrust::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QFile config(file("a.yaml"));
    QVERIFY(config.open(QIODevice::WriteOnly));
}

void TestConfigTrust::contentIsRemembered()
{
    ConfigTrust trust(file("sub/trusted"));
    QVERIFY(!trust.isTrusted(file("a.yaml"), "x"));
    QVERIFY(trust.trust(file("a.yaml"), "x"));
    QVERIFY(trust.trust(file("b.yaml"), "x"));
    const ConfigTrust later(file("sub/trusted"));
    QVERIFY(later.isTrusted(file("a.yaml"), "x"));
    QVERIFY(!later.isTrusted(file("a.yaml"), "y"));
    QVERIFY(!later.isTrusted(file("a.yaml"), "xy"));
    QVERIFY(!later.isTrusted(file("a.yaml"), ""));
    QVERIFY(!later.isTrusted(file("c.yaml"), "x"));

    QVERIFY(trust.trust(file("a.yaml"), "y"));
    QVERIFY(trust.isTrusted(file("a.yaml"), "y"));
    QVERIFY(!trust.isTrusted(file("a.yaml"), "x")); // an old version could be put back by somebody else
    QCOMPARE(trust.untrust(file("a.yaml")).value_or(false), true);
    QCOMPARE(trust.untrust(file("a.yaml")).value_or(true), false);
    QVERIFY(!trust.isTrusted(file("a.yaml"), "y"));
    QVERIFY(trust.isTrusted(file("b.yaml"), "x"));
}

void TestConfigTrust::listIsPrivate()
{
    const mode_t before = umask(0);
    ConfigTrust trust(file("trusted"));
    const Status first = trust.trust(file("a.yaml"), "x");
    const Status second = trust.trust(file("b.yaml"), "x");
    umask(before);
    QVERIFY(first && second);
    struct stat info = {};
    QCOMPARE(stat(QFile::encodeName(file("trusted")).constData(), &info), 0);
    QCOMPARE(info.st_mode & 0777U, 0600U);
}

void TestConfigTrust::listOfOthersIsIgnored()
{
    ConfigTrust trust(file("trusted"));
    QVERIFY(trust.trust(file("a.yaml"), "x"));
    QCOMPARE(chmod(QFile::encodeName(file("trusted")).constData(), 0666), 0);
    QVERIFY(!trust.isTrusted(file("a.yaml"), "x"));
}

void TestConfigTrust::oneFileRunsOnce()
{
    const QString folder = file("run");
    auto lock = ConfigLock::acquire(file("a.yaml"), folder);
    QVERIFY(lock);
    const auto second = ConfigLock::acquire(file("a.yaml"), folder);
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::Busy);
    QVERIFY2(second.error().message.contains(QString::number(QCoreApplication::applicationPid())),
             qPrintable(second.error().message));
    QVERIFY(second.error().message.contains(file("a.yaml")));
    QVERIFY(ConfigLock::acquire(file("b.yaml"), folder)); // another file
    lock->reset();
    QVERIFY(QDir(folder).isEmpty());
    QVERIFY(ConfigLock::acquire(file("a.yaml"), folder));
}

void TestConfigTrust::linkToALockedFile()
{
    QVERIFY(QFile::link(file("a.yaml"), file("link.yaml")));
    const auto lock = ConfigLock::acquire(file("link.yaml"), file("run"));
    QVERIFY(lock);
    QVERIFY(!ConfigLock::acquire(file("a.yaml"), file("run")));
}

QTEST_GUILESS_MAIN(TestConfigTrust)
#include "tst_configtrust.moc"
