// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFuture>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QPromise>

#include <memory>

namespace lifeguard {

class ApiCaller;

/// Ensures that exactly one network with a given name exists. If it receives simultaneous requests, the engine creates
/// several networks with the same name and then cannot start containers in any of them ("network x is ambiguous").
/// Therefore this class sends one request for all containers of this program. If several programs have created
/// networks, it keeps the oldest.
class NetworkProvisioner : public QObject
{
    Q_OBJECT

public:
    explicit NetworkProvisioner(ApiCaller &caller);

    /// Creates a bridge network with this name and these labels unless one exists. Other networks with this name are
    /// removed if they have these labels and no container is connected to them. Fails with ToolFailed if several
    /// remain.
    [[nodiscard]] QFuture<Status> ensure(const QString &name, const QJsonObject &labels);

private:
    /// The state of all pending requests for one name.
    struct Request
    {
        QJsonObject labels;
        QList<std::shared_ptr<QPromise<Status>>> promises;
        int polls = 0; ///< the number of polls that found several networks
        bool isCreated = false;
    };

    void poll(const QString &name);
    void create(const QString &name);
    void removeDuplicates(const QString &name, const QList<QJsonObject> &duplicates);
    void answer(const QString &name, const Status &status);

    ApiCaller &m_caller;
    QHash<QString, Request> m_requests; ///< by name
};

} // namespace lifeguard
