// SPDX-License-Identifier: GPL-3.0-or-later
// draw.io itself, in its browser, through its converter; a foreign drawio; and the pure parts around them.
#include "core/base/processtree.h"
#include "core/config/jobtypes.h"
#include "core/worker/drawioconverter.h"
#include "core/worker/drawiofile.h"
#include "core/worker/jobfiles.h"
#include "tests/support/drawings.h"
#include "tests/support/processes.h"

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace lifeguard;

namespace {

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

QByteArray box(const char *label)
{
    return drawioFile(drawioPage(drawioBox(label), "One"));
}

const QByteArray emptyModel = "<mxGraphModel><root><mxCell id=\"0\"/><mxCell id=\"1\" parent=\"0\"/></root></mxGraphModel>";

QByteArray png(const QImage &image)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

QImage blank(QImage::Format format = QImage::Format_RGB888)
{
    QImage image(300, 200, format);
    image.fill(Qt::white);
    return image;
}

constexpr int patience = 60000; ///< a browser starts in a second, and in many on a busy machine

} // namespace

class TestDrawioConverter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pages_data();
    void pages();
    void onePage();
    void outputs();

    void init();
    void cleanup();
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
    void foreignGetsClxsOptions_data();
    void foreignGetsClxsOptions();
    void foreignGetsOnePage();
    void foreignFails_data();
    void foreignFails();
    void foreignIsCancelled();
    void missing();

private:
    void begin(const QByteArray &data, const char *format, const QJsonObject &payload = {});
    Result<Conversion> convert(const QByteArray &data, const char *format, const QJsonObject &payload = {});
    void useForeign(const QByteArray &script) { qputenv("LIFEGUARD_DRAWIO", QFile::encodeName(writeScript(path("foreign"), script))); }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] QByteArray content(const char *name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] QByteArray output() const { return content("out"); }
    [[nodiscard]] static QList<qint64> below()
    {
        QList<qint64> pids;
        for (const ProcessEntry &entry : ProcessTable::read().treeOf(QCoreApplication::applicationPid())) {
            if (entry.pid != QCoreApplication::applicationPid())
                pids.append(entry.pid);
        }
        return pids;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<DrawioConverter> m_converter;
    std::optional<Result<Conversion>> m_result;
};

#define NEEDS_DRAWIO \
    if (const QString what = missingTools(s("drawio")); !what.isEmpty()) \
    QSKIP(qPrintable(what))
#define CONVERTS(...) \
    do { \
        const auto made = convert(__VA_ARGS__); \
        QVERIFY2(made, made ? "" : qPrintable(made.error().message + s(" | ") + made.error().detail)); \
    } while (false)

void TestDrawioConverter::pages_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<int>("pages");
    QTest::addColumn<QString>("error");
    const QByteArray page = drawioPage(emptyModel, "x");
    QTest::newRow("one") << drawioFile(page) << 1 << QString();
    QTest::newRow("three") << drawioFile(page + page + page) << 3 << QString();
    QTest::newRow("a model alone") << emptyModel << 1 << QString();
    QTest::newRow("compressed") << drawioFile(drawioCompressedPage()) << 1 << QString();
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + drawioFile(page) << 1 << QString();
    QTest::newRow("declaration") << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + drawioFile(page) << 1 << QString();
    QTest::newRow("svg with a copy") << QByteArray("<svg xmlns=\"http://www.w3.org/2000/svg\" content=\"&lt;mxfile&gt;&lt;diagram/&gt;&lt;diagram/&gt;&lt;/mxfile&gt;\"/>") << 2 << QString();
    QTest::newRow("svg") << QByteArray("<svg xmlns=\"http://www.w3.org/2000/svg\"/>") << 0 << s("no draw.io diagram in it");
    QTest::newRow("nothing") << QByteArray() << 0 << s("empty");
    QTest::newRow("text") << QByteArray("hello") << 0 << s("line 1");
    QTest::newRow("cut off") << drawioFile(page).chopped(12) << 0 << s("no well-formed XML");
    QTest::newRow("html") << QByteArray("<html/>") << 0 << s("<html>");
    QTest::newRow("no diagram") << drawioFile({}) << 0 << s("no diagram");
}

void TestDrawioConverter::pages()
{
    QFETCH(QByteArray, data);
    QFETCH(int, pages);
    QFETCH(QString, error);
    const Result<int> found = drawioPages(data);
    QCOMPARE(bool(found), error.isEmpty());
    if (found)
        QCOMPARE(*found, pages);
    else
        QVERIFY2(found.error().message.contains(error) && !found.error().message.contains(u'\n'), qPrintable(found.error().message));
}

void TestDrawioConverter::onePage()
{
    const QByteArray file = drawioFile(drawioPage(drawioBox("&lt;b&gt;A&lt;/b&gt;"), "A") + drawioPage(drawioBox("B"), "B") + drawioCompressedPage());
    for (int page = 0; page < 3; ++page) {
        const QByteArray cut = drawioWithOnePage(file, page);
        QCOMPARE(drawioPages(cut).value_or(0), 1);
        QCOMPARE(cut.contains("&lt;b&gt;A"), page == 0);
        QCOMPARE(cut.contains("\"B\""), page == 1);
        QCOMPARE(cut.contains("Compressed"), page == 2);
    }
    QCOMPARE(drawioWithOnePage(emptyModel, 0), emptyModel);
}

void TestDrawioConverter::outputs()
{
    for (const QImage::Format format : {QImage::Format_RGB888, QImage::Format_RGBA8888}) {
        QImage picture = blank(format);
        const Status nothing = checkDrawioOutput(png(picture), s("png"));
        QVERIFY(!nothing);
        QVERIFY2(nothing.error().message.contains(s("blank")), qPrintable(nothing.error().message));
        picture.setPixelColor(299, 199, Qt::black);
        QVERIFY2(checkDrawioOutput(png(picture), s("png")), "one pixel is a drawing");
        QVERIFY(!checkDrawioOutput(png(picture).chopped(20), s("png")));
    }
    QVERIFY(!checkDrawioOutput({}, s("png")));
    QVERIFY(!checkDrawioOutput("\n", s("svg")));
    QVERIFY(!checkDrawioOutput("Error", s("png")));
    QVERIFY(!checkDrawioOutput("<html/>", s("svg")));
    QVERIFY(checkDrawioOutput("<svg/>", s("svg")));
    QVERIFY(!checkDrawioOutput("%PDF-1.4", s("pdf")));
    QVERIFY(checkDrawioOutput("%PDF-1.4\n%%EOF\n", s("pdf")));
}

void TestDrawioConverter::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir().mkpath(path("tmp")));
    qputenv("TMPDIR", QFile::encodeName(path("tmp")));
    m_converter = std::make_unique<DrawioConverter>();
    connect(m_converter.get(), &Converter::finished, this, [this](const Result<Conversion> &result) { m_result = result; });
}

void TestDrawioConverter::cleanup()
{
    QSignalSpy closed(m_converter.get(), &Converter::closed);
    m_converter->close();
    QTRY_VERIFY_WITH_TIMEOUT(!closed.isEmpty(), patience);
    m_converter.reset();
    for (const char *variable : {"LIFEGUARD_DRAWIO", "LIFEGUARD_DRAWIO_APP", "LIFEGUARD_CHROMIUM", "TMPDIR"})
        qunsetenv(variable);
    QTRY_VERIFY_WITH_TIMEOUT(below().isEmpty(), patience);
    QCOMPARE(QDir(path("tmp")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden), QStringList());
}

void TestDrawioConverter::begin(const QByteArray &data, const char *format, const QJsonObject &payload)
{
    ConversionContext context;
    context.workspace = m_folder->path();
    context.data = data;
    context.format = s(format);
    context.payload = payload;
    context.outputFile = path("out");
    m_result.reset();
    QFile::remove(context.outputFile);
    m_converter->convert(Job{}, context);
}

Result<Conversion> TestDrawioConverter::convert(const QByteArray &data, const char *format, const QJsonObject &payload)
{
    begin(data, format, payload);
    if (!QTest::qWaitFor([this] { return m_result.has_value(); }, patience))
        return failure(ErrorCode::TimedOut, s("no answer"));
    return *m_result;
}

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
    QTest::newRow("nothing on it") << drawioFile(drawioPage(emptyModel, "Void")) << QJsonObject() << s("There is nothing to draw: page 0 (\"Void\") is empty.");
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
        QTRY_VERIFY_WITH_TIMEOUT(below().size() > 3 || m_result, patience);
        const QList<qint64> started = below();
        m_converter->cancel();
        QTRY_VERIFY_WITH_TIMEOUT(m_result.has_value(), patience);
        QVERIFY(!*m_result);
        QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
        QVERIFY(!QFile::exists(path("out")));
        for (const qint64 pid : started)
            QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), patience);
        CONVERTS(box("next"), "svg"); // a fresh one
    }
}

void TestDrawioConverter::foreignGetsClxsOptions_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QString>("more");
    QTest::newRow("png") << QByteArray("png") << s(" --scale 3");
    QTest::newRow("svg") << QByteArray("svg") << s(" --embed-svg-images");
    QTest::newRow("pdf") << QByteArray("pdf") << QString();
}

void TestDrawioConverter::foreignGetsClxsOptions()
{
    QFETCH(QByteArray, format);
    QFETCH(QString, more);
    QImage picture = blank();
    picture.setPixelColor(3, 3, Qt::black);
    QVERIFY(writeOutput(path("made.png"), png(picture)));
    QVERIFY(writeOutput(path("made.svg"), "<svg/>"));
    QVERIFY(writeOutput(path("made.pdf"), "%PDF-1.4\n%%EOF\n"));
    const QByteArray here = QFile::encodeName(m_folder->path());
    useForeign("#!/bin/sh\necho \"$@\" >>" + here + "/arguments\ncp \"$3\" " + here + "/input\ncp " + here + "/made.$5 \"$7\"\necho \"$3 -> $7\"\n");
    for (int i = 0; i < 2; ++i) // once a job
        CONVERTS(box("foreign"), format.constData());
    QCOMPARE(content("input"), box("foreign"));
    QCOMPARE(output(), content(QByteArray("made." + format).constData()));
    const QStringList calls = QString::fromUtf8(content("arguments")).split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(calls.size(), 2);
    static const QRegularExpression folders(s("/\\S*/"));
    for (QString call : calls) {
        QCOMPARE(call.remove(folders), QStringLiteral("--no-sandbox --export drawing.drawio --format %1 --output drawing.%1 --border 20").arg(s(format.constData())) + more);
    }
}

void TestDrawioConverter::foreignGetsOnePage()
{
    const QByteArray here = QFile::encodeName(m_folder->path());
    useForeign("#!/bin/sh\necho \"$@\" >" + here + "/arguments\ncp \"$3\" " + here + "/input\necho '<svg/>' >\"$7\"\n");
    const QByteArray file = drawioFile(drawioPage(drawioBox("First"), "A") + drawioPage(drawioBox("Second"), "B"));
    CONVERTS(file, "svg", {{s("page_index"), 1}});
    // Desktops do not agree whether they count from 0 or 1.
    QVERIFY(!content("arguments").contains("--page-index"));
    QVERIFY(content("input").contains("Second") && !content("input").contains("First"));
}

void TestDrawioConverter::foreignFails_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("error");
    QTest::newRow("as the desktop does: exit code 0, and no output") << QByteArray("echo 'libva error' >&2; echo \"Error: Export failed: $3\" >&2")
                                                                     << s("draw.io made no output: Export failed");
    QTest::newRow("without a word") << QByteArray("true") << s("draw.io made no output, and did not say why.");
    QTest::newRow("exit code") << QByteArray("echo 'Missing X server or $DISPLAY' >&2; exit 1") << s("draw.io failed: Missing X server or $DISPLAY (exit code 1)");
    QTest::newRow("crash") << QByteArray("kill -SEGV $$") << s("draw.io failed: SIGSEGV");
    QTest::newRow("empty output") << QByteArray(": >\"$7\"") << s("draw.io made an empty output.");
    QTest::newRow("no picture") << QByteArray("echo oops >\"$7\"") << s("draw.io's output is no whole PNG.");
    QTest::newRow("blank picture") << QByteArray("cp blank.png \"$7\"") << s("draw.io drew a blank picture");
}

void TestDrawioConverter::foreignFails()
{
    QFETCH(QByteArray, script);
    QFETCH(QString, error);
    QVERIFY(writeOutput(path("blank.png"), png(blank())));
    useForeign("#!/bin/bash\ncd \"$(dirname \"$0\")\"\n" + script + "\n");
    const auto result = convert(box("x"), "png");
    QVERIFY(!result);
    QVERIFY(result.error().code == ErrorCode::ToolFailed);
    QVERIFY2(result.error().message.startsWith(error), qPrintable(result.error().message));
    QVERIFY(!QFile::exists(path("out")));
}

void TestDrawioConverter::foreignIsCancelled()
{
    useForeign("#!/bin/bash\ntrap '' TERM\ncd \"$(dirname \"$0\")\"\nsetsid bash -c 'trap \"\" TERM; echo $$ >child.pid; while :; do sleep 600; done' &\n"
               "echo $$ >tool.pid\nwhile :; do sleep 600; done\n");
    begin(box("x"), "png");
    const qint64 tool = pidIn(path("tool.pid"), patience);
    const qint64 child = pidIn(path("child.pid"), patience);
    QVERIFY(tool > 0 && child > 0);
    m_converter->cancel();
    QTRY_VERIFY_WITH_TIMEOUT(m_result.has_value(), patience);
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    QVERIFY(!isAlive(tool));
    QVERIFY(!isAlive(child));
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
