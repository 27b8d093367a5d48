// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/networksettler.h"

#include "core/docker/enginecaller.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr milliseconds makeTimeout{120'000};
constexpr milliseconds lookPause{250};
constexpr int mostLooks = 40; ///< 10 s: then somebody has to see to it

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

bool hasLabels(const QJsonObject &network, const QJsonObject &labels)
{
    const QJsonObject its = network.value(QLatin1String("Labels")).toObject();
    for (auto label = labels.begin(); label != labels.end(); ++label) {
        if (its.value(label.key()) != label.value())
            return false;
    }
    return !labels.isEmpty();
}

} // namespace

NetworkSettler::NetworkSettler(EngineCaller &caller) : m_caller(caller) {}

QFuture<Status> NetworkSettler::ensure(const QString &name, const QJsonObject &labels)
{
    auto promise = std::make_shared<QPromise<Status>>();
    promise->start();
    Round &round = m_rounds[name];
    round.waiting.append(promise);
    if (round.waiting.size() == 1) {
        round.labels = labels;
        look(name);
    }
    return promise->future();
}

void NetworkSettler::look(const QString &name)
{
    EngineCall list{"GET", QStringLiteral("/networks"), {}, {}};
    list.query = {{QStringLiteral("filters"), QString::fromUtf8(compact({{QStringLiteral("name"), QJsonArray{name}}}))}};
    m_caller.call(list, [this, name](const Result<EngineAnswer> &listed) {
        if (!listed)
            return answer(name, failure(listed.error()));
        QList<QJsonObject> networks;
        const QJsonArray all = QJsonDocument::fromJson(listed->body).array();
        for (const QJsonValue &network : all) { // the engine's filter takes parts of names
            if (network.toObject().value(QLatin1String("Name")).toString() == name)
                networks.append(network.toObject());
        }
        Round &round = m_rounds[name];
        if (networks.size() == 1 || (networks.isEmpty() && round.isMade))
            return answer(name, {});
        if (networks.isEmpty())
            return make(name);
        // The same one for all who look.
        std::sort(networks.begin(), networks.end(), [](const QJsonObject &a, const QJsonObject &b) {
            const auto key = [](const QJsonObject &network) {
                return std::pair(network.value(QLatin1String("Created")).toString(), network.value(QLatin1String("Id")).toString());
            };
            return key(a) < key(b);
        });
        networks.removeFirst();
        networks.removeIf([&round](const QJsonObject &network) { return !hasLabels(network, round.labels); });
        if (networks.isEmpty() || ++round.looks > mostLooks) {
            return answer(name, failure(ErrorCode::ToolFailed,
                                        tr("Docker has several networks called %1, and starts no container in any of them: remove all but one "
                                           "(docker network ls; docker network rm ID).").arg(name)));
        }
        removeOthers(name, networks);
    });
}

void NetworkSettler::make(const QString &name)
{
    Round &round = m_rounds[name];
    round.isMade = true;
    const QJsonObject wanted{{QStringLiteral("Name"), name}, {QStringLiteral("Driver"), QStringLiteral("bridge")},
                             {QStringLiteral("CheckDuplicate"), true}, {QStringLiteral("Labels"), round.labels}};
    m_caller.call({"POST", QStringLiteral("/networks/create"), {}, compact(wanted), makeTimeout}, [this, name](const Result<EngineAnswer> &made) {
        if (!made && made.error().code != ErrorCode::Busy) // that is: somebody else made it meanwhile
            return answer(name, failure(made.error()));
        look(name); // whether it is the only one
    });
}

void NetworkSettler::removeOthers(const QString &name, const QList<QJsonObject> &others)
{
    for (const QJsonObject &network : others) {
        const QString id = network.value(QLatin1String("Id")).toString();
        // Somebody else may do the same, or be in it: the next look tells.
        m_caller.call({"DELETE", QStringLiteral("/networks/") + encodedName(id), {}, {}}, [](const Result<EngineAnswer> &) {});
    }
    QTimer::singleShot(lookPause, this, [this, name] { look(name); });
}

void NetworkSettler::answer(const QString &name, const Status &status)
{
    const Round round = m_rounds.take(name);
    for (const auto &promise : round.waiting) {
        promise->addResult(status);
        promise->finish();
    }
}

} // namespace lifeguard
