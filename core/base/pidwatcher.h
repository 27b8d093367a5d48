// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"

#include <QObject>

class QSocketNotifier;

namespace lifeguard {

/// Tells when a process that is not our child ends, through a pidfd: at once and without polling.
class PidWatcher : public QObject
{
    Q_OBJECT

public:
    explicit PidWatcher(ProcessIdentity identity, QObject *parent = nullptr);
    ~PidWatcher() override;
    /// False when the process was gone already (ended() is then emitted from the event loop).
    [[nodiscard]] bool isWatching() const { return m_fd >= 0; }

Q_SIGNALS:
    void ended();

private:
    int m_fd = -1;
};

} // namespace lifeguard
