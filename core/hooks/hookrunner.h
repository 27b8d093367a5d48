// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/config/hookconfig.h"
#include "core/model/event.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QQueue>

#include <memory>

namespace lifeguard {

class HookCall;

/// Calls the hooks that are configured for an event. At most maxRunning calls run at the same time; others wait, in
/// their order. If more than maxWaiting calls wait, because hooks are slower than events, further ones are left out and
/// reported. Uses no thread, and never blocks.
class HookRunner : public QObject
{
    Q_OBJECT

public:
    static constexpr int maxRunning = 4;
    static constexpr int maxWaiting = 200;

    /// database, managerId: parts of the payload.
    HookRunner(QString database, QString managerId, QObject *parent = nullptr);
    ~HookRunner() override; ///< ends running calls

    /// Replaces the hooks. Calls that wait or run are not affected.
    void setHooks(const QList<HookConfig> &hooks) { m_hooks = hooks; }
    void handle(const Event &event);
    /// Returns whether calls run or wait.
    [[nodiscard]] bool isBusy() const { return m_running > 0 || !m_waiting.isEmpty(); }

Q_SIGNALS:
    /// A call failed, or was left out. The message is a sentence for the user.
    void failed(const lifeguard::Error &error);
    /// isBusy() has become false.
    void idle();

private:
    struct WaitingCall
    {
        HookConfig hook;
        QString event;
        QByteArray payload;
    };

    void startNext();
    [[nodiscard]] HookCall *createCall(const WaitingCall &next);
    void onFinished(HookCall *call);
    void report(const WaitingCall &call, const Error &error);

    QString m_database;
    QString m_managerId;
    QList<HookConfig> m_hooks;
    QQueue<WaitingCall> m_waiting;
    std::unique_ptr<QNetworkAccessManager> m_network; ///< created for the first webhook
    int m_running = 0;
    bool m_leavesOut = false; ///< the last event was left out, and this was reported
};

} // namespace lifeguard
