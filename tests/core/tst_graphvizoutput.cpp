// SPDX-License-Identifier: GPL-3.0-or-later
// What Graphviz writes for @startdot diagrams: messages in the middle of pictures, scripts, links to pictures.
#include "core/formats/graphvizoutput.h"
#include "tests/support/testhelpers.h"

#include <QObject>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestGraphvizOutput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void separatesMessages_data();
    void separatesMessages();
    void failsWithoutAPicture_data();
    void failsWithoutAPicture();
    void refusesWhatRunsOrFetches_data();
    void refusesWhatRunsOrFetches();
    void embedsPictures();
};

namespace {

const QByteArray xml = "<?xml version=\"1.0\"?>\n";
const QByteArray svg = xml + "<svg><!-- a -->\n<text>a</text>\n</svg>\n";
const QByteArray png = QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);

} // namespace

void TestGraphvizOutput::separatesMessages_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QByteArray>("picture");
    QTest::addColumn<QStringList>("messages");
    const QStringList none;
    const QStringList colour{s("foo is not a known color.")};
    QTest::newRow("svg") << svg << svg << none;
    QTest::newRow("png") << png << png << none;
    QTest::newRow("before an svg") << "Warning: foo is not a known color.\n" + svg << svg << colour;
    QTest::newRow("before a png") << "Warning: foo is not a known color.\n" + png << png << colour;
    QTest::newRow("repeated") << "Warning: foo is not a known color.\nWarning: foo is not a known color.\n" + png << png
                              << colour;
    QTest::newRow("two lines") << "Error: No or improper image file=\"a.png\"\nin label of node b\n" + svg << svg
                               << QStringList{s("No or improper image file=\"a.png\""), s("in label of node b")};
    QByteArray divided = svg;
    divided.insert(divided.indexOf("xt>a"), "Warning: foo is not a known color.\n");
    QTest::newRow("in the middle of an svg") << divided << svg << colour;
    QByteArray within = svg;
    within.insert(within.indexOf("a</text>"), "Warning: foo is not a known color.\n");
    QTest::newRow("in the middle of a text") << within << svg << colour;
    const QByteArray label = xml + "<svg>\n<text>Warning: a</text>\n</svg>\n";
    QTest::newRow("label that looks like a message") << label << label << none;
    const QByteArray comment = xml + "<svg>\n<!-- Warning: a -->\n</svg>\n";
    QTest::newRow("comment that looks like a message") << comment << comment << none;
}

void TestGraphvizOutput::separatesMessages()
{
    QFETCH(QByteArray, output);
    const auto separated = graphvizOutput(output);
    QVERIFY2(separated, separated ? "" : qPrintable(separated.error().message));
    QTEST(separated->picture, "picture");
    QTEST(separated->messages, "messages");
}

void TestGraphvizOutput::failsWithoutAPicture_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QString>("message");
    QTest::newRow("only a message") << QByteArray("Error: Layout type: \"x\" not recognized. Use one of: dot\n")
                                    << s("Graphviz reports: Layout type: \"x\" not recognized. Use one of: dot");
    QTest::newRow("damaged") << xml + "<svg><text" << s("The svg that Graphviz wrote is damaged.");
    QTest::newRow("divided by two lines") << "Warning: a\n" + xml + "<svgWarning: \"b\n  c\"\n></svg>\n"
                                          << s("Graphviz reports: a");
}

void TestGraphvizOutput::failsWithoutAPicture()
{
    QFETCH(QByteArray, output);
    const auto separated = graphvizOutput(output);
    QVERIFY(!separated);
    QTEST(separated.error().message, "message");
}

void TestGraphvizOutput::refusesWhatRunsOrFetches_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("isHarmless");
    const auto row = [](const char *name, const char *content, bool isHarmless) {
        QTest::newRow(name) << QByteArray(content) << isHarmless;
    };
    row("link", "<a xlink:href=\"https://example.org/javascript:\"><text>onload=\"x\"</text></a>", true);
    row("relative style sheet", "<?xml-stylesheet href=\"style.css\"?>", true);
    row("script as text", "<text>&lt;script&gt;</text><!-- <script> -->", true);
    row("script", "<script>f()</script>", false);
    row("handler", "<text onload=\"f()\">a</text>", false);
    row("link to a script", "<a xlink:href=\"javascript:f()\"/>", false);
    row("hidden link to a script", "<a xlink:href=\" Java&#9;Script:f()\"/>", false);
    row("link to data", "<a xlink:href=\"data:text/html,x\"/>", false);
    row("style sheet", "<?xml-stylesheet href=\"http://example.org/x.css\" type=\"text/css\"?>", false);
}

void TestGraphvizOutput::refusesWhatRunsOrFetches()
{
    QFETCH(QByteArray, content);
    const Status checked = checkGraphvizSvg("<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\">" + content + "</svg>");
    QTEST(checked.has_value(), "isHarmless");
}

void TestGraphvizOutput::embedsPictures()
{
    const QByteArray links = "<svg><image xlink:href=\"a b.png\" x=\"1\"/><image xlink:href=\"c.png\"/>"
                             "<image xlink:href=\"a b.png\"/></svg>";
    QStringList missing;
    const QByteArray embedded = withEmbeddedPictures(links, {{s("a b.png"), "data:image/png;base64,AAAA"}}, missing);
    QCOMPARE(embedded,
             QByteArray("<svg><image xlink:href=\"data:image/png;base64,AAAA\" x=\"1\"/>"
                        "<image xlink:href=\"c.png\"/><image xlink:href=\"data:image/png;base64,AAAA\"/></svg>"));
    QCOMPARE(missing, QStringList{s("c.png")});
}

QTEST_GUILESS_MAIN(TestGraphvizOutput)
#include "tst_graphvizoutput.moc"
