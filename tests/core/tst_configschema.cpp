// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the schema with an independent validator: it accepts all files that Lifeguard accepts, and rejects what a
// schema can know to be wrong.
#include "core/config/configschema.h"
#include "core/config/yamlreader.h"
#include "places.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void acceptsGoodFiles();
    void rejectsBrokenFiles();
    void describesAllKeys();

private:
    QHash<QString, QStringList> m_errors; ///< by "FOLDER/FILE"
};

namespace {

const QString dataFolder = s(LIFEGUARD_SOURCE_DIR "/tests/data/config/");

QByteArray content(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Returns the value as a parser for YAML 1.2 reads it.
QJsonValue toJson(const YamlNode &node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return QJsonValue::Null;
    case YamlNode::Kind::Text: {
        bool isNumber = false;
        const double number = node.text.toDouble(&isNumber);
        if (node.isQuoted)
            return node.text;
        if (node.text == s("true") || node.text == s("false"))
            return node.text == s("true");
        return isNumber ? QJsonValue(number) : QJsonValue(node.text);
    }
    case YamlNode::Kind::List: {
        QJsonArray list;
        for (const YamlNode &child : node.children)
            list.append(toJson(child));
        return list;
    }
    case YamlNode::Kind::Map: {
        QJsonObject map;
        for (const YamlNode &child : node.children)
            map.insert(child.key, toJson(child));
        return map;
    }
    }
    Q_UNREACHABLE();
}

} // namespace

void TestConfigSchema::initTestCase()
{
    QProcess python;
    python.start(s("python3"), {s("-c"), s("import jsonschema")});
    if (!python.waitForFinished() || python.exitCode() != 0)
        QSKIP("python3-jsonschema is not installed");
    QJsonObject documents;
    QStringList paths{s(LIFEGUARD_SOURCE_DIR "/resources/examples/lifeguard.yaml")};
    for (const char *folder : {"good", "broken"}) {
        const QDir dir(dataFolder + s(folder));
        for (const QString &name : dir.entryList({s("*.yaml"), s("*.json")}))
            paths.append(dir.filePath(name));
    }
    for (const QString &path : std::as_const(paths)) {
        const YamlDocument document = readYaml(content(path));
        if (document.errors.isEmpty()) // a schema is for files that can be parsed
            documents.insert(path.section(u'/', -2), toJson(document.root));
    }
    const QJsonObject input{{s("schema"), configSchema()}, {s("documents"), documents}};
    python.start(s("python3"), {s(LIFEGUARD_SOURCE_DIR "/tests/fixtures/validateschema.py")});
    python.write(QJsonDocument(input).toJson());
    python.closeWriteChannel();
    QVERIFY(python.waitForFinished());
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    const QJsonObject output = QJsonDocument::fromJson(python.readAllStandardOutput()).object();
    for (auto each = output.begin(); each != output.end(); ++each) {
        QStringList messages;
        for (const QJsonValue &message : each.value().toArray())
            messages.append(message.toString());
        m_errors.insert(each.key(), messages);
    }
    QVERIFY(m_errors.size() > 30);
}

void TestConfigSchema::acceptsGoodFiles()
{
    int count = 0;
    for (auto each = m_errors.cbegin(); each != m_errors.cend(); ++each) {
        if (each.key().startsWith(s("broken/")))
            continue;
        ++count;
        QVERIFY2(each->isEmpty(), qPrintable(each.key() + s(": ") + each->join(u'\n')));
    }
    QVERIFY(count >= 5);
}

void TestConfigSchema::rejectsBrokenFiles()
{
    // Ranges of durations and sizes, and what depends on several values or on the machine.
    const QStringList accepted{s("different_targets.yaml"),       s("docker_host.yaml"),
                               s("docker_without_image.yaml"),    s("duration_of_zero.yaml"),
                               s("duration_too_long.yaml"),       s("environment_with_reserved_name.yaml"),
                               s("metrics_without_port.yaml"),    s("nice_of_containers.yaml"),
                               s("related_values.yaml"),          s("relative_output_root.yaml"),
                               s("relative_allowed_folder.yaml"), s("absolute_notebook_file.yaml"),
                               s("retention_in_days.yaml"),       s("scaling_limits.yaml"),
                               s("size_too_small.yaml"),          s("type_without_command.yaml")};
    QStringList wrong;
    for (auto each = m_errors.cbegin(); each != m_errors.cend(); ++each) {
        const QString name = each.key().section(u'/', 1);
        if (each.key().startsWith(s("broken/")) && each->isEmpty() != accepted.contains(name))
            wrong.append(name + (each->isEmpty() ? s(" is accepted") : s(" is rejected: ") + each->join(u'\n')));
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void TestConfigSchema::describesAllKeys()
{
    const QJsonObject properties = configSchema().value(s("properties")).toObject();
    QVERIFY(properties.contains(s("pools")) && properties.contains(s("profiles")));
    const QJsonObject pool = properties.value(s("pools")).toObject().value(s("additionalProperties")).toObject();
    const QJsonObject keys = pool.value(s("properties")).toObject();
    QVERIFY(keys.contains(s("max_job_time")));
    for (auto each = keys.begin(); each != keys.end(); ++each)
        QVERIFY2(!each.value().toObject().value(s("description")).toString().isEmpty(), qPrintable(each.key()));
}

QTEST_GUILESS_MAIN(TestConfigSchema)
#include "tst_configschema.moc"
