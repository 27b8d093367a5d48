// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hooks/hookrequest.h"

#include <QCoreApplication>
#include <QNetworkReply>
#include <QNetworkRequest>

namespace lifeguard {
namespace {

constexpr seconds firstPause{1};
constexpr int pauseFactor = 4;
constexpr int tooManyRequests = 429;
constexpr int firstServerError = 500;

} // namespace

HookRequest::HookRequest(QNetworkAccessManager &network, QUrl url, QString event, QByteArray payload, seconds timeout,
                         QObject *parent)
    : HookCall(parent)
    , m_network(network)
    , m_url(std::move(url))
    , m_event(std::move(event))
    , m_payload(std::move(payload))
    , m_timeout(timeout)
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &HookRequest::start);
}

HookRequest::~HookRequest()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
    }
}

void HookRequest::start()
{
    ++m_attempts;
    QNetworkRequest request(m_url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
    request.setHeader(QNetworkRequest::UserAgentHeader,
                      QByteArray("Lifeguard/" + QCoreApplication::applicationVersion().toUtf8()));
    request.setRawHeader("X-Lifeguard-Event", m_event.toUtf8());
    request.setTransferTimeout(int(std::chrono::milliseconds(m_timeout).count()));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::NoLessSafeRedirectPolicy);
    m_reply = m_network.post(request, m_payload);
    m_reply->setParent(this);
    connect(m_reply, &QNetworkReply::finished, this, &HookRequest::onFinished);
}

void HookRequest::onFinished()
{
    QNetworkReply *reply = m_reply;
    m_reply.clear();
    reply->deleteLater();
    if (reply->error() == QNetworkReply::NoError)
        return Q_EMIT succeeded();
    const int code = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool mayWorkLater = code == 0 || code == tooManyRequests || code >= firstServerError;
    if (mayWorkLater && m_attempts < maxAttempts) {
        m_pause.start(m_attempts == 1 ? firstPause : firstPause * pauseFactor);
        return;
    }
    const QString host = m_url.host();
    if (code > 0)
        return Q_EMIT failed({ErrorCode::Io, tr("%1 answered with the status %2").arg(host).arg(code), {}});
    if (reply->error() == QNetworkReply::OperationCanceledError) {
        const QString message = tr("%1 did not answer within %2 s").arg(host).arg(m_timeout.count());
        return Q_EMIT failed({ErrorCode::TimedOut, message, {}});
    }
    Q_EMIT failed({ErrorCode::Unreachable, tr("%1 cannot be reached").arg(host), {}});
}

} // namespace lifeguard
