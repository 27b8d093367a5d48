// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/networkprovisioner.h"

#include "core/docker/apicaller.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr milliseconds createTimeout{120'000};
constexpr milliseconds pollInterval{250};
constexpr int maxPolls = 40; ///< 10 s; after that, the user has to remove the duplicates

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

bool hasLabels(const QJsonObject &network, const QJsonObject &labels)
{
    const QJsonObject existing = network.value(QLatin1String("Labels")).toObject();
    for (auto label = labels.begin(); label != labels.end(); ++label) {
        if (existing.value(label.key()) != label.value())
            return false;
    }
    return !labels.isEmpty();
}

} // namespace

NetworkProvisioner::NetworkProvisioner(ApiCaller &caller) : m_caller(caller) {}

QFuture<Status> NetworkProvisioner::ensure(const QString &name, const QJsonObject &labels)
{
    auto promise = std::make_shared<QPromise<Status>>();
    promise->start();
    Request &request = m_requests[name];
    request.promises.append(promise);
    if (request.promises.size() == 1) {
        request.labels = labels;
        poll(name);
    }
    return promise->future();
}

void NetworkProvisioner::poll(const QString &name)
{
    ApiCall list{"GET", QStringLiteral("/networks"), {}, {}};
    list.query = {
        {QStringLiteral("filters"), QString::fromUtf8(compact({{QStringLiteral("name"), QJsonArray{name}}}))}};
    m_caller.call(list, [this, name](const Result<ApiResponse> &listed) {
        if (!listed)
            return answer(name, failure(listed.error()));
        QList<QJsonObject> networks;
        const QJsonArray all = QJsonDocument::fromJson(listed->body).array();
        for (const QJsonValue &network : all) { // the filter of the engine also matches parts of names
            if (network.toObject().value(QLatin1String("Name")).toString() == name)
                networks.append(network.toObject());
        }
        Request &request = m_requests[name];
        if (networks.size() == 1 || (networks.isEmpty() && request.isCreated))
            return answer(name, {});
        if (networks.isEmpty())
            return create(name);
        // All programs must choose the same network to keep.
        std::sort(networks.begin(), networks.end(), [](const QJsonObject &a, const QJsonObject &b) {
            const auto key = [](const QJsonObject &network) {
                return std::pair(network.value(QLatin1String("Created")).toString(),
                                 network.value(QLatin1String("Id")).toString());
            };
            return key(a) < key(b);
        });
        networks.removeFirst();
        networks.removeIf([&request](const QJsonObject &network) { return !hasLabels(network, request.labels); });
        if (networks.isEmpty() || ++request.polls > maxPolls) {
            return answer(name,
                          failure(ErrorCode::ToolFailed, tr("Docker has several networks named %1 and cannot start a "
                                                            "container in any of them. Remove all but one "
                                                            "(docker network ls; docker network rm ID).")
                                                             .arg(name)));
        }
        removeDuplicates(name, networks);
    });
}

void NetworkProvisioner::create(const QString &name)
{
    Request &request = m_requests[name];
    request.isCreated = true;
    const QJsonObject wanted{{QStringLiteral("Name"), name},
                             {QStringLiteral("Driver"), QStringLiteral("bridge")},
                             {QStringLiteral("CheckDuplicate"), true},
                             {QStringLiteral("Labels"), request.labels}};
    m_caller.call({"POST", QStringLiteral("/networks/create"), {}, compact(wanted), createTimeout},
                  [this, name](const Result<ApiResponse> &created) {
                      if (!created && created.error().code != ErrorCode::Busy) // Busy: another program has created the
                                                                               // network in the meantime
                          return answer(name, failure(created.error()));
                      poll(name); // checks that the network is the only one with this name
                  });
}

void NetworkProvisioner::removeDuplicates(const QString &name, const QList<QJsonObject> &duplicates)
{
    for (const QJsonObject &network : duplicates) {
        const QString id = network.value(QLatin1String("Id")).toString();
        // May fail because another program removes it too, or because a container uses it. The next poll shows the
        // result.
        m_caller.call({"DELETE", QStringLiteral("/networks/") + encodedName(id), {}, {}},
                      [](const Result<ApiResponse> &) {});
    }
    QTimer::singleShot(pollInterval, this, [this, name] { poll(name); });
}

void NetworkProvisioner::answer(const QString &name, const Status &status)
{
    const Request request = m_requests.take(name);
    for (const auto &promise : request.promises) {
        promise->addResult(status);
        promise->finish();
    }
}

} // namespace lifeguard
