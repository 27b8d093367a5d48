// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/yamlreader.h"
#include "core/config/yamltext.h"

#include <QHash>
#include <QSet>

#include <yaml-cpp/eventhandler.h>

namespace lifeguard {

/// Makes a YamlDocument of the events of yaml-cpp's parser. Throws Stopped after an error that makes further parsing
/// useless or expensive.
class YamlTreeBuilder : public YAML::EventHandler
{
public:
    struct Stopped
    {};

    YamlTreeBuilder(const YamlText &text, const YamlLimits &limits);

    /// Returns the document, after the last event.
    [[nodiscard]] YamlDocument takeDocument() { return std::move(m_document); }
    void addError(qsizetype offset, const QString &message);

    void OnDocumentStart(const YAML::Mark &mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &value) override;
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override { close(); }

private:
    /// A map or list whose end has not been reached.
    struct Frame
    {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        bool hasKey = false; ///< of a map: the next value belongs to this key
        QString key;
        YamlPosition keyPosition;
        QSet<QString> keys; ///< all keys so far
    };

    /// Returns the keys that lead to a place in this line, separated by dots: those of the open maps, and the last one
    /// of a complete value if it is in the line.
    [[nodiscard]] QString pathTo(int line) const;
    [[noreturn]] void stop(const YAML::Mark &mark, const QString &message);
    [[nodiscard]] bool expectsKey() const;
    void setKey(const YAML::Mark &mark, const QString &key);
    void open(const YAML::Mark &mark, YamlNode::Kind kind, const std::string &tag, YAML::anchor_t anchor);
    void close();
    /// Adds a complete value to the open map or list. size: the number of its nodes.
    void add(YamlNode node, YAML::anchor_t anchor);
    void count(const YAML::Mark &mark, qsizetype nodes);

    const YamlText &m_text;
    YamlLimits m_limits;
    YamlDocument m_document;
    std::vector<Frame> m_frames;
    QHash<YAML::anchor_t, YamlNode> m_anchors;
    bool m_hasDocument = false;
    int m_aliases = 0;
    qsizetype m_nodes = 0;
};

} // namespace lifeguard
