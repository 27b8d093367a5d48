// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/apicaller.h"

#include "core/base/logging.h"
#include "core/docker/enginemessages.h"

#include <QJsonDocument>

namespace lifeguard {

QString encodedName(const QString &name)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(name, "/"));
}

ApiCaller::ApiCaller(const DockerEndpoint &endpoint) : m_endpoint(endpoint), m_network(endpoint) {}

ApiCaller::~ApiCaller()
{
    Q_EMIT closing();
    m_waiting.clear();
    const auto pending = std::exchange(m_pending, {});
    for (const auto &[number, done] : pending)
        done(failure(ErrorCode::Cancelled, tr("The request to the Docker engine was cancelled.")));
}

void ApiCaller::call(const ApiCall &call, Callback done)
{
    const quint64 number = ++m_lastNumber;
    m_pending.emplace(number, std::move(done));
    whenVersionKnown(this, [this, number, call](const Status &negotiated) {
        if (negotiated)
            transmit(number, call);
        else
            answer(number, failure(negotiated.error()));
    });
}

void ApiCaller::transmit(quint64 number, const ApiCall &call)
{
    QNetworkReply *reply = send(call, false);
    connect(reply, &QNetworkReply::finished, this, [this, reply, number] {
        reply->deleteLater();
        const QByteArray body = reply->readAll();
        if (reply->error() != QNetworkReply::NoError)
            return answer(number, failure(errorOf(reply, body)));
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        // 304 means that the state is already as requested. Redirections are not followed.
        if (status >= 300 && status != 304)
            return answer(number,
                          failure(responseError(status,
                                                reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString(),
                                                {})));
        answer(number, ApiResponse{status, body});
    });
}

void ApiCaller::answer(quint64 number, const Result<ApiResponse> &response)
{
    auto pending = m_pending.extract(number);
    if (!pending.empty())
        pending.mapped()(response);
}

void ApiCaller::requestEngineInfo(std::function<void(const Result<EngineInfo> &)> done)
{
    const quint64 number = ++m_lastNumber;
    m_pending.emplace(number, [this, done = std::move(done)](const Result<ApiResponse> &response) {
        if (!response)
            return done(failure(response.error()));
        const QJsonObject json = QJsonDocument::fromJson(response->body).object();
        EngineInfo info;
        info.version = json.value(QLatin1String("Version")).toString();
        info.apiVersion = negotiatedApiVersion(json.value(QLatin1String("ApiVersion")).toString(),
                                               json.value(QLatin1String("MinAPIVersion")).toString());
        info.operatingSystem = json.value(QLatin1String("Os")).toString();
        info.architecture = json.value(QLatin1String("Arch")).toString();
        if (info.apiVersion.isEmpty())
            return done(failure(connectionError(m_endpoint, QNetworkReply::ProtocolFailure,
                                                QStringLiteral("the response to /version contains no version"),
                                                InstalledEngine::Docker)));
        m_version = info.apiVersion;
        qCInfo(lcDocker) << "engine" << info.version << "at" << m_endpoint.toString() << "uses API version"
                         << info.apiVersion;
        done(info);
    });
    ApiCall call;
    call.path = QStringLiteral("/version");
    m_version.clear(); // every engine accepts a path without a version
    transmit(number, call);
}

void ApiCaller::whenVersionKnown(QObject *context, std::function<void(const Status &)> then)
{
    if (!m_version.isEmpty())
        return then({});
    m_waiting.emplace_back(context, std::move(then));
    if (std::exchange(m_isNegotiating, true))
        return;
    requestEngineInfo([this](const Result<EngineInfo> &info) { finishNegotiation(info); });
}

void ApiCaller::finishNegotiation(const Result<EngineInfo> &info)
{
    m_isNegotiating = false;
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &[context, then] : waiting) {
        if (context)
            then(info ? Status() : failure(info.error()));
    }
}

QNetworkReply *ApiCaller::send(const ApiCall &call, bool isStream)
{
    QByteArray url = m_endpoint.baseUrl().toEncoded();
    if (!m_version.isEmpty())
        url += "/v" + m_version.toLatin1();
    url += call.path.toLatin1();
    char separator = '?';
    for (const auto &[name, value] : call.query) {
        url += separator + name.toLatin1() + '=' + QUrl::toPercentEncoding(value);
        separator = '&';
    }
    QNetworkRequest request(QUrl::fromEncoded(url, QUrl::StrictMode));
    request.setTransferTimeout(int(call.timeout.count()));
    if (isStream)
        request.setAttribute(DockerNetwork::StreamAttribute, true);
    if (!call.body.isEmpty())
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
    if (call.verb == "GET")
        return m_network.get(request);
    if (call.verb == "DELETE")
        return m_network.deleteResource(request);
    return m_network.post(request, call.body);
}

Error ApiCaller::errorOf(QNetworkReply *reply, const QByteArray &body)
{
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool hasResponse = status >= 400;
    // A different engine may serve the next request. 400 may also mean that the engine does not support the version.
    if (!hasResponse || status == 400)
        m_version.clear();
    if (hasResponse)
        return responseError(status, reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString(), body);
    return connectionError(m_endpoint, reply->error(), reply->errorString(), installedEngine());
}

} // namespace lifeguard
