// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/dockerclient.h"

#include "core/docker/enginecaller.h"
#include "core/docker/enginestream.h"
#include "core/docker/enginemessages.h"
#include "core/docker/networksettler.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPromise>

namespace lifeguard {
namespace {

constexpr milliseconds shortTimeout{10'000}; ///< of what costs the engine nothing
constexpr milliseconds longTimeout{120'000}; ///< of what makes the engine work: create, start, remove

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject objectOf(const EngineAnswer &answer)
{
    return QJsonDocument::fromJson(answer.body).object();
}

QString filters(const QJsonObject &object)
{
    return QString::fromUtf8(compact(object));
}

/// Unix time as the API takes it: seconds and a fraction.
QString apiTime(qint64 nano)
{
    constexpr qint64 second = 1'000'000'000;
    return QStringLiteral("%1.%2").arg(nano / second).arg(nano % second, 9, 10, QLatin1Char('0'));
}

EngineCall containerCall(const QByteArray &verb, const QString &id, const QString &what, milliseconds timeout = EngineCall().timeout)
{
    const QString path = QStringLiteral("/containers/") + encodedName(id) + (what.isEmpty() ? QString() : u'/' + what);
    return {verb, path, {}, {}, timeout};
}

/// Sends it, and answers with what answerOf(Result<EngineAnswer>) makes of the engine's answer.
template<typename T, typename AnswerOf>
QFuture<Result<T>> ask(EngineCaller &caller, const EngineCall &call, AnswerOf answerOf)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    caller.call(call, [promise, answerOf](const Result<EngineAnswer> &answer) {
        promise->addResult(answerOf(answer));
        promise->finish();
    });
    return promise->future();
}

/// Sends it, and answers with what valueOf(EngineAnswer) reads in an answer that says yes.
template<typename T, typename ValueOf>
QFuture<Result<T>> askFor(EngineCaller &caller, const EngineCall &call, ValueOf valueOf)
{
    return ask<T>(caller, call, [valueOf](const Result<EngineAnswer> &answer) -> Result<T> {
        if (!answer)
            return failure(answer.error());
        return valueOf(*answer);
    });
}

Status statusOf(const Result<EngineAnswer> &answer)
{
    return answer ? Status() : failure(answer.error());
}

template<typename T>
Result<QList<T>> listOf(const EngineAnswer &answer)
{
    QList<T> list;
    const QJsonArray array = QJsonDocument::fromJson(answer.body).array();
    for (const QJsonValue &value : array)
        list.append(T::fromJson(value.toObject()));
    return list;
}

} // namespace

DockerClient::DockerClient(DockerEndpoint endpoint, QObject *parent)
    : QObject(parent), m_endpoint(std::move(endpoint)), m_caller(std::make_unique<EngineCaller>(m_endpoint)), m_networks(std::make_unique<NetworkSettler>(*m_caller))
{
}

DockerClient::~DockerClient()
{
    m_caller.reset(); // it answers what is under way, to the one that asked for networks too
}

QFuture<Result<EngineInfo>> DockerClient::engine()
{
    auto promise = std::make_shared<QPromise<Result<EngineInfo>>>();
    promise->start();
    m_caller->askEngine([promise](const Result<EngineInfo> &info) {
        promise->addResult(info);
        promise->finish();
    });
    return promise->future();
}

QFuture<Status> DockerClient::ping()
{
    return ask<void>(*m_caller, {"GET", QStringLiteral("/_ping"), {}, {}, shortTimeout}, statusOf);
}

QFuture<Result<bool>> DockerClient::isRootless()
{
    return askFor<bool>(*m_caller, {"GET", QStringLiteral("/info"), {}, {}}, [](const EngineAnswer &answer) {
        const QJsonArray options = objectOf(answer).value(QLatin1String("SecurityOptions")).toArray();
        return options.contains(QJsonValue(QStringLiteral("name=rootless")));
    });
}

QFuture<Result<QList<DockerImage>>> DockerClient::images()
{
    return askFor<QList<DockerImage>>(*m_caller, {"GET", QStringLiteral("/images/json"), {}, {}}, listOf<DockerImage>);
}

QFuture<Result<DockerImage>> DockerClient::image(const QString &name)
{
    const EngineCall call{"GET", QStringLiteral("/images/") + encodedName(name) + QStringLiteral("/json"), {}, {}};
    return askFor<DockerImage>(*m_caller, call, [](const EngineAnswer &answer) { return DockerImage::fromJson(objectOf(answer)); });
}

QFuture<Result<QString>> DockerClient::createContainer(const QString &name, const QJsonObject &configuration)
{
    const EngineCall call{"POST", QStringLiteral("/containers/create"), {{QStringLiteral("name"), name}}, compact(configuration), longTimeout};
    return askFor<QString>(*m_caller, call, [](const EngineAnswer &answer) { return objectOf(answer).value(QLatin1String("Id")).toString(); });
}

QFuture<Status> DockerClient::startContainer(const QString &id)
{
    return ask<void>(*m_caller, containerCall("POST", id, QStringLiteral("start"), longTimeout), statusOf); // 304: it runs already
}

QFuture<Status> DockerClient::signalContainer(const QString &id, const QString &signal)
{
    EngineCall call = containerCall("POST", id, QStringLiteral("kill"));
    call.query = {{QStringLiteral("signal"), signal}};
    return ask<void>(*m_caller, call, statusOf);
}

QFuture<Status> DockerClient::removeContainer(const QString &id)
{
    EngineCall call = containerCall("DELETE", id, {}, longTimeout);
    call.query = {{QStringLiteral("force"), QStringLiteral("1")}, {QStringLiteral("v"), QStringLiteral("1")}};
    return ask<void>(*m_caller, call, [](const Result<EngineAnswer> &answer) -> Status {
        if (answer || answer.error().code == ErrorCode::NotFound)
            return {};
        // Somebody else removes it just now.
        if (answer.error().code == ErrorCode::Busy && answer.error().message.contains(QLatin1String("already in progress")))
            return {};
        return failure(answer.error());
    });
}

QFuture<Result<DockerContainer>> DockerClient::inspectContainer(const QString &id)
{
    return askFor<DockerContainer>(*m_caller, containerCall("GET", id, QStringLiteral("json")),
                                   [](const EngineAnswer &answer) { return DockerContainer::fromJson(objectOf(answer)); });
}

QFuture<Result<QJsonObject>> DockerClient::inspectContainerJson(const QString &id)
{
    return askFor<QJsonObject>(*m_caller, containerCall("GET", id, QStringLiteral("json")), objectOf);
}

QFuture<Result<QList<DockerContainer>>> DockerClient::containers(const QStringList &labels)
{
    EngineCall call{"GET", QStringLiteral("/containers/json"), {{QStringLiteral("all"), QStringLiteral("1")}}, {}};
    if (!labels.isEmpty())
        call.query.append({QStringLiteral("filters"), filters({{QStringLiteral("label"), QJsonArray::fromStringList(labels)}})});
    return askFor<QList<DockerContainer>>(*m_caller, call, listOf<DockerContainer>);
}

QFuture<Result<int>> DockerClient::waitContainer(const QString &id)
{
    const EngineCall call = containerCall("POST", id, QStringLiteral("wait"), milliseconds(0));
    return askFor<int>(*m_caller, call, [](const EngineAnswer &answer) -> Result<int> {
        const QJsonObject json = objectOf(answer);
        const QString error = json.value(QLatin1String("Error")).toObject().value(QLatin1String("Message")).toString();
        if (!error.isEmpty())
            return failure(ErrorCode::ToolFailed, error);
        return int(json.value(QLatin1String("StatusCode")).toInteger());
    });
}

QFuture<Status> DockerClient::ensureNetwork(const QString &name, const QJsonObject &labels)
{
    return m_networks->ensure(name, labels);
}

DockerStream *DockerClient::pullImage(const QString &name, QObject *parent)
{
    // Without a tag the engine would fetch all there are. A colon before a slash is a port.
    const qsizetype at = name.indexOf(u'@');
    const qsizetype colon = name.indexOf(u':', name.lastIndexOf(u'/') + 1);
    const qsizetype cut = at >= 0 ? at : colon;
    const QString tag = cut >= 0 ? name.mid(cut + 1) : QStringLiteral("latest");
    EngineCall call{"POST", QStringLiteral("/images/create"), {}, {}, milliseconds(0)};
    call.query = {{QStringLiteral("fromImage"), cut >= 0 ? name.left(cut) : name}, {QStringLiteral("tag"), tag}};
    return new EngineStream(m_caller.get(), call, EngineStream::Content::Objects, parent);
}

DockerStream *DockerClient::events(const QStringList &labels, qint64 sinceNano, QObject *parent)
{
    QJsonObject filter{{QStringLiteral("type"), QJsonArray{QStringLiteral("container")}}};
    if (!labels.isEmpty())
        filter.insert(QStringLiteral("label"), QJsonArray::fromStringList(labels));
    EngineCall call{"GET", QStringLiteral("/events"), {{QStringLiteral("filters"), filters(filter)}}, {}, milliseconds(0)};
    if (sinceNano > 0)
        call.query.append({QStringLiteral("since"), apiTime(sinceNano)});
    return new EngineStream(m_caller.get(), call, EngineStream::Content::Objects, parent);
}

DockerStream *DockerClient::stats(const QString &id, QObject *parent)
{
    EngineCall call = containerCall("GET", id, QStringLiteral("stats"), milliseconds(0));
    call.query = {{QStringLiteral("stream"), QStringLiteral("1")}};
    return new EngineStream(m_caller.get(), call, EngineStream::Content::Objects, parent);
}

DockerStream *DockerClient::logs(const QString &id, bool hasTty, qint64 sinceNano, QObject *parent)
{
    EngineCall call = containerCall("GET", id, QStringLiteral("logs"), milliseconds(0));
    call.query = {{QStringLiteral("stdout"), QStringLiteral("1")}, {QStringLiteral("stderr"), QStringLiteral("1")},
                  {QStringLiteral("follow"), QStringLiteral("1")}};
    if (sinceNano > 0)
        call.query.append({QStringLiteral("since"), apiTime(sinceNano)});
    return new EngineStream(m_caller.get(), call, hasTty ? EngineStream::Content::Bytes : EngineStream::Content::Frames, parent);
}

} // namespace lifeguard
