// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockernetwork.h"
#include "core/docker/dockertypes.h"

#include <QPointer>

#include <functional>
#include <map>
#include <vector>

namespace lifeguard {

/// A request to the Engine API.
struct ApiCall
{
    QByteArray verb = "GET";
    QString path; ///< without the version; names and ids in it are percent-encoded (encodedName())
    QList<std::pair<QString, QString>> query; ///< names and values, not encoded
    QByteArray body; ///< JSON; empty: none
    milliseconds timeout{30'000}; ///< the longest time without any data transfer; 0: none
};

/// A successful response of the Engine API.
struct ApiResponse
{
    int status = 0;
    QByteArray body;
};

/// Returns a name or an id in percent-encoding, as part of a path. Keeps slashes, because image names may contain them.
[[nodiscard]] QString encodedName(const QString &name);

/// Sends requests to one engine, in the API version that was negotiated with it, and converts errors to messages. The
/// version is negotiated before the first request, and again after the engine was unreachable or answered 400, because
/// a different engine may listen at the address by then.
class ApiCaller : public QObject
{
    Q_OBJECT

public:
    using Callback = std::function<void(const Result<ApiResponse> &)>;

    explicit ApiCaller(const DockerEndpoint &endpoint);
    ~ApiCaller() override; ///< answers pending calls with Cancelled

    /// Sends a request and calls done(response) exactly once, never before this function returns. A status of 400 or
    /// above is an error, with the message of responseError().
    void call(const ApiCall &call, Callback done);
    /// Negotiates the API version again, with GET /version.
    void requestEngineInfo(std::function<void(const Result<EngineInfo> &)> done);
    /// Calls then(status) when a version has been negotiated or the negotiation has failed, possibly before this
    /// function returns. Does not call it if the context is destroyed first.
    void whenVersionKnown(QObject *context, std::function<void(const Status &)> then);
    /// Sends a request in the negotiated version. The caller owns the reply.
    [[nodiscard]] QNetworkReply *send(const ApiCall &call, bool isStream);
    /// Returns the error of a finished reply.
    [[nodiscard]] Error errorOf(QNetworkReply *reply, const QByteArray &body);

Q_SIGNALS:
    void closing(); ///< emitted by the destructor, before pending calls are answered

private:
    void transmit(quint64 number, const ApiCall &call);
    void answer(quint64 number, const Result<ApiResponse> &response);
    void finishNegotiation(const Result<EngineInfo> &info);

    DockerEndpoint m_endpoint;
    DockerNetwork m_network;
    QString m_version; ///< of the API; empty: not negotiated
    bool m_isNegotiating = false;
    std::vector<std::pair<QPointer<QObject>, std::function<void(const Status &)>>> m_waiting;
    std::map<quint64, Callback> m_pending;
    quint64 m_lastNumber = 0;
};

} // namespace lifeguard
