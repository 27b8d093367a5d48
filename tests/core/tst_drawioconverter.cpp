// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the draw.io converter with lifeguard-drawio and the real draw.io. tst_foreigndrawio.cpp uses other commands.
#include "core/base/processtable.h"
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"
#include "places.h"
#include "tests/support/drawiotest.h"
#include "tests/support/processes.h"

#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDrawioConverter : public DrawioTest
{
    Q_OBJECT

private Q_SLOTS:
    void pngHasItsScale();
    void textIsVisible();
    void svgEmbedsImages();
    void pdfFitsTheDrawing();
    void pageIndexSelectsAPage();
    void compressedPagesAreConverted();
    void browserStaysOpenBetweenJobs();
    void killedToolIsStartedAgain();
    void cancelKillsTheTool();
    void invalidInputsAreReported_data();
    void invalidInputsAreReported();
    void missingToolsAreReported();
};

#define NEEDS_DRAWIO \
    if (const QString missing = lifeguard::missingTools(s("drawio")); !missing.isEmpty()) \
    QSKIP(qPrintable(missing))

void TestDrawioConverter::pngHasItsScale()
{
    NEEDS_DRAWIO;
    VERIFY_CONVERTED(box(""), "png");
    const QImage picture = QImage::fromData(output());
    QVERIFY(!picture.isNull());
    // The box, a border of 20 and a pixel or two for the lines, all scaled by 3.
    QVERIFY2(qAbs(picture.width() - 720) <= 9 && qAbs(picture.height() - 360) <= 9,
             qPrintable(QStringLiteral("%1 x %2").arg(picture.width()).arg(picture.height())));
    QCOMPARE(picture.pixelColor(picture.rect().center()), QColor(Qt::red));
    // Nothing is cut off: the border is white, and the corners of the box are red.
    for (int x = 0; x < picture.width(); ++x)
        QVERIFY(picture.pixelColor(x, 20) == Qt::white && picture.pixelColor(x, picture.height() - 20) == Qt::white);
    for (int y = 0; y < picture.height(); ++y)
        QVERIFY(picture.pixelColor(20, y) == Qt::white && picture.pixelColor(picture.width() - 20, y) == Qt::white);
    for (const QPoint &corner : {QPoint(70, 70), QPoint(650, 70), QPoint(70, 290), QPoint(650, 290)})
        QCOMPARE(picture.pixelColor(corner), QColor(Qt::red));
}

void TestDrawioConverter::textIsVisible()
{
    NEEDS_DRAWIO;
    const auto dark = [this] {
        const QImage picture = QImage::fromData(output());
        int count = 0;
        for (int y = 100; y < 260; ++y) {
            for (int x = 100; x < 620; ++x)
                count += picture.pixelColor(x, y).red() < 100 ? 1 : 0;
        }
        return count;
    };
    VERIFY_CONVERTED(box(""), "png");
    QCOMPARE(dark(), 0);
    VERIFY_CONVERTED(box("plain words"), "png");
    const int plain = dark();
    QVERIFY2(plain > 1000, qPrintable(QString::number(plain)));
    VERIFY_CONVERTED(box("&lt;b&gt;plain words&lt;/b&gt;"), "png");
    QVERIFY2(dark() > plain * 1.2, "bold letters must be darker, as in a real font");
}

void TestDrawioConverter::svgEmbedsImages()
{
    NEEDS_DRAWIO;
    const QByteArray image =
        "<mxCell id=\"3\" style=\"image;image=img/lib/clip_art/computers/Monitor_128x128.png\" vertex=\"1\" "
        "parent=\"1\">"
        "<mxGeometry x=\"300\" y=\"500\" width=\"80\" height=\"80\" as=\"geometry\"/></mxCell></root>";
    VERIFY_CONVERTED(box("Gr\xc3\xbc\xc3\x9f dich &lt;i&gt;slanted&lt;/i&gt;").replace("</root>", image), "svg");
    QVERIFY(output().contains("Gr\xc3\xbc\xc3\x9f dich"));
    QVERIFY(output().contains("<i>slanted</i>"));
    QVERIFY(output().trimmed().endsWith("</svg>"));
    QVERIFY2(output().contains("data:image/png;base64,iVBOR"), "the images of the application must be embedded");
    QVERIFY(!output().contains("file:"));
}

void TestDrawioConverter::pdfFitsTheDrawing()
{
    NEEDS_DRAWIO;
    VERIFY_CONVERTED(box("in a PDF"), "pdf");
    QVERIFY(output().startsWith("%PDF"));
    QProcess reader;
    reader.start(s("pdfinfo"), {path("out")});
    QVERIFY2(reader.waitForFinished(patience), "poppler-utils is not installed");
    const QByteArray info = reader.readAllStandardOutput();
    QVERIFY2(info.contains("Pages:           1"), info.constData());
    // The page has the size of the drawing: 241 × 121 pixels are 181 × 91 points.
    const auto size = QRegularExpression(s("Page size: +([0-9.]+) x ([0-9.]+)")).match(QString::fromUtf8(info));
    QVERIFY2(qAbs(size.captured(1).toDouble() - 181) < 3 && qAbs(size.captured(2).toDouble() - 91) < 3,
             info.constData());
    reader.start(s("pdftotext"), {path("out"), s("-")});
    QVERIFY(reader.waitForFinished(patience));
    QCOMPARE(reader.readAllStandardOutput().trimmed(), QByteArray("in a PDF"));
}

void TestDrawioConverter::pageIndexSelectsAPage()
{
    NEEDS_DRAWIO;
    const QByteArray file = drawioFile(drawioPage(drawioBox("First"), "A") + drawioPage(drawioBox("Second"), "B"));
    VERIFY_CONVERTED(file, "svg");
    QVERIFY(output().contains("First") && !output().contains("Second"));
    VERIFY_CONVERTED(file, "svg", {{s("page_index"), 1}});
    QVERIFY(output().contains("Second") && !output().contains("First"));
    VERIFY_CONVERTED(file, "svg", {{s("page_index"), 0}});
    QVERIFY(output().contains("First"));
}

void TestDrawioConverter::compressedPagesAreConverted()
{
    NEEDS_DRAWIO;
    VERIFY_CONVERTED(drawioFile(drawioCompressedPage()), "svg");
    QVERIFY(output().contains("Squeezed"));
}

void TestDrawioConverter::browserStaysOpenBetweenJobs()
{
    NEEDS_DRAWIO;
    VERIFY_CONVERTED(box("one"), "svg");
    const QList<qint64> first = ProcessTable::read().childrenOf(QCoreApplication::applicationPid());
    QCOMPARE(first.size(), 1);
    const QList<qint64> browser = ProcessTable::read().childrenOf(first.constFirst());
    QVERIFY(!browser.isEmpty());
    VERIFY_CONVERTED(box("two"), "png");
    VERIFY_CONVERTED(box("three"), "pdf");
    VERIFY_CONVERTED(box("four"), "svg");
    QVERIFY(output().contains(">four<") && !output().contains(">one<"));
    QCOMPARE(ProcessTable::read().childrenOf(first.constFirst()), browser);
}

void TestDrawioConverter::killedToolIsStartedAgain()
{
    NEEDS_DRAWIO;
    VERIFY_CONVERTED(box("one"), "svg");
    const QList<qint64> before = descendants();
    kill(static_cast<pid_t>(before.constFirst()), SIGKILL);
    VERIFY_CONVERTED(box("two"), "svg");
    QVERIFY(output().contains("two"));
    // Kill only the browser, not the wrapper.
    const qint64 wrapper = ProcessTable::read().childrenOf(QCoreApplication::applicationPid()).constFirst();
    for (const qint64 pid : ProcessTable::read().childrenOf(wrapper))
        kill(static_cast<pid_t>(pid), SIGKILL);
    (void)convert(box("three"), "svg");
    VERIFY_CONVERTED(box("four"), "svg");
    QVERIFY(output().contains("four"));
}

void TestDrawioConverter::cancelKillsTheTool()
{
    NEEDS_DRAWIO;
    // The first time while the browser draws, the second time while it starts.
    VERIFY_CONVERTED(box("before"), "svg");
    for (int i = 0; i < 2; ++i) {
        begin(box("never"), "png");
        EVENTUALLY(descendants().size() > 3 || m_result);
        const QList<qint64> started = descendants();
        m_converter->cancel();
        EVENTUALLY(m_result.has_value());
        QVERIFY(!*m_result);
        QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
        QVERIFY(!QFile::exists(path("out")));
        for (const qint64 pid : started)
            EVENTUALLY(!isAlive(pid));
    }
    VERIFY_CONVERTED(box("next"), "svg"); // with a new tool
}

void TestDrawioConverter::invalidInputsAreReported_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("error");
    // An error of draw.io ends the browser, so those that need it come first.
    QTest::newRow("truncated compressed data")
        << drawioFile(drawioCompressedPage()).replace("</diagram>", "").replace("</mxfile>", "AAAA</diagram></mxfile>")
        << QJsonObject() << QString();
    QTest::newRow("invisible content") << box("").replace("fillColor=#ff0000;strokeColor=#000000",
                                                          "fillColor=none;strokeColor=none;")
                                       << QJsonObject() << s("blank");
    QTest::newRow("not XML") << QByteArray("hello") << QJsonObject()
                             << s("This is not a draw.io file: it is not well-formed XML (line 1");
    QTest::newRow("no diagram") << drawioFile({}) << QJsonObject() << s("There is no diagram in this file.");
    QTest::newRow("empty page") << drawioFile(drawioPage(drawioEmptyModel(), "Void")) << QJsonObject()
                                << s("There is nothing to draw: page 0 (\"Void\") is empty.");
    QTest::newRow("missing page") << box("x") << QJsonObject{{s("page_index"), 1}}
                                  << s("There is no page with the index 1");
    QTest::newRow("negative page") << box("x") << QJsonObject{{s("page_index"), -1}} << s("page_index");
    QTest::newRow("page is not a number") << box("x") << QJsonObject{{s("page_index"), s("two")}} << s("page_index");
    QTest::newRow("garbage instead of compressed data")
        << drawioFile("<diagram name=\"Torn\">!!nope!!</diagram>") << QJsonObject()
        << s("The compressed diagram of page 0 (\"Torn\") cannot be read");
    QTest::newRow("page without a model") << drawioFile("<diagram name=\"Odd\"><shape/></diagram>") << QJsonObject()
                                          << s("There is no diagram in page 0 (\"Odd\").");
}

void TestDrawioConverter::invalidInputsAreReported()
{
    NEEDS_DRAWIO;
    QFETCH(QByteArray, data);
    QFETCH(QJsonObject, payload);
    QFETCH(QString, error);
    const auto result = convert(data, "png", payload);
    if (error.isEmpty()) { // deflate accepts the truncated data
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        return;
    }
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(error), qPrintable(result.error().message));
    QVERIFY2(!result.error().message.contains(u'\n'), "the error in a job's row must be one line");
    QVERIFY(!QFile::exists(path("out")));
}

void TestDrawioConverter::missingToolsAreReported()
{
    qputenv("LIFEGUARD_DRAWIO", "/nonexistent/drawio");
    const auto result = convert(box("x"), "png");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolMissing);
    QVERIFY2(result.error().message.contains(s("/nonexistent/drawio")), qPrintable(result.error().message));
    qputenv("LIFEGUARD_DRAWIO", LIFEGUARD_BIN_DIR "/lifeguard-drawio");
    qputenv("LIFEGUARD_DRAWIO_APP", "/nonexistent");
    QVERIFY2(lifeguard::missingTools(s("drawio")).contains(s("packaging/drawio/install.sh")),
             qPrintable(lifeguard::missingTools(s("drawio"))));
    qunsetenv("LIFEGUARD_DRAWIO_APP");
    qputenv("LIFEGUARD_CHROMIUM", "/nonexistent/chromium");
    if (!QFile::exists(s(LIFEGUARD_BUILD_DIR "/../drawio/export3.html")))
        QSKIP("the diagrams.net application is not installed: run packaging/drawio/install.sh");
    QVERIFY2(lifeguard::missingTools(s("drawio")).contains(s("apt install chromium")),
             qPrintable(lifeguard::missingTools(s("drawio"))));
}

QTEST_GUILESS_MAIN(TestDrawioConverter)
#include "tst_drawioconverter.moc"
