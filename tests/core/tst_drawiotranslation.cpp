// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of lifeguard-drawio that need no browser: colours and styles of newer versions, and shapes far away from
// the others.
#include "places.h"
#include "tests/support/testhelpers.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QObject>
#include <QProcess>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDrawioTranslation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsAreTranslated_data();
    void textsAreTranslated();
    void shapesFarAwayAreFound_data();
    void shapesFarAwayAreFound();

private:
    /// Returns the result of an expression in Python as JSON. argument: the value of the name "x" in it.
    static QJsonValue evaluate(const char *expression, const QJsonValue &argument)
    {
        QProcess python;
        const QString code = s("import json, sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True\n"
                               "from lifeguard_drawio import extent, translation\n"
                               "x = json.load(sys.stdin)[0]\n"
                               "print(json.dumps([")
                           + s(expression) + s("]))");
        python.start(s("python3"), {s("-I"), s("-c"), code, s(LIFEGUARD_SOURCE_DIR "/packaging/drawio")});
        python.write(QJsonDocument(QJsonArray{argument}).toJson());
        python.closeWriteChannel();
        if (!python.waitForFinished(60000))
            return {};
        const QByteArray errors = python.readAllStandardError();
        if (!errors.isEmpty())
            qWarning("%s", errors.constData());
        return QJsonDocument::fromJson(python.readAllStandardOutput()).array().at(0);
    }
};

void TestDrawioTranslation::textsAreTranslated_data()
{
    QTest::addColumn<QByteArray>("function");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const QByteArray style = "translation.style(x)";
    const QByteArray html = "translation.html(x)";
    const QByteArray unknown = "' '.join(sorted(translation.unknown_keys(x)))";
    const auto row = [](const char *name, const QByteArray &function, const char *text, const char *expected) {
        QTest::newRow(name) << function << s(text) << s(expected);
    };
    row("nothing to translate", style, "rounded=1;fillColor=#ffffff;html=1;", "rounded=1;fillColor=#ffffff;html=1;");
    row("names of stylesheets", style, "swimlane;text;fillColor=none;", "swimlane;text;fillColor=none;");
    row("default colours", style, "fillColor=default;strokeColor=default;fontColor=default;gradientColor=default;",
        "fillColor=#ffffff;strokeColor=#000000;fontColor=#000000;gradientColor=#000000;");
    row("inverted default", style, "fontColor=default;defaultFontColor=invert;",
        "fontColor=#ffffff;defaultFontColor=invert;");
    row("default of another colour", style, "fillColor2=default;a=1;", "a=1;");
    row("default that is no colour", style, "topLeftStyle=default;", "topLeftStyle=default;");
    row("light-dark", style, "fillColor=light-dark( #fff , #000 );strokeColor=LIGHT-DARK(red,blue);",
        "fillColor=#fff;strokeColor=red;");
    row("nested functions", style, "fillColor=light-dark(light-dark(rgb(1, 2, 3), red), var(--x));",
        "fillColor=rgb(1, 2, 3);");
    row("variable with a fallback", style, "fillColor=var(--x, rgb(1,2,3));", "fillColor=rgb(1,2,3);");
    row("variable without a fallback", style, "fillColor=var(--x);a=1;", "a=1;");
    row("not closed", style, "fillColor=light-dark(#fff, #000;", "fillColor=light-dark(#fff, #000;");
    row("pictures are kept", style, "image=data:image/svg+xml,light-dark(a,b);",
        "image=data:image/svg+xml,light-dark(a,b);");
    row("rows of tables", style, "shape=tableRow;startSize=0;", "shape=partialRectangle;startSize=0;");
    row("lanes of tables", style, "shape=tableRow;startSize=40;", "shape=swimlane;startSize=40;");
    row("label", html, "<b style=\"color: light-dark(rgb(0, 0, 0), red)\">light-dark(a, b)</b>",
        "<b style=\"color: rgb(0, 0, 0)\">light-dark(a, b)</b>");
    row("style sheet", html, "<style>b {color: light-dark(red, blue)}</style>", "<style>b {color: red}</style>");
    row("label without tags", html, "light-dark(a, b)", "light-dark(a, b)");
    row("quoted angle bracket", html, "<i title=\"a>b\" style='color:var(--x)'>",
        "<i title=\"a>b\" style='color:unset'>");
    row("known keys", unknown, "shadow=1;sketch=1;fillStyle=hachure;colspan=1;", "");
    row("unknown keys", unknown, "textShadow=1;fillStyle=dots;colspan=2;swimlaneHead=0;",
        "colspan fillStyle swimlaneHead textShadow");
}

void TestDrawioTranslation::textsAreTranslated()
{
    QFETCH(QByteArray, function);
    QFETCH(QString, text);
    QTEST(evaluate(function.constData(), text).toString(), "expected");
}

void TestDrawioTranslation::shapesFarAwayAreFound_data()
{
    QTest::addColumn<QByteArray>("boxes");
    QTest::addColumn<int>("shapes");
    QTest::addColumn<int>("distance");
    QTest::newRow("none") << QByteArray("[]") << 0 << 0;
    QTest::newRow("one") << QByteArray("[[90000, 0, 10, 10]]") << 0 << 0;
    QTest::newRow("near") << QByteArray("[[0, 0, 10, 10], [1000, 0, 10, 10]]") << 0 << 0;
    QTest::newRow("right") << QByteArray("[[0, 0, 10, 10], [20, 0, 10, 10], [9030, 0, 10, 10]]") << 1 << 9000;
    QTest::newRow("above") << QByteArray("[[0, -5010, 10, 10], [20, 0, 10, 10], [0, 10, 10, 10]]") << 1 << 5000;
    QTest::newRow("in a row") << QByteArray(
        "[[0, 0, 10, 10], [4000, 0, 10, 10], [8000, 0, 10, 10], [12000, 0, 10, 10]]")
                              << 0 << 0;
    QTest::newRow("a frame around all") << QByteArray("[[0, 0, 10, 10], [9000, 0, 10, 10], [0, 0, 9010, 10]]") << 0
                                        << 0;
}

void TestDrawioTranslation::shapesFarAwayAreFound()
{
    QFETCH(QByteArray, boxes);
    const QJsonArray found =
        evaluate("(lambda f: [len(f[0]), f[1]])(extent.far_away(x))", QJsonDocument::fromJson(boxes).array()).toArray();
    QCOMPARE(found.size(), 2);
    QTEST(found.at(0).toInt(), "shapes");
    QTEST(found.at(1).toInt(), "distance");
}

QTEST_GUILESS_MAIN(TestDrawioTranslation)
#include "tst_drawiotranslation.moc"
