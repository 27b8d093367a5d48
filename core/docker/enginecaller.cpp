// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/enginecaller.h"

#include "core/base/logging.h"
#include "core/docker/enginemessages.h"

#include <QJsonDocument>

namespace lifeguard {

QString encodedName(const QString &name)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(name, "/"));
}

EngineCaller::EngineCaller(const DockerEndpoint &endpoint) : m_endpoint(endpoint), m_network(endpoint) {}

EngineCaller::~EngineCaller()
{
    Q_EMIT closing();
    m_waiting.clear();
    const auto pending = std::exchange(m_pending, {});
    for (const auto &[number, done] : pending)
        done(failure(ErrorCode::Cancelled, tr("The request to Docker's engine was cancelled.")));
}

void EngineCaller::call(const EngineCall &call, Done done)
{
    const quint64 number = ++m_lastNumber;
    m_pending.emplace(number, std::move(done));
    whenSettled(this, [this, number, call](const Status &settled) {
        if (settled)
            transmit(number, call);
        else
            answer(number, failure(settled.error()));
    });
}

void EngineCaller::transmit(quint64 number, const EngineCall &call)
{
    QNetworkReply *reply = send(call, false);
    connect(reply, &QNetworkReply::finished, this, [this, reply, number] {
        reply->deleteLater();
        const QByteArray body = reply->readAll();
        if (reply->error() != QNetworkReply::NoError)
            return answer(number, failure(errorOf(reply, body)));
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        // 304 is "it was so already"; other redirections are not followed.
        if (status >= 300 && status != 304)
            return answer(number, failure(answerError(status, reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString(), {})));
        answer(number, EngineAnswer{status, body});
    });
}

void EngineCaller::answer(quint64 number, const Result<EngineAnswer> &answer)
{
    auto pending = m_pending.extract(number);
    if (!pending.empty())
        pending.mapped()(answer);
}

void EngineCaller::askEngine(std::function<void(const Result<EngineInfo> &)> done)
{
    const quint64 number = ++m_lastNumber;
    m_pending.emplace(number, [this, done = std::move(done)](const Result<EngineAnswer> &answer) {
        if (!answer)
            return done(failure(answer.error()));
        const QJsonObject json = QJsonDocument::fromJson(answer->body).object();
        EngineInfo info;
        info.version = json.value(QLatin1String("Version")).toString();
        info.apiVersion = spokenVersion(json.value(QLatin1String("ApiVersion")).toString(), json.value(QLatin1String("MinAPIVersion")).toString());
        info.operatingSystem = json.value(QLatin1String("Os")).toString();
        info.architecture = json.value(QLatin1String("Arch")).toString();
        if (info.apiVersion.isEmpty())
            return done(failure(connectionError(m_endpoint, QNetworkReply::ProtocolFailure, QStringLiteral("/version names no version"), true)));
        m_version = info.apiVersion;
        qCInfo(lcDocker) << "engine" << info.version << "at" << m_endpoint.toString() << "speaks" << info.apiVersion;
        done(info);
    });
    EngineCall call;
    call.path = QStringLiteral("/version");
    m_version.clear(); // in no version, which every engine understands
    transmit(number, call);
}

void EngineCaller::whenSettled(QObject *context, std::function<void(const Status &)> then)
{
    if (!m_version.isEmpty())
        return then({});
    m_waiting.emplace_back(context, std::move(then));
    if (m_settling)
        return;
    m_settling = true;
    askEngine([this](const Result<EngineInfo> &info) { settle(info); });
}

void EngineCaller::settle(const Result<EngineInfo> &info)
{
    m_settling = false;
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &[context, then] : waiting) {
        if (context)
            then(info ? Status() : failure(info.error()));
    }
}

QNetworkReply *EngineCaller::send(const EngineCall &call, bool stream)
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
    if (stream)
        request.setAttribute(DockerNetwork::StreamAttribute, true);
    if (!call.body.isEmpty())
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
    if (call.verb == "GET")
        return m_network.get(request);
    if (call.verb == "DELETE")
        return m_network.deleteResource(request);
    return m_network.post(request, call.body);
}

Error EngineCaller::errorOf(QNetworkReply *reply, const QByteArray &body)
{
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool wasAnswered = status >= 400;
    // Another engine may listen there by the next time. 400 is also "I do not speak that version".
    if (!wasAnswered || status == 400)
        m_version.clear();
    if (wasAnswered)
        return answerError(status, reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString(), body);
    return connectionError(m_endpoint, reply->error(), reply->errorString(), isDockerInstalled());
}

} // namespace lifeguard
