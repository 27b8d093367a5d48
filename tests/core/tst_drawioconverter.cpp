// SPDX-License-Identifier: GPL-3.0-or-later
// draw.io itself, in its browser, through its converter. Other drawio commands are in tst_foreigndrawio.cpp.
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
    void pngAtItsScale();
    void textIsDrawn();
    void svg();
    void pdf();
    void secondPage();
    void compressed();
    void browserStaysOpen();
    void errors_data();
    void errors();
    void killedBetweenJobs();
    void cancelled();
    void missing();
};

#define NEEDS_DRAWIO \
    if (const QString what = missingTools(s("drawio")); !what.isEmpty()) \
    QSKIP(qPrintable(what))

void TestDrawioConverter::pngAtItsScale()
{
    NEEDS_DRAWIO;
    CONVERTS(box(""), "png");
    const QImage picture = QImage::fromData(output());
    QVERIFY(!picture.isNull());
    // The box, 20 around it, and at most a pixel or two for its lines: all of it three times.
    QVERIFY2(qAbs(picture.width() - 720) <= 9 && qAbs(picture.height() - 360) <= 9,
             qPrintable(QStringLiteral("%1 x %2").arg(picture.width()).arg(picture.height())));
    QCOMPARE(picture.pixelColor(picture.rect().center()), QColor(Qt::red));
    // Nothing is cut: white all around, and red where the box's corners are.
    for (int x = 0; x < picture.width(); ++x)
        QVERIFY(picture.pixelColor(x, 20) == Qt::white && picture.pixelColor(x, picture.height() - 20) == Qt::white);
    for (int y = 0; y < picture.height(); ++y)
        QVERIFY(picture.pixelColor(20, y) == Qt::white && picture.pixelColor(picture.width() - 20, y) == Qt::white);
    for (const QPoint &corner : {QPoint(70, 70), QPoint(650, 70), QPoint(70, 290), QPoint(650, 290)})
        QCOMPARE(picture.pixelColor(corner), QColor(Qt::red));
}

void TestDrawioConverter::textIsDrawn()
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
    CONVERTS(box(""), "png");
    QCOMPARE(dark(), 0);
    CONVERTS(box("plain words"), "png");
    const int plain = dark();
    QVERIFY2(plain > 1000, qPrintable(QString::number(plain)));
    CONVERTS(box("&lt;b&gt;plain words&lt;/b&gt;"), "png");
    QVERIFY2(dark() > plain * 1.2, "bold letters of a real font have more ink");
}

void TestDrawioConverter::svg()
{
    NEEDS_DRAWIO;
    const QByteArray image = "<mxCell id=\"3\" style=\"image;image=img/lib/clip_art/computers/Monitor_128x128.png\" vertex=\"1\" parent=\"1\">"
                             "<mxGeometry x=\"300\" y=\"500\" width=\"80\" height=\"80\" as=\"geometry\"/></mxCell></root>";
    CONVERTS(box("Gr\xc3\xbc\xc3\x9f dich &lt;i&gt;slanted&lt;/i&gt;").replace("</root>", image), "svg");
    QVERIFY(output().contains("Gr\xc3\xbc\xc3\x9f dich"));
    QVERIFY(output().contains("<i>slanted</i>"));
    QVERIFY(output().trimmed().endsWith("</svg>"));
    QVERIFY2(output().contains("data:image/png;base64,iVBOR"), "the application's own images are part of it");
    QVERIFY(!output().contains("file:"));
}

void TestDrawioConverter::pdf()
{
    NEEDS_DRAWIO;
    CONVERTS(box("in a PDF"), "pdf");
    QVERIFY(output().startsWith("%PDF"));
    QProcess reader;
    reader.start(s("pdfinfo"), {path("out")});
    QVERIFY2(reader.waitForFinished(patience), "poppler-utils is not installed");
    const QByteArray info = reader.readAllStandardOutput();
    QVERIFY2(info.contains("Pages:           1"), info.constData());
    // Fitted to the drawing: 241 × 121 pixels are 181 × 91 points.
    const auto size = QRegularExpression(s("Page size: +([0-9.]+) x ([0-9.]+)")).match(QString::fromUtf8(info));
    QVERIFY2(qAbs(size.captured(1).toDouble() - 181) < 3 && qAbs(size.captured(2).toDouble() - 91) < 3, info.constData());
    reader.start(s("pdftotext"), {path("out"), s("-")});
    QVERIFY(reader.waitForFinished(patience));
    QCOMPARE(reader.readAllStandardOutput().trimmed(), QByteArray("in a PDF"));
}

void TestDrawioConverter::secondPage()
{
    NEEDS_DRAWIO;
    const QByteArray file = drawioFile(drawioPage(drawioBox("First"), "A") + drawioPage(drawioBox("Second"), "B"));
    CONVERTS(file, "svg");
    QVERIFY(output().contains("First") && !output().contains("Second"));
    CONVERTS(file, "svg", {{s("page_index"), 1}});
    QVERIFY(output().contains("Second") && !output().contains("First"));
    CONVERTS(file, "svg", {{s("page_index"), 0}});
    QVERIFY(output().contains("First"));
}

void TestDrawioConverter::compressed()
{
    NEEDS_DRAWIO;
    CONVERTS(drawioFile(drawioCompressedPage()), "svg");
    QVERIFY(output().contains("Squeezed"));
}

void TestDrawioConverter::browserStaysOpen()
{
    NEEDS_DRAWIO;
    CONVERTS(box("one"), "svg");
    const QList<qint64> first = ProcessTable::read().childrenOf(QCoreApplication::applicationPid());
    QCOMPARE(first.size(), 1);
    const QList<qint64> browser = ProcessTable::read().childrenOf(first.constFirst());
    QVERIFY(!browser.isEmpty());
    CONVERTS(box("two"), "png");
    CONVERTS(box("three"), "pdf");
    CONVERTS(box("four"), "svg");
    QVERIFY(output().contains(">four<") && !output().contains(">one<"));
    QCOMPARE(ProcessTable::read().childrenOf(first.constFirst()), browser);
}

void TestDrawioConverter::errors_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("error");
    QTest::newRow("no XML") << QByteArray("hello") << QJsonObject() << s("This is no draw.io file: it is no well-formed XML (line 1");
    QTest::newRow("no diagram") << drawioFile({}) << QJsonObject() << s("There is no diagram in this file.");
    QTest::newRow("nothing on it") << drawioFile(drawioPage(drawioEmptyModel(), "Void")) << QJsonObject() << s("There is nothing to draw: page 0 (\"Void\") is empty.");
    QTest::newRow("nothing visible") << box("").replace("fillColor=#ff0000;strokeColor=#000000", "fillColor=none;strokeColor=none;") << QJsonObject()
                                     << s("nothing to");
    QTest::newRow("page that is not there") << box("x") << QJsonObject{{s("page_index"), 1}}
                                            << s("There is no page with the index 1");
    QTest::newRow("no page") << box("x") << QJsonObject{{s("page_index"), -1}} << s("page_index");
    QTest::newRow("no number") << box("x") << QJsonObject{{s("page_index"), s("two")}} << s("page_index");
    QTest::newRow("garbage instead of compressed") << drawioFile("<diagram name=\"Torn\">!!nope!!</diagram>") << QJsonObject()
                                                   << s("The compressed diagram of page 0 (\"Torn\") cannot be read");
    QTest::newRow("compressed and cut") << drawioFile(drawioCompressedPage()).replace("</diagram>", "").replace("</mxfile>", "AAAA</diagram></mxfile>")
                                        << QJsonObject() << QString();
    QTest::newRow("page without a model") << drawioFile("<diagram name=\"Odd\"><shape/></diagram>") << QJsonObject() << s("There is no diagram in page 0 (\"Odd\").");
}

void TestDrawioConverter::errors()
{
    NEEDS_DRAWIO;
    QFETCH(QByteArray, data);
    QFETCH(QJsonObject, payload);
    QFETCH(QString, error);
    const auto result = convert(data, "png", payload);
    if (error.isEmpty())
        return; // what deflate does not mind, we do not either
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(error), qPrintable(result.error().message));
    QVERIFY2(!result.error().message.contains(u'\n'), "a row has one line");
    QVERIFY(!QFile::exists(path("out")));
}

void TestDrawioConverter::killedBetweenJobs()
{
    NEEDS_DRAWIO;
    CONVERTS(box("one"), "svg");
    const QList<qint64> before = below();
    kill(static_cast<pid_t>(before.constFirst()), SIGKILL);
    CONVERTS(box("two"), "svg");
    QVERIFY(output().contains("two"));
    // And a browser that went without its wrapper.
    const qint64 wrapper = ProcessTable::read().childrenOf(QCoreApplication::applicationPid()).constFirst();
    for (const qint64 pid : ProcessTable::read().childrenOf(wrapper))
        kill(static_cast<pid_t>(pid), SIGKILL);
    (void)convert(box("three"), "svg");
    CONVERTS(box("four"), "svg");
    QVERIFY(output().contains("four"));
}

void TestDrawioConverter::cancelled()
{
    NEEDS_DRAWIO;
    // Cold: while the browser starts. Warm: while it draws.
    for (int warm = 0; warm < 2; ++warm) {
        begin(box("never"), "png");
        EVENTUALLY(below().size() > 3 || m_result);
        const QList<qint64> started = below();
        m_converter->cancel();
        EVENTUALLY(m_result.has_value());
        QVERIFY(!*m_result);
        QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
        QVERIFY(!QFile::exists(path("out")));
        for (const qint64 pid : started)
            EVENTUALLY(!isAlive(pid));
        CONVERTS(box("next"), "svg"); // a fresh one
    }
}

void TestDrawioConverter::missing()
{
    qputenv("LIFEGUARD_DRAWIO", "/nonexistent/drawio");
    const auto result = convert(box("x"), "png");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolMissing);
    QVERIFY2(result.error().message.contains(s("/nonexistent/drawio")), qPrintable(result.error().message));
    qputenv("LIFEGUARD_DRAWIO", LIFEGUARD_BIN_DIR "/lifeguard-drawio");
    qputenv("LIFEGUARD_DRAWIO_APP", "/nonexistent");
    QVERIFY2(missingTools(s("drawio")).contains(s("packaging/drawio/install.sh")), qPrintable(missingTools(s("drawio"))));
    qunsetenv("LIFEGUARD_DRAWIO_APP");
    qputenv("LIFEGUARD_CHROMIUM", "/nonexistent/chromium");
    if (!QFile::exists(s(LIFEGUARD_BUILD_DIR "/../drawio/export3.html")))
        QSKIP("the diagrams.net application is not there: packaging/drawio/install.sh");
    QVERIFY2(missingTools(s("drawio")).contains(s("apt install chromium")), qPrintable(missingTools(s("drawio"))));
}

QTEST_GUILESS_MAIN(TestDrawioConverter)
#include "tst_drawioconverter.moc"
