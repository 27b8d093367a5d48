// SPDX-License-Identifier: GPL-3.0-or-later
// Recognising the encodings of text files.
#include "core/base/textdecoding.h"
#include "tests/support/testhelpers.h"

#include <QStringEncoder>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestTextDecoding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recognisesEncodings_data();
    void recognisesEncodings();
};

void TestTextDecoding::recognisesEncodings_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("encoding");
    const auto row = [](const char *name, const QByteArray &bytes, const QString &text, TextEncoding encoding) {
        QTest::newRow(name) << bytes << text << int(encoding);
    };
    const QString words = s("@startuml\r\nÄrztin -> Łódź : 5 €\r\n");
    const auto encoded = [&](QStringConverter::Encoding encoding, QStringConverter::Flag flag) {
        QStringEncoder encoder(encoding, flag);
        return QByteArray(encoder(words));
    };
    using Converter = QStringConverter;
    row("empty", {}, {}, TextEncoding::Utf8);
    row("ASCII", "A -> B", s("A -> B"), TextEncoding::Utf8);
    row("UTF-8", words.toUtf8(), words, TextEncoding::Utf8);
    row("UTF-8 with a mark", "\xef\xbb\xbf" + words.toUtf8(), words, TextEncoding::Utf8);
    for (const auto &[name, encoding] : {std::pair("UTF-16LE", Converter::Utf16LE), {"UTF-16BE", Converter::Utf16BE}}) {
        row(qPrintable(s("%1 with a mark").arg(s(name))), encoded(encoding, Converter::Flag::WriteBom), words,
            TextEncoding::Utf16);
        row(qPrintable(s("%1 without a mark").arg(s(name))), encoded(encoding, Converter::Flag::Default), words,
            TextEncoding::Utf16);
    }
    row("UTF-32", encoded(Converter::Utf32LE, Converter::Flag::WriteBom), words, TextEncoding::Utf32);
    row("Windows-1252",
        "5 \x80 \x84"
        "bar\x93 \x96 gr\xfc\xdf",
        s("5 € „bar“ – grüß"), TextEncoding::Windows1252);
    row("short text with zero bytes", QByteArray("a\0b\0", 4), QString::fromLatin1("a\0b\0", 4), TextEncoding::Utf8);
    row("few zero bytes", QByteArray("A -> B\0C -> D", 13), QString::fromLatin1("A -> B\0C -> D", 13),
        TextEncoding::Utf8);
}

void TestTextDecoding::recognisesEncodings()
{
    QFETCH(QByteArray, bytes);
    QTEST(decodeText(bytes), "text");
    QTEST(int(encodingOf(bytes)), "encoding");
}

QTEST_GUILESS_MAIN(TestTextDecoding)
#include "tst_textdecoding.moc"
