// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configtree.h"

#include <algorithm>

namespace lifeguard {
namespace {

YamlNode withoutProfiles(YamlNode root)
{
    std::erase_if(root.children, [](const YamlNode &node) { return node.key == QLatin1String("profiles"); });
    return root;
}

} // namespace

QString configPath(const QString &path, const QString &key)
{
    return path.isEmpty() ? key : path + u'.' + key;
}

ConfigTree::ConfigTree(YamlNode root) : m_root(std::move(root))
{
    if (m_root.kind != YamlNode::Kind::Map) {
        m_root = {};
        m_root.kind = YamlNode::Kind::Map;
    }
    m_root = withoutProfiles(std::move(m_root));
    collect(m_root, {});
}

QStringList ConfigTree::poolNames() const
{
    QStringList names;
    const YamlNode *pools = m_root.child(QStringLiteral("pools"));
    if (!pools || pools->kind != YamlNode::Kind::Map)
        return names;
    for (const YamlNode &pool : pools->children)
        names.append(pool.key);
    return names;
}

ConfigSource ConfigTree::source(const QString &path) const
{
    return m_sources.value(path);
}

void ConfigTree::collect(const YamlNode &node, const QString &path)
{
    setSource(node, path, {ConfigSource::Kind::File, {}, node.position});
}

/// Sets the source of a value and of all values in it; the position of each is its own.
void ConfigTree::setSource(const YamlNode &node, const QString &path, const ConfigSource &source)
{
    m_sources.insert(path, {source.kind, source.name, node.position});
    for (const YamlNode &child : node.children) {
        if (node.kind == YamlNode::Kind::Map)
            setSource(child, configPath(path, child.key), source);
    }
}

void ConfigTree::mergeProfile(const QString &name, const YamlNode &profile)
{
    if (profile.kind == YamlNode::Kind::Map)
        merge(m_root, withoutProfiles(profile), {}, name);
}

void ConfigTree::merge(YamlNode &into, const YamlNode &from, const QString &path, const QString &profile)
{
    for (const YamlNode &node : from.children) {
        const QString childPath = configPath(path, node.key);
        YamlNode *existing = into.child(node.key);
        if (existing && existing->kind == YamlNode::Kind::Map && node.kind == YamlNode::Kind::Map) {
            merge(*existing, node, childPath, profile);
            continue;
        }
        if (existing)
            *existing = node;
        else
            into.children.push_back(node);
        setSource(node, childPath, {ConfigSource::Kind::Profile, profile, node.position});
    }
}

void ConfigTree::setText(const QStringList &keys, const QString &text, const ConfigSource &source)
{
    YamlNode *map = &m_root;
    for (const QString &key : keys.mid(0, keys.size() - 1)) {
        if (!map->child(key)) {
            YamlNode section;
            section.key = key;
            map->children.push_back(section);
        }
        map = map->child(key);
        // A section may be a word for all of its keys, such as "scaling: no".
        const bool isWord = map->kind == YamlNode::Kind::Text
                         && (map->text == QLatin1String("yes") || map->text == QLatin1String("no"));
        if (map->kind == YamlNode::Kind::Null || isWord)
            map->kind = YamlNode::Kind::Map;
        if (map->kind != YamlNode::Kind::Map)
            return; // an error of the file, which is reported anyway
    }
    YamlNode value;
    value.kind = YamlNode::Kind::Text;
    value.text = text;
    value.position = source.position;
    value.key = keys.constLast();
    if (YamlNode *existing = map->child(value.key))
        *existing = value;
    else
        map->children.push_back(value);
    m_sources.insert(keys.join(u'.'), source);
}

} // namespace lifeguard
