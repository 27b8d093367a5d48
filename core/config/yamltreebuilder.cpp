// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamltreebuilder.h"

#include <QCoreApplication>

#include <yaml-cpp/mark.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::YamlReader", text);
}

/// Returns whether the tag is one that yaml-cpp reports for a value without a tag.
bool isNoTag(const std::string &tag)
{
    return tag.empty() || tag == "?" || tag == "!";
}

} // namespace

YamlTreeBuilder::YamlTreeBuilder(const YamlText &text, const YamlLimits &limits) : m_text(text), m_limits(limits) {}

void YamlTreeBuilder::addError(qsizetype offset, const QString &message)
{
    const YamlPosition position = m_text.position(offset);
    m_document.errors.append({position, pathTo(position.line), message});
}

QString YamlTreeBuilder::pathTo(int line) const
{
    QStringList keys;
    for (const Frame &frame : m_frames) {
        if (frame.hasKey || frame.keyPosition.line == line)
            keys.append(frame.key);
    }
    return keys.join(u'.');
}

void YamlTreeBuilder::stop(const YAML::Mark &mark, const QString &message)
{
    addError(mark.pos, message);
    throw Stopped();
}

bool YamlTreeBuilder::expectsKey() const
{
    return !m_frames.empty() && m_frames.back().node.kind == YamlNode::Kind::Map && !m_frames.back().hasKey;
}

void YamlTreeBuilder::setKey(const YAML::Mark &mark, const QString &key)
{
    Frame &frame = m_frames.back();
    frame.key = key;
    frame.hasKey = true;
    if (key == QLatin1String("<<"))
        addError(mark.pos, tr("The merge key '<<' is not supported. Repeat the keys, or use profiles."));
    if (frame.keys.contains(key))
        addError(mark.pos, tr("The key '%1' occurs twice. Remove one of them; the first one is in line %2.")
                               .arg(key)
                               .arg(frame.node.child(key) ? frame.node.child(key)->keyPosition.line : 0));
    frame.keys.insert(key);
    frame.keyPosition = m_text.position(mark.pos);
}

void YamlTreeBuilder::count(const YAML::Mark &mark, qsizetype nodes)
{
    m_nodes += nodes;
    if (m_nodes > m_limits.nodes)
        stop(mark, tr("The file has too many values. Allowed are at most %1, after aliases have been replaced by "
                      "copies.")
                       .arg(m_limits.nodes));
}

void YamlTreeBuilder::add(YamlNode node, YAML::anchor_t anchor)
{
    if (anchor != 0)
        m_anchors.insert(anchor, node);
    if (m_frames.empty()) {
        m_document.root = std::move(node);
        return;
    }
    Frame &frame = m_frames.back();
    if (frame.node.kind == YamlNode::Kind::Map) {
        node.key = frame.key;
        node.keyPosition = frame.keyPosition;
        frame.hasKey = false;
    }
    frame.node.children.push_back(std::move(node));
}

void YamlTreeBuilder::open(const YAML::Mark &mark, YamlNode::Kind kind, const std::string &tag, YAML::anchor_t anchor)
{
    count(mark, 1);
    if (expectsKey())
        stop(mark, tr("A map or list cannot be a key. Allowed are texts. Check that every '{' and '[' is closed."));
    if (qsizetype(m_frames.size()) >= m_limits.depth)
        stop(mark, tr("Maps and lists are nested too deeply. Allowed are at most %1 levels.").arg(m_limits.depth));
    if (!isNoTag(tag))
        addError(mark.pos, tr("Tags such as '%1' are not supported. Remove the tag.").arg(QString::fromStdString(tag)));
    Frame frame;
    frame.node.kind = kind;
    frame.node.position = m_text.position(mark.pos);
    frame.anchor = anchor;
    m_frames.push_back(std::move(frame));
}

void YamlTreeBuilder::close()
{
    Frame frame = std::move(m_frames.back());
    m_frames.pop_back();
    add(std::move(frame.node), frame.anchor);
}

void YamlTreeBuilder::OnDocumentStart(const YAML::Mark &mark)
{
    if (m_hasDocument)
        stop(mark, tr("A second document begins here. Allowed is one document in a file; remove the line '---'."));
    m_hasDocument = true;
}

void YamlTreeBuilder::OnNull(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    count(mark, 1);
    if (expectsKey())
        stop(mark, tr("A key is missing. Allowed are lines of the form 'key: value'."));
    YamlNode node;
    node.position = m_text.position(mark.pos);
    // yaml-cpp reports the place of what follows for a value that is not written out.
    if (!m_frames.empty() && m_frames.back().hasKey && !m_text.hasNullAt(mark.pos))
        node.position = m_frames.back().keyPosition;
    add(std::move(node), anchor);
}

void YamlTreeBuilder::OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    if (++m_aliases > m_limits.aliases)
        stop(mark, tr("The file has too many aliases. Allowed are at most %1.").arg(m_limits.aliases));
    if (expectsKey())
        stop(mark, tr("An alias cannot be a key. Allowed are texts."));
    const auto found = m_anchors.constFind(anchor);
    if (found == m_anchors.constEnd())
        stop(mark, tr("The alias refers to the value that contains it. Allowed are aliases of earlier values."));
    count(mark, found->size());
    add(*found, 0);
}

void YamlTreeBuilder::OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                               const std::string &value)
{
    count(mark, 1);
    const bool isString = tag == "tag:yaml.org,2002:str";
    if (!isNoTag(tag) && !isString)
        addError(mark.pos, tr("Tags such as '%1' are not supported. Remove the tag.").arg(QString::fromStdString(tag)));
    if (tag == "!" && m_text.isUnclosedAt(mark.pos))
        stop(mark, tr("The text begins with a quote, but the closing quote is missing."));
    const QString text = QString::fromStdString(value);
    if (expectsKey()) {
        setKey(mark, text);
        if (anchor != 0)
            stop(mark, tr("A key cannot have an anchor. Put the anchor in front of the value."));
        return;
    }
    YamlNode node;
    node.kind = YamlNode::Kind::Text;
    node.text = text;
    node.isQuoted = tag == "!" || isString;
    node.position = m_text.position(mark.pos);
    add(std::move(node), anchor);
}

void YamlTreeBuilder::OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                                      YAML::EmitterStyle::value)
{
    open(mark, YamlNode::Kind::List, tag, anchor);
}

void YamlTreeBuilder::OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                                 YAML::EmitterStyle::value)
{
    open(mark, YamlNode::Kind::Map, tag, anchor);
}

} // namespace lifeguard
