// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/configcommand.h"

#include "app/ctl/configtable.h"
#include "app/ctl/console.h"
#include "app/ctl/jsonvalue.h"
#include "app/ctl/text.h"
#include "core/config/clmimport.h"
#include "core/config/configschema.h"
#include "core/config/yamlreader.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSaveFile>

#include <array>

namespace lifeguard::ctl {

namespace {

/// Returns the path in the argument, as the commands remember and print it.
QString absolutePath(const QString &path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

tl::unexpected<CommandError> errorsOf(const QList<ConfigFileError> &errors)
{
    return inputError({ErrorCode::InvalidArgument, errorLines(errors), {}});
}

/// Writes a text to stdout as it is, because programs read it, or to the file of --output.
CommandResult writeText(const CommandLine &line, const QByteArray &text)
{
    const QString path = line.value(QStringLiteral("output"));
    if (path.isEmpty()) {
        printLine(QString::fromUtf8(text));
        return ExitCode::Success;
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
        return inputError(
            {ErrorCode::Io, Text::tr("The file %1 cannot be written: %2").arg(path, file.errorString()), {}});
    }
    return ExitCode::Success;
}

/// Returns the file to check or show: the argument, or the one that the other commands use.
std::optional<ConfigSelection> selectionOf(const CommandLine &line)
{
    if (line.positionals().size() < 2) {
        return loadConfig(line.configPlaces(), line.configOptions(), ConfigTrust());
    }
    const FoundConfig found{absolutePath(line.positionals().at(1)), FoundConfig::Origin::Option};
    return loadConfig(found, line.configOptions(), ConfigTrust());
}

tl::unexpected<CommandError> noFile()
{
    return inputError(
        {ErrorCode::NotFound,
         Text::tr("There is no configuration file. Name one, or create lifeguard.yaml in the workspace or "
                  "in ~/.config/lifeguard."),
         {}});
}

CommandResult check(const CommandLine &line)
{
    const std::optional<ConfigSelection> selection = selectionOf(line);
    if (!selection) {
        return noFile();
    }
    const ConfigFileResult &result = selection->result;
    if (line.json()) {
        QJsonArray errors;
        for (const ConfigFileError &error : result ? QList<ConfigFileError>() : result.error()) {
            errors.append(QJsonObject{{QStringLiteral("source"), error.source},
                                      {QStringLiteral("line"), valueOrNull(qint64(error.line))},
                                      {QStringLiteral("column"), valueOrNull(qint64(error.column))},
                                      {QStringLiteral("key"), valueOrNull(error.key)},
                                      {QStringLiteral("message"), error.message}});
        }
        printJson(errors);
        return result ? ExitCode::Success : ExitCode::Usage;
    }
    if (!result) {
        return errorsOf(result.error());
    }
    printText(Text::tr("%1 is valid: %n pool(s).", nullptr, int(result->configuration.pools.size()))
                  .arg(selection->found.path));
    return ExitCode::Success;
}

QJsonObject toJson(const EffectiveValue &value)
{
    static const QStringList kinds{QStringLiteral("default"), QStringLiteral("file"), QStringLiteral("profile"),
                                   QStringLiteral("variable"), QStringLiteral("option")};
    return {{QStringLiteral("key"), value.path},
            {QStringLiteral("value"), value.text},
            {QStringLiteral("source"), kinds.at(int(value.source.kind))},
            {QStringLiteral("name"), valueOrNull(value.source.name)},
            {QStringLiteral("line"), valueOrNull(qint64(value.source.position.line))}};
}

CommandResult show(const CommandLine &line)
{
    const std::optional<ConfigSelection> selection = selectionOf(line);
    if (!selection) {
        return noFile();
    }
    if (!selection->result) {
        return errorsOf(selection->result.error());
    }
    const LoadedConfiguration &loaded = *selection->result;
    if (line.json()) {
        QJsonArray values;
        for (const EffectiveValue &value : loaded.values) {
            values.append(toJson(value));
        }
        printJson(QJsonObject{{QStringLiteral("file"), selection->found.path},
                              {QStringLiteral("profile"), valueOrNull(loaded.profile)},
                              {QStringLiteral("profiles"), QJsonArray::fromStringList(loaded.profiles)},
                              {QStringLiteral("trusted"), selection->isAgreedTo},
                              {QStringLiteral("values"), values}});
        return ExitCode::Success;
    }
    QString head = selection->found.path;
    if (!loaded.profile.isEmpty()) {
        head = Text::tr("%1, profile %2").arg(head, loaded.profile);
    }
    printText(head);
    if (!selection->isAgreedTo) {
        printNotice(consentText(selection->found.path));
    }
    printText(configTable(loaded));
    return ExitCode::Success;
}

CommandResult schema(const CommandLine &line)
{
    return writeText(line, QJsonDocument(configSchema()).toJson());
}

CommandResult importClm(const CommandLine &line)
{
    const QString path = line.positionals().at(1);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return inputError(
            {ErrorCode::NotFound, Text::tr("The file %1 cannot be read: %2").arg(path, file.errorString()), {}});
    }
    const Result<ClmImport> import = importClmConfig(file.read(YamlLimits().bytes), path);
    if (!import) {
        return inputError(import.error());
    }
    if (!import->remarks.isEmpty()) {
        printNotice(Text::tr("These values were not imported:") + QLatin1Char('\n')
                    + import->remarks.join(QLatin1Char('\n')));
    }
    const QString head = Text::tr("Imported from %1 by lifeguardctl config import-clm.").arg(path).simplified();
    return writeText(line, QStringLiteral("# %1\n").arg(head).toUtf8() + import->yaml);
}

CommandResult trust(const CommandLine &line)
{
    const QString path = absolutePath(line.positionals().at(1));
    const ConfigSelection selection = loadConfig({path, FoundConfig::Origin::Option}, line.configOptions(),
                                                 ConfigTrust());
    if (!selection.result) {
        return errorsOf(selection.result.error());
    }
    if (const Status trusted = ConfigTrust().trust(path, selection.content); !trusted) {
        return inputError(trusted.error());
    }
    printText(Text::tr("The present content of %1 is trusted. Pools and programs:").arg(path));
    for (const QString &pool : programSummaries(selection.result->configuration)) {
        printText(QStringLiteral("  ") + pool);
    }
    return ExitCode::Success;
}

CommandResult untrust(const CommandLine &line)
{
    const QString path = absolutePath(line.positionals().at(1));
    const Result<bool> removed = ConfigTrust().untrust(path);
    if (!removed) {
        return inputError(removed.error());
    }
    printText(*removed ? Text::tr("%1 is no longer trusted.").arg(path) : Text::tr("%1 was not trusted.").arg(path));
    return ExitCode::Success;
}

struct Subcommand
{
    const char *name;
    int minFiles;
    int maxFiles;
    CommandResult (*execute)(const CommandLine &line);
};

constexpr std::array subcommands{
    Subcommand{"check", 0, 1, check},          Subcommand{"show", 0, 1, show},   Subcommand{"schema", 0, 0, schema},
    Subcommand{"import-clm", 1, 1, importClm}, Subcommand{"trust", 1, 1, trust}, Subcommand{"untrust", 1, 1, untrust},
};

} // namespace

ConfigCommand::ConfigCommand()
    : Command({QStringLiteral("config"), Text::tr("check, show, import and trust configuration files"),
               Text::tr("config check [FILE]: prints all errors of the file, with exit code 2 if there are any.\n"
                        "config show [FILE]: prints all values that apply, and where each comes from.\n"
                        "config schema: prints the JSON Schema of configuration files, for editors.\n"
                        "config import-clm FILE: converts the worker configuration of CLM (TOML), and lists the values "
                        "that have no counterpart.\n"
                        "config trust FILE: agrees to the present content of a file in a workspace, which can name "
                        "programs to run. config untrust FILE takes it back.\n"
                        "Without FILE, the file is used that the other commands use."),
               CommandLine::Access::Config})
{
}

void ConfigCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("subcommand"), Text::tr("check, show, schema, import-clm, trust or untrust"),
                       QStringLiteral("SUBCOMMAND"));
    line.addPositional(QStringLiteral("file"), Text::tr("The file."), QStringLiteral("[FILE]"));
    line.addOption(QStringLiteral("output"), Text::tr("Write to FILE (import-clm and schema)."),
                   QStringLiteral("FILE"));
}

CommandResult ConfigCommand::execute(const CommandLine &line)
{
    const QStringList arguments = line.positionals();
    if (arguments.isEmpty()) {
        return usageError(Text::tr("No subcommand was given."));
    }
    for (const Subcommand &subcommand : subcommands) {
        if (arguments.constFirst() != QLatin1String(subcommand.name)) {
            continue;
        }
        const auto files = arguments.size() - 1;
        if (files < subcommand.minFiles) {
            return usageError(Text::tr("The command config %1 needs a file.").arg(arguments.constFirst()));
        }
        if (files > subcommand.maxFiles) {
            return usageError(Text::tr("Unexpected argument '%1'.").arg(arguments.constLast()));
        }
        return subcommand.execute(line);
    }
    return usageError(Text::tr("There is no command 'config %1'.").arg(arguments.constFirst()));
}

} // namespace lifeguard::ctl
