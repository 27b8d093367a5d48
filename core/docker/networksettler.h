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

class EngineCaller;

/// Sees to it that there is one network of a name. The engine makes several of one name for those that ask at the same time, and
/// starts no container in any of them then ("network x is ambiguous"): so this program asks once for all its containers, and of
/// what several programs have made the oldest is kept.
class NetworkSettler : public QObject
{
    Q_OBJECT

public:
    explicit NetworkSettler(EngineCaller &caller);

    /// Makes a bridge network with that name and these labels unless there is one. Others of that name are removed if they have
    /// the labels, too, and nobody is in them.
    QFuture<Status> ensure(const QString &name, const QJsonObject &labels);

private:
    struct Round
    {
        QJsonObject labels;
        QList<std::shared_ptr<QPromise<Status>>> waiting;
        int looks = 0;
        bool isMade = false;
    };

    void look(const QString &name);
    void make(const QString &name);
    void removeOthers(const QString &name, const QList<QJsonObject> &others);
    void answer(const QString &name, const Status &status);

    EngineCaller &m_caller;
    QHash<QString, Round> m_rounds; ///< by name; those under way
};

} // namespace lifeguard
