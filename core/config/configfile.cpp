// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configfile.h"

#include "core/base/secretmasking.h"
#include "core/base/trustedfile.h"
#include "core/config/configsecrets.h"
#include "core/config/configvariables.h"
#include "core/config/poolfields.h"
#include "core/config/suggestion.h"
#include "core/config/workervariables.h"
#include "core/config/yamlreader.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {
namespace {

using Kind = YamlNode::Kind;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigFile", text);
}

/// Reads the content of one file with one set of options.
class Reader
{
public:
    Reader(QString path, const ConfigOptions &options) : m_path(std::move(path)), m_options(options) {}

    ConfigFileResult read(const QByteArray &content);

private:
    void addErrors(const QList<ConfigFileError> &errors);
    void addError(const YamlPosition &position, const QString &key, const QString &message);
    [[nodiscard]] const YamlNode *profilesOf(const YamlNode &root);
    [[nodiscard]] QString selectedProfile(const QStringList &names);
    void checkProfiles(const YamlNode &root, const YamlNode &profiles, const QString &except);
    void applyArguments(ConfigTree &tree);
    void resolvePaths(const ConfigTree &tree, Configuration &configuration) const;

    QString m_path;
    const ConfigOptions &m_options;
    QList<ConfigFileError> m_errors;
};

void Reader::addErrors(const QList<ConfigFileError> &errors)
{
    for (const ConfigFileError &error : errors) {
        if (!m_errors.contains(error))
            m_errors.append(error);
    }
}

void Reader::addError(const YamlPosition &position, const QString &key, const QString &message)
{
    addErrors({{m_path, position.line, position.column, key, message}});
}

/// Returns the map of profiles, or nullptr. Reports profiles that are no maps.
const YamlNode *Reader::profilesOf(const YamlNode &root)
{
    const QString key = QStringLiteral("profiles");
    const YamlNode *profiles = root.child(key);
    if (!profiles || profiles->kind == Kind::Null)
        return nullptr;
    if (profiles->kind != Kind::Map) {
        addError(profiles->position, key,
                 foundText(*profiles) + u' ' + tr("Allowed is a map of profiles by their names."));
        return nullptr;
    }
    for (const YamlNode &profile : profiles->children) {
        const QString path = configPath(key, profile.key);
        if (profile.kind != Kind::Map && profile.kind != Kind::Null)
            addError(profile.position, path,
                     foundText(profile) + u' ' + tr("Allowed is a map with the keys that the profile overrides."));
        if (const YamlNode *nested = profile.child(key))
            addError(nested->keyPosition, configPath(path, key), tr("A profile cannot contain profiles."));
    }
    return profiles;
}

/// Returns the profile to apply; empty if there is none. Reports a profile that the file does not have.
QString Reader::selectedProfile(const QStringList &names)
{
    const QString variable = QStringLiteral("LIFEGUARD_PROFILE");
    const bool isOption = !m_options.profile.isEmpty();
    const QString name = isOption ? m_options.profile : m_options.environment.value(variable);
    if (name.isEmpty() || names.contains(name))
        return name;
    const QString hint = names.isEmpty() ? tr("The file has no profiles.") : suggestion(name, names);
    addErrors({{isOption ? QStringLiteral("--profile") : variable,
                0,
                0,
                {},
                tr("%1 has no profile '%2'. %3").arg(m_path, name, hint)}});
    return {};
}

/// Checks keys and types of the profiles that are not applied, and of the file without profiles.
void Reader::checkProfiles(const YamlNode &root, const YamlNode &profiles, const QString &except)
{
    ConfigTree base(root);
    addErrors(resolveSecrets(base, m_path, {}));
    ConfigParser baseParser(base, m_path);
    (void)baseParser.parse(false);
    addErrors(baseParser.errors());
    for (const YamlNode &profile : profiles.children) {
        if (profile.key == except)
            continue;
        ConfigTree tree(root);
        tree.mergeProfile(profile.key, profile);
        addErrors(resolveSecrets(tree, m_path, {}));
        ConfigParser parser(tree, m_path);
        (void)parser.parse(false);
        addErrors(parser.errors());
    }
}

void Reader::applyArguments(ConfigTree &tree)
{
    for (const ConfigArgument &argument : m_options.arguments)
        tree.setText(argument.keys, argument.text, {ConfigSource::Kind::Argument, argument.option, {}});
}

/// Makes relative paths of the file absolute. Those of variables and of the command line start in the current folder.
void Reader::resolvePaths(const ConfigTree &tree, Configuration &configuration) const
{
    const QDir fileFolder(QFileInfo(m_path).absolutePath());
    const auto resolve = [&](const QString &key, QString &path) {
        const bool isInFile = tree.source(key).kind < ConfigSource::Kind::Variable;
        if (!path.isEmpty())
            path = QDir::cleanPath((isInFile ? fileFolder : QDir::current()).absoluteFilePath(path));
    };
    resolve(QStringLiteral("database"), configuration.database);
    resolve(QStringLiteral("workspace"), configuration.workspace);
    for (NamedPool &pool : configuration.pools) {
        const QString path = configPath(QStringLiteral("pools"), pool.name);
        resolve(configPath(path, QStringLiteral("env_file")), pool.config.envFile);
        if (pool.config.mode == ExecutionMode::Direct)
            resolve(configPath(path, QStringLiteral("working_dir")), pool.config.workingDir);
    }
}

template<typename Owner>
void appendValues(QList<EffectiveValue> &values, const ConfigTree &tree, const QString &path,
                  const QList<ConfigField<Owner>> &fields, const Owner &owner)
{
    for (const ConfigField<Owner> &field : fields) {
        const QString valuePath = configPath(path, field.key);
        if (field.kind == FieldInfo::Kind::Map) {
            for (const QString &name : field.entries(owner).keys()) {
                const QString entryPath = configPath(valuePath, name);
                values.append({entryPath, maskedVariable, tree.source(entryPath)});
            }
            continue;
        }
        if (field.kind == FieldInfo::Kind::Section && field.size(owner) > 0) {
            const QList<ConfigField<Owner>> members(field.members.begin(), field.members.end());
            appendValues(values, tree, valuePath, members, owner);
            continue;
        }
        QString text = maskSecrets(field.format(owner, Spelling::Current));
        if (field.kind == FieldInfo::Kind::Arguments)
            text = formatArguments(maskedArguments(field.list(owner)));
        values.append({valuePath, text, tree.source(valuePath)});
    }
}

QList<EffectiveValue> effectiveValues(const ConfigTree &tree, const Configuration &configuration)
{
    QList<EffectiveValue> values;
    appendValues(values, tree, {}, configurationFields(), configuration);
    appendValues(values, tree, QStringLiteral("docker"), dockerConfigFields(), configuration.docker);
    appendValues(values, tree, QStringLiteral("retention"), retentionFields(), configuration.retention);
    appendValues(values, tree, QStringLiteral("metrics"), metricsFields(), configuration.metrics);
    for (const NamedPool &pool : configuration.pools)
        appendValues(values, tree, configPath(QStringLiteral("pools"), pool.name), poolFields(), pool.config);
    return values;
}

/// Sorts errors by their place in the file; those without a place are last, in their order.
void sortErrors(QList<ConfigFileError> &errors)
{
    const auto placeOf = [](const ConfigFileError &error) {
        return std::tuple(error.line == 0, error.line, error.column);
    };
    std::stable_sort(errors.begin(), errors.end(), [&placeOf](const ConfigFileError &a, const ConfigFileError &b) {
        return placeOf(a) < placeOf(b);
    });
}

ConfigFileResult Reader::read(const QByteArray &content)
{
    const YamlDocument document = readYaml(content);
    for (const YamlError &error : document.errors)
        addError(error.position, error.path, error.message);
    if (!document.errors.isEmpty())
        return tl::unexpected(m_errors);
    const YamlNode &root = document.root;
    if (root.kind != Kind::Map && root.kind != Kind::Null) {
        addError(root.position, {},
                 foundText(root) + u' ' + tr("Allowed are lines of the form 'key: value', for example 'pools:'."));
        return tl::unexpected(m_errors);
    }
    const YamlNode *profiles = profilesOf(root);
    LoadedConfiguration loaded;
    if (profiles) {
        for (const YamlNode &profile : profiles->children)
            loaded.profiles.append(profile.key);
    }
    loaded.profile = selectedProfile(loaded.profiles);

    ConfigTree tree(root);
    if (!loaded.profile.isEmpty())
        tree.mergeProfile(loaded.profile, *profiles->child(loaded.profile));
    const QList<ConfigFileError> variableErrors = applyConfigVariables(m_options.environment, tree);
    applyArguments(tree);
    addErrors(resolveSecrets(tree, m_path, secretReader(m_options.environment, QFileInfo(m_path).absolutePath())));
    ConfigParser parser(tree, m_path);
    loaded.configuration = parser.parse(true);
    addErrors(parser.errors());
    if (profiles)
        checkProfiles(root, *profiles, loaded.profile);
    addErrors(variableErrors);
    if (!m_errors.isEmpty()) {
        sortErrors(m_errors);
        return tl::unexpected(m_errors);
    }
    resolvePaths(tree, loaded.configuration);
    loaded.values = effectiveValues(tree, loaded.configuration);
    return loaded;
}

} // namespace

ConfigFileResult readConfigFile(const QString &path, const ConfigOptions &options)
{
    const Result<QByteArray> content = readTrustedFile(path, YamlLimits().bytes);
    if (!content)
        return tl::unexpected(QList<ConfigFileError>{{path, 0, 0, {}, content.error().message}});
    return parseConfigFile(*content, path, options);
}

ConfigFileResult parseConfigFile(const QByteArray &content, const QString &path, const ConfigOptions &options)
{
    return Reader(path, options).read(content);
}

} // namespace lifeguard
