// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"

#include <QObject>

class QSocketNotifier;

namespace lifeguard {

/// Reports the end of a process that is not a child of this process. Uses a pidfd, without polling (Linux 5.3; polls
/// once a second on older kernels). Lives on the thread that created it.
class PidWatcher : public QObject
{
    Q_OBJECT

public:
    explicit PidWatcher(const ProcessIdentity &identity, QObject *parent = nullptr);
    ~PidWatcher() override;
    /// Returns whether a pidfd watches the process; false if it had ended already (ended() is then emitted from the
    /// event loop), or if the process is polled or cannot be seen from here.
    [[nodiscard]] bool isWatching() const { return m_fd >= 0; }

Q_SIGNALS:
    /// Emitted once. Never emitted for a process of another boot or pid namespace.
    void ended();

private:
    int m_fd = -1;
};

} // namespace lifeguard
