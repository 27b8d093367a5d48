// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/pidwatcher.h"

#include <QObject>

#include <memory>

namespace lifeguard {

/// Watches the process of the manager that has started this worker. Lives on the main thread.
class ManagerProcess : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Watches a manager of ours.
    void watch(const ProcessIdentity &manager);
    /// Watches a manager of CLM. pid: from the row that it has inserted for this worker; 0 if the row does not name it:
    /// then the parent of this process is watched.
    void watchForeign(qint64 pid);

Q_SIGNALS:
    /// The manager has ended. Emitted once, always from the event loop.
    void gone();

private:
    std::unique_ptr<PidWatcher> m_watcher;
};

} // namespace lifeguard
