// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamlnode.h"

#include <algorithm>
#include <utility>

namespace lifeguard {

const YamlNode *YamlNode::child(const QString &name) const
{
    if (kind != Kind::Map)
        return nullptr;
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&name](const YamlNode &node) { return node.key == name; });
    return found == children.end() ? nullptr : &*found;
}

YamlNode *YamlNode::child(const QString &name)
{
    return const_cast<YamlNode *>(std::as_const(*this).child(name));
}

qsizetype YamlNode::size() const
{
    qsizetype nodes = 1;
    for (const YamlNode &node : children)
        nodes += node.size();
    return nodes;
}

} // namespace lifeguard
