// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testhelpers.h"
#include "ui/views/logfollower.h"
#include "ui/views/logpane.h"

#include <QFile>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

void write(const QString &path, const QByteArray &bytes, QIODevice::OpenMode mode = QIODevice::Append)
{
    QFile file(path);
    QVERIFY(file.open(mode | QIODevice::WriteOnly));
    file.write(bytes);
}

} // namespace

class TestLogFollower : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void readsExistingAndAddedText();
    void decodesCharactersSplitAcrossReads();
    void restartsWhenFileIsTruncated();
    void waitsForMissingFile();
    void doesNotReadPipes();
    void paneKeepsTheLastLines();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("worker.log")); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLogFollower::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestLogFollower::readsExistingAndAddedText()
{
    write(path(), "one\n");
    QString text;
    LogFollower follower;
    connect(&follower, &LogFollower::textRead, this, [&](const QString &read) { text += read; });
    follower.setPath(path());
    QCOMPARE(text, QStringLiteral("one\n"));
    write(path(), "two\n");
    QTRY_COMPARE_WITH_TIMEOUT(text, QStringLiteral("one\ntwo\n"), patience);
}

void TestLogFollower::decodesCharactersSplitAcrossReads()
{
    write(path(), "gr\xc3");
    QString text;
    LogFollower follower;
    connect(&follower, &LogFollower::textRead, this, [&](const QString &read) { text += read; });
    follower.setPath(path());
    write(path(), "\xbc\xc3\x9f");
    QTRY_COMPARE_WITH_TIMEOUT(text, QStringLiteral("grüß"), patience);
}

void TestLogFollower::restartsWhenFileIsTruncated()
{
    write(path(), "a long first line\n");
    QString text;
    LogFollower follower;
    connect(&follower, &LogFollower::textRead, this, [&](const QString &read) { text += read; });
    connect(&follower, &LogFollower::restarted, this, [&] { text.clear(); });
    follower.setPath(path());
    write(path(), "new\n", QIODevice::Truncate);
    QTRY_COMPARE_WITH_TIMEOUT(text, QStringLiteral("new\n"), patience);
}

void TestLogFollower::waitsForMissingFile()
{
    QString text;
    LogFollower follower;
    QSignalSpy problems(&follower, &LogFollower::readFailed);
    connect(&follower, &LogFollower::textRead, this, [&](const QString &read) { text += read; });
    follower.setPath(path());
    QCOMPARE(problems.count(), 1);
    write(path(), "late\n");
    QTRY_COMPARE_WITH_TIMEOUT(text, QStringLiteral("late\n"), patience);
}

void TestLogFollower::doesNotReadPipes()
{
    QCOMPARE(::mkfifo(QFile::encodeName(path()).constData(), 0600), 0);
    LogFollower follower;
    QSignalSpy problems(&follower, &LogFollower::readFailed);
    follower.setPath(path());
    QCOMPARE(problems.count(), 1);
}

void TestLogFollower::paneKeepsTheLastLines()
{
    QByteArray lines;
    for (int line = 0; line < 9000; ++line) {
        lines += "line " + QByteArray::number(line) + '\n';
    }
    write(path(), lines);
    LogPane pane;
    pane.setLog(path(), QString());
    auto *view = pane.findChild<QPlainTextEdit *>(QStringLiteral("logView"));
    QVERIFY(view);
    EVENTUALLY(view->toPlainText().endsWith(QStringLiteral("line 8999")));
    QCOMPARE(view->blockCount(), 5000);
}

QTEST_MAIN(TestLogFollower)
#include "tst_logfollower.moc"
