// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/hookconfig.h"

#include "core/config/suggestion.h"
#include "core/config/workerconfig.h"

#include <QCoreApplication>
#include <QUrl>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::HookConfig", text);
}

bool isWebAddress(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    return url.isValid() && !url.host().isEmpty()
        && (url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http"));
}

} // namespace

QStringList HookConfig::eventNames()
{
    static const QStringList names{
        QStringLiteral("pool_starting"),     QStringLiteral("pool_started"),       QStringLiteral("pool_stopping"),
        QStringLiteral("pool_stopped"),      QStringLiteral("pool_crash_looping"), QStringLiteral("pool_mode"),
        QStringLiteral("pool_reconfigured"), QStringLiteral("pool_paused"),        QStringLiteral("pool_resumed"),
        QStringLiteral("pool_scaled"),       QStringLiteral("worker_starting"),    QStringLiteral("worker_registered"),
        QStringLiteral("worker_ready"),      QStringLiteral("worker_stopping"),    QStringLiteral("worker_draining"),
        QStringLiteral("worker_stopped"),    QStringLiteral("worker_failed"),      QStringLiteral("worker_suspect"),
        QStringLiteral("worker_hung"),       QStringLiteral("worker_recovered"),   QStringLiteral("worker_adopted"),
        QStringLiteral("worker_limit"),      QStringLiteral("machine_slept"),      QStringLiteral("clock_set"),
        QStringLiteral("job_returned"),      QStringLiteral("job_interrupted"),    QStringLiteral("job_given_up"),
        QStringLiteral("rescued"),           QStringLiteral("cleaned_up"),         QStringLiteral("command"),
        QStringLiteral("submission_ended"),  QStringLiteral("pruning_announced"),  QStringLiteral("pruned"),
        QStringLiteral("config_applied"),    QStringLiteral("config_refused"),
    };
    return names;
}

QList<ConfigError> HookConfig::validate() const
{
    QList<ConfigError> errors;
    const auto reject = [&errors](const char *field, const QString &message) {
        errors.append({QString::fromLatin1(field), message});
    };
    if (events.isEmpty())
        reject("events", tr("Name at least one event, for example submission_ended."));
    for (const QString &name : events) {
        if (!eventNames().contains(name))
            reject("events", tr("There is no event '%1'. %2").arg(name, suggestion(name, eventNames())));
    }
    if (command.isEmpty() == url.isEmpty())
        reject("command", tr("A hook has either a command or a url."));
    else if (!command.isEmpty() && command.constFirst().isEmpty())
        reject("command", tr("The command has no program."));
    else if (!url.isEmpty() && !isWebAddress(url)) // the text may contain a secret
        reject("url", tr("The url must begin with https:// or http://, and name a host."));
    if (timeout < seconds(1) || timeout > maxTimeout)
        reject("timeout", tr("The time must be between 1 s and %1 s.").arg(maxTimeout.count()));
    return errors;
}

} // namespace lifeguard
