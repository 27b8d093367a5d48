// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/englishplurals.h"

#include <QTest>

using namespace lifeguard;

class TestEnglishPlurals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endings_data();
    void endings();
    void otherTextsAreNotTranslated();
    void installedTranslatorServesTr();
};

void TestEnglishPlurals::endings_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<int>("number");
    QTest::addColumn<QString>("text");
    const QByteArray jobs("%n job(s) of %1 pool(s)");
    QTest::newRow("none") << jobs << 0 << QStringLiteral("%n jobs of %1 pools");
    QTest::newRow("one") << jobs << 1 << QStringLiteral("%n job of %1 pool");
    QTest::newRow("several") << jobs << 1000 << QStringLiteral("%n jobs of %1 pools");
    QTest::newRow("one match") << QByteArray("%n match(es)") << 1 << QStringLiteral("%n match");
    QTest::newRow("several matches") << QByteArray("%n match(es)") << 2 << QStringLiteral("%n matches");
}

void TestEnglishPlurals::endings()
{
    QFETCH(const QByteArray, source);
    QFETCH(const int, number);
    QTEST(EnglishPluralTranslator().translate("context", source.constData(), nullptr, number), "text");
}

void TestEnglishPlurals::otherTextsAreNotTranslated()
{
    const EnglishPluralTranslator translator;
    QVERIFY(translator.translate("context", "%n selected", nullptr, 2).isNull());
    QVERIFY(translator.translate("context", "Kill the worker(s)").isNull());
}

void TestEnglishPlurals::installedTranslatorServesTr()
{
    EnglishPluralTranslator translator;
    QVERIFY(QCoreApplication::installTranslator(&translator));
    QCOMPARE(tr("%n job(s)", nullptr, 1), QStringLiteral("1 job"));
    QCOMPARE(tr("%n job(s)", nullptr, 12), QStringLiteral("12 jobs"));
    QCoreApplication::removeTranslator(&translator);
    QCOMPARE(tr("%n job(s)", nullptr, 1), QStringLiteral("1 job(s)"));
}

QTEST_GUILESS_MAIN(TestEnglishPlurals)
#include "tst_englishplurals.moc"
