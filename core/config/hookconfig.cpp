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

QList<ConfigError> HookConfig::validate(const QStringList &knownEvents) const
{
    QList<ConfigError> errors;
    const auto reject = [&errors](const char *field, const QString &message) {
        errors.append({QString::fromLatin1(field), message});
    };
    if (events.isEmpty())
        reject("events", tr("Name at least one event, for example submission_ended."));
    for (const QString &name : events) {
        if (!knownEvents.contains(name))
            reject("events", tr("There is no event '%1'. %2").arg(name, suggestion(name, knownEvents)));
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
