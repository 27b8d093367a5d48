// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakecontainerengine.h"

#include "core/executor/containerspec.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrlQuery>

namespace lifeguard::test {
namespace {

const QByteArray streamHead("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
const QByteArray lastChunk("0\r\n\r\n");

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QString queryValue(const FakeRequest &request, const QString &name)
{
    return QUrlQuery(QUrl::fromEncoded(request.target).query(QUrl::FullyEncoded))
        .queryItemValue(name, QUrl::FullyDecoded);
}

} // namespace

const QString FakeContainerEngine::databasePath = QStringLiteral("/data/jobs.db");
const QString FakeContainerEngine::managerId = QStringLiteral("0a1b2c3d-this-manager");

FakeContainerEngine::FakeContainerEngine(Dialect dialect) : m_dialect(dialect)
{
    if (!server.listen())
        qFatal("the fake engine cannot listen");
    server.setVersion("1.41");
    script("GET", QStringLiteral("/_ping"),
           [](const FakeRequest &, FakePeer &peer) { peer.send(FakeEngine::answer(200, "OK")); });
    script("GET", QStringLiteral("/info"),
           [](const FakeRequest &, FakePeer &peer) { peer.send(FakeEngine::answer(200, "{}")); });
    script("GET", QStringLiteral("/images/noop/json"), [](const FakeRequest &, FakePeer &peer) {
        peer.send(FakeEngine::answer(200, R"({"Id":"sha256:1","RepoTags":["noop:latest"]})"));
    });
    script("GET", QStringLiteral("/events"), [this](const FakeRequest &, FakePeer &peer) {
        m_events = &peer;
        peer.send(streamHead);
    });
    script("GET", QStringLiteral("/containers/json"), [this](const FakeRequest &, FakePeer &peer) {
        QJsonArray list;
        for (const QString &id : ids())
            list.append(listEntry(id));
        peer.send(FakeEngine::answer(200, QJsonDocument(list).toJson(QJsonDocument::Compact)));
    });
    script("POST", QStringLiteral("/containers/create"),
           [this](const FakeRequest &request, FakePeer &peer) { createContainer(request, peer); });
}

void FakeContainerEngine::script(const QByteArray &verb, const QString &path, const FakeEngine::Script &script)
{
    server.on(verb + " /v1.41" + path.toUtf8(), script);
}

StartRequest FakeContainerEngine::request(const QString &executorId) const
{
    StartRequest request;
    request.executorId = executorId;
    request.config.type = QStringLiteral("noop");
    request.config.mode = ExecutionMode::Docker;
    request.config.image = QStringLiteral("noop");
    request.config.network = QStringLiteral("none");
    request.pool = QStringLiteral("noop");
    request.managerId = managerId;
    request.databasePath = databasePath;
    request.workspace = QStringLiteral("/data");
    request.logPath = server.certificateFolder() + QStringLiteral("/worker.log");
    return request;
}

void FakeContainerEngine::createContainer(const FakeRequest &request, FakePeer &peer)
{
    const QString name = queryValue(request, QStringLiteral("name"));
    for (const Container &container : std::as_const(containers)) {
        if (container.name == name) {
            peer.send(conflict("the name is already in use", "that name is already in use"));
            return;
        }
    }
    const QJsonObject configuration = QJsonDocument::fromJson(request.body).object();
    const QString id = addContainer(name, configuration.value(QLatin1String("Labels")).toObject(),
                                    QStringLiteral("created"));
    peer.send(FakeEngine::answer(201, compact({{QStringLiteral("Id"), id}})));
}

QString FakeContainerEngine::addContainer(const QString &name, const QJsonObject &labels, const QString &state)
{
    const QString shortId = QStringLiteral("%1").arg(++m_lastNumber, 12, 16, QLatin1Char('0'));
    const QString id = shortId + QString(52, QLatin1Char('f'));
    containers.insert(id, {name, labels, state, 0, false, {}, {}});
    scriptContainer(id);
    return id;
}

void FakeContainerEngine::scriptContainer(const QString &id)
{
    const auto forContainer = [this, id](const QByteArray &verb, const QString &action,
                                         const FakeEngine::Script &answer) {
        const QString suffix = action.isEmpty() ? QString() : u'/' + action;
        for (const QString &reference : {id, shortContainerId(id), container(id).name}) {
            script(verb, QStringLiteral("/containers/") + reference + suffix,
                   [this, id, answer](const FakeRequest &request, FakePeer &peer) {
                       if (containers.contains(id))
                           answer(request, peer);
                       else
                           peer.send(FakeEngine::answer(404, R"({"message":"No such container"})"));
                   });
        }
    };
    forContainer("GET", QStringLiteral("json"), [this, id](const FakeRequest &, FakePeer &peer) {
        peer.send(FakeEngine::answer(200, compact(inspection(id))));
    });
    forContainer("POST", QStringLiteral("start"), [this, id](const FakeRequest &, FakePeer &peer) {
        container(id).state = QStringLiteral("running");
        peer.send(FakeEngine::answer(204, {}));
    });
    forContainer("POST", QStringLiteral("kill"), [this, id](const FakeRequest &request, FakePeer &peer) {
        const QString name = queryValue(request, QStringLiteral("signal"));
        if (container(id).state == QLatin1String("exited")) {
            peer.send(conflict("the container is not running", "container state improper"));
            return;
        }
        container(id).signalNames.append(name);
        peer.send(FakeEngine::answer(204, {}));
        if (name == QLatin1String("KILL"))
            endContainer(id, 137);
    });
    forContainer("DELETE", {}, [this, id](const FakeRequest &, FakePeer &peer) {
        removeContainer(id);
        peer.send(FakeEngine::answer(204, {}));
    });
    forContainer("GET", QStringLiteral("logs"), [this, id](const FakeRequest &, FakePeer &peer) {
        container(id).logs = &peer;
        peer.send(streamHead);
    });
    forContainer("GET", QStringLiteral("stats"), [](const FakeRequest &, FakePeer &peer) {
        peer.send(
            streamHead
            + FakeEngine::chunk(
                R"({"cpu_stats":{"cpu_usage":{"total_usage":5000000000}},"memory_stats":{"usage":1000},"pids_stats":{"current":3}})"));
    });
}

QJsonObject FakeContainerEngine::listEntry(const QString &id) const
{
    const Container container = containers.value(id);
    return {{QStringLiteral("Id"), id},
            {QStringLiteral("Names"), QJsonArray{QString(u'/' + container.name)}},
            {QStringLiteral("Labels"), container.labels},
            {QStringLiteral("State"), container.state}};
}

QJsonObject FakeContainerEngine::inspection(const QString &id) const
{
    const Container container = containers.value(id);
    return {{QStringLiteral("Id"), id},
            {QStringLiteral("Name"), QString(u'/' + container.name)},
            {QStringLiteral("Config"), QJsonObject{{QStringLiteral("Labels"), container.labels}}},
            {QStringLiteral("State"), QJsonObject{{QStringLiteral("Status"), container.state},
                                                  {QStringLiteral("ExitCode"), container.exitCode},
                                                  {QStringLiteral("OOMKilled"), container.outOfMemory}}}};
}

void FakeContainerEngine::endContainer(const QString &id, int exitCode)
{
    Container &ended = container(id);
    ended.state = QStringLiteral("exited");
    ended.exitCode = exitCode;
    if (ended.logs)
        ended.logs->send(lastChunk);
    const QString code = QString::number(exitCode);
    if (m_dialect == Dialect::Podman)
        sendEvent(id, QStringLiteral("died"), {{QStringLiteral("containerExitCode"), code}});
    else
        sendEvent(id, QStringLiteral("die"), {{QStringLiteral("exitCode"), code}});
}

void FakeContainerEngine::removeContainer(const QString &id)
{
    if (container(id).logs)
        container(id).logs->send(lastChunk);
    containers.remove(id);
    sendEvent(id, m_dialect == Dialect::Podman ? QStringLiteral("remove") : QStringLiteral("destroy"));
}

void FakeContainerEngine::sendEvent(const QString &id, const QString &action, const QJsonObject &attributes)
{
    if (!m_events)
        return;
    const QJsonObject event{{QStringLiteral("Type"), QStringLiteral("container")},
                            {QStringLiteral("Action"), action},
                            {QStringLiteral("Actor"),
                             QJsonObject{{QStringLiteral("ID"), id}, {QStringLiteral("Attributes"), attributes}}}};
    m_events->send(FakeEngine::chunk(compact(event) + '\n'));
}

/// Returns the response to a request that the state of a container does not permit.
QByteArray FakeContainerEngine::conflict(const char *message, const char *cause) const
{
    if (m_dialect == Dialect::Docker)
        return FakeEngine::answer(409, compact({{QStringLiteral("message"), QLatin1String(message)}}));
    return FakeEngine::answer(500, compact({{QStringLiteral("message"), QLatin1String(message)},
                                            {QStringLiteral("cause"), QLatin1String(cause)},
                                            {QStringLiteral("response"), 500}}));
}

void FakeContainerEngine::interruptEvents()
{
    if (m_events)
        m_events->drop();
}

qsizetype FakeContainerEngine::requestCount(const QByteArray &request) const
{
    const QByteArray verb = request.left(request.indexOf(' '));
    const QByteArray path = "/v1.41" + request.mid(request.indexOf(' ') + 1);
    qsizetype count = 0;
    for (const FakeRequest &received : server.requests) {
        if (received.verb == verb && received.path() == path)
            ++count;
    }
    return count;
}

} // namespace lifeguard::test
