// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/futurecallbacks.h"
#include "core/base/result.h"

#include <QFuture>
#include <QList>
#include <QObject>
#include <QTimer>

#include <functional>

namespace lifeguard {

/// Keeps a list fresh that is read asynchronously: one request at a time, at most one every pause, and an answer to a
/// question that is no longer asked (see reset()) is dropped. GUI thread.
template<typename T>
class ListFeed : public QObject
{
public:
    using Fetch = std::function<QFuture<Result<QList<T>>>()>;
    using Apply = std::function<void(const QList<T> &)>;
    using Fail = std::function<void(const Error &)>;

    ListFeed(Fetch fetch, Apply apply, Fail fail, milliseconds pause, QObject *parent)
        : QObject(parent)
        , m_fetch(std::move(fetch))
        , m_apply(std::move(apply))
        , m_fail(std::move(fail))
    {
        m_pause.setSingleShot(true);
        m_pause.setInterval(pause);
        connect(&m_pause, &QTimer::timeout, this, [this] { next(); });
    }

    /// Something changed: read again soon.
    void request()
    {
        m_wanted = true;
        if (!m_underWay && !m_pause.isActive()) {
            next();
        }
    }

    /// The question changed: what is under way answers the old one.
    void reset()
    {
        ++m_generation;
        m_underWay = false;
        m_pause.stop();
        request();
    }

private:
    void next()
    {
        if (!m_wanted || m_underWay) {
            return;
        }
        m_wanted = false;
        m_underWay = true;
        whenFinished(m_fetch(), this, [this, generation = m_generation](const Result<QList<T>> &result) {
            if (generation != m_generation) {
                return;
            }
            m_underWay = false;
            m_pause.start();
            if (result) {
                m_apply(*result);
            } else {
                m_fail(result.error());
            }
        });
    }

    Fetch m_fetch;
    Apply m_apply;
    Fail m_fail;
    QTimer m_pause;
    quint64 m_generation = 0;
    bool m_wanted = false;
    bool m_underWay = false;
};

} // namespace lifeguard
