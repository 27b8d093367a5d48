// SPDX-License-Identifier: GPL-3.0-or-later
// Draws hostile diagrams with the real PlantUML: nothing outside the workspace may reach an output, nothing outside may
// be written, and nothing may be fetched.
#include "core/worker/jobfiles.h"
#include "core/worker/plantumlconverter.h"
#include "core/worker/toolprocess.h"
#include "places.h"
#include "tests/support/convertertest.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

const QByteArray canary = "CANARYTEXT";
const QByteArray debiansJar = "/usr/share/plantuml/plantuml.jar";

} // namespace

class TestPlantUmlSecurity : public ConverterTest
{
    Q_OBJECT

public:
    TestPlantUmlSecurity() : ConverterTest(120000, s("ws/in.puml")) {}

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase();
    void sandboxRestrictsFilesAndNetwork();
    void filesOutsideAreNotRead_data();
    void filesOutsideAreNotRead();
    void filesOutsideAreNotReadByDebiansPlantUml_data();
    void filesOutsideAreNotReadByDebiansPlantUml();
    void nothingIsFetched_data();
    void nothingIsFetched();
    void nothingIsWrittenOutside();
    void variablesAreNotRead_data();
    void variablesAreNotRead();
    void allowedFilesAreRead();
    void folderNamesMayHaveColons();
    void allowedNetworkIsUsed();

private:
    /// Uses this jar, or, if it is empty, the current one.
    void useJar(const QByteArray &jar);
    void addHostileDiagrams();
    [[nodiscard]] QString outside(const char *name) const { return m_outside->filePath(s(name)); }
    /// Writes the files outside the workspace. picture: the name of a picture in the test data.
    void writeOutside(const QByteArray &word, const QByteArray &colour, const char *picture);
    /// Fails if a diagram shows something from outside, or if its picture depends on it.
    void checkIsHarmless(const QByteArray &diagram);

    std::unique_ptr<QTemporaryDir> m_outside;
    QByteArray m_jar;
};

void TestPlantUmlSecurity::initTestCase()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_outside = std::make_unique<QTemporaryDir>(m_folder->path() + s("-secret-XXXXXX")); // a name that begins alike
    QVERIFY(QDir().mkpath(path("ws")));
    QVERIFY(QDir().mkpath(outside("themes")));
    writeOutside(canary, "#CAFE01", "badge.png");
    for (const char *name : {"canary.iuml", "canary.json", "canary.svg", "canary.png", "themes"})
        QVERIFY(QFile::link(outside(name), path("ws/") + s(name)));
}

void TestPlantUmlSecurity::init()
{
    m_settings = {};
}

void TestPlantUmlSecurity::cleanupTestCase()
{
    QVERIFY(close());
    qunsetenv("PLANTUML_JAR");
}

void TestPlantUmlSecurity::useJar(const QByteArray &jar)
{
    if (m_converter && m_jar == jar)
        return; // starting Java takes longer than a test
    if (m_converter)
        QVERIFY(close());
    m_jar = jar;
    if (jar.isEmpty())
        qunsetenv("PLANTUML_JAR");
    else
        qputenv("PLANTUML_JAR", jar);
    use(std::make_unique<PlantUmlConverter>());
}

void TestPlantUmlSecurity::sandboxRestrictsFilesAndNetwork()
{
    QVERIFY2(ToolSandbox::restrictsFiles(), "This kernel has no Landlock, which these tests need.");
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    SandboxPermissions permissions;
    permissions.readable = SandboxPermissions::systemPaths() << path("ws");
    QVERIFY(QDir().mkpath(path("own")));
    permissions.writable = QStringList{path("own")};
    write(path("ws/inside"), "INSIDE");
    write(path("ws/script"),
          "cat \"$1\"; cat ws/canary.iuml; cat ../*/canary.iuml; cat /etc/passwd; cat /proc/$PPID/environ\n"
          "cat ws/inside; echo x > ws/new; echo x > own/new; echo x > ../new\n"
          "(exec 3<>/dev/tcp/127.0.0.1/$2) && echo CONNECTED; echo DONE\n");
    ToolProcess tool;
    tool.setSandbox(permissions);
    QByteArray output;
    connect(&tool, &ToolProcess::outputRead, this, [&](const QByteArray &bytes) { output += bytes; });
    QSignalSpy ended(&tool, &ToolProcess::ended);
    tool.start(s("/bin/bash"), {path("ws/script"), outside("canary.iuml"), QString::number(server.serverPort())},
               m_folder->path());
    tool.closeInput();
    QTRY_VERIFY_WITH_TIMEOUT(!ended.isEmpty(), patience);
    QCOMPARE(output, QByteArray("INSIDEDONE\n"));
    QVERIFY(QFile::exists(path("own/new")) && !QFile::exists(path("ws/new")));
    QVERIFY(!server.hasPendingConnections());
}

void TestPlantUmlSecurity::addHostileDiagrams()
{
    QTest::addColumn<QByteArray>("diagram"); // %1 is the folder outside, %2 its relative path
    const auto row = [](const char *name, const char *text, const char *type = "uml") {
        QTest::newRow(name) << QByteArray("@start") + type + "\n" + text + "\n@end" + type + "\n";
    };
    row("include", "!include %1/canary.iuml");
    row("relative include", "!include %2/canary.iuml");
    row("include of a link", "!include canary.iuml");
    row("file address", "!include file://%1/canary.iuml");
    row("computed include", "!$a = \"%1\"\n!$b = $a + \"/canary\"\n!include $b.iuml");
    row("includesub", "!includesub %1/canary.iuml!A");
    row("include_many", "!include_many %1/canary.iuml");
    row("import", "!import %1\n!include canary.iuml");
    row("data", "!$c = %load_json(\"%1/canary.json\")\nnote \"$c.v\" as n");
    row("relative data", "!$c = %load_json(\"%2/canary.json\")\nnote \"$c.v\" as n");
    row("computed data", "!$f = \"%2/can\" + \"ary.json\"\n!$c = %load_json($f)\nnote \"$c.v\" as n");
    row("data of a link", "!$c = %load_json(\"canary.json\")\nnote \"$c.v\" as n");
    row("data if", "!if (1 == 1)\n!$c = %load_json(\"%2/canary.json\")\nnote \"$c.v\" as n\n!endif");
    row("picture", "note \"<img:%1/canary.png>\" as n");
    row("relative picture", "note \"<img:%2/canary.png>\" as n");
    row("picture of a link", "note \"<img:canary.png>\" as n");
    row("computed picture", "!$i = \"<im\" + \"g:%1/canary.png>\"\nnote \"$i\" as n");
    row("sprite", "sprite c %1/canary.svg\nnote \"<$c>\" as n");
    row("sprite of a link", "sprite c canary.svg\nnote \"<$c>\" as n");
    row("theme", "!theme own from %1/themes\nnote \"x\" as n");
    row("theme of a link", "!theme own from themes\nnote \"x\" as n");
    row("procedure", "!procedure $p($f)\n!include $f\n!endprocedure\n$p(\"%1/canary.iuml\")");
    row("json", "!include %1/canary.json", "json");
    row("yaml", "!include %2/canary.json", "yaml");
    row("picture in salt", "{\n<img:%1/canary.png>\n}", "salt");
    row("picture in creole", "<img:%1/canary.png>", "creole");
    row("Graphviz", "digraph g {\na [shape=none label=\"\" image=\"%1/canary.png\"]\n}", "dot");
    row("Graphviz shape", "digraph g {\na [shape=custom label=\"\" shapefile=\"%1/canary.svg\"]\n}", "dot");
    row("Graphviz html", "digraph g {\na [label=<<TABLE><TR><TD><IMG SRC=\"%1/canary.png\"/></TD></TR></TABLE>>]\n}",
        "dot");
    row("Graphviz fonts", "digraph g {\nfontpath=\"%1\"\na [fontname=\"%1/canary.svg\"]\n}", "dot");
    row("processes", "!include /proc/self/environ\n!include /proc/self/cmdline");
    row("computed processes", "!$f = \"/proc/self/\" + \"environ\"\nnote as n\n!include $f\nend note");
    row("computed system file", "!$f = \"/usr/share/common-licenses/\" + \"BSD\"\nnote as n\n!include $f\nend note");
    row("accounts", "!include /etc/passwd");
}

void TestPlantUmlSecurity::checkIsHarmless(const QByteArray &diagram)
{
    const QByteArray relative = QFile::encodeName(QDir(path("ws")).relativeFilePath(m_outside->path()));
    QByteArray text = diagram;
    text.replace("%1", QFile::encodeName(m_outside->path())).replace("%2", relative);
    bool isDrawn = false;
    for (const char *format : {"svg", "png"}) {
        const auto result = convert(text, format);
        QVERIFY2(!result || result->further.isEmpty(), format);
        const QByteArray shown = output() + (result ? QByteArray() : result.error().message.toUtf8());
        for (const QByteArray &word :
             {canary, QByteArray("CAFE01"), QByteArray("root:"), QByteArray("PATH="), QByteArray("Redistribution")})
            QVERIFY2(!shown.contains(word), QByteArray(format + QByteArray(": ") + shown.left(4000)).constData());
        QVERIFY2(!shown.contains("data:image/png"), "a picture from outside the workspace was embedded");
        isDrawn = bool(result);
    }
    // In a png, words cannot be recognised: content that could be read would change it.
    const QByteArray before = output();
    writeOutside("OTHER", "#BEEF02", "plain.png");
    const auto second = convert(text, "png");
    writeOutside(canary, "#CAFE01", "badge.png");
    QCOMPARE(bool(second), isDrawn);
    QCOMPARE(output(), before);
}

void TestPlantUmlSecurity::writeOutside(const QByteArray &word, const QByteArray &colour, const char *picture)
{
    write(outside("canary.iuml"), "note \"" + word + "\" as c\n");
    write(outside("canary.json"), "{\"v\": \"" + word + "\"}");
    write(outside("canary.svg"),
          "<svg width=\"9\" height=\"9\" viewBox=\"0 0 9 9\"><path d=\"M0,0 L9,9 L9,0 Z\" fill=\"" + colour
              + "\"/></svg>");
    write(outside("themes/puml-theme-own.puml"), "skinparam backgroundColor " + colour + "\n");
    write(outside("canary.png"), contentOf(s(LIFEGUARD_SOURCE_DIR "/tests/data/plantuml/beside/") + s(picture)));
}

void TestPlantUmlSecurity::filesOutsideAreNotRead_data()
{
    addHostileDiagrams();
}

void TestPlantUmlSecurity::filesOutsideAreNotRead()
{
    QFETCH(QByteArray, diagram);
    useJar({});
    checkIsHarmless(diagram);
}

void TestPlantUmlSecurity::filesOutsideAreNotReadByDebiansPlantUml_data()
{
    addHostileDiagrams();
}

void TestPlantUmlSecurity::filesOutsideAreNotReadByDebiansPlantUml()
{
    QFETCH(QByteArray, diagram);
    QVERIFY2(QFile::exists(QFile::decodeName(debiansJar)), "The package plantuml is not installed.");
    useJar(debiansJar);
    checkIsHarmless(diagram);
}

void TestPlantUmlSecurity::nothingIsFetched_data()
{
    QTest::addColumn<QByteArray>("jar");
    QTest::addColumn<QByteArray>("line");
    for (const QByteArray &jar : {QByteArray(), debiansJar}) {
        const auto row = [&](const char *name, const QByteArray &line) {
            QTest::addRow("%s%s", name, jar.isEmpty() ? "" : ", Debian's PlantUML") << jar << line;
        };
        row("include", "!include %1/a.iuml");
        row("includeurl", "!includeurl %1/a.iuml");
        row("computed include", "!$u = \"%1\"\n!$v = $u + \"/a\"\n!include $v");
        row("picture", "note \"<img:%1/a.png>\" as n");
        row("computed picture", "!$i = \"<im\" + \"g:%1/a.png>\"\nnote \"$i\" as n");
        row("sprite", "sprite a %1/a.svg\nnote \"<$a>\" as n");
        row("data", "!$c = %load_json(\"%1/a.json\")\nnote \"$c.v\" as n");
        row("theme", "!theme own from %1/themes\nA -> B");
    }
}

void TestPlantUmlSecurity::nothingIsFetched()
{
    QFETCH(QByteArray, jar);
    QFETCH(QByteArray, line);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    line.replace("%1", QByteArray("http://127.0.0.1:" + QByteArray::number(server.serverPort())));
    useJar(jar);
    (void)convert("@startuml\n" + line + "\n@enduml\n", "svg");
    QVERIFY(!server.waitForNewConnection(0));
}

void TestPlantUmlSecurity::nothingIsWrittenOutside()
{
    useJar({});
    const QStringList before = QDir(m_outside->path()).entryList(QDir::AllEntries, QDir::Name);
    const QByteArray name = QFile::encodeName(outside("written"));
    for (const QByteArray &start : {name, QByteArray('"' + name + '"'), QByteArray("../written")}) {
        (void)convert("@startuml " + start + "\nA -> B\nnewpage\nB -> A\n@enduml\n", "svg");
        (void)convert("@startuml " + start + "\nA -> B\n@enduml\n", "png");
    }
    QCOMPARE(QDir(m_outside->path()).entryList(QDir::AllEntries, QDir::Name), before);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{s("out")});
    QCOMPARE(QDir(path("ws")).entryList({s("*written*")}).size(), 0);
}

void TestPlantUmlSecurity::variablesAreNotRead_data()
{
    QTest::addColumn<QByteArray>("jar");
    QTest::newRow("current") << QByteArray();
    QTest::newRow("Debian's") << debiansJar;
}

void TestPlantUmlSecurity::variablesAreNotRead()
{
    QFETCH(QByteArray, jar);
    qputenv("LIFEGUARD_CANARY", canary);
    if (m_converter)
        QVERIFY(close()); // a new process gets the variable
    useJar(jar);
    const auto result = convert("@startuml\n!$e = %getenv(\"LIFEGUARD_CANARY\")\nnote \"x $e\" as n\n"
                                "note \"y %getenv(\"LIFEGUARD_CANARY\")\" as m\n@enduml\n",
                                "svg");
    qunsetenv("LIFEGUARD_CANARY");
    QVERIFY2(result, qPrintable(result ? QString() : result.error().message));
    QVERIFY(!output().contains(canary));
}

void TestPlantUmlSecurity::allowedFilesAreRead()
{
    useJar({});
    const QByteArray diagram = "@startuml\n!include " + QFile::encodeName(outside("canary.iuml")) + "\n@enduml\n";
    const auto denied = convert(diagram, "svg");
    QVERIFY(!denied);
    QVERIFY2(denied.error().message.contains(s("allow_files")), qPrintable(denied.error().message));
    m_settings.allowFiles = QStringList{m_outside->path()};
    const auto allowed = convert(diagram, "svg");
    QVERIFY2(allowed, qPrintable(allowed ? QString() : allowed.error().message));
    QVERIFY(output().contains(canary));
    QCOMPARE(allowed->sources, QStringList{outside("canary.iuml")});
}

/// PlantUML separates folders with colons: the name of a folder must neither hide it nor name another one.
void TestPlantUmlSecurity::folderNamesMayHaveColons()
{
    useJar({});
    const QString folder = path("ws/Kurs: A:") + m_outside->path();
    QVERIFY(QDir().mkpath(folder));
    write(folder + s("/inside.iuml"), "note \"INSIDE\" as n\n");
    const auto inside = convert("@startuml\n!include inside.iuml\n@enduml\n", "svg", {}, folder + s("/a.puml"));
    QVERIFY2(inside, qPrintable(inside ? QString() : inside.error().message));
    QVERIFY(output().contains("INSIDE"));
    const QByteArray pages = "@startuml\n!include inside.iuml\nnewpage\nA -> B\n@enduml\n";
    const auto withPages = convert(pages, "svg", {}, folder + s("/a.puml"));
    QVERIFY2(withPages, qPrintable(withPages ? QString() : withPages.error().message));
    QVERIFY(output().contains("INSIDE"));
    const QByteArray computed = "@startuml\n!$f = \"" + QFile::encodeName(m_outside->path())
                              + "/canary\"\n!include $f.iuml\n@enduml\n";
    QVERIFY(!convert(computed, "svg", {}, folder + s("/a.puml")));
    QVERIFY(!output().contains(canary));
}

void TestPlantUmlSecurity::allowedNetworkIsUsed()
{
    useJar({});
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            (void)socket->readAll();
            socket->write("HTTP/1.0 200 OK\r\n\r\nnote \"FETCHED\" as n\n");
            socket->disconnectFromHost();
        });
    });
    const QByteArray diagram = "@startuml\n!include http://127.0.0.1:" + QByteArray::number(server.serverPort())
                             + "/a.iuml\n@enduml\n";
    const auto denied = convert(diagram, "svg");
    QVERIFY(!denied);
    QVERIFY2(denied.error().message.contains(s("allow_network")), qPrintable(denied.error().message));
    m_settings.allowNetwork = true;
    const auto allowed = convert(diagram, "svg");
    QVERIFY2(allowed, qPrintable(allowed ? QString() : allowed.error().message));
    QVERIFY(output().contains("FETCHED"));
}

QTEST_GUILESS_MAIN(TestPlantUmlSecurity)
#include "tst_plantumlsecurity.moc"
