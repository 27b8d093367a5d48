// SPDX-License-Identifier: GPL-3.0-or-later
// Finding the address of the engine in the same way as the docker command.
#include "core/docker/dockerendpoint.h"
#include "tests/support/testhelpers.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using Kind = DockerEndpoint::Kind;

Q_DECLARE_METATYPE(lifeguard::DockerEndpoint::Kind)

namespace {

/// The home directory and the environment of a user.
struct Home
{
    [[nodiscard]] QString path(const QString &name) const { return folder.filePath(name); }
    bool write(const QString &name, const QByteArray &content) const
    {
        const QFileInfo info(path(name));
        QFile file(info.filePath());
        return QDir().mkpath(info.path()) && file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    }
    bool writeContext(const QString &name, const QByteArray &docker) const
    {
        return write(QStringLiteral(".docker/contexts/meta/") + hash(name) + QStringLiteral("/meta.json"),
                     R"({"Name":")" + name.toUtf8() + R"(","Metadata":{},"Endpoints":{"docker":)" + docker + "}}");
    }
    [[nodiscard]] static QString hash(const QString &name)
    {
        return QString::fromLatin1(QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha256).toHex());
    }
    [[nodiscard]] Result<DockerEndpoint> find() const { return DockerEndpoint::find(environment, folder.path()); }

    QTemporaryDir folder;
    QProcessEnvironment environment;
};

/// Returns the Docker endpoint of a context.
QByteArray host(const QByteArray &url, bool skipsVerify = false)
{
    return R"({"Host":")" + url + R"(","SkipTLSVerify":)" + (skipsVerify ? "true}" : "false}");
}

} // namespace

class TestDockerEndpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parsesAddresses_data();
    void parsesAddresses();
    void rejectsAddresses_data();
    void rejectsAddresses();
    void errorsContainNoSecrets();
    void defaultSocket();
    void defaultSocketOfPodman();
    void hostVariable();
    void hostVariableWithTls();
    void contexts();
    void contextWithTls();
    void contextVariableOverridesConfiguration();
    void configFolder();
    void hashOfAContextName();
    void invalidConfiguration_data();
    void invalidConfiguration();
};

void TestDockerEndpoint::parsesAddresses_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("base");
    QTest::newRow("unix") << s("unix:///var/run/docker.sock") << false << Kind::Local
                          << s("unix:///var/run/docker.sock") << s("unix+http://localhost");
    QTest::newRow("unix, tls") << s("unix:///a b/x.sock") << true << Kind::Local << s("unix:///a b/x.sock")
                               << s("unix+http://localhost");
    QTest::newRow("tcp") << s("tcp://engine:1234") << false << Kind::Tcp << s("tcp://engine:1234")
                         << s("http://engine:1234");
    QTest::newRow("default port") << s("tcp://engine") << false << Kind::Tcp << s("tcp://engine:2375")
                                  << s("http://engine:2375");
    QTest::newRow("tls") << s("tcp://engine") << true << Kind::Tls << s("tcp://engine:2376")
                         << s("https://engine:2376");
    QTest::newRow("http") << s("http://10.0.0.1:80/") << false << Kind::Tcp << s("tcp://10.0.0.1:80")
                          << s("http://10.0.0.1:80");
    QTest::newRow("https") << s("HTTPS://engine") << false << Kind::Tls << s("tcp://engine:2376")
                           << s("https://engine:2376");
    QTest::newRow("IPv6") << s("tcp://[::1]:99") << false << Kind::Tcp << s("tcp://[::1]:99") << s("http://[::1]:99");
    QTest::newRow("no host") << s("tcp://:2377") << false << Kind::Tcp << s("tcp://localhost:2377")
                             << s("http://localhost:2377");
}

void TestDockerEndpoint::parsesAddresses()
{
    QFETCH(QString, url);
    QFETCH(bool, tls);
    QFETCH(Kind, kind);
    QFETCH(QString, text);
    QFETCH(QString, base);
    const auto endpoint = DockerEndpoint::parse(url, tls);
    QVERIFY2(endpoint, qPrintable(endpoint ? QString() : endpoint.error().message));
    QVERIFY(endpoint->kind == kind);
    QVERIFY(endpoint->verifiesPeer);
    QCOMPARE(endpoint->toString(), text);
    QCOMPARE(endpoint->baseUrl().toString(), base);
    QVERIFY(DockerEndpoint::parse(endpoint->toString(), kind == Kind::Tls) == endpoint);
}

void TestDockerEndpoint::rejectsAddresses_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("expectedText");
    QTest::newRow("ssh") << s("ssh://me@engine") << s("ssh://");
    QTest::newRow("pipe") << s("npipe:////./pipe/docker_engine") << s("npipe://");
    QTest::newRow("relative") << s("unix://docker.sock") << s("socket address");
    QTest::newRow("no path") << s("unix://") << s("socket address");
    QTest::newRow("empty") << QString() << s("tcp://");
    QTest::newRow("no scheme") << s("engine:2375") << s("tcp://");
    QTest::newRow("fd") << s("fd://3") << s("tcp://");
    QTest::newRow("port out of range") << s("tcp://engine:99999") << s("PORT");
    QTest::newRow("port 0") << s("tcp://engine:0") << s("PORT");
    QTest::newRow("path") << s("tcp://engine:1/path") << s("PORT");
    QTest::newRow("user") << s("tcp://me@engine:1") << s("PORT");
    QTest::newRow("query") << s("tcp://engine:1?a=b") << s("PORT");
    QTest::newRow("space") << s("tcp://en gine:1") << s("PORT");
}

void TestDockerEndpoint::rejectsAddresses()
{
    QFETCH(QString, url);
    QFETCH(QString, expectedText);
    const auto endpoint = DockerEndpoint::parse(url);
    QVERIFY(!endpoint);
    QVERIFY(endpoint.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(endpoint.error().message.contains(expectedText), qPrintable(endpoint.error().message));
}

void TestDockerEndpoint::errorsContainNoSecrets()
{
    for (const char *url :
         {"tcp://me:secret@engine:1", "https://me:secret@engine", "me:secret@engine", "ssh://me:secret@engine"})
        QVERIFY(!DockerEndpoint::parse(s(url)).error().message.contains(QLatin1String("secret")));
}

void TestDockerEndpoint::defaultSocket()
{
    const Home home;
    const auto endpoint = home.find();
    QVERIFY(endpoint);
    QCOMPARE(endpoint->toString(), QStringLiteral("unix:///var/run/docker.sock"));
    QCOMPARE(endpoint->source, QStringLiteral("the default"));

    Home rootless;
    rootless.environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), rootless.folder.path());
    QCOMPARE(rootless.find()->socketPath, QStringLiteral("/var/run/docker.sock"));
    QVERIFY(rootless.write(QStringLiteral("docker.sock"), {}));
    const bool hasDefault = QFile::exists(QStringLiteral("/var/run/docker.sock"));
    QCOMPARE(rootless.find()->socketPath,
             hasDefault ? QStringLiteral("/var/run/docker.sock") : rootless.path(QStringLiteral("docker.sock")));
}

/// Podman's sockets are used if there is no socket of Docker.
void TestDockerEndpoint::defaultSocketOfPodman()
{
    for (const QString &path : {s("/var/run/docker.sock"), s("/run/podman/podman.sock")}) {
        if (QFile::exists(path))
            QSKIP(qPrintable(path + s(" exists on this machine.")));
    }
    Home home;
    home.environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), home.folder.path());
    QVERIFY(home.write(QStringLiteral("podman/podman.sock"), {}));
    const auto podman = home.find();
    QVERIFY(podman);
    QCOMPARE(podman->socketPath, home.path(QStringLiteral("podman/podman.sock")));
    QCOMPARE(podman->source, QStringLiteral("the default"));
    QVERIFY(home.write(QStringLiteral("docker.sock"), {}));
    QCOMPARE(home.find()->socketPath, home.path(QStringLiteral("docker.sock")));
}

void TestDockerEndpoint::hostVariable()
{
    Home home;
    QVERIFY(home.writeContext(QStringLiteral("x"), host("tcp://other:1")));
    home.environment.insert(QStringLiteral("DOCKER_CONTEXT"), QStringLiteral("x"));
    home.environment.insert(QStringLiteral("DOCKER_HOST"), QStringLiteral("unix:///tmp/x.sock"));
    home.environment.insert(QStringLiteral("DOCKER_TLS_VERIFY"), QStringLiteral("1")); // has no meaning for sockets
    const auto endpoint = home.find();
    QVERIFY(endpoint);
    QCOMPARE(endpoint->toString(), QStringLiteral("unix:///tmp/x.sock"));
    QCOMPARE(endpoint->source, QStringLiteral("DOCKER_HOST"));
    home.environment.insert(QStringLiteral("DOCKER_HOST"), QStringLiteral("ssh://x"));
    QVERIFY(home.find().error().message.startsWith(QLatin1String("DOCKER_HOST: ")));
}

void TestDockerEndpoint::hostVariableWithTls()
{
    Home home;
    home.environment.insert(QStringLiteral("DOCKER_HOST"), QStringLiteral("tcp://engine:2376"));
    QVERIFY(home.write(QStringLiteral(".docker/ca.pem"), "ca"));
    QVERIFY(home.find()->kind == Kind::Tcp);
    QVERIFY(home.find()->caFile.isEmpty());

    home.environment.insert(QStringLiteral("DOCKER_TLS_VERIFY"), QStringLiteral("1"));
    QVERIFY(home.find()->kind == Kind::Tls);
    QCOMPARE(home.find()->caFile, home.path(QStringLiteral(".docker/ca.pem")));
    QVERIFY(home.find()->certificateFile.isEmpty());

    home.environment.insert(QStringLiteral("DOCKER_CERT_PATH"), home.path(QStringLiteral("certs")));
    QVERIFY(home.find().error().code == ErrorCode::NotFound);
    for (const QString &name : {s("certs/ca.pem"), s("certs/cert.pem"), s("certs/key.pem")})
        QVERIFY(home.write(name, "x"));
    const auto endpoint = home.find();
    QCOMPARE(endpoint->caFile, home.path(QStringLiteral("certs/ca.pem")));
    QCOMPARE(endpoint->certificateFile, home.path(QStringLiteral("certs/cert.pem")));
    QCOMPARE(endpoint->keyFile, home.path(QStringLiteral("certs/key.pem")));
    QVERIFY(endpoint->verifiesPeer);
}

void TestDockerEndpoint::contexts()
{
    const Home home;
    QVERIFY(home.write(QStringLiteral(".docker/config.json"), R"({"auths":{},"currentContext":"work"})"));
    QVERIFY(home.find().error().code == ErrorCode::NotFound);
    QVERIFY(home.find().error().message.contains(QLatin1String("'work'")));
    QVERIFY(home.writeContext(QStringLiteral("work"), host("tcp://10.0.0.1:2375", false)));
    QCOMPARE(home.find()->toString(), QStringLiteral("tcp://10.0.0.1:2375"));
    QVERIFY(home.find()->kind == Kind::Tcp);
    QCOMPARE(home.find()->source, QStringLiteral("Docker context 'work'"));
    QVERIFY(home.write(QStringLiteral(".docker/config.json"), R"({"currentContext":"default"})"));
    QCOMPARE(home.find()->source, QStringLiteral("the default"));
}

void TestDockerEndpoint::contextWithTls()
{
    const Home home;
    const QString tls = QStringLiteral(".docker/contexts/tls/") + Home::hash(QStringLiteral("work"))
                      + QStringLiteral("/docker/");
    QVERIFY(home.write(QStringLiteral(".docker/config.json"), R"({"currentContext":"work"})"));
    QVERIFY(home.writeContext(QStringLiteral("work"), host("tcp://10.0.0.1", true)));
    QVERIFY(home.find()->kind == Kind::Tls);
    QVERIFY(!home.find()->verifiesPeer);
    QVERIFY(home.writeContext(QStringLiteral("work"), host("tcp://10.0.0.1", false)));
    for (const QString &name : {s("ca.pem"), s("cert.pem"), s("key.pem")})
        QVERIFY(home.write(tls + name, "x"));
    const auto endpoint = home.find();
    QVERIFY(endpoint->kind == Kind::Tls);
    QVERIFY(endpoint->verifiesPeer);
    QCOMPARE(endpoint->port, quint16(2376));
    QCOMPARE(endpoint->caFile, home.path(tls + QStringLiteral("ca.pem")));
    QCOMPARE(endpoint->certificateFile, home.path(tls + QStringLiteral("cert.pem")));
    QCOMPARE(endpoint->keyFile, home.path(tls + QStringLiteral("key.pem")));
}

void TestDockerEndpoint::contextVariableOverridesConfiguration()
{
    Home home;
    QVERIFY(home.write(QStringLiteral(".docker/config.json"), R"({"currentContext":"work"})"));
    QVERIFY(home.writeContext(QStringLiteral("work"), host("tcp://work:1")));
    QVERIFY(home.writeContext(QStringLiteral("play"), host("unix:///play.sock")));
    home.environment.insert(QStringLiteral("DOCKER_CONTEXT"), QStringLiteral("play"));
    QCOMPARE(home.find()->toString(), QStringLiteral("unix:///play.sock"));
    home.environment.insert(QStringLiteral("DOCKER_CONTEXT"), QStringLiteral("default"));
    QCOMPARE(home.find()->source, QStringLiteral("the default"));
}

void TestDockerEndpoint::configFolder()
{
    Home home;
    QVERIFY(home.write(QStringLiteral("elsewhere/config.json"), R"({"currentContext":"work"})"));
    QVERIFY(home.write(QStringLiteral("elsewhere/contexts/meta/") + Home::hash(QStringLiteral("work"))
                           + QStringLiteral("/meta.json"),
                       "{\"Endpoints\":{\"docker\":" + host("tcp://work:1") + "}}"));
    home.environment.insert(QStringLiteral("DOCKER_CONFIG"), home.path(QStringLiteral("elsewhere")));
    QCOMPARE(home.find()->toString(), QStringLiteral("tcp://work:1"));
}

void TestDockerEndpoint::hashOfAContextName()
{
    // The name of the folder that Docker has created for its context "desktop-linux".
    QCOMPARE(Home::hash(QStringLiteral("desktop-linux")),
             QStringLiteral("fe9c6bd7a66301f49ca9b6a70b217107cd1284598bfc254700c989b916da791e"));
}

void TestDockerEndpoint::invalidConfiguration_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("docker");
    QTest::newRow("config is incomplete") << QByteArray("{") << QByteArray("{}");
    QTest::newRow("config is a list") << QByteArray("[]") << QByteArray("{}");
    QTest::newRow("meta is incomplete") << QByteArray(R"({"currentContext":"work"})") << QByteArray("{");
    QTest::newRow("no host") << QByteArray(R"({"currentContext":"work"})") << QByteArray("{}");
    QTest::newRow("host is a number") << QByteArray(R"({"currentContext":"work"})") << QByteArray(R"({"Host":7})");
}

void TestDockerEndpoint::invalidConfiguration()
{
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, docker);
    const Home home;
    QVERIFY(home.write(QStringLiteral(".docker/config.json"), config));
    QVERIFY(home.writeContext(QStringLiteral("work"), docker));
    const auto endpoint = home.find();
    QVERIFY(!endpoint);
    QVERIFY(endpoint.error().code == ErrorCode::Corrupt);
    QVERIFY2(endpoint.error().message.contains(home.path(QStringLiteral(".docker"))),
             qPrintable(endpoint.error().message));
}

QTEST_GUILESS_MAIN(TestDockerEndpoint)
#include "tst_dockerendpoint.moc"
