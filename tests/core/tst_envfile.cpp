// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/envfile.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestEnvFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void values_data();
    void values();
    void manyLines();
    void rejects_data();
    void rejects();
    void readsTrustedFiles();
};

void TestEnvFile::values_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("value");
    QTest::newRow("plain") << QByteArray("A=b c") << s("b c");
    QTest::newRow("empty") << QByteArray("A=") << QString();
    QTest::newRow("equals sign") << QByteArray("A=b=c") << s("b=c");
    QTest::newRow("spaces are part of the value") << QByteArray("A= b ") << s(" b ");
    QTest::newRow("spaces before the name") << QByteArray("  A=b") << s("b");
    QTest::newRow("number sign in a value") << QByteArray("A=b # c") << s("b # c");
    QTest::newRow("quotes inside") << QByteArray("A=b\"c\"") << s("b\"c\"");
    QTest::newRow("single quotes") << QByteArray("A='b \\n \"c\" '") << s("b \\n \"c\" ");
    QTest::newRow("double quotes") << QByteArray("A=\"b\\n\\t\\\"\\\\\\x'\" ") << s("b\n\t\"\\\\x'");
    QTest::newRow("dollar signs") << QByteArray("A=\"$HOME\"") << s("$HOME");
    QTest::newRow("Windows") << QByteArray("A=b\r") << s("b");
    QTest::newRow("Windows, quotes") << QByteArray("A='b'\r") << s("b");
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf"
                                                   "A=b")
                                     << s("b");
    QTest::newRow("beyond ASCII") << QByteArray("A=\xc3\xa4") << QString(QChar(0xe4));
}

void TestEnvFile::values()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, value);
    const auto variables = parseEnvFile(line);
    QVERIFY2(variables, variables ? "" : qPrintable(variables.error().message));
    QCOMPARE(*variables, (QMap<QString, QString>{{s("A"), value}}));
}

void TestEnvFile::manyLines()
{
    const auto variables = parseEnvFile("# A=1\n\nA=2\n  # B=3\nB=4\nA=5\n");
    QVERIFY(variables);
    QCOMPARE(*variables, (QMap<QString, QString>{{s("A"), s("5")}, {s("B"), s("4")}}));
    QVERIFY(parseEnvFile({})->isEmpty());
}

void TestEnvFile::rejects_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("part"); // of the message
    QTest::newRow("no value") << QByteArray("A=1\nSECRET_WORD") << s("Line 2: The line has no '='");
    QTest::newRow("export") << QByteArray("export A=1") << s("Line 1: 'export A' is not the name of a variable");
    QTest::newRow("no name") << QByteArray("=SECRET_WORD") << s("Line 1: ''");
    QTest::newRow("reserved") << QByteArray("\nDB_PATH=SECRET_WORD") << s("Line 2: Lifeguard itself sets");
    QTest::newRow("open quote") << QByteArray("A='SECRET_WORD") << s("Line 1: The closing quote is missing.");
    QTest::newRow("escaped quote") << QByteArray("A=\"SECRET_WORD\\\"") << s("Line 1: The closing quote is missing.");
    QTest::newRow("text after a quote") << QByteArray("A='x'SECRET_WORD") << s("Line 1: Text follows");
    QTest::newRow("NUL") << QByteArray("A=SECRET_WORD\0", 14) << s("Line 1: The value of A contains a NUL");
    QTest::newRow("long value") << QByteArray("A=SECRET_WORD" + QByteArray(33 * 1024, 'x')) << s("longer than 32 KB");
    QByteArray many;
    for (int i = 0; i < 1001; ++i)
        many += 'A' + QByteArray::number(i) + "=SECRET_WORD\n";
    QTest::newRow("too many variables") << many << s("Line 1001: ");
}

void TestEnvFile::rejects()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, part);
    const auto variables = parseEnvFile(content);
    QVERIFY(!variables);
    QVERIFY2(variables.error().message.contains(part), qPrintable(variables.error().message));
    QVERIFY2(!variables.error().message.contains(s("SECRET_WORD")), "values are secrets");
}

void TestEnvFile::readsTrustedFiles()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(s("a.env"));
    QVERIFY(!readEnvFile(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("A=1\nB\n") > 0);
    file.close();
    const auto wrong = readEnvFile(path);
    QVERIFY(!wrong && wrong.error().message.startsWith(path + s(": Line 2: ")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("A=1\n") > 0);
    file.close();
    QCOMPARE(readEnvFile(path).value(), (QMap<QString, QString>{{s("A"), s("1")}}));
    QVERIFY(file.setPermissions(file.permissions() | QFileDevice::WriteOther));
    const auto writable = readEnvFile(path);
    QVERIFY(!writable && writable.error().code == ErrorCode::PermissionDenied);
}

QTEST_GUILESS_MAIN(TestEnvFile)
#include "tst_envfile.moc"
