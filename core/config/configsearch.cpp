// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configsearch.h"

#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString fileIn(const QString &folder)
{
    return QDir::cleanPath(folder + QStringLiteral("/lifeguard.yaml"));
}

} // namespace

ConfigPlaces ConfigPlaces::of(const QProcessEnvironment &environment, const QString &option, const QString &workspace)
{
    ConfigPlaces places;
    places.option = option;
    places.variable = environment.value(QStringLiteral("LIFEGUARD_CONFIG"));
    places.workspace = workspace;
    places.currentFolder = QDir::currentPath();
    // The XDG base directory specification: a relative path is invalid and ignored.
    QString base = environment.value(QStringLiteral("XDG_CONFIG_HOME"));
    if (!QDir::isAbsolutePath(base)) {
        const QString home = environment.value(QStringLiteral("HOME"));
        base = home.isEmpty() ? QString() : home + QStringLiteral("/.config");
    }
    if (!base.isEmpty())
        places.userFolder = QDir::cleanPath(base + QStringLiteral("/lifeguard"));
    return places;
}

std::optional<FoundConfig> findConfigFile(const ConfigPlaces &places,
                                          const std::function<bool(const QString &)> &exists)
{
    using Origin = FoundConfig::Origin;
    const auto named = [&places](const QString &path) {
        return QDir::cleanPath(QDir(places.currentFolder).absoluteFilePath(path));
    };
    if (!places.option.isEmpty())
        return FoundConfig{named(places.option), Origin::Option};
    if (!places.variable.isEmpty())
        return FoundConfig{named(places.variable), Origin::Variable};
    const bool isUserFolder = !places.userFolder.isEmpty() && places.workspace == places.userFolder;
    if (!places.workspace.isEmpty() && !isUserFolder && exists(fileIn(places.workspace)))
        return FoundConfig{fileIn(places.workspace), Origin::Workspace};
    if (!places.userFolder.isEmpty() && exists(fileIn(places.userFolder)))
        return FoundConfig{fileIn(places.userFolder), Origin::UserFolder};
    return std::nullopt;
}

std::optional<FoundConfig> findConfigFile(const ConfigPlaces &places)
{
    return findConfigFile(places, [](const QString &path) { return QFileInfo::exists(path); });
}

} // namespace lifeguard
