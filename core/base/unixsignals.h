// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <initializer_list>

class QSocketNotifier;

namespace lifeguard {

/// Converts Unix signals into a Qt signal on the thread of this object (self-pipe). Signals that were ignored when the
/// program was started stay ignored (SIGHUP under nohup, SIGINT in background jobs of scripts). Only one instance per
/// process.
class UnixSignals : public QObject
{
    Q_OBJECT

public:
    UnixSignals(std::initializer_list<int> signalNumbers, QObject *parent = nullptr);
    ~UnixSignals() override;

    /// Ends the program at once, with exit code 128 plus the number of the signal, when it has received this number of
    /// SIGINT and SIGTERM. Works even if the event loop does not run.
    static void exitAfter(int count);

Q_SIGNALS:
    void received(int signalNumber);

private:
    QSocketNotifier *m_notifier = nullptr;
};

/// Returns the name of a signal, "SIGKILL" for 9; "signal 99" for a number without a name.
[[nodiscard]] QString signalName(int signalNumber);

} // namespace lifeguard
