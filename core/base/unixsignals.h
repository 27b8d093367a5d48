// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <initializer_list>

class QSocketNotifier;

namespace lifeguard {

/// Converts Unix signals into a Qt signal on the thread of this object (self-pipe). Only one instance per process.
class UnixSignals : public QObject
{
    Q_OBJECT

public:
    UnixSignals(std::initializer_list<int> signalNumbers, QObject *parent = nullptr);
    ~UnixSignals() override;

Q_SIGNALS:
    void received(int signalNumber);

private:
    QSocketNotifier *m_notifier = nullptr;
};

/// Returns the name of a signal, "SIGKILL" for 9; "signal 99" for a number without a name.
[[nodiscard]] QString signalName(int signalNumber);

} // namespace lifeguard
