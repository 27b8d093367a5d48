// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commanderror.h"
#include "app/ctl/commandline.h"

#include <QStringList>

#include <memory>

namespace lifeguard::ctl {

/// One command of lifeguardctl. A subclass declares its options and does the work; this class parses the arguments,
/// prints the help page, and reports errors in the same way for all commands. The class of `lifeguardctl retry` is
/// RetryCommand, and so on.
class Command
{
public:
    struct Description
    {
        QString name; ///< "retry"
        QString summary; ///< a few words for the list of commands
        QString help; ///< sentences for the help page of the command
        CommandLine::Access access = CommandLine::Access::Reads;
    };

    virtual ~Command() = default;
    Q_DISABLE_COPY_MOVE(Command)

    [[nodiscard]] QString name() const { return m_description.name; }
    [[nodiscard]] QString summary() const { return m_description.summary; }

    /// Returns the command line without arguments, which describes the options.
    [[nodiscard]] std::unique_ptr<CommandLine> commandLine() const;
    [[nodiscard]] QString help() const { return m_description.help; }

    /// Parses the arguments that follow the name of the command, executes the command, prints errors, and returns the
    /// exit code.
    [[nodiscard]] ExitCode run(const QStringList &arguments);

protected:
    explicit Command(Description description) : m_description(std::move(description)) {}

    /// Declares the options and arguments of the command, in addition to the options common to all commands.
    virtual void declareArguments(CommandLine &line) const { Q_UNUSED(line) }
    /// Executes the command and prints the result to stdout.
    [[nodiscard]] virtual CommandResult execute(const CommandLine &line) = 0;

private:
    Description m_description;
};

} // namespace lifeguard::ctl
