// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the escaping of texts for a terminal.
#include "core/base/terminaltext.h"

#include <QTest>

using namespace lifeguard;

class TestTerminalText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void escapesWhatTheTerminalWouldObey_data();
    void escapesWhatTheTerminalWouldObey();
    void noControlCharacterIsLeft();
    void measuresColumns_data();
    void measuresColumns();
    void longTextsAreCut_data();
    void longTextsAreCut();
    void longTextsAreCutAtAnyWidth();
    void linesKeepTheirBreaks();
};

void TestTerminalText::escapesWhatTheTerminalWouldObey_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("row");
    QTest::newRow("plain") << QStringLiteral("Übung 1\\2.puml") << QStringLiteral("Übung 1\\2.puml");
    QTest::newRow("clears the screen") << QStringLiteral("a\x1b[2Jb") << QStringLiteral("a\\x1b[2Jb");
    QTest::newRow("carriage return") << QStringLiteral("failed\rok    ") << QStringLiteral("failed\\rok    ");
    QTest::newRow("line break, tab") << QStringLiteral("a\nb\tc") << QStringLiteral("a\\nb\\tc");
    QTest::newRow("8-bit control") << QStringLiteral("a\u009b31m") << QStringLiteral("a\\x9b31m");
    QTest::newRow("null, delete") << QString::fromUtf8("a\0b\x7f", 4) << QStringLiteral("a\\x00b\\x7f");
    QTest::newRow("override") << QStringLiteral("gnp.\u202eexe") << QStringLiteral("gnp.\\u{202e}exe");
    QTest::newRow("isolates, marks") << QStringLiteral("\u2066\u200f\u061c")
                                     << QStringLiteral("\\u{2066}\\u{200f}\\u{61c}");
    QTest::newRow("invisible") << QStringLiteral("a\u200bb\ufeff\u00ad") << QStringLiteral("a\\u{200b}b\\u{feff}\\xad");
    QTest::newRow("blank Braille") << QStringLiteral("a\u2800") << QStringLiteral("a\\u{2800}");
    QTest::newRow("line separator") << QStringLiteral("a\u2028b\u2029") << QStringLiteral("a\\u{2028}b\\u{2029}");
    QTest::newRow("tag characters") << QStringLiteral("a\U000e0041") << QStringLiteral("a\\u{e0041}");
    QTest::newRow("lone surrogate") << QString(QChar(0xd800)) << QStringLiteral("\\u{d800}");
    QTest::newRow("Chinese, emoji") << QStringLiteral("测试😀") << QStringLiteral("测试😀");
    QTest::newRow("accents") << QStringLiteral("e\u0301\u0323") << QStringLiteral("e\u0301\u0323");
    QTest::newRow("accent without base") << QStringLiteral("\u0301e") << QStringLiteral("\\u{301}e");
    QTest::newRow("accent on an escape") << QStringLiteral("\n\u0301") << QStringLiteral("\\n\\u{301}");
    QTest::newRow("Persian joiner") << QStringLiteral("می\u200cخ") << QStringLiteral("می\u200cخ");
    QTest::newRow("pile of accents") << QString(QLatin1Char('e') + QString(6, QChar(0x301)))
                                     << QString(QLatin1Char('e') + QString(4, QChar(0x301))
                                                + QStringLiteral("\\u{301}\\u{301}"));
}

void TestTerminalText::escapesWhatTheTerminalWouldObey()
{
    QFETCH(QString, text);
    QFETCH(QString, row);
    QCOMPARE(terminalRow(text), row);
    QCOMPARE(terminalRow(row), row);
}

void TestTerminalText::noControlCharacterIsLeft()
{
    for (char32_t character = 0; character < 0x110000; ++character) {
        const QString row = terminalRow(QString::fromUcs4(&character, 1));
        for (const QChar unit : row) {
            QVERIFY2(unit.unicode() >= 0x20 && (unit.unicode() < 0x7f || unit.unicode() > 0x9f),
                     qPrintable(QString::number(character, 16)));
            QVERIFY2(unit.isSurrogate() || unit.category() != QChar::Other_Format || unit == QChar(0x200c)
                         || unit == QChar(0x200d),
                     qPrintable(QString::number(character, 16)));
        }
    }
}

void TestTerminalText::measuresColumns_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("width");
    QTest::newRow("empty") << QString() << 0;
    QTest::newRow("ASCII") << QStringLiteral("abc") << 3;
    QTest::newRow("accents") << QStringLiteral("äe\u0301") << 2;
    QTest::newRow("Chinese") << QStringLiteral("测试") << 4;
    QTest::newRow("Japanese, full width") << QStringLiteral("カＡ") << 4;
    QTest::newRow("half width") << QStringLiteral("ｶ") << 1;
    QTest::newRow("Korean, composed and not") << QStringLiteral("한\u1112\u1161\u11ab") << 4;
    QTest::newRow("emoji") << QStringLiteral("😀🚀") << 4;
    QTest::newRow("rare Chinese") << QStringLiteral("𠀀") << 2;
    QTest::newRow("arrows, box") << QStringLiteral("→│…") << 3;
}

void TestTerminalText::measuresColumns()
{
    QFETCH(QString, text);
    QTEST(displayWidth(text), "width");
}

void TestTerminalText::longTextsAreCut_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("maxWidth");
    QTest::addColumn<QString>("row");
    QTest::newRow("fits") << QStringLiteral("abcdef") << 6 << QStringLiteral("abcdef");
    QTest::newRow("does not fit") << QStringLiteral("abcdef") << 5 << QStringLiteral("abcd…");
    QTest::newRow("wide characters") << QStringLiteral("测试测试") << 6 << QStringLiteral("测试…");
    QTest::newRow("accents are not columns")
        << QStringLiteral("e\u0301e\u0301") << 2 << QStringLiteral("e\u0301e\u0301");
    QTest::newRow("escapes are not split") << QStringLiteral("abc\x1b[2J") << 6 << QStringLiteral("abc…");
    QTest::newRow("trailing escape fits") << QStringLiteral("ab\x1b") << 6 << QStringLiteral("ab\\x1b");
}

void TestTerminalText::longTextsAreCut()
{
    QFETCH(QString, text);
    QFETCH(int, maxWidth);
    QTEST(terminalRow(text, maxWidth), "row");
}

void TestTerminalText::longTextsAreCutAtAnyWidth()
{
    const QString text = QStringLiteral("测e\u0301\x1b[😀\n\u202e").repeated(200'000);
    for (int maxWidth = 1; maxWidth < 60; ++maxWidth) {
        const QString row = terminalRow(text, maxWidth);
        QVERIFY(displayWidth(row) <= maxWidth);
        QVERIFY(row.endsWith(QStringLiteral("…")));
    }
}

void TestTerminalText::linesKeepTheirBreaks()
{
    QCOMPARE(terminalLines(QStringLiteral("a\x1b[31m\r\n\tb\u202e\n\n")),
             QStringLiteral("a\\x1b[31m\n\tb\\u{202e}\n\n"));
    QCOMPARE(terminalLines(QStringLiteral("50 %\r100 %")), QStringLiteral("50 %\\r100 %"));
    QCOMPARE(terminalLines(QString()), QString());
}

QTEST_APPLESS_MAIN(TestTerminalText)
#include "tst_terminaltext.moc"
