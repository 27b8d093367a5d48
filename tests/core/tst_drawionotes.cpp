// SPDX-License-Identifier: GPL-3.0-or-later
// The notes about pictures of drawings.
#include "core/base/englishplurals.h"
#include "core/worker/drawionotes.h"
#include "tests/support/testhelpers.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QObject>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDrawioNotes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCoreApplication::installTranslator(&m_englishPlurals); }
    void factsBecomeSentences_data();
    void factsBecomeSentences();

private:
    EnglishPluralTranslator m_englishPlurals; ///< as in the worker
};

void TestDrawioNotes::factsBecomeSentences_data()
{
    QTest::addColumn<QByteArray>("facts");
    QTest::addColumn<QStringList>("parts"); // of the notes, in their order
    QTest::newRow("nothing to say") << QByteArray("{\"pages\": 3}") << QStringList();
    QTest::newRow("shrunk") << QByteArray("{\"shrunk\": {\"from\": 3, \"to\": 1.5, \"limit\": 16384}}")
                            << QStringList{s("shrunk to 50 %")};
    QTest::newRow("far away") << QByteArray(
        "{\"farAway\": [{\"page\": 0, \"shapes\": 1, \"label\": \"lost\", \"distance\": 20000}]}")
                              << QStringList{s("Distance of 1 shape (\"lost\") from the others: 20000 pixels.")};
    QTest::newRow("far away without a label")
        << QByteArray("{\"farAway\": [{\"page\": 0, \"shapes\": 2, \"label\": \"\", \"distance\": 9000}]}")
        << QStringList{s("Distance of 2 shapes from the others: 9000 pixels.")};
    QTest::newRow("blocked") << QByteArray("{\"blocked\": [\"http://a/b.png\"]}")
                             << QStringList{s("cannot load them: http://a/b.png. Embed")};
    QTest::newRow("many blocked") << QByteArray("{\"blocked\": [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\"]}")
                                  << QStringList{s("1, 2, 3, 4, 5 and 2 more")};
    QTest::newRow("unknown") << QByteArray("{\"unknownShapes\": [\"pipe\"], \"unknownKeys\": [\"textShadow\"]}")
                             << QStringList{s("boxes and lines: pipe."), s("newer versions: textShadow.")};
    QTest::newRow("empty pages") << QByteArray("{\"emptyPages\": [1, 2]}")
                                 << QStringList{s("Left out: 2 empty pages.")};
    QTest::newRow("wrong types") << QByteArray("{\"shrunk\": 1, \"farAway\": {}, \"blocked\": \"x\"}") << QStringList();
}

void TestDrawioNotes::factsBecomeSentences()
{
    QFETCH(QByteArray, facts);
    QFETCH(QStringList, parts);
    const QStringList notes = drawioNotes(QJsonDocument::fromJson(facts).object());
    QVERIFY2(notes.size() == parts.size(), qPrintable(notes.join(u'|')));
    for (qsizetype i = 0; i < notes.size(); ++i)
        QVERIFY2(notes.at(i).contains(parts.at(i)), qPrintable(notes.at(i)));
}

QTEST_GUILESS_MAIN(TestDrawioNotes)
#include "tst_drawionotes.moc"
