// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QObject>

namespace lifeguard {

/// One call of a hook. Created for one event, and deleted after finished().
class HookCall : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Begins the call; succeeded() or failed() follows, once.
    virtual void start() = 0;

Q_SIGNALS:
    void succeeded();
    /// The message says why, as a part of a sentence, without secrets.
    void failed(const lifeguard::Error &error);
};

} // namespace lifeguard
