// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes configuration files in YAML and JSON.
#include "core/config/configfile.h"
#include "core/config/yamlreader.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

namespace {

void check(const YamlPosition &position, const QByteArray &file)
{
    require(position.line >= 1 && position.line <= file.count('\n') + 1, "a line is in the file");
    require(position.column >= 1 && position.column <= file.size() + 1, "a column is in the file");
    require(position.offset >= 0 && position.offset <= file.size(), "an offset is in the file");
}

void check(const YamlNode &node, const QByteArray &file, int depth)
{
    require(depth <= YamlLimits().depth * YamlLimits().aliases, "the depth is bounded");
    check(node.position, file);
    for (const YamlNode &child : node.children) {
        if (node.kind == YamlNode::Kind::Map) {
            check(child.keyPosition, file);
            require(node.child(child.key) == &child, "a key occurs once");
        }
        check(child, file, depth + 1);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file = toBytes(data, size);
    const ConfigFileResult config = parseConfigFile(file, QStringLiteral("/etc/lifeguard.yaml"));
    require(config.has_value() || !config.error().isEmpty(), "a configuration that is rejected has errors");
    if (config) {
        for (const NamedPool &pool : config->configuration.pools)
            require(pool.config.validate().isEmpty(), "the pools of an accepted configuration are valid");
    }
    const YamlDocument document = readYaml(file);
    for (const YamlError &error : document.errors) {
        require(!error.message.isEmpty(), "an error has a message");
        check(error.position, file);
    }
    if (!document.errors.isEmpty())
        return 0;
    require(document.root.size() <= YamlLimits().nodes, "the number of values is bounded");
    if (document.root.kind != YamlNode::Kind::Null)
        check(document.root, file, 0);
    return 0;
}
