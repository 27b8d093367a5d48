// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/hooks/hookcall.h"

#include <QByteArray>
#include <QProcess>
#include <QStringList>
#include <QTimer>

namespace lifeguard {

/// Runs a command for an event. The command receives the payload on its standard input, and the name of the event in
/// the variable LIFEGUARD_EVENT. It is started without a shell, in a process group of its own, which is killed at the
/// timeout, and when this object is deleted.
class HookProcess : public HookCall
{
    Q_OBJECT

public:
    HookProcess(QStringList command, QString event, QByteArray payload, seconds timeout, QObject *parent = nullptr);
    ~HookProcess() override;

    void start() override;

private:
    void onFinished(int code, QProcess::ExitStatus status);
    void finish(const Status &status); ///< emits the signal, once
    void killGroup() const;

    QStringList m_command;
    QString m_event;
    QByteArray m_payload;
    seconds m_timeout;
    QProcess m_process;
    QTimer m_timer;
    QByteArray m_output; ///< the end of what the command has printed
    bool m_isTimedOut = false;
    bool m_hasFinished = false;
};

} // namespace lifeguard
