// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/dockerclient.h"

#include "core/docker/apicaller.h"
#include "core/docker/enginemessages.h"
#include "core/docker/enginestream.h"
#include "core/docker/networkprovisioner.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPromise>

namespace lifeguard {
namespace {

constexpr milliseconds shortTimeout{10'000}; ///< for requests that the engine answers immediately
constexpr milliseconds longTimeout{120'000}; ///< for requests that take some time: create, start, remove

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject objectOf(const ApiResponse &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

QString filters(const QJsonObject &object)
{
    return QString::fromUtf8(compact(object));
}

/// Returns a Unix time in the format of the API: seconds with a fraction.
QString apiTime(qint64 nano)
{
    constexpr qint64 second = 1'000'000'000;
    return QStringLiteral("%1.%2").arg(nano / second).arg(nano % second, 9, 10, QLatin1Char('0'));
}

ApiCall containerCall(const QByteArray &verb, const QString &id, const QString &action,
                      milliseconds timeout = ApiCall().timeout)
{
    const QString path = QStringLiteral("/containers/") + encodedName(id)
                       + (action.isEmpty() ? QString() : u'/' + action);
    return {verb, path, {}, {}, timeout};
}

/// Sends a request. The result is resultOf(response), which also converts errors.
template<typename T, typename ResultOf>
[[nodiscard]] QFuture<Result<T>> sendCall(ApiCaller &caller, const ApiCall &call, ResultOf resultOf)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    caller.call(call, [promise, resultOf](const Result<ApiResponse> &response) {
        promise->addResult(resultOf(response));
        promise->finish();
    });
    return promise->future();
}

/// Sends a request. The result is valueOf(response) if the request succeeds.
template<typename T, typename ValueOf>
[[nodiscard]] QFuture<Result<T>> requestValue(ApiCaller &caller, const ApiCall &call, ValueOf valueOf)
{
    return sendCall<T>(caller, call, [valueOf](const Result<ApiResponse> &response) -> Result<T> {
        if (!response)
            return failure(response.error());
        return valueOf(*response);
    });
}

[[nodiscard]] Status statusOf(const Result<ApiResponse> &response)
{
    return response ? Status() : failure(response.error());
}

template<typename T>
[[nodiscard]] Result<QList<T>> listOf(const ApiResponse &response)
{
    QList<T> list;
    const QJsonArray array = QJsonDocument::fromJson(response.body).array();
    for (const QJsonValue &value : array)
        list.append(T::fromJson(value.toObject()));
    return list;
}

} // namespace

DockerClient::DockerClient(DockerEndpoint endpoint, QObject *parent)
    : QObject(parent)
    , m_endpoint(std::move(endpoint))
    , m_caller(std::make_unique<ApiCaller>(m_endpoint))
    , m_networks(std::make_unique<NetworkProvisioner>(*m_caller))
{
}

DockerClient::~DockerClient()
{
    m_caller.reset(); // destroyed before m_networks, which receives the answers to its pending calls
}

QFuture<Result<EngineInfo>> DockerClient::engineInfo()
{
    auto promise = std::make_shared<QPromise<Result<EngineInfo>>>();
    promise->start();
    m_caller->requestEngineInfo([promise](const Result<EngineInfo> &info) {
        promise->addResult(info);
        promise->finish();
    });
    return promise->future();
}

QFuture<Status> DockerClient::ping()
{
    return sendCall<void>(*m_caller, {"GET", QStringLiteral("/_ping"), {}, {}, shortTimeout}, statusOf);
}

QFuture<Result<bool>> DockerClient::isRootless()
{
    return requestValue<bool>(*m_caller, {"GET", QStringLiteral("/info"), {}, {}}, [](const ApiResponse &response) {
        const QJsonObject info = objectOf(response);
        const QJsonArray options = info.value(QLatin1String("SecurityOptions")).toArray();
        return options.contains(QJsonValue(QStringLiteral("name=rootless")))
            || info.value(QLatin1String("Rootless")).toBool(); // Podman
    });
}

QFuture<Result<QList<DockerImage>>> DockerClient::images()
{
    return requestValue<QList<DockerImage>>(*m_caller, {"GET", QStringLiteral("/images/json"), {}, {}},
                                            listOf<DockerImage>);
}

QFuture<Result<DockerImage>> DockerClient::inspectImage(const QString &name)
{
    const ApiCall call{"GET", QStringLiteral("/images/") + encodedName(name) + QStringLiteral("/json"), {}, {}};
    return requestValue<DockerImage>(*m_caller, call, [](const ApiResponse &response) {
        return DockerImage::fromJson(objectOf(response));
    });
}

QFuture<Result<QString>> DockerClient::createContainer(const QString &name, const QJsonObject &configuration)
{
    const ApiCall call{"POST",
                       QStringLiteral("/containers/create"),
                       {{QStringLiteral("name"), name}},
                       compact(configuration),
                       longTimeout};
    return requestValue<QString>(*m_caller, call, [](const ApiResponse &response) {
        return objectOf(response).value(QLatin1String("Id")).toString();
    });
}

QFuture<Status> DockerClient::startContainer(const QString &id)
{
    return sendCall<void>(*m_caller, containerCall("POST", id, QStringLiteral("start"), longTimeout),
                          statusOf); // 304 means that the container is already running, and is a success
}

QFuture<Status> DockerClient::signalContainer(const QString &id, const QString &signal)
{
    ApiCall call = containerCall("POST", id, QStringLiteral("kill"));
    call.query = {{QStringLiteral("signal"), signal}};
    return sendCall<void>(*m_caller, call, statusOf);
}

QFuture<Status> DockerClient::removeContainer(const QString &id)
{
    ApiCall call = containerCall("DELETE", id, {}, longTimeout);
    call.query = {{QStringLiteral("force"), QStringLiteral("1")}, {QStringLiteral("v"), QStringLiteral("1")}};
    return sendCall<void>(*m_caller, call, [](const Result<ApiResponse> &response) -> Status {
        if (response || response.error().code == ErrorCode::NotFound)
            return {};
        // Another program is already removing the container.
        if (response.error().code == ErrorCode::Busy
            && response.error().message.contains(QLatin1String("already in progress")))
            return {};
        return failure(response.error());
    });
}

QFuture<Result<DockerContainer>> DockerClient::inspectContainer(const QString &id)
{
    return requestValue<DockerContainer>(*m_caller, containerCall("GET", id, QStringLiteral("json")),
                                         [](const ApiResponse &response) {
                                             return DockerContainer::fromJson(objectOf(response));
                                         });
}

QFuture<Result<QJsonObject>> DockerClient::inspectContainerJson(const QString &id)
{
    return requestValue<QJsonObject>(*m_caller, containerCall("GET", id, QStringLiteral("json")), objectOf);
}

QFuture<Result<QList<DockerContainer>>> DockerClient::containers(const QStringList &labels)
{
    ApiCall call{"GET", QStringLiteral("/containers/json"), {{QStringLiteral("all"), QStringLiteral("1")}}, {}};
    if (!labels.isEmpty())
        call.query.append(
            {QStringLiteral("filters"), filters({{QStringLiteral("label"), QJsonArray::fromStringList(labels)}})});
    return requestValue<QList<DockerContainer>>(*m_caller, call, listOf<DockerContainer>);
}

QFuture<Result<int>> DockerClient::waitContainer(const QString &id)
{
    const ApiCall call = containerCall("POST", id, QStringLiteral("wait"), milliseconds(0));
    return requestValue<int>(*m_caller, call, [](const ApiResponse &response) -> Result<int> {
        const QJsonObject json = objectOf(response);
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
    // Without a tag the engine would pull all tags. A colon before a slash separates a port.
    const qsizetype at = name.indexOf(u'@');
    const qsizetype colon = name.indexOf(u':', name.lastIndexOf(u'/') + 1);
    const qsizetype cut = at >= 0 ? at : colon;
    const QString tag = cut >= 0 ? name.mid(cut + 1) : QStringLiteral("latest");
    ApiCall call{"POST", QStringLiteral("/images/create"), {}, {}, milliseconds(0)};
    call.query = {{QStringLiteral("fromImage"), cut >= 0 ? name.left(cut) : name}, {QStringLiteral("tag"), tag}};
    return new EngineStream(m_caller.get(), call, EngineStream::Content::Objects, parent);
}

DockerStream *DockerClient::events(const QStringList &labels, qint64 sinceNano, QObject *parent)
{
    QJsonObject filter{{QStringLiteral("type"), QJsonArray{QStringLiteral("container")}}};
    if (!labels.isEmpty())
        filter.insert(QStringLiteral("label"), QJsonArray::fromStringList(labels));
    ApiCall call{"GET", QStringLiteral("/events"), {{QStringLiteral("filters"), filters(filter)}}, {}, milliseconds(0)};
    if (sinceNano > 0)
        call.query.append({QStringLiteral("since"), apiTime(sinceNano)});
    return new EngineStream(m_caller.get(), call, EngineStream::Content::Objects, parent);
}

DockerStream *DockerClient::stats(const QString &id, QObject *parent)
{
    ApiCall call = containerCall("GET", id, QStringLiteral("stats"), milliseconds(0));
    call.query = {{QStringLiteral("stream"), QStringLiteral("1")}};
    return new EngineStream(m_caller.get(), call, EngineStream::Content::Objects, parent);
}

DockerStream *DockerClient::logs(const QString &id, bool hasTty, qint64 sinceNano, QObject *parent)
{
    ApiCall call = containerCall("GET", id, QStringLiteral("logs"), milliseconds(0));
    call.query = {{QStringLiteral("stdout"), QStringLiteral("1")},
                  {QStringLiteral("stderr"), QStringLiteral("1")},
                  {QStringLiteral("follow"), QStringLiteral("1")}};
    if (sinceNano > 0)
        call.query.append({QStringLiteral("since"), apiTime(sinceNano)});
    return new EngineStream(m_caller.get(), call, hasTty ? EngineStream::Content::Bytes : EngineStream::Content::Frames,
                            parent);
}

} // namespace lifeguard
