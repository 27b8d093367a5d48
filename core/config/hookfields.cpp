// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/hookfields.h"

#include <QCoreApplication>
#include <QProcess>
#include <QUrl>

namespace lifeguard {
namespace {

using HookField = ConfigField<HookConfig>;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::HookFields", text);
}

HookField eventsField()
{
    HookField result;
    result.key = QStringLiteral("events");
    result.kind = FieldInfo::Kind::Choices;
    result.choices = HookConfig::eventNames();
    result.description = tr("The events for which the hook is called");
    result.parseList = [](HookConfig &hook, const QStringList &names) -> Status {
        hook.events = names;
        return {};
    };
    result.parse = [](HookConfig &hook, const QString &text, Spelling) -> Status {
        hook.events = text.split(u'+', Qt::SkipEmptyParts);
        return {};
    };
    result.list = [](const HookConfig &hook) { return hook.events; };
    result.format = [](const HookConfig &hook, Spelling) { return hook.events.join(u'+'); };
    return result;
}

HookField commandField()
{
    HookField result;
    result.key = QStringLiteral("command");
    result.kind = FieldInfo::Kind::Arguments;
    result.description = tr("A program and its arguments, which receives the event as JSON on its standard input");
    result.parseList = [](HookConfig &hook, const QStringList &arguments) -> Status {
        hook.command = arguments;
        return {};
    };
    result.parse = [](HookConfig &hook, const QString &text, Spelling) -> Status {
        hook.command = QProcess::splitCommand(text);
        return {};
    };
    result.list = [](const HookConfig &hook) { return hook.command; };
    result.format = [](const HookConfig &hook, Spelling) { return formatArguments(hook.command); };
    return result;
}

/// Returns the field of the address, of which only the host is displayed: the rest may be a secret.
HookField urlField()
{
    HookField result = valueField("url", &HookConfig::url, tr("An address to which the event is sent as JSON (POST)"));
    result.format = [](const HookConfig &hook, Spelling) { return QUrl(hook.url).host(); };
    return result;
}

const QList<HookField> &hookFields()
{
    static const QList<HookField> all{eventsField(), commandField(), urlField(),
                                      valueField("timeout", &HookConfig::timeout,
                                                 tr("The time after which a call is given up"))};
    return all;
}

QString formatHook(const HookConfig &hook)
{
    const QString target = hook.command.isEmpty() ? QUrl(hook.url).host() : hook.command.constFirst();
    return hook.events.join(u'+') + QStringLiteral(": ") + target;
}

} // namespace

ConfigField<Configuration> hooksField()
{
    ConfigField<Configuration> result;
    result.key = QStringLiteral("hooks");
    result.kind = FieldInfo::Kind::Sections;
    result.description = tr("Commands and webhooks that are called for events");
    const std::function<HookConfig &(Configuration &)> change = [](Configuration &config) -> HookConfig & {
        return config.hooks.last();
    };
    const std::function<const HookConfig *(const Configuration &)> part = [](const Configuration &config) {
        return config.hooks.isEmpty() ? nullptr : &config.hooks.constLast();
    };
    for (const HookField &field : hookFields()) {
        result.fields.push_back(field);
        result.members.push_back(partField(field, change, part));
    }
    result.parse = [](Configuration &, const QString &, Spelling) -> Status {
        return failure(ErrorCode::InvalidArgument, tr("Hooks are a list of maps in the configuration file."));
    };
    result.format = [](const Configuration &config, Spelling) {
        QStringList hooks;
        for (const HookConfig &hook : config.hooks)
            hooks.append(formatHook(hook));
        return hooks.join(QStringLiteral("; "));
    };
    result.size = [](const Configuration &config) { return config.hooks.size(); };
    result.begin = [](Configuration &config) { config.hooks.append(HookConfig()); };
    return result;
}

} // namespace lifeguard
