// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

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

/// Gives command() (which answers a QFuture of a Result) and then(result), as whenAnswered() does; while the answer is Busy, because
/// somebody else keeps the database locked, it is given again for as long as goesOn() says so. The store has waited by then, so
/// this does not spin.
template<typename Command, typename GoesOn, typename Function>
void retryWhileBusy(Command command, QObject *context, GoesOn goesOn, Function then)
{
    const auto future = command();
    auto answered = [command = std::move(command), context, goesOn = std::move(goesOn), then = std::move(then)](const auto &result) mutable {
        if (!result && result.error().code == ErrorCode::Busy && goesOn())
            retryWhileBusy(std::move(command), context, std::move(goesOn), std::move(then));
        else
            then(result);
    };
    whenAnswered(future, context, std::move(answered));
}

} // namespace lifeguard
