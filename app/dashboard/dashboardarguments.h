// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "ui/dashboardsession.h"
#include "ui/theme/theme.h"

#include <QCommandLineParser>
#include <QStringList>

namespace lifeguard {

/// The command line of the dashboard.
class DashboardArguments
{
public:
    DashboardArguments();

    /// Prints the help page or the version and exits if the arguments request it. Needs a QCoreApplication, but no
    /// display.
    void handleHelpAndVersion(const QStringList &arguments);

    /// Reads the arguments, the environment and the user's settings. The error is a sentence for the user.
    [[nodiscard]] Status parse(const QStringList &arguments);

    [[nodiscard]] const DashboardOptions &options() const { return m_options; }
    [[nodiscard]] theme::Mode theme() const { return m_theme; }

    /// Returns the configuration file that is only used after the user has agreed to it; null if there is none.
    [[nodiscard]] const ConfigSelection *configToAgreeTo() const;
    /// Uses that file, and remembers that the user has agreed to it.
    [[nodiscard]] Status agreeToConfig();

private:
    [[nodiscard]] Status readTheme();
    [[nodiscard]] Status readPools();
    /// Chooses database and workspace: the given ones; otherwise those that were opened last; otherwise the current
    /// folder.
    [[nodiscard]] Status choosePaths();
    [[nodiscard]] Status readConfig();
    void applyConfig();

    QCommandLineParser m_parser;
    DashboardOptions m_options;
    std::optional<RunningConfig> m_config; ///< the file that was found, whether it is used or not
    theme::Mode m_theme = theme::Mode::System;
};

} // namespace lifeguard
