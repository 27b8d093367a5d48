// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/database.h"

#include <QCommandLineParser>

#include <memory>
#include <optional>

namespace lifeguard::ctl {

/// The arguments of one command: the options that all commands take, and its own.
class CommandLine
{
public:
    enum class Access {
        Reads,
        Writes, ///< refuses --read-only
    };

    CommandLine(const QString &command, const QString &description, Access access);

    void addOption(const QString &name, const QString &description, const QString &valueName = {});
    void addPositional(const QString &name, const QString &description, const QString &syntax);

    /// The exit code, when the command ends here: help was asked for, or the arguments are wrong (and it has been said).
    [[nodiscard]] std::optional<int> parse(const QStringList &arguments);

    [[nodiscard]] bool isSet(const QString &name) const { return m_parser.isSet(name); }
    [[nodiscard]] QString value(const QString &name) const { return m_parser.value(name); }
    [[nodiscard]] QStringList values(const QString &name) const { return m_parser.values(name); }
    [[nodiscard]] QStringList positionals() const { return m_parser.positionalArguments(); }
    /// The option as a whole number of at least minimum; fallback when it is not given.
    [[nodiscard]] Result<int> number(const QString &name, int fallback, int minimum) const;

    [[nodiscard]] bool json() const { return isSet(QStringLiteral("json")); }
    [[nodiscard]] QString workspace() const; ///< absolute
    [[nodiscard]] QString databasePath() const; ///< absolute
    /// Opens it; with --read-only always read-only.
    [[nodiscard]] Result<std::unique_ptr<Database>> openDatabase(OpenMode mode) const;

    /// Says what is wrong with the arguments and where help is; answers ExitUsage.
    int usageError(const QString &message) const;

private:
    QString m_command;
    Access m_access;
    QCommandLineParser m_parser;
};

/// Names of the options all commands take; those with a value come with "=" or with the next argument.
[[nodiscard]] const QStringList &commonOptionsWithValue();

} // namespace lifeguard::ctl
