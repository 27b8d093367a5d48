// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/hooks/hookcall.h"

#include <QByteArray>
#include <QNetworkAccessManager>
#include <QPointer>
#include <QTimer>
#include <QUrl>

class QNetworkReply;

namespace lifeguard {

/// Sends an event to a webhook: POST with a JSON body. A request that the server could not process (no connection, 429,
/// 5xx) is repeated twice, after 1 s and 4 s. Errors name the host only: the rest of the address may be a secret.
class HookRequest : public HookCall
{
    Q_OBJECT

public:
    static constexpr int maxAttempts = 3;

    HookRequest(QNetworkAccessManager &network, QUrl url, QString event, QByteArray payload, seconds timeout,
                QObject *parent = nullptr);
    ~HookRequest() override;

    void start() override;

private:
    void onFinished();

    QNetworkAccessManager &m_network;
    QUrl m_url;
    QString m_event;
    QByteArray m_payload;
    seconds m_timeout;
    QTimer m_pause;
    QPointer<QNetworkReply> m_reply;
    int m_attempts = 0;
};

} // namespace lifeguard
