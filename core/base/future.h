// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFuture>
#include <QFutureWatcher>

#include <utility>

namespace lifeguard {

/// Calls then(result) on the thread of context when the future is answered, from its event loop; never when context is gone
/// by then, or the future was cancelled. To be used instead of QFuture::then(context, …), which in Qt 6.4 must not outlive
/// its context (it asserts).
template<typename T, typename Function>
void whenAnswered(const QFuture<T> &future, QObject *context, Function &&then)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, then = std::forward<Function>(then)]() mutable {
        watcher->deleteLater();
        if (watcher->future().resultCount() > 0)
            then(watcher->result());
    });
    watcher->setFuture(future);
}

} // namespace lifeguard
