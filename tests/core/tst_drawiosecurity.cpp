// SPDX-License-Identifier: GPL-3.0-or-later
// Draws hostile drawings with lifeguard-drawio and the real draw.io: they read no file and fetch nothing.
#include "places.h"
#include "tests/support/drawiotest.h"
#include "tests/support/queuetest.h"

#include <QFile>
#include <QImage>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Accepts connections that nothing may open.
class Canary : public QTcpServer
{
    Q_OBJECT

public:
    Canary() { listen(QHostAddress::LocalHost); }
    [[nodiscard]] QByteArray url() const { return "http://127.0.0.1:" + QByteArray::number(serverPort()); }
    int connections = 0;

protected:
    void incomingConnection(qintptr handle) override
    {
        ++connections;
        QTcpServer::incomingConnection(handle);
    }
};

} // namespace

class TestDrawioSecurity : public DrawioTest
{
    Q_OBJECT

private Q_SLOTS:
    void hostileDrawingsReadNothing_data();
    void hostileDrawingsReadNothing();
    void linksOfSvgsRunAndFetchNothing_data();
    void linksOfSvgsRunAndFetchNothing();
    void picturesInAllowedFoldersAreSources();
    void entitiesAreRefused();

private:
    [[nodiscard]] QStringList notes() const { return m_result && *m_result ? (*m_result)->notes : QStringList(); }
    [[nodiscard]] QImage picture() const { return QImage::fromData(output()); }
};

void TestDrawioSecurity::hostileDrawingsReadNothing_data()
{
    QTest::addColumn<QList<QByteArray>>("labels");
    QTest::addColumn<QList<QByteArray>>("styles");
    // FILE, LINK and URL are replaced by the test.
    const QByteArray svg = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E"
                           "%3Cimage href='URL/a.png' width='9' height='9'/%3E%3C/svg%3E";
    QTest::newRow("styles") << QList<QByteArray>()
                            << QList<QByteArray>{"shape=image;image=file://FILE.png;",
                                                 "shape=image;image=file://LINK.png;",
                                                 "shape=image;image=../../../../../../../../..FILE.png;",
                                                 "shape=image;image=URL/a.png;",
                                                 "html=1;fontFamily=Evil;fontSource=URL%2Ffont.woff;",
                                                 "shape=image;image=" + svg + ";"};
    QTest::newRow("labels")
        << QList<QByteArray>{"<img src=\"file://FILE.png\">",
                             "<img src=\"URL/a.png\">",
                             "<iframe src=\"file://FILE.txt\"></iframe>",
                             "<object data=\"file://FILE.txt\"></object>",
                             "<embed src=\"file://FILE.txt\">",
                             "<script>fetch('URL/s')</script>",
                             "<img src=\"x\" onerror=\"fetch('URL/e')\">",
                             "<svg onload=\"fetch('URL/o')\"><image href=\"URL/i\"/></svg>",
                             "<svg><foreignObject><iframe src=\"file://FILE.txt\"></iframe></foreignObject></svg>",
                             "<div style=\"background-image:url(URL/css.png)\">c</div>",
                             "<style>@import url(URL/i.css);</style>x",
                             "<link rel=\"stylesheet\" href=\"URL/l.css\">",
                             "<meta http-equiv=\"refresh\" content=\"0;url=URL/r\">m",
                             "<video src=\"URL/v.mp4\" poster=\"URL/p.png\"></video>",
                             "<input type=\"image\" src=\"URL/i.png\">",
                             "<base href=\"URL/\"><img src=\"b.png\">",
                             "<a href=\"javascript:fetch('URL/j')\">j</a>"}
        << QList<QByteArray>();
}

void TestDrawioSecurity::hostileDrawingsReadNothing()
{
    QFETCH(QList<QByteArray>, labels);
    QFETCH(QList<QByteArray>, styles);
    Canary canary;
    QTemporaryDir outside(s(LIFEGUARD_BUILD_DIR "/outside-XXXXXX")); // temporary folders are in the workspace of this
                                                                     // test
    const QString secret = outside.filePath(s("secret"));
    QImage image(30, 30, QImage::Format_RGB32);
    image.fill(QColor(18, 52, 86));
    QVERIFY(image.save(secret + s(".png")));
    write(QString(secret + s(".txt")), "CANARYWORD");
    QVERIFY(QFile::link(secret + s(".png"), path("link.png")));
    const auto filled = [&](QByteArray text) {
        return text.replace("FILE", QFile::encodeName(secret))
            .replace("LINK", QFile::encodeName(path("link")))
            .replace("URL", canary.url());
    };
    QByteArray cells = drawioVertex(1000, "html=1;fillColor=#00ff00;", "visible", 200);
    for (int i = 0; i < labels.size(); ++i)
        cells += drawioVertex(i, "html=1;whiteSpace=wrap;", filled("label " + labels.at(i)), 0, 70 * i);
    for (int i = 0; i < styles.size(); ++i)
        cells += drawioVertex(i, filled(styles.at(i)), "a", 0, 70 * i);
    const QByteArray file = drawioFileWith(cells);
    VERIFY_CONVERTED(file, "png");
    QVERIFY2(!notes().isEmpty(), "what was left out must be noted");
    const QImage drawn = picture();
    for (int y = 0; y < drawn.height(); y += 4) {
        for (int x = 0; x < drawn.width(); x += 4)
            QVERIFY2(drawn.pixelColor(x, y) != QColor(18, 52, 86), "the picture contains a pixel of the secret file");
    }
    VERIFY_CONVERTED(file, "svg");
    static const QRegularExpression active(
        s("<script|<iframe|<object|<embed|<link|<meta|<base|\\son[a-z]+=|javascript:"));
    const QString svg = QString::fromUtf8(output());
    QVERIFY2(!svg.contains(active), output().constData());
    QVERIFY2(!svg.contains(s("CANARYWORD")) && !svg.contains(secret), output().constData());
    static const QRegularExpression fetched(s("(src|xlink:href|poster|url)[=(][\"']?http://127"));
    QVERIFY2(!svg.contains(fetched), "other viewers must not fetch anything either");
    VERIFY_CONVERTED(file, "pdf");
    QCoreApplication::processEvents();
    QCOMPARE(canary.connections, 0);
}

void TestDrawioSecurity::linksOfSvgsRunAndFetchNothing_data()
{
    QTest::addColumn<QByteArray>("cell");
    const auto link = [](const QByteArray &url) -> QByteArray {
        return "<UserObject label=\"a\" link=\"" + url
             + "\" id=\"u\"><mxCell style=\"html=1;\" vertex=\"1\" parent=\"1\">"
             + "<mxGeometry width=\"90\" height=\"40\" as=\"geometry\"/></mxCell></UserObject>";
    };
    QTest::newRow("script") << link("javascript:attack()");
    QTest::newRow("script in capitals") << link(" JavaScript:attack()");
    QTest::newRow("script with a tab") << link("java&#9;script:attack()");
    QTest::newRow("fill") << drawioVertex(0, "html=1;fillColor=url(http://127.0.0.1:1/attack.svg#a);", "a");
    QTest::newRow("line") << drawioVertex(0, "html=1;strokeColor=url(http://127.0.0.1:1/attack.svg#a);", "a");
}

void TestDrawioSecurity::linksOfSvgsRunAndFetchNothing()
{
    QFETCH(QByteArray, cell);
    VERIFY_CONVERTED(drawioFileWith(cell), "svg");
    static const QRegularExpression active(s("script:|url\\([\"']?(&quot;)?http"),
                                           QRegularExpression::CaseInsensitiveOption);
    QVERIFY2(!QString::fromUtf8(output()).contains(active), output().constData());
    VERIFY_CONVERTED(drawioFileWith(drawioVertex(0, "html=1;", "next")), "svg");
    QCOMPARE(notes(), QStringList()); // not those of the drawing before
}

void TestDrawioSecurity::picturesInAllowedFoldersAreSources()
{
    QImage image(30, 30, QImage::Format_RGB32);
    image.fill(QColor(18, 52, 86));
    QVERIFY(image.save(path("logo.png")));
    const QByteArray url = "file://" + QFile::encodeName(path("logo.png"));
    VERIFY_CONVERTED(drawioFileWith(drawioVertex(2, "shape=image;imageAspect=0;image=" + url + ";")), "svg");
    QCOMPARE((*m_result)->sources, QStringList{QFileInfo(path("logo.png")).canonicalFilePath()});
    QCOMPARE(notes(), QStringList());
    QVERIFY2(output().contains("data:image/png;base64,") && !output().contains("file:"), output().constData());
}

void TestDrawioSecurity::entitiesAreRefused()
{
    write(path("secret.txt"), "CANARYWORD");
    const QByteArray external = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file://" + QFile::encodeName(path("secret.txt"))
                              + "\">]>";
    QByteArray laughs = "<!DOCTYPE x [<!ENTITY a0 \"ha\">";
    for (int i = 1; i < 30; ++i) {
        const QByteArray previous = "&a" + QByteArray::number(i - 1) + ";";
        laughs += "<!ENTITY a" + QByteArray::number(i) + " \"" + previous + previous + "\">";
    }
    laughs += "<!ENTITY e \"&a29;\">]>";
    for (const QByteArray &doctype : {external, laughs}) {
        const auto result = convert(doctype
                                        + drawioFileWith(drawioVertex(2, "html=1;", "x")).replace("\"x\"", "\"&e;\""),
                                    "svg");
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(s("not a draw.io file")), qPrintable(result.error().message));
    }
}

QTEST_GUILESS_MAIN(TestDrawioSecurity)
#include "tst_drawiosecurity.moc"
