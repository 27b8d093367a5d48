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

/// Reads a list asynchronously whenever its source has changed: one read at a time, with a pause after each. GUI
/// thread.
template<typename T>
class ListRefresher : public QObject
{
public:
    using Fetch = std::function<QFuture<Result<QList<T>>>()>;
    using Apply = std::function<void(const QList<T> &)>;
    using ReportError = std::function<void(const Error &)>;

    ListRefresher(Fetch fetch, Apply apply, ReportError reportError, milliseconds pause, QObject *parent)
        : QObject(parent)
        , m_fetch(std::move(fetch))
        , m_apply(std::move(apply))
        , m_reportError(std::move(reportError))
    {
        m_pause.setSingleShot(true);
        m_pause.setInterval(pause);
        connect(&m_pause, &QTimer::timeout, this, [this] { fetchIfRequested(); });
    }

    /// Reads the list now, or after the pause.
    void refresh()
    {
        m_requested = true;
        if (!m_fetching && !m_pause.isActive()) {
            fetchIfRequested();
        }
    }

    /// Reads the list now because a different list is needed. The result of a read that has begun is dropped.
    void restart()
    {
        ++m_generation;
        m_fetching = false;
        m_pause.stop();
        refresh();
    }

private:
    void fetchIfRequested()
    {
        if (!m_requested || m_fetching) {
            return;
        }
        m_requested = false;
        m_fetching = true;
        whenFinished(m_fetch(), this, [this, generation = m_generation](const Result<QList<T>> &result) {
            if (generation != m_generation) {
                return;
            }
            m_fetching = false;
            m_pause.start();
            if (result) {
                m_apply(*result);
            } else {
                m_reportError(result.error());
            }
        });
    }

    Fetch m_fetch;
    Apply m_apply;
    ReportError m_reportError;
    QTimer m_pause;
    quint64 m_generation = 0;
    bool m_requested = false;
    bool m_fetching = false;
};

} // namespace lifeguard
