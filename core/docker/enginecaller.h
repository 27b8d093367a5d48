// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockernetwork.h"
#include "core/docker/dockertypes.h"

#include <QPointer>

#include <functional>
#include <map>
#include <vector>

namespace lifeguard {

/// One request of the Engine API.
struct EngineCall
{
    QByteArray verb = "GET";
    QString path; ///< without the version; what comes from others in it is percent-encoded (encodedName())
    QList<std::pair<QString, QString>> query; ///< as they are
    QByteArray body; ///< JSON; empty: none
    milliseconds timeout{30'000}; ///< in which something has to move; 0: none
};

struct EngineAnswer
{
    int status = 0;
    QByteArray body;
};

/// A name or an id as a part of a path; slashes, which names of images hold, stay.
[[nodiscard]] QString encodedName(const QString &name);

/// Sends requests to one engine in the version of the API that was settled with it, and answers errors in words. The version is asked
/// for before the first request, and again after the engine could not be reached, or did not understand: it may be another by
/// then.
class EngineCaller : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(const Result<EngineAnswer> &)>;

    explicit EngineCaller(const DockerEndpoint &endpoint);
    ~EngineCaller() override; ///< what was not answered is answered with Cancelled

    /// done: once, later. A status of 400 and above is an error; see answerError() for its words.
    void call(const EngineCall &call, Done done);
    /// Asks GET /version, whatever was settled.
    void askEngine(std::function<void(const Result<EngineInfo> &)> done);
    /// then: once, maybe at once; not if the context is gone by then.
    void whenSettled(QObject *context, std::function<void(const Status &)> then);
    /// Sends it, in the version that was settled. The reply is the caller's.
    [[nodiscard]] QNetworkReply *send(const EngineCall &call, bool stream);
    /// Of a reply that has finished with an error.
    [[nodiscard]] Error errorOf(QNetworkReply *reply, const QByteArray &body);

Q_SIGNALS:
    void closing(); ///< this is going to be destroyed

private:
    void transmit(quint64 number, const EngineCall &call);
    void answer(quint64 number, const Result<EngineAnswer> &answer);
    void settle(const Result<EngineInfo> &info);

    DockerEndpoint m_endpoint;
    DockerNetwork m_network;
    QString m_version; ///< empty: not settled
    bool m_settling = false;
    std::vector<std::pair<QPointer<QObject>, std::function<void(const Status &)>>> m_waiting;
    std::map<quint64, Done> m_pending;
    quint64 m_lastNumber = 0;
};

} // namespace lifeguard
