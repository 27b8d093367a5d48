// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <initializer_list>

class QSocketNotifier;

namespace lifeguard {

/// Turns Unix signals into a Qt signal on the thread that made it (self-pipe). One object a process.
class UnixSignals : public QObject
{
    Q_OBJECT

public:
    explicit UnixSignals(std::initializer_list<int> signalNumbers, QObject *parent = nullptr);
    ~UnixSignals() override;

Q_SIGNALS:
    void received(int signalNumber);

private:
    QSocketNotifier *m_notifier = nullptr;
};

/// "SIGKILL" for 9; "signal 99" where it has no name.
[[nodiscard]] QString signalName(int signalNumber);

} // namespace lifeguard
