// SPDX-License-Identifier: GPL-3.0-or-later
// What pictures of drawings show: the colours of newer versions of draw.io, all pages, and notes on what they lack.
// With lifeguard-drawio and the real draw.io.
#include "places.h"
#include "tests/support/drawiotest.h"
#include "tests/support/longtests.h"
#include "tests/support/queuetest.h"

#include <QFile>
#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

QByteArray sample(const char *name)
{
    QFile file(s(LIFEGUARD_SOURCE_DIR "/tests/data/drawio/") + s(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Returns the number of dark pixels in the middle of a picture, which letters cause.
int darkPixels(const QImage &picture)
{
    int count = 0;
    for (int y = picture.height() / 3; y < picture.height() * 2 / 3; ++y) {
        for (int x = picture.width() / 5; x < picture.width() * 4 / 5; ++x)
            count += picture.pixelColor(x, y).lightness() < 100 ? 1 : 0;
    }
    return count;
}

} // namespace

class TestDrawioPictures : public DrawioTest
{
    Q_OBJECT

private Q_SLOTS:
    void newerColoursAreDrawn_data();
    void newerColoursAreDrawn();
    void labelsKeepTheirColours();
    void samplesLookAsInCurrentVersions_data();
    void samplesLookAsInCurrentVersions();
    void drawingsInPicturesAreConverted_data();
    void drawingsInPicturesAreConverted();
    void pdfContainsAllPages();
    void undrawnPagesAreNoted();
    void wrongPagesAreRefused_data();
    void wrongPagesAreRefused();
    void shrunkPicturesAreNoted();
    void unreadablePicturesFail();
    void unknownPartsAreNoted();
    void rulesNameToolsPagesAndPermissions();

private:
    [[nodiscard]] QStringList notes() const { return m_result && *m_result ? (*m_result)->notes : QStringList(); }
    [[nodiscard]] QImage picture() const { return QImage::fromData(output()); }
};

void TestDrawioPictures::newerColoursAreDrawn_data()
{
    QTest::addColumn<QByteArray>("style");
    QTest::addColumn<QByteArray>("attributes");
    QTest::addColumn<QColor>("fill"); // at (0.25, 0.25) of the shape
    QTest::addColumn<QColor>("line"); // at its left edge
    QTest::addColumn<QColor>("background");
    const QColor white(Qt::white);
    const QColor black(Qt::black);
    const QByteArray thick = "html=1;strokeWidth=6;";
    QTest::newRow("default") << thick + "fillColor=default;strokeColor=default;" << QByteArray() << white << black
                             << white;
    QTest::newRow("inverted default") << thick + "fillColor=default;defaultFillColor=invert;" << QByteArray()
                                      << QColor("#121212") << black << white;
    QTest::newRow("light-dark")
        << thick + "fillColor=light-dark(#dae8fc, #1d293b);strokeColor=light-dark(#6c8ebf,#5c79a3);" << QByteArray()
        << QColor("#dae8fc") << QColor("#6c8ebf") << white;
    QTest::newRow("rgb in light-dark") << thick + "fillColor=light-dark(rgb(255, 200, 0), rgb(1, 2, 3));"
                                       << QByteArray() << QColor(255, 200, 0) << black << white;
    QTest::newRow("variable") << thick + "fillColor=light-dark(var(--x, #00ff00), #000000);" << QByteArray()
                              << QColor("#00ff00") << black << white;
    QTest::newRow("background") << thick + "fillColor=default;"
                                << QByteArray("background=\"light-dark(#ffeecc, #101010)\"") << white << black
                                << QColor("#ffeecc");
    QTest::newRow("lane")
        << thick + "swimlane;startSize=10;swimlaneFillColor=light-dark(#aabbcc,#112233);fillColor=default;"
        << QByteArray() << QColor("#aabbcc") << black << white;
    QTest::newRow("stencil")
        << thick + "shape=mxgraph.flowchart.process;fillColor=light-dark(#dae8fc,#000);strokeColor=default;"
        << QByteArray() << QColor("#dae8fc") << black << white;
}

void TestDrawioPictures::newerColoursAreDrawn()
{
    QFETCH(QByteArray, style);
    QFETCH(QByteArray, attributes);
    const QByteArray file = drawioFileWith(drawioVertex(2, style), attributes);
    VERIFY_CONVERTED(file, "png");
    const QImage image = picture();
    // A border of 20 pixels, and half a line of 6, at a scale of 3.
    const int left = 3 * 23;
    const int middle = image.height() / 2;
    QTEST(image.pixelColor(left + 3 * 25, middle), "fill");
    QTEST(image.pixelColor(left, middle), "line");
    QTEST(image.pixelColor(10, 10), "background");
    VERIFY_CONVERTED(file, "svg");
    static const QRegularExpression words(s("light-dark|var\\(|[\"':; ]default[\"';]"));
    QVERIFY2(!QString::fromUtf8(output()).contains(words), output().constData());
    if (isLongRun() || s(QTest::currentDataTag()) == s("light-dark"))
        VERIFY_CONVERTED(file, "pdf");
}

void TestDrawioPictures::labelsKeepTheirColours()
{
    const QByteArray label = "<span style=\"background-color: light-dark(#ff0000, #330000)\">XXXXXXXXXX</span>"
                             "<font style=\"color:light-dark(rgb(0,0,255),rgb(9,9,9))\">light-dark(a, b)</font>";
    const QByteArray file = drawioFileWith(
        drawioVertex(2, "html=1;whiteSpace=wrap;fontColor=light-dark(#ff0000,#000000);strokeColor=none;", label));
    VERIFY_CONVERTED(file, "png");
    int red = 0;
    int blue = 0;
    const QImage image = picture();
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            red += image.pixelColor(x, y) == QColor(Qt::red) ? 1 : 0;
            blue += image.pixelColor(x, y) == QColor(Qt::blue) ? 1 : 0;
        }
    }
    QVERIFY2(red > 1000 && blue > 100, qPrintable(QStringLiteral("%1 red, %2 blue").arg(red).arg(blue)));
    VERIFY_CONVERTED(file, "svg");
    QVERIFY2(output().contains("light-dark(a, b)"), "the words of a label must remain");
    QVERIFY2(output().count("light-dark") <= 2,
             "the only colour function left is the word in the label and its plain text");
}

void TestDrawioPictures::samplesLookAsInCurrentVersions_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QColor>("fill");
    QTest::newRow("default") << s("default.drawio") << QColor(Qt::white);
    QTest::newRow("light-dark") << s("lightdark.drawio") << QColor("#dae8fc");
    QTest::newRow("plain") << s("plain.drawio") << QColor(Qt::white);
}

void TestDrawioPictures::samplesLookAsInCurrentVersions()
{
    QFETCH(QString, name);
    VERIFY_CONVERTED(sample(qPrintable(name)), "png");
    QTEST(picture().pixelColor(100, 100), "fill");
    QVERIFY2(darkPixels(picture()) > 500, "the words must be readable");
    VERIFY_CONVERTED(sample(qPrintable(name)), "svg");
    QVERIFY(!output().contains("light-dark") && !output().contains("default"));
}

void TestDrawioPictures::drawingsInPicturesAreConverted_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("page");
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("svg") << s("two.drawio.svg") << 1 << QByteArray("mikeword");
    QTest::newRow("compressed svg") << s("packed.drawio.svg") << 1 << QByteArray("mikeword");
    QTest::newRow("png") << s("one.drawio.png") << 0 << QByteArray("novemberword");
    QTest::newRow("UTF-16") << s("utf16.drawio") << 0 << QByteArray("hotelword \xc5\xbc");
}

void TestDrawioPictures::drawingsInPicturesAreConverted()
{
    QFETCH(QString, name);
    QFETCH(int, page);
    QFETCH(QByteArray, word);
    VERIFY_CONVERTED(sample(qPrintable(name)), "svg", {{s("page_index"), page}});
    QVERIFY2(output().contains(QByteArray(">" + word + "<")), output().constData());
}

void TestDrawioPictures::pdfContainsAllPages()
{
    VERIFY_CONVERTED(sample("three.drawio"), "pdf", {{s("pages"), s("all")}});
    QCOMPARE(notes(), QStringList());
    QProcess reader;
    reader.start(s("pdftotext"), {path("out"), s("-")});
    QVERIFY2(reader.waitForFinished(patience), "poppler-utils is not installed");
    const QString text = QString::fromUtf8(reader.readAllStandardOutput());
    QCOMPARE(text.split(u'\f', Qt::SkipEmptyParts).size(), 3);
    QCOMPARE(text.simplified(), s("oscarword papaword quebecword"));
}

void TestDrawioPictures::undrawnPagesAreNoted()
{
    VERIFY_CONVERTED(sample("three.drawio"), "svg");
    QCOMPARE(notes(), QStringList{s("The drawing has 3 page(s); only the first one was drawn.")});
    VERIFY_CONVERTED(sample("three.drawio"), "svg", {{s("page_index"), 0}});
    QCOMPARE(notes(), QStringList());
    VERIFY_CONVERTED(sample("one.drawio"), "svg");
    QCOMPARE(notes(), QStringList());
}

void TestDrawioPictures::wrongPagesAreRefused_data()
{
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("error");
    QTest::newRow("all pages in one picture") << QJsonObject{{s("pages"), s("all")}} << s("png") << s("Only a PDF");
    QTest::newRow("unknown value") << QJsonObject{{s("pages"), s("1-2")}} << s("pdf") << s("pages must be");
    QTest::newRow("a number") << QJsonObject{{s("pages"), 2}} << s("pdf") << s("pages must be");
    QTest::newRow("both") << QJsonObject{{s("pages"), s("all")}, {s("page_index"), 1}} << s("pdf")
                          << s("cannot be combined");
}

void TestDrawioPictures::wrongPagesAreRefused()
{
    QFETCH(QJsonObject, payload);
    QFETCH(QString, format);
    QFETCH(QString, error);
    const auto result = convert(sample("three.drawio"), qPrintable(format), payload);
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(error), qPrintable(result.error().message));
}

void TestDrawioPictures::shrunkPicturesAreNoted()
{
    const QByteArray file = drawioFileWith(drawioVertex(2, "html=1;", "near")
                                           + drawioVertex(3, "html=1;", "near too", 150)
                                           + drawioVertex(4, "html=1;", "lost", 12000));
    VERIFY_CONVERTED(file, "png");
    QVERIFY(picture().width() > 16000);
    QCOMPARE(notes().size(), 2);
    QVERIFY2(notes().at(0).contains(s("shrunk to 45 %")), qPrintable(notes().at(0)));
    QVERIFY2(notes().at(1).contains(s("(\"lost\") from the others: 11749 pixels")), qPrintable(notes().at(1)));
    VERIFY_CONVERTED(file, "svg"); // not shrunk, but mostly empty
    QCOMPARE(notes().size(), 1);
}

void TestDrawioPictures::unreadablePicturesFail()
{
    const QByteArray file = drawioFileWith(drawioVertex(2, "html=1;", "near")
                                           + drawioVertex(3, "html=1;", "near too", 150)
                                           + drawioVertex(4, "html=1;", "lost", 90000));
    const auto result = convert(file, "png");
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(s("nothing could be read")) && result.error().message.contains(s("lost")),
             qPrintable(result.error().message));
}

void TestDrawioPictures::unknownPartsAreNoted()
{
    VERIFY_CONVERTED(
        drawioFileWith(drawioVertex(2, "shape=mxgraph.aws4.from_the_future;html=1;fillColor=#00ff00;textShadow=1;", "x")
                       + drawioVertex(3, "shape=image;image=img/lib/new/missing.svg;", {}, 150)),
        "png");
    const QString all = notes().join(u'\n');
    for (const char *name : {"mxgraph.aws4.from_the_future", "textShadow", "img/lib/new/missing.svg"})
        QVERIFY2(all.contains(s(name)), qPrintable(all));
}

void TestDrawioPictures::rulesNameToolsPagesAndPermissions()
{
    const ConverterSettings settings;
    const QString usual = m_converter->rules({}, settings);
    QVERIFY2(usual.contains(s("app.min.js")), qPrintable(usual));
    QCOMPARE(m_converter->rules({{s("data"), s("x")}}, settings), usual);
    QVERIFY(m_converter->rules({{s("page_index"), 1}}, settings) != usual);
    QVERIFY(m_converter->rules({{s("pages"), s("all")}}, settings) != usual);
    ConverterSettings network;
    network.allowNetwork = true;
    ConverterSettings files;
    files.allowFiles = QStringList{s("/shared")};
    QVERIFY(m_converter->rules({}, network) != usual && m_converter->rules({}, files) != usual);
}

QTEST_GUILESS_MAIN(TestDrawioPictures)
#include "tst_drawiopictures.moc"
