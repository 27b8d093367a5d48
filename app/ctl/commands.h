// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QStringList>

namespace lifeguard::ctl {

/// The exit codes of lifeguardctl; scripts rely on them.
enum ExitCode {
    ExitWell = 0,
    ExitJobFailed = 1, ///< a job that finished during this command failed, or can never run
    ExitUsage = 2, ///< usage or configuration
    ExitDatabase = 3,
    ExitTimeout = 4,
};

/// The context of all translated text of lifeguardctl.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguardctl)
};

// One function a command: takes the arguments after the program's name without the command's, answers the exit code.
int initCommand(const QStringList &arguments);
int submitCommand(const QStringList &arguments);
int runCommand(const QStringList &arguments);
int statusCommand(const QStringList &arguments);
int workersCommand(const QStringList &arguments);
int diagnoseCommand(const QStringList &arguments);
int jobsCommand(const QStringList &arguments);
int jobCommand(const QStringList &arguments);
int eventsCommand(const QStringList &arguments);
int cancelCommand(const QStringList &arguments);
int retryCommand(const QStringList &arguments);

} // namespace lifeguard::ctl
