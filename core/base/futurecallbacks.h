// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFuture>
#include <QFutureWatcher>

#include <utility>

namespace lifeguard {

/// Calls callback(result) on the thread of context, from its event loop, when the future has finished. The callback is
/// not called if context was destroyed before, or if the future was cancelled. Replaces QFuture::then(context, …),
/// which in Qt 6.4 asserts when context is destroyed first.
template<typename T, typename Callback>
void whenFinished(const QFuture<T> &future, QObject *context, Callback &&callback)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, callback = std::forward<Callback>(callback)]() mutable {
                         watcher->deleteLater();
                         if (watcher->future().resultCount() > 0)
                             callback(watcher->result());
                     });
    watcher->setFuture(future);
}

/// Runs command(), which returns a QFuture of a Result, and passes the result to callback as whenFinished() does. While
/// the result is ErrorCode::Busy (the database is locked) and shouldRetry() returns true, the command is run again.
/// This is not a busy loop: the store waits for the lock before it returns Busy.
template<typename Command, typename ShouldRetry, typename Callback>
void retryWhileBusy(Command command, QObject *context, ShouldRetry shouldRetry, Callback callback)
{
    const auto future = command();
    auto onResult = [command = std::move(command), context, shouldRetry = std::move(shouldRetry),
                     callback = std::move(callback)](const auto &result) mutable {
        if (!result && result.error().code == ErrorCode::Busy && shouldRetry())
            retryWhileBusy(std::move(command), context, std::move(shouldRetry), std::move(callback));
        else
            callback(result);
    };
    whenFinished(future, context, std::move(onResult));
}

} // namespace lifeguard
