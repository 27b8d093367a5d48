// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configsecrets.h"

#include "core/base/trustedfile.h"
#include "core/config/suggestion.h"

#include <QCoreApplication>
#include <QDir>

namespace lifeguard {
namespace {

constexpr qint64 maxSecretBytes = 32 * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigSecrets", text);
}

Result<QString> readFile(const QString &path)
{
    const Result<QByteArray> content = readTrustedFile(path, maxSecretBytes);
    if (!content)
        return failure(content.error());
    QString text = QString::fromUtf8(*content);
    if (text.endsWith(u'\n'))
        text.chop(text.endsWith(QStringLiteral("\r\n")) ? 2 : 1);
    return text;
}

/// Returns the source that a map names. Fails with a sentence about the place in position.
Result<SecretSource> sourceOf(const YamlNode &node, YamlPosition &position)
{
    const QStringList keys{QStringLiteral("from_file"), QStringLiteral("from_variable")};
    position = node.position;
    if (node.children.size() != 1)
        return failure(ErrorCode::InvalidArgument,
                       tr("Found a map with %1 keys. Allowed is a text, {from_file: PATH} or {from_variable: NAME}.")
                           .arg(node.children.size()));
    const YamlNode &child = node.children.front();
    position = child.keyPosition;
    const qsizetype index = keys.indexOf(child.key);
    if (index < 0)
        return failure(ErrorCode::InvalidArgument,
                       tr("'%1' is not a known key. %2").arg(child.key.left(60), suggestion(child.key, keys)));
    position = child.position;
    if (child.kind != YamlNode::Kind::Text || child.text.isEmpty())
        return failure(ErrorCode::InvalidArgument,
                       foundText(child) + u' '
                           + (index == 0 ? tr("Allowed is a path.") : tr("Allowed is the name of a variable.")));
    return SecretSource{index == 0 ? SecretSource::Kind::File : SecretSource::Kind::Variable, child.text};
}

} // namespace

SecretReader secretReader(const QProcessEnvironment &environment, const QString &folder)
{
    return [environment, folder](const SecretSource &source) -> Result<QString> {
        if (source.kind == SecretSource::Kind::File)
            return readFile(QDir::cleanPath(QDir(folder).absoluteFilePath(source.name)));
        if (environment.contains(source.name))
            return environment.value(source.name);
        return failure(ErrorCode::NotFound, tr("The variable %1 is not set.").arg(source.name));
    };
}

QList<ConfigFileError> resolveSecrets(ConfigTree &tree, const QString &file, const SecretReader &reader)
{
    QList<ConfigFileError> errors;
    const QString pools = QStringLiteral("pools");
    const QString environment = QStringLiteral("environment");
    for (const QString &pool : tree.poolNames()) {
        const YamlNode *variables = tree.root().child(pools)->child(pool)->child(environment);
        if (!variables || variables->kind != YamlNode::Kind::Map)
            continue;
        const std::vector<YamlNode> nodes = variables->children; // a copy, because the tree is changed
        for (const YamlNode &node : nodes) {
            if (node.kind != YamlNode::Kind::Map)
                continue;
            const QStringList keys{pools, pool, environment, node.key};
            const QString path = keys.join(u'.');
            YamlPosition position;
            const Result<SecretSource> source = sourceOf(node, position);
            const Result<QString> secret = !source ? Result<QString>(failure(source.error()))
                                         : reader  ? reader(*source)
                                                   : Result<QString>(QString());
            if (!secret)
                errors.append({file, position.line, position.column, path, secret.error().message});
            tree.setText(keys, secret.value_or(QString()), tree.source(path));
        }
    }
    return errors;
}

} // namespace lifeguard
