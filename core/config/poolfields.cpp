// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/poolfields.h"

#include "core/config/containerprotections.h"
#include "core/config/outputroots.h"
#include "core/config/scalingfields.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>

#include <algorithm>

namespace lifeguard {
namespace {

using Config = WorkerConfig;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PoolFields", text);
}

QString withHyphens(QString key)
{
    return key.replace(u'_', u'-');
}

/// Returns a field whose key older versions write with hyphens.
PoolField renamed(PoolField field)
{
    field.oldKey = withHyphens(field.key);
    return field;
}

PoolField commandField()
{
    PoolField result;
    result.key = QStringLiteral("command");
    result.kind = FieldInfo::Kind::Arguments;
    result.description = tr("The program and the arguments to run instead of lifeguard-worker");
    result.parseList = [](Config &config, const QStringList &arguments) -> Status {
        if (arguments.isEmpty())
            return failure(ErrorCode::InvalidArgument,
                           tr("The command is empty. Allowed is a program with its arguments."));
        config.command = arguments;
        return {};
    };
    result.parse = [parseList = result.parseList](Config &config, const QString &text, Spelling) {
        return parseList(config, QProcess::splitCommand(text));
    };
    result.list = [](const Config &config) { return config.command; };
    result.format = [](const Config &config, Spelling) { return formatArguments(config.command); };
    return result;
}

/// Returns a field whose key older versions do not know.
PoolField added(PoolField field)
{
    field.isUnknownToOldVersions = true;
    return field;
}

PoolField pathField(const char *key, QString Config::*member, const QString &description)
{
    PoolField result = valueField(key, member, description);
    result.kind = FieldInfo::Kind::Path;
    return result;
}

PoolField environmentField()
{
    PoolField result;
    result.key = QStringLiteral("environment");
    result.kind = FieldInfo::Kind::Map;
    result.description = tr("Variables of the workers, by their names");
    result.setEntry = [](Config &config, const QString &name, const QString &text) {
        config.environment.insert(name, text);
    };
    result.entries = [](const Config &config) { return config.environment; };
    return result;
}

PoolField passEnvironmentField()
{
    PoolField result;
    result.key = QStringLiteral("pass_environment");
    result.kind = FieldInfo::Kind::Names;
    result.description = tr("The variables of the manager that workers receive, by their names; if the key is missing, "
                            "containers receive none, and direct workers all");
    result.parseList = [](Config &config, const QStringList &names) -> Status {
        if (names.isEmpty())
            return failure(ErrorCode::InvalidArgument,
                           tr("The list is empty. Name at least one variable, for example PATH, or remove the key."));
        config.passEnvironment = names;
        config.passEnvironment.removeDuplicates();
        return {};
    };
    result.parse = [](Config &config, const QString &text, Spelling) -> Status {
        config.passEnvironment = text.split(u':', Qt::SkipEmptyParts);
        config.passEnvironment.removeDuplicates();
        return {};
    };
    result.list = [](const Config &config) { return config.passEnvironment; };
    result.format = [](const Config &config, Spelling) { return config.passEnvironment.join(u':'); };
    return result;
}

PoolField scalingField()
{
    PoolField result;
    result.key = QStringLiteral("scaling");
    result.kind = FieldInfo::Kind::Section;
    result.choices = QStringList{QStringLiteral("yes"), QStringLiteral("no")};
    result.description = tr("How the number of workers follows the waiting jobs; no: it does not");
    const std::function<ScalingConfig &(Config &)> change = [](Config &config) -> ScalingConfig & {
        return config.scaling ? *config.scaling : config.scaling.emplace();
    };
    const std::function<const ScalingConfig *(const Config &)> part = [](const Config &config) {
        return config.scaling ? &*config.scaling : nullptr;
    };
    for (const ConfigField<ScalingConfig> &field : scalingFields()) {
        result.fields.push_back(field);
        result.members.push_back(partField(field, change, part));
    }
    result.parse = [](Config &config, const QString &text, Spelling) -> Status {
        bool isOn = false;
        if (const Status parsed = parseValue(text, isOn); !parsed)
            return parsed;
        if (!isOn)
            config.scaling.reset();
        else if (!config.scaling)
            config.scaling.emplace();
        return {};
    };
    result.format = [](const Config &config, Spelling) { return formatValue(config.scaling.has_value()); };
    result.size = [](const Config &config) -> qsizetype { return config.scaling ? 1 : 0; };
    result.begin = [](Config &config) { config.scaling.emplace(); };
    return result;
}

QList<PoolField> processFields()
{
    return {added(environmentField()),
            added(passEnvironmentField()),
            added(pathField("env_file", &Config::envFile,
                            tr("A file with further variables, read whenever a worker starts; environment overrides "
                               "it"))),
            added(pathField("working_dir", &Config::workingDir,
                            tr("The working folder of the workers, for containers a folder in the container"))),
            added(limited(optionalNumberField("nice", &Config::nice, QStringLiteral("inherited"),
                                              tr("The nice value of direct workers, from -20 (favoured) to 19")),
                          poollimits::nice)),
            added(choiceField("io_priority", &Config::ioPriority,
                              {IoPriority::Normal, IoPriority::Low, IoPriority::Idle},
                              tr("The priority of direct workers when they access disks")))};
}

QList<PoolField> containerFields()
{
    return {valueField("container_root", &Config::containerRoot,
                       tr("Containers run as root instead of as the user of the manager")),
            valueField("writable_root", &Config::writableRoot,
                       tr("The root file system is writable although the image requests a read-only one")),
            valueField("keep_capabilities", &Config::keepCapabilities,
                       tr("Containers have the capabilities that the engine grants by default")),
            valueField("new_privileges", &Config::newPrivileges,
                       tr("Programs in a container may gain privileges, as sudo does"))};
}

/// Returns a field for a list of paths or patterns, which are cleaned.
template<typename Owner>
ConfigField<Owner> pathsField(const char *key, QStringList Owner::*member, const QString &description)
{
    ConfigField<Owner> result;
    result.key = QString::fromLatin1(key);
    result.kind = FieldInfo::Kind::Paths;
    result.description = description;
    result.parseList = [member](Owner &owner, const QStringList &paths) -> Status {
        (owner.*member).clear();
        for (const QString &path : paths)
            (owner.*member).append(QDir::cleanPath(path));
        (owner.*member).removeDuplicates();
        return {};
    };
    result.parse = [member](Owner &owner, const QString &text, Spelling) -> Status {
        owner.*member = splitOutputRoots(text);
        return {};
    };
    result.list = [member](const Owner &owner) { return owner.*member; };
    result.format = [member](const Owner &owner, Spelling) { return joinOutputRoots(owner.*member); };
    return result;
}

ConfigField<ConverterSettings> notebookRulesField()
{
    const QString automatic = QStringLiteral("auto");
    ConfigField<ConverterSettings> result;
    result.key = QStringLiteral("notebook_rules");
    result.kind = FieldInfo::Kind::Choice;
    result.choices = QStringList{automatic} + ConverterSettings::knownNotebookRules();
    result.description = tr(
        "Whose rules decide which cells belong to a kind of notebook; auto: those of the program that "
        "added the job");
    result.parse = [automatic, choices = result.choices](ConverterSettings &settings, const QString &text,
                                                         Spelling) -> Status {
        if (!choices.contains(text))
            return notAChoice(text, choices);
        settings.notebookRules = text == automatic ? QString() : text;
        return {};
    };
    result.format = [automatic](const ConverterSettings &settings, Spelling) {
        return settings.notebookRules.isEmpty() ? automatic : settings.notebookRules;
    };
    return result;
}

QList<PoolField> converterFields()
{
    const QList<ConfigField<ConverterSettings>> fields{
        valueField("allow_network", &ConverterSettings::allowNetwork,
                   tr("Diagrams and drawings may fetch from the network")),
        pathsField("allow_files", &ConverterSettings::allowFiles,
                   tr("Folders outside the workspace that diagrams and drawings may read, as absolute paths")),
        notebookRulesField(),
        pathsField("notebook_files", &ConverterSettings::notebookFiles,
                   tr("Files that the results of notebooks depend on, relative to the folder of the notebook; * and ? "
                      "stand for any characters"))};
    const std::function<ConverterSettings &(Config &)> change = [](Config &config) -> ConverterSettings & {
        return config.converter;
    };
    const std::function<const ConverterSettings *(const Config &)> part = [](const Config &config) {
        return &config.converter;
    };
    QList<PoolField> result;
    for (const ConfigField<ConverterSettings> &field : fields)
        result.append(added(partField(field, change, part)));
    return result;
}

QList<PoolField> limitFields()
{
    return {
        limited(megabytesField("memory", &Config::memoryLimitMb,
                               tr("The memory of a worker and all its processes; above it, the worker is killed. 0: no "
                                  "limit")),
                poollimits::memoryMb),
        limited(valueField("cpu", &Config::cpuLimit,
                           tr("The cores that a worker and all its processes may use. 0: no limit")),
                poollimits::cpu),
        renamed(limited(valueField("open_files", &Config::openFilesLimit,
                                   tr("The files that each process of a worker may have open. 0: the limit of the "
                                      "manager")),
                        poollimits::openFiles))};
}

QList<PoolField> timeFields()
{
    return {
        renamed(limited(valueField("max_job_time", &Config::maxJobTime,
                                   tr("The time that a job may take; then its tool is stopped, and the job fails")),
                        poollimits::workTime)),
        limited(valueField("grace", &Config::stopGrace, tr("The time between TERM and KILL")), poollimits::grace),
        renamed(limited(valueField("registration_timeout", &Config::registrationTimeout,
                                   tr("The time within which a new worker must register")),
                        poollimits::workTime)),
        renamed(limited(valueField("stale_after", &Config::staleAfter,
                                   tr("The age of the last heartbeat at which a worker is suspect")),
                        poollimits::staleAfter)),
        renamed(limited(valueField("hung_after", &Config::hungAfter,
                                   tr("The time without heartbeat, CPU use and output after which a worker is hung")),
                        poollimits::staleAfter)),
    };
}

QList<PoolField> restartFields()
{
    return {renamed(valueField("restart_hung", &Config::restartHung, tr("Hung workers are stopped and replaced"))),
            choiceField("restart", &Config::restart, {RestartMode::Never, RestartMode::OnFailure, RestartMode::Always},
                        tr("Which workers are replaced when they end")),
            renamed(limited(valueField("recycle_jobs", &Config::recycleAfterJobs,
                                       tr("The number of jobs after which a worker is replaced. 0: never")),
                            poollimits::recycleJobs)),
            renamed(limited(megabytesField("recycle_memory", &Config::recycleAboveMb,
                                           tr("The memory above which a worker finishes its job and is replaced. 0: "
                                              "never")),
                            poollimits::recycleMemoryMb))};
}

} // namespace

const QList<PoolField> &poolFields()
{
    static const QList<PoolField> all =
        QList<PoolField>{
            valueField("type", &Config::type, tr("The job type")),
            limited(valueField("count", &Config::count, tr("The number of workers")), poollimits::count),
            added(scalingField()),
            choiceField("mode", &Config::mode, {ExecutionMode::Auto, ExecutionMode::Direct, ExecutionMode::Docker},
                        tr("Whether workers are processes or containers; auto selects containers if Docker is "
                           "available and has the image")),
            valueField("image", &Config::image, tr("The image of the containers")),
            valueField("network", &Config::network, tr("The network of the containers, or none")),
            limited(valueField("pids", &Config::pidsLimit, tr("The processes and threads that a container may have")),
                    poollimits::pids)}
        + processFields() + limitFields() + timeFields() + restartFields()
        + QList<PoolField>{pathsField(
                               "output_roots", &Config::outputRoots,
                               tr("Folders outside the workspace that outputs may be written to, as absolute paths")),
                           valueField("detach", &Config::detach,
                                      tr("Workers survive a crash of their manager, and the next manager adopts them"))}
        + converterFields() + containerFields() + QList<PoolField>{commandField()};
    return all;
}

const PoolField *poolField(const QString &key)
{
    const QList<PoolField> &all = poolFields();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&key](const PoolField &field) { return field.key == key; });
    return found == all.end() ? nullptr : &*found;
}

const QList<PoolField> &flatPoolFields()
{
    static const QList<PoolField> all = flatFields(poolFields());
    return all;
}

const PoolField *poolFieldOfAnySpelling(const QString &key)
{
    const QString current = QString(key).replace(u'-', u'_');
    if (const PoolField *field = poolField(current))
        return field;
    const QList<PoolField> &all = flatPoolFields();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&current](const PoolField &field) { return field.key == current; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace lifeguard
