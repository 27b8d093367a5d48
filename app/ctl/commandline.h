// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/config/configloader.h"
#include "core/store/database.h"

#include <QCommandLineParser>

#include <memory>
#include <optional>

namespace lifeguard::ctl {

/// The arguments of one command: the options that all commands accept, and the command's own.
class CommandLine
{
public:
    enum class Access {
        Reads,
        Writes, ///< the command does not accept --read-only
        Config, ///< the command does not use the database, and reads configuration files itself
        None, ///< the command uses no database and has no options for one
    };

    /// An option, for help in other forms: completion and man pages.
    struct Option
    {
        QStringList names; ///< without dashes
        QString description;
        QString valueName; ///< empty: a switch
        QStringList choices; ///< the allowed values, or beginnings of them; empty: not a fixed set
    };
    /// An argument that is not an option.
    struct Positional
    {
        QString name;
        QString description;
        QString syntax; ///< "JOB…"
        QStringList choices;
    };

    CommandLine(const QString &command, const QString &help, Access access);

    /// Adds an option. An option without valueName is a switch. choices: for completion.
    void addOption(const QString &name, const QString &description, const QString &valueName = {},
                   const QStringList &choices = {});
    void addPositional(const QString &name, const QString &description, const QString &syntax,
                       const QStringList &choices = {});

    /// Returns the options in the order of the help page, without those that exist only for error messages.
    [[nodiscard]] const QList<Option> &options() const { return m_options; }
    [[nodiscard]] const QList<Positional> &arguments() const { return m_arguments; }

    /// Reads the arguments. The error is a sentence for the user.
    [[nodiscard]] Status parse(const QStringList &arguments);
    [[nodiscard]] bool isHelpRequested() const { return m_parser.isSet(QStringLiteral("help")); }
    [[nodiscard]] QString helpText() const;

    [[nodiscard]] bool isSet(const QString &name) const { return m_parser.isSet(name); }
    [[nodiscard]] QString value(const QString &name) const { return m_parser.value(name); }
    [[nodiscard]] QStringList values(const QString &name) const { return m_parser.values(name); }
    [[nodiscard]] QStringList positionals() const { return m_parser.positionalArguments(); }
    /// Returns the value of an option as a whole number; fallback if the option is not set. Fails if the value is not a
    /// number, or is less than minimum.
    [[nodiscard]] Result<int> number(const QString &name, int fallback, int minimum) const;

    [[nodiscard]] bool json() const { return isSet(QStringLiteral("json")); }
    /// Returns the absolute path of the workspace.
    [[nodiscard]] QString workspace() const;
    /// Returns the configuration file that applies to the command, or nothing. Its configuration is used, also for the
    /// database and the workspace, if ConfigSelection::isUsable().
    [[nodiscard]] const std::optional<ConfigSelection> &config() const { return m_config; }
    /// Returns how the configuration file is read: profile, variables, and options that override it.
    [[nodiscard]] ConfigOptions configOptions() const;
    /// Returns where the configuration file is searched for.
    [[nodiscard]] ConfigPlaces configPlaces() const;
    /// Returns whether parse() failed because of the configuration file and not because of the arguments.
    [[nodiscard]] bool isConfigBroken() const { return m_isConfigBroken; }
    /// Returns the absolute path of the database.
    [[nodiscard]] QString databasePath() const { return m_databasePath; }
    /// Opens the database; read-only if --read-only is set. Prints the notice of the database, if any.
    [[nodiscard]] Result<std::unique_ptr<Database>> openDatabase(OpenMode mode) const;

private:
    [[nodiscard]] Status readConfig();
    [[nodiscard]] Status chooseDatabase();
    [[nodiscard]] QString workspaceWithoutConfig() const;
    void addCommonOption(const QStringList &names, const QString &description, const QString &valueName = {});

    QString m_databasePath;
    std::optional<ConfigSelection> m_config;
    bool m_isConfigBroken = false;
    QString m_command;
    Access m_access;
    QCommandLineParser m_parser;
    QList<Option> m_options;
    QList<Positional> m_arguments;
};

/// Returns the names of the options with a value that all commands accept.
[[nodiscard]] const QStringList &commonOptionsWithValue();

} // namespace lifeguard::ctl
