// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configloader.h"

#include "core/base/secretmasking.h"
#include "core/base/trustedfile.h"
#include "core/config/yamlreader.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QUrl>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigLoader", text);
}

/// Returns the path as a word of a command line that can be pasted into a shell.
QString shellWord(const QString &path)
{
    static const QRegularExpression plain(QStringLiteral("\\A[A-Za-z0-9_./+-]+\\z"));
    if (plain.match(path).hasMatch())
        return path;
    return u'\'' + QString(path).replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

} // namespace

ConfigSelection loadConfig(const FoundConfig &found, const ConfigOptions &options, const ConfigTrust &trust)
{
    ConfigSelection selection;
    selection.found = found;
    const Result<QByteArray> content = readTrustedFile(found.path, YamlLimits().bytes);
    if (!content) {
        selection.result = tl::unexpected(QList<ConfigFileError>{{found.path, 0, 0, {}, content.error().message}});
        return selection;
    }
    selection.content = *content;
    selection.isAgreedTo = !found.needsConsent() || trust.isTrusted(found.path, *content);
    selection.result = parseConfigFile(*content, found.path, options);
    return selection;
}

std::optional<ConfigSelection> loadConfig(const ConfigPlaces &places, const ConfigOptions &options,
                                          const ConfigTrust &trust)
{
    const std::optional<FoundConfig> found = findConfigFile(places);
    return found ? std::optional(loadConfig(*found, options, trust)) : std::nullopt;
}

QString consentText(const QString &path)
{
    return tr("The workspace contains the configuration file %1, which can name programs to run. You have not agreed "
              "to "
              "its present content. Read the file, and then run: lifeguardctl config trust %2")
        .arg(path, shellWord(path));
}

QString errorLines(const QList<ConfigFileError> &errors)
{
    QStringList lines;
    for (const ConfigFileError &error : errors)
        lines.append(error.toString());
    return lines.join(u'\n');
}

QStringList programSummaries(const Configuration &configuration)
{
    QStringList lines;
    for (const auto &[name, config] : configuration.pools) {
        QStringList parts{tr("%1 × %2").arg(QString::number(config.count), config.type), toString(config.mode)};
        if (!config.image.isEmpty())
            parts.append(tr("image %1").arg(config.image));
        parts.append(config.command.isEmpty() ? QStringLiteral("lifeguard-worker") : maskedCommandLine(config.command));
        lines.append(tr("%1: %2").arg(name, parts.join(QStringLiteral(", "))));
    }
    for (const HookConfig &hook : configuration.hooks) {
        const QString called = hook.command.isEmpty() ? QUrl(hook.url).host() : maskedCommandLine(hook.command);
        //: %1 are names of events, %2 is a command or the host of a web address
        lines.append(tr("hook for %1: %2").arg(hook.events.join(QStringLiteral(", ")), called));
    }
    return lines;
}

} // namespace lifeguard
