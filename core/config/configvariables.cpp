// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configvariables.h"

#include "core/config/poolfields.h"
#include "core/config/suggestion.h"

#include <QCoreApplication>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr QLatin1String prefix("LIFEGUARD__");

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigVariables", text);
}

template<typename Owner>
void append(QList<QStringList> &keys, const QStringList &path, const QList<ConfigField<Owner>> &fields)
{
    for (const ConfigField<Owner> &field : fields) {
        if (field.kind != FieldInfo::Kind::Map)
            keys.append(path + field.key.split(u'.'));
    }
}

/// Returns the keys that a variable for a text in a map of a pool overrides: the variable ends with the name of the
/// text, which can also be in lower case. Empty if it is no such variable.
QStringList keysOfText(const QString &variable, const ConfigTree &tree)
{
    for (const QString &pool : tree.poolNames()) {
        for (const PoolField &field : poolFields()) {
            const QStringList keys{QStringLiteral("pools"), pool, field.key};
            const QString start = configVariable(keys) + QStringLiteral("__");
            if (field.kind == FieldInfo::Kind::Map && variable.startsWith(start) && variable.size() > start.size())
                return keys + QStringList{variable.mid(start.size())};
        }
    }
    return {};
}

} // namespace

QString configVariable(const QStringList &keys)
{
    QString name = prefix + keys.join(QStringLiteral("__"));
    for (QChar &c : name) {
        const bool isAllowed = c == u'_' || (c.unicode() < 128 && c.isLetterOrNumber());
        c = isAllowed ? c.toUpper() : QChar(u'_');
    }
    return name;
}

QList<QStringList> configKeys(const ConfigTree &tree)
{
    QList<QStringList> keys;
    append(keys, {}, configurationFields());
    append(keys, {QStringLiteral("docker")}, dockerConfigFields());
    append(keys, {QStringLiteral("retention")}, retentionFields());
    append(keys, {QStringLiteral("metrics")}, metricsFields());
    for (const QString &pool : tree.poolNames())
        append(keys, {QStringLiteral("pools"), pool}, flatPoolFields());
    return keys;
}

QList<ConfigFileError> applyConfigVariables(const QProcessEnvironment &environment, ConfigTree &tree)
{
    QHash<QString, QList<QStringList>> keysByVariable;
    for (const QStringList &keys : configKeys(tree)) {
        if (keys != QStringList{QStringLiteral("hooks")}) // a list of maps, which has no text form
            keysByVariable[configVariable(keys)].append(keys);
    }
    QList<ConfigFileError> errors;
    QStringList names = environment.keys();
    names.sort();
    for (const QString &name : names) {
        if (!name.startsWith(prefix))
            continue;
        QList<QStringList> matches = keysByVariable.value(name);
        if (const QStringList keys = keysOfText(name, tree); matches.isEmpty() && !keys.isEmpty())
            matches.append(keys);
        if (matches.isEmpty()) {
            const QString similar = similarName(name, keysByVariable.keys());
            errors.append({name,
                           0,
                           0,
                           {},
                           similar.isEmpty() ? tr("The variable matches no key of the configuration. Allowed are names "
                                                  "such as LIFEGUARD__LOG_LEVEL and LIFEGUARD__POOLS__NAME__COUNT.")
                                             : tr("The variable matches no key of the configuration. Did you mean "
                                                  "'%1'?")
                                                   .arg(similar)});
        } else if (matches.size() > 1) {
            errors.append({name,
                           0,
                           0,
                           {},
                           tr("The variable matches several keys: %1 and %2. Rename one of the pools.")
                               .arg(matches.at(0).join(u'.'), matches.at(1).join(u'.'))});
        } else {
            tree.setText(matches.constFirst(), environment.value(name), {ConfigSource::Kind::Variable, name, {}});
        }
    }
    return errors;
}

} // namespace lifeguard
