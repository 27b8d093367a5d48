// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configdraft.h"

#include "core/base/trustedfile.h"
#include "core/config/outputroots.h"
#include "core/config/yamleditor.h"
#include "core/config/yamlreader.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QSaveFile>

namespace lifeguard {
namespace {

using Kind = FieldInfo::Kind;

const QString poolsKey = QStringLiteral("pools");

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigDraft", text);
}

qsizetype maxBytes()
{
    return YamlLimits().bytes;
}

YamlNode nodeOf(const FieldInfo &field, const QString &text)
{
    switch (field.kind) {
    case Kind::Paths:
        return yamlList(splitOutputRoots(text));
    case Kind::Names:
        return yamlList(text.split(u':', Qt::SkipEmptyParts));
    case Kind::Arguments:
        return yamlList(QProcess::splitCommand(text));
    case Kind::Text:
    case Kind::Choice:
    case Kind::Path:
    case Kind::TimeOfDay:
        return yamlText(text, true);
    default: // numbers, truth values, and what has a unit
        return yamlText(text, false);
    }
}

} // namespace

Result<ConfigDraft> ConfigDraft::open(const QString &path)
{
    ConfigDraft draft;
    draft.m_path = QFileInfo(path).absoluteFilePath();
    const Result<QByteArray> content = readTrustedFile(draft.m_path, maxBytes());
    if (!content && content.error().code != ErrorCode::NotFound)
        return failure(content.error());
    draft.m_exists = content.has_value();
    draft.m_original = draft.m_text = content.value_or(QByteArray());
    const YamlDocument document = readYaml(draft.m_text);
    if (!document.errors.isEmpty()) {
        const YamlError &first = document.errors.constFirst();
        return failure(ErrorCode::InvalidArgument,
                       tr("%1 has an error in line %2, which must be corrected in a text editor first: %3")
                           .arg(draft.m_path)
                           .arg(first.position.line)
                           .arg(first.message));
    }
    draft.m_root = document.root;
    return draft;
}

const YamlNode *ConfigDraft::find(const QStringList &keys) const
{
    const YamlNode *node = &m_root;
    for (const QString &key : keys) {
        node = node->child(key);
        if (!node)
            return nullptr;
    }
    return node;
}

QStringList ConfigDraft::poolNames() const
{
    QStringList names;
    if (const YamlNode *pools = find({poolsKey}); pools && pools->kind == YamlNode::Kind::Map) {
        for (const YamlNode &pool : pools->children)
            names.append(pool.key);
    }
    return names;
}

QString ConfigDraft::value(const QStringList &keys, const FieldInfo &field) const
{
    const YamlNode *node = find(keys);
    if (!node)
        return {};
    if (node->kind != YamlNode::Kind::List)
        return node->text;
    QStringList items;
    for (const YamlNode &item : node->children)
        items.append(item.text);
    if (field.kind == Kind::Names)
        return items.join(u':');
    return field.kind == Kind::Paths ? joinOutputRoots(items) : formatArguments(items);
}

Status ConfigDraft::edit(const QStringList &keys, const std::optional<YamlNode> &value)
{
    const Result<QByteArray> changed = editYaml(m_text, {{keys, value}});
    if (!changed)
        return failure(changed.error());
    m_text = *changed;
    m_root = readYaml(m_text).root;
    return {};
}

Status ConfigDraft::setValue(const QStringList &keys, const FieldInfo &field, const QString &text)
{
    if (value(keys, field) == text)
        return {};
    if (text.isEmpty())
        return edit(keys, std::nullopt);
    return edit(keys, nodeOf(field, text));
}

Status ConfigDraft::addPool(const QString &name, const QString &type)
{
    if (name.trimmed().isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("Enter a name for the pool."));
    if (find({poolsKey, name}))
        return failure(ErrorCode::InvalidArgument, tr("There is a pool '%1' already.").arg(name));
    return edit({poolsKey, name, QStringLiteral("type")}, yamlText(type, true));
}

Status ConfigDraft::removePool(const QString &name)
{
    return edit({poolsKey, name}, std::nullopt);
}

QList<ConfigFileError> ConfigDraft::errors() const
{
    const ConfigFileResult result = parseConfigFile(m_text, m_path);
    return result ? QList<ConfigFileError>() : result.error();
}

Status ConfigDraft::save()
{
    const Result<QByteArray> present = readTrustedFile(m_path, maxBytes());
    if (!present && present.error().code != ErrorCode::NotFound)
        return failure(present.error());
    if (present.has_value() != m_exists || present.value_or(QByteArray()) != m_original) {
        return failure(ErrorCode::Busy, tr("%1 was changed by another program since it was opened. Open it again, and "
                                           "repeat your changes.")
                                            .arg(m_path));
    }
    // QSaveFile keeps the mode of an existing file, and follows a link.
    QSaveFile file(m_path);
    bool isWritten = file.open(QIODevice::WriteOnly);
    if (isWritten && !m_exists)
        isWritten = file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    isWritten = isWritten && file.write(m_text) == m_text.size() && file.commit();
    if (!isWritten)
        return failure(ErrorCode::Io, tr("%1 could not be written: %2.").arg(m_path, file.errorString()));
    m_original = m_text;
    m_exists = true;
    return {};
}

} // namespace lifeguard
