// SPDX-License-Identifier: GPL-3.0-or-later
// Tests changes of YAML and JSON files: only the changed values differ, and everything else keeps its bytes.
#include "core/config/yamleditor.h"
#include "core/config/yamlreader.h"
#include "tests/support/testhelpers.h"

#include <QRandomGenerator>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(std::optional<YamlNode>)

namespace {

using Value = std::optional<YamlNode>;

constexpr const char *pools = "# Pools of the course\n"
                              "pools:\n"
                              "  plantuml:   # diagrams\n"
                              "    count: 4  # one for each core\n"
                              "    mode: auto\n"
                              "\n"
                              "  # The slow ones\n"
                              "  notebook: {count: 2, mode: direct}\n"
                              "log_level: info\n";

YamlNode mapOf(const QString &key, YamlNode value)
{
    YamlNode map;
    map.kind = YamlNode::Kind::Map;
    value.key = key;
    map.children.push_back(value);
    return map;
}

Value word(const char *text)
{
    return yamlText(s(text), false);
}

Value text(const char *text)
{
    return yamlText(s(text), true);
}

Value nothing()
{
    return std::nullopt;
}

bool hasSameContent(const YamlNode &a, const YamlNode &b)
{
    return a.kind == b.kind && a.text == b.text && a.key == b.key
        && std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), hasSameContent);
}

/// Makes random files in block and flow style, with comments, quotes and blank lines, and the edits of their values.
class RandomFile
{
public:
    explicit RandomFile(quint32 seed) : m_random(seed) {}

    QByteArray blockMap(int indent, int depth)
    {
        QByteArray lines;
        const int count = pick(1, 4);
        for (int i = 0; i < count; ++i) {
            if (chance(20))
                lines += QByteArray(pick(0, 6), ' ') + "# comment: {x: 1}\n";
            if (chance(10))
                lines += "\n";
            const QByteArray key = "k" + QByteArray::number(i);
            lines += QByteArray(indent, ' ') + (chance(15) ? '"' + key + '"' : key) + ':';
            if (depth > 0 && chance(40))
                lines += (chance(30) ? " # nested" : "") + QByteArray("\n") + blockMap(indent + pick(1, 4), depth - 1);
            else if (chance(15))
                lines += "\n" + blockList(indent + (chance(50) ? 0 : 2));
            else
                lines += ' ' + value(depth, false) + (chance(25) ? "  # why: it's so\n" : "\n");
        }
        return lines;
    }

    int pick(int low, int high) { return m_random.bounded(low, high + 1); }
    bool chance(int percent) { return m_random.bounded(100) < percent; }

private:
    QByteArray blockList(int indent)
    {
        QByteArray lines;
        const int count = pick(1, 3);
        for (int i = 0; i < count; ++i)
            lines += QByteArray(indent, ' ') + "- " + scalar(false) + "\n";
        return lines;
    }
    QByteArray scalar(bool isInFlow)
    {
        switch (pick(0, 6)) {
        case 0:
            return QByteArray::number(pick(0, 99));
        case 1:
            return "two words";
        case 2:
            return "\"a, b: {c} # d\"";
        case 3:
            return "'it''s'";
        case 4:
            return isInFlow ? "x" : "a, b [c]";
        case 5:
            return "512M";
        default:
            return "null";
        }
    }
    QByteArray value(int depth, bool isInFlow)
    {
        const int kind = pick(0, 9);
        if (kind == 0 && depth > 0) {
            QByteArray parts;
            const int count = pick(0, 3);
            for (int i = 0; i < count; ++i)
                parts += (i > 0 ? ", " : "") + ("k" + QByteArray::number(i)) + ": " + value(depth - 1, true);
            return '{' + parts + '}';
        }
        if (kind == 1)
            return '[' + scalar(true) + ", " + scalar(true) + ']';
        return scalar(isInFlow);
    }

    QRandomGenerator m_random;
};

} // namespace

class TestYamlEditor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesOnlyTheValue_data();
    void changesOnlyTheValue();
    void refusesWhatItCannotChange_data();
    void refusesWhatItCannotChange();
    void sameValueChangesNothing();
    void severalEditsAreApplied();
    void randomFilesKeepEverythingElse();
};

void TestYamlEditor::changesOnlyTheValue_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QString>("keys");
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char *name, const QByteArray &before, const char *keys, const Value &value,
                        const QByteArray &after) { QTest::newRow(name) << before << s(keys) << value << after; };
    const auto inPools = [](const char *old, const char *by) { return QByteArray(pools).replace(old, by); };
    row("number", pools, "pools.plantuml.count", word("8"), inPools("count: 4 ", "count: 8 "));
    row("in braces", pools, "pools.notebook.count", word("3"), inPools("count: 2", "count: 3"));
    row("last line", pools, "log_level", word("debug"), inPools("info", "debug"));
    row("new key", pools, "pools.plantuml.memory", word("1G"), inPools("auto\n", "auto\n    memory: 1G\n"));
    row("new key in braces", pools, "pools.notebook.memory", word("1G"), inPools("direct}", "direct, memory: 1G}"));
    row("new key of the file", pools, "database", text("jobs.db"), QByteArray(pools) + "database: jobs.db\n");
    row("new pool", pools, "pools.noop", mapOf(s("count"), yamlText(s("1"), false)),
        inPools("direct}\n", "direct}\n  noop:\n    count: 1\n"));
    row("new section", pools, "retention.completed", word("7d"), QByteArray(pools) + "retention:\n  completed: 7d\n");
    row("removed key", pools, "pools.plantuml.mode", nothing(), inPools("    mode: auto\n", ""));
    row("removed with its comment", pools, "pools.plantuml.count", nothing(),
        inPools("    count: 4  # one for each core\n", ""));
    row("removed pool", pools, "pools.plantuml", nothing(),
        inPools("  plantuml:   # diagrams\n    count: 4  # one for each core\n    mode: auto\n", ""));
    row("removed from braces", pools, "pools.notebook.count", nothing(), inPools("count: 2, ", ""));
    row("removed end of braces", pools, "pools.notebook.mode", nothing(), inPools(", mode: direct", ""));
    row("last key of a map", "a:\n  b: 1\nc: 2\n", "a.b", nothing(), "a: {}\nc: 2\n");
    row("last key of the file", "# x\na: 1\n", "a", nothing(), "# x\n{}\n");
    row("missing key removed", pools, "pools.plantuml.cpu", nothing(), pools);
    row("text that looks like a number", "a: x\n", "a", text("12"), "a: \"12\"\n");
    row("text that looks like a truth value", "a: x\n", "a", text("yes"), "a: \"yes\"\n");
    row("special characters", "a: x\n", "a", text("a: \"b\" # c\n"), "a: \"a: \\\"b\\\" # c\\n\"\n");
    row("empty text", "a: x\n", "a", text(""), "a: \"\"\n");
    row("double quotes", "a: \"x # y\" # z\n", "a", text("w"), "a: w # z\n");
    row("single quotes", "a: 'it''s' # z\n", "a", text("w"), "a: w # z\n");
    row("nothing", "a:\nb: 1\n", "a", word("2"), "a: 2\nb: 1\n");
    row("nothing with a comment", "a: # why\nb: 1\n", "a", word("2"), "a: 2 # why\nb: 1\n");
    row("null", "a: ~ # why\n", "a", word("2"), "a: 2 # why\n");
    row("nothing becomes a map", "a: # why\nb: 1\n", "a.c", word("2"), "a: # why\n  c: 2\nb: 1\n");
    row("list in brackets", "a: [x, 'y, z'] # w\n", "a", Value(yamlList({s("u v"), s("1")})),
        "a: [\"u v\", \"1\"] # w\n");
    row("block list", "a: # why\n  - x\n  # and\n  - y\nb: 1\n", "a", Value(yamlList({s("z")})),
        "a: [z] # why\nb: 1\n");
    row("block list without indentation", "a:\n- x\n- y\nb: 1\n", "a", Value(yamlList({s("z")})), "a: [z]\nb: 1\n");
    row("block of text", "a: |\n  line\n  line\nb: 1\n", "a", text("x"), "a: x\nb: 1\n");
    row("alias", "a: &x 1\nb: *x\n", "b", word("2"), "a: &x 1\nb: 2\n");
    row("anchor", "a: &x 1\nb: 2\n", "a", word("3"), "a: &x 3\nb: 2\n");
    row("no line break at the end", "a: 1", "b", word("2"), "a: 1\nb: 2\n");
    row("line breaks of Windows", "a: 1\r\nb:\r\n  c: 2\r\n", "b.d", word("3"), "a: 1\r\nb:\r\n  c: 2\r\n  d: 3\r\n");
    row("byte order mark",
        "\xEF\xBB\xBF"
        "a: 1\n",
        "a", word("2"),
        "\xEF\xBB\xBF"
        "a: 2\n");
    row("empty file", "", "a.b", word("1"), "a:\n  b: 1\n");
    row("only comments", "# x\n", "a", word("1"), "# x\na: 1\n");
    row("quoted key", "\"a b\": 1\n", "a b", word("2"), "\"a b\": 2\n");
    row("new quoted key", "a: 1\n", "b c", word("2"), "a: 1\n\"b c\": 2\n");
    row("comment behind the map", "a:\n  b: 1\n  # about c\n\n# about w\nw: 2\n", "a.c", word("3"),
        "a:\n  b: 1\n  c: 3\n  # about c\n\n# about w\nw: 2\n");
    row("letters beyond ASCII", "# Übung\na: Öl # für\n", "a", text("Würze"), "# Übung\na: \"Würze\" # für\n");
    row("JSON", "{\n  \"a\": {\"b\": 1},\n  \"c\": \"x\"\n}\n", "a.b", word("2"),
        "{\n  \"a\": {\"b\": 2},\n  \"c\": \"x\"\n}\n");
    row("JSON text", "{\"c\": \"x\"}", "c", word("10m"), "{\"c\": \"10m\"}");
    row("JSON new key", "{\n  \"a\": 1\n}\n", "b.c", word("true"), "{\n  \"a\": 1,\n  \"b\": {\"c\": true}\n}\n");
    row("JSON removed key", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "b", nothing(), "{\n  \"a\": 1\n}\n");
    row("JSON empty", "{}", "a", word("1"), "{\"a\": 1}");
}

void TestYamlEditor::changesOnlyTheValue()
{
    QFETCH(QByteArray, before);
    QFETCH(QString, keys);
    QFETCH(Value, value);
    QFETCH(QByteArray, after);
    const Result<QByteArray> result = editYaml(before, {{keys.split(u'.'), value}});
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QCOMPARE(*result, after);
}

void TestYamlEditor::refusesWhatItCannotChange_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("keys");
    QTest::addColumn<QString>("message");
    const QString elsewhere = s("Change it in a text editor.");
    QTest::newRow("text over several lines") << QByteArray("a: one\n  two\nb: 1\n") << s("a") << elsewhere;
    QTest::newRow("map of an alias") << QByteArray("a: &x\n  c: 1\nb: *x\n") << s("b.c") << elsewhere;
    QTest::newRow("broken file") << QByteArray("a: [1\n") << s("a") << s("error in line");
    QTest::newRow("key that occurs twice") << QByteArray("a: 1\na: 2\n") << s("a") << s("error in line 2");
}

void TestYamlEditor::refusesWhatItCannotChange()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, keys);
    QFETCH(QString, message);
    const Result<QByteArray> result = editYaml(file, {{keys.split(u'.'), word("9")}});
    QVERIFY2(!result, result ? result->constData() : "");
    QVERIFY2(result.error().message.contains(message), qPrintable(result.error().message));
}

void TestYamlEditor::sameValueChangesNothing()
{
    const Result<QByteArray> result = editYaml("a: \"4\"   # why\n", {{{s("a")}, word("4")}});
    QCOMPARE(result.value_or(QByteArray()), QByteArray("a: \"4\"   # why\n"));
}

void TestYamlEditor::severalEditsAreApplied()
{
    const Result<QByteArray> result = editYaml(pools, {{{s("pools"), s("plantuml"), s("count")}, word("1")},
                                                       {{s("pools"), s("noop"), s("mode")}, word("direct")},
                                                       {{s("pools"), s("noop"), s("count")}, word("2")},
                                                       {{s("log_level")}, nothing()}});
    QVERIFY(result);
    QCOMPARE(*result, QByteArray(pools)
                          .replace("count: 4", "count: 1")
                          .replace("direct}\n", "direct}\n  noop:\n    mode: direct\n    count: 2\n")
                          .replace("log_level: info\n", ""));
}

/// The changed file means what it must mean, and each line without a changed value is kept.
void TestYamlEditor::randomFilesKeepEverythingElse()
{
    int changed = 0;
    for (quint32 seed = 1; seed <= 3000; ++seed) {
        RandomFile random(seed);
        const QByteArray file = random.blockMap(0, 3);
        const YamlDocument document = readYaml(file);
        if (!document.errors.isEmpty())
            continue; // a list and a comment, for example, that do not fit together
        QStringList keys;
        for (const YamlNode *map = &document.root; map && map->kind == YamlNode::Kind::Map && !map->children.empty();) {
            const int index = random.pick(0, int(map->children.size()) - 1);
            keys.append(map->children.at(size_t(index)).key);
            map = &map->children.at(size_t(index));
            if (random.chance(30))
                break;
        }
        if (random.chance(30))
            keys.append(s("added"));
        const Value value = random.chance(25) ? nothing() : text("new value: it's # here");
        const YamlEdit edit{keys, value};
        const QByteArray about = "seed " + QByteArray::number(seed) + ", " + keys.join(u'.').toUtf8() + " in:\n" + file;
        const Result<QByteArray> result = editYaml(file, {edit});
        if (!result)
            continue;
        ++changed;
        const YamlDocument after = readYaml(*result);
        QVERIFY2(after.errors.isEmpty(), about.constData());
        const QByteArray both = about + "\nbecame:\n" + *result;
        QVERIFY2(hasSameContent(after.root, editedTree(document.root, edit)), both.constData());
        const YamlNode *old = &document.root; // the value that is changed, or the one that contains it
        for (const QString &key : std::as_const(keys))
            old = old->child(key) ? old->child(key) : old;
        const auto comments = [](const QByteArray &text) {
            return text.count("# comment") + text.count("# why") + text.count("# nested");
        };
        const bool keepsLines = old->children.empty()
                             || (old->kind == YamlNode::Kind::Map && !old->child(keys.last())
                                 && old->key != keys.last());
        if (value && keepsLines)
            QVERIFY2(comments(*result) == comments(file), both.constData());
    }
    QVERIFY2(changed > 2000, qPrintable(QString::number(changed))); // few are refused
}

QTEST_GUILESS_MAIN(TestYamlEditor)
#include "tst_yamleditor.moc"
