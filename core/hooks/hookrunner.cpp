// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hooks/hookrunner.h"

#include "core/hooks/hookevent.h"
#include "core/hooks/hookprocess.h"
#include "core/hooks/hookrequest.h"

#include <QUrl>

namespace lifeguard {

HookRunner::HookRunner(QString database, QString managerId, QObject *parent)
    : QObject(parent)
    , m_database(std::move(database))
    , m_managerId(std::move(managerId))
{
}

HookRunner::~HookRunner() = default;

void HookRunner::handle(const Event &event)
{
    const QString name = event.kindName();
    QByteArray payload;
    for (const HookConfig &hook : std::as_const(m_hooks)) {
        if (!hook.events.contains(name))
            continue;
        if (m_waiting.size() >= maxWaiting) {
            if (!std::exchange(m_leavesOut, true)) {
                Q_EMIT failed(
                    {ErrorCode::OutOfResources,
                     tr("The hooks are slower than the events: %n call(s) wait, and further ones are left out.",
                        nullptr, maxWaiting),
                     {}});
            }
            return;
        }
        m_leavesOut = false;
        if (payload.isEmpty())
            payload = hookPayload(event, m_database, m_managerId);
        m_waiting.enqueue({hook, name, payload});
    }
    startNext();
}

void HookRunner::startNext()
{
    while (m_running < maxRunning && !m_waiting.isEmpty()) {
        const WaitingCall next = m_waiting.dequeue();
        HookCall *call = createCall(next);
        ++m_running;
        connect(call, &HookCall::succeeded, this, [this, call] { onFinished(call); });
        connect(call, &HookCall::failed, this, [this, call, next](const Error &error) {
            report(next, error);
            onFinished(call);
        });
        call->start();
    }
}

HookCall *HookRunner::createCall(const WaitingCall &next)
{
    const HookConfig &hook = next.hook;
    if (!hook.command.isEmpty())
        return new HookProcess(hook.command, next.event, next.payload, hook.timeout, this);
    if (!m_network)
        m_network = std::make_unique<QNetworkAccessManager>();
    return new HookRequest(*m_network, QUrl(hook.url, QUrl::StrictMode), next.event, next.payload, hook.timeout, this);
}

void HookRunner::onFinished(HookCall *call)
{
    call->deleteLater();
    --m_running;
    // Not from here: a program that cannot be started fails within start().
    QMetaObject::invokeMethod(
        this,
        [this] {
            startNext();
            if (!isBusy())
                Q_EMIT idle();
        },
        Qt::QueuedConnection);
}

void HookRunner::report(const WaitingCall &call, const Error &error)
{
    const QString message = call.hook.command.isEmpty()
                              ? tr("The webhook for %1 failed: %2.").arg(call.event, error.message)
                              : tr("The command '%1' for %2 failed: %3.")
                                    .arg(call.hook.command.first(), call.event, error.message);
    Q_EMIT failed({error.code, message, error.detail});
}

} // namespace lifeguard
