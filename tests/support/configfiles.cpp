// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/configfiles.h"

#include "places.h"
#include "tests/support/testhelpers.h"

namespace lifeguard::test {

QString configDataFolder()
{
    return s(LIFEGUARD_SOURCE_DIR "/tests/data/config/");
}

QStringList errorTexts(const ConfigFileResult &result)
{
    QStringList lines;
    if (!result) {
        for (const ConfigFileError &error : result.error())
            lines.append(error.toString());
    }
    return lines;
}

ConfigFileResult parsed(const QByteArray &text, const ConfigOptions &options)
{
    return parseConfigFile(text, s("/etc/lifeguard.yaml"), options);
}

EffectiveValue valueOf(const ConfigFileResult &result, const QString &path)
{
    if (result) {
        for (const EffectiveValue &value : result->values) {
            if (value.path == path)
                return value;
        }
    }
    return {};
}

QString shown(const EffectiveValue &value)
{
    const QString place = QString::number(value.source.position.line) + u':'
                        + QString::number(value.source.position.column);
    switch (value.source.kind) {
    case ConfigSource::Kind::Default:
        return value.text + s(" (default)");
    case ConfigSource::Kind::File:
        return value.text + s(" (file ") + place + u')';
    case ConfigSource::Kind::Profile:
        return value.text + s(" (profile ") + value.source.name + u' ' + place + u')';
    case ConfigSource::Kind::Variable:
    case ConfigSource::Kind::Argument:
        return value.text + s(" (") + value.source.name + u')';
    }
    Q_UNREACHABLE();
}

ConfigOptions withVariables(const QMap<QString, QString> &variables)
{
    ConfigOptions options;
    for (auto each = variables.cbegin(); each != variables.cend(); ++each)
        options.environment.insert(each.key(), each.value());
    return options;
}

} // namespace lifeguard::test
