// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamlreader.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestYamlReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void values();
    void json();
    void positions();
    void positionsOfNothing();
    void columnsCountCharacters();
    void byteOrderMarkAndLineEnds();
    void aliases();
    void emptyFiles_data();
    void emptyFiles();
    void errors_data();
    void errors();
    void reportsAllErrors();
    void limits_data();
    void limits();
    void longLinesAreFast();
};

namespace {

/// Returns the structure of a node as text: plain texts as they are, others in quotes.
QString described(const YamlNode &node)
{
    QStringList parts;
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return s("~");
    case YamlNode::Kind::Text:
        return node.isQuoted ? u'"' + node.text + u'"' : node.text;
    case YamlNode::Kind::List:
        for (const YamlNode &child : node.children)
            parts.append(described(child));
        return u'[' + parts.join(s(", ")) + u']';
    case YamlNode::Kind::Map:
        for (const YamlNode &child : node.children)
            parts.append(child.key + s(": ") + described(child));
        return u'{' + parts.join(s(", ")) + u'}';
    }
    Q_UNREACHABLE();
}

QString place(const YamlPosition &position)
{
    return QString::number(position.line) + u':' + QString::number(position.column);
}

/// Returns the errors, one in a line: "LINE:COLUMN: MESSAGE".
QString errorText(const YamlDocument &document)
{
    QStringList lines;
    for (const YamlError &error : document.errors)
        lines.append(place(error.position) + s(": ") + error.message);
    return lines.join(u'\n');
}

YamlNode parsed(const QByteArray &text)
{
    const YamlDocument document = readYaml(text);
    if (!document.errors.isEmpty())
        qWarning("%s", qPrintable(errorText(document)));
    return document.errors.isEmpty() ? document.root : YamlNode();
}

} // namespace

void TestYamlReader::values()
{
    QCOMPARE(described(parsed("a: 1\nb: yes\nc: two words\nk:\ne: ~\nf: null\ng: ''\nh: \"x\\ty\"\ni: 'it''s'\n")),
             s("{a: 1, b: yes, c: two words, k: ~, e: ~, f: ~, g: \"\", h: \"x\ty\", i: \"it's\"}"));
    QCOMPARE(described(parsed("a:\n- 1\n- [2, {b: 3}]\n- c: 4\n  d: 5\n")), s("{a: [1, [2, {b: 3}], {c: 4, d: 5}]}"));
    QCOMPARE(described(parsed("a: |\n  one\n  two\nb: >\n  one\n  two\n")), s("{a: \"one\ntwo\n\", b: \"one two\n\"}"));
    QCOMPARE(described(parsed("a: !!str 5\n")), s("{a: \"5\"}"));
    QCOMPARE(described(parsed("a: \"x # y\" # comment\nb: x#y\n")), s("{a: \"x # y\", b: x#y}"));
    const YamlNode root = parsed("a: {b: 1}");
    QVERIFY(root.child(s("a")) && root.child(s("a"))->child(s("b")));
    QVERIFY(!root.child(s("b")));
    QCOMPARE(root.size(), 3);
}

void TestYamlReader::json()
{
    QCOMPARE(described(parsed("{\"a\":1,\"b\":[true,null,1.5],\n\t\"c\":{\"d\":\"x\\/y\\u00e4\"}}")),
             s("{a: 1, b: [true, ~, 1.5], c: {d: \"x/yä\"}}"));
    QCOMPARE(described(parsed("{}")), s("{}"));
}

void TestYamlReader::positions()
{
    const YamlNode root = parsed("pools:\n  noop:\n    count: 2\n    command: [a, \"b\"]\n");
    const YamlNode *noop = root.child(s("pools"))->child(s("noop"));
    QCOMPARE(place(noop->keyPosition), s("2:3"));
    QCOMPARE(place(noop->child(s("count"))->keyPosition), s("3:5"));
    QCOMPARE(place(noop->child(s("count"))->position), s("3:12"));
    QCOMPARE(noop->child(s("count"))->position.offset, qsizetype(26));
    QCOMPARE(place(noop->child(s("command"))->children.at(1).position), s("4:18"));
}

void TestYamlReader::positionsOfNothing()
{
    const YamlNode root = parsed("a:\nb: ~\nc: {d, e: 1}\n");
    QCOMPARE(place(root.child(s("a"))->position), s("1:1"));
    QCOMPARE(place(root.child(s("b"))->position), s("2:4"));
    QCOMPARE(place(root.child(s("c"))->child(s("d"))->position), s("3:5"));
}

void TestYamlReader::columnsCountCharacters()
{
    const YamlNode flow = parsed("{\"äöü\": 1, \"€😀\": 2}");
    QCOMPARE(place(flow.child(s("äöü"))->position), s("1:9"));
    QCOMPARE(place(flow.child(s("€😀"))->keyPosition), s("1:12"));
    QCOMPARE(place(flow.child(s("€😀"))->position), s("1:18"));
}

void TestYamlReader::byteOrderMarkAndLineEnds()
{
    const YamlNode root = parsed("\xEF\xBB\xBF"
                                 "a: 1\r\nb: x\r\n");
    QCOMPARE(described(root), s("{a: 1, b: x}"));
    QCOMPARE(place(root.child(s("a"))->position), s("1:4"));
    QCOMPARE(place(root.child(s("b"))->position), s("2:4"));
}

void TestYamlReader::aliases()
{
    const YamlNode root = parsed("a: &x {b: 1}\nc: *x\nk: [&y 2, *y, *x]\n");
    QCOMPARE(described(root), s("{a: {b: 1}, c: {b: 1}, k: [2, 2, {b: 1}]}"));
    // The place of a copy is that of the original.
    QCOMPARE(place(root.child(s("c"))->keyPosition), s("2:1"));
    QCOMPARE(place(root.child(s("c"))->child(s("b"))->position), s("1:11"));
}

void TestYamlReader::emptyFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("spaces") << QByteArray("\n  \n");
    QTest::newRow("comment") << QByteArray("# nothing\n");
    QTest::newRow("document") << QByteArray("---\n...\n");
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF");
}

void TestYamlReader::emptyFiles()
{
    QFETCH(QByteArray, text);
    const YamlDocument document = readYaml(text);
    QCOMPARE(errorText(document), QString());
    QVERIFY(document.root.kind == YamlNode::Kind::Null);
}

void TestYamlReader::errors_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const char *text, const char *error) {
        QTest::newRow(name) << QByteArray(text) << s(error);
    };
    row("duplicate key", "a: 1\nb: 2\na: 3\n",
        "3:1: The key 'a' occurs twice. Remove one of them; the first one is in line 1.");
    row("duplicate key in quotes", "{\"a\": 1,\n a: 2}",
        "2:2: The key 'a' occurs twice. Remove one of them; the first one is in line 1.");
    row("key of a list", "? [a]\n: 1\n",
        "1:3: A map or list cannot be a key. Allowed are texts. Check that every '{' and '[' is closed.");
    row("alias as key", "a: &x b\n*x : 1\n", "2:1: An alias cannot be a key. Allowed are texts.");
    row("anchored key", "&x a: 1\n", "1:1: A key cannot have an anchor. Put the anchor in front of the value.");
    row("merge key", "a: &x {b: 1}\nc:\n  <<: *x\n",
        "3:3: The merge key '<<' is not supported. Repeat the keys, or use profiles.");
    row("no key", ": 1\n", "1:1: A key is missing. Allowed are lines of the form 'key: value'.");
    row("tag", "a: !!int 5\n", "1:4: Tags such as 'tag:yaml.org,2002:int' are not supported. Remove the tag.");
    row("tag of a map", "a: !x {}\n", "1:4: Tags such as '!x' are not supported. Remove the tag.");
    row("alias of itself", "a: &x [*x]\n",
        "1:8: The alias refers to the value that contains it. Allowed are aliases of earlier values.");
    row("unknown alias", "a: *x\n",
        "1:4: The alias refers to an anchor that is not defined before it. Put texts that begin with '*' in quotes.");
    row("two documents", "a: 1\n---\nb: 2\n",
        "2:1: A second document begins here. Allowed is one document in a file; remove the line '---'.");
    row("unclosed double quote", "a: 1\nb: \"x\n",
        "2:4: The text begins with a quote, but the closing quote is missing.");
    row("unclosed quote behind an anchor", "a: &x 'it''s\n",
        "1:4: The text begins with a quote, but the closing quote is missing.");
    row("colon in a text", "a: b: c\n",
        "1:5: A colon is not allowed here. Check the indentation, and put texts that contain ': ' in quotes.");
    row("wrong indentation", "a:\n  b: 1\n c: 2\n",
        "3:2: A line of the form 'key: value' is expected here, with the same indentation as the lines before.");
    row("wrong indentation of a list", "a:\n  - 1\n - 2\n",
        "3:2: A line of the form 'key: value' is expected here, with the same indentation as the lines before.");
    row("tab", "a:\n\tb: 1\n", "2:3: The line is indented with a tab. Use spaces.");
    row("list that is not closed", "a: [1,\n",
        "2:1: A list that begins with '[' is not closed here. Allowed are ',' and ']'.");
    row("map that is not closed", "{\"a\": 1\n",
        "1:1: A map or list cannot be a key. Allowed are texts. Check that every '{' and '[' is closed.");
    row("bracket too many", "a: [1]]\n", "1:7: ']' closes nothing. Remove it, or put the text in quotes.");
    row("reserved character", "a: @x\n", "1:4: A text cannot begin with '@'. Put the text in quotes.");
    row("escape", "a: \"\\q\"\n", "1:7: This is not valid YAML: unknown escape character: q.");
    row("not UTF-8", "a: 1\nb: \xFF\n", "2:1: The line is not valid UTF-8. Save the file with this encoding.");
    QTest::newRow("binary") << QByteArray("a: \0b", 5) << s("1:4: This is not a text file. Allowed is text in UTF-8.");
}

void TestYamlReader::errors()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, error);
    QCOMPARE(errorText(readYaml(text)), error);
}

void TestYamlReader::reportsAllErrors()
{
    const YamlDocument document = readYaml("a: 1\na: 2\nb: {c: 1, c: 2}\nk: !!int 1\ne: \"x\n");
    QCOMPARE(document.errors.size(), 4);
    QCOMPARE(place(document.errors.at(1).position), s("3:11"));
}

void TestYamlReader::limits_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("part");
    QByteArray billion = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const QByteArray name = "a" + QByteArray::number(i);
        billion += name + ": &" + name + " [";
        for (int j = 0; j < 9; ++j)
            billion += "*a" + QByteArray::number(i - 1) + ", ";
        billion += "x]\n";
    }
    QTest::newRow("billion laughs") << billion << s("The file has too many values. Allowed are at most 20000");
    QByteArray aliases = "a: &x 1\nb:\n";
    for (int i = 0; i < 101; ++i)
        aliases += "- *x\n";
    QTest::newRow("aliases") << aliases << s("103:3: The file has too many aliases. Allowed are at most 100.");
    QTest::newRow("depth") << QByteArray(33, '[') + QByteArray(33, ']')
                           << s("1:33: Maps and lists are nested too deeply. Allowed are at most 32 levels.");
    QTest::newRow("extreme depth") << QByteArray(500'000, '[') + QByteArray(500'000, ']') << s("nested too deeply");
    QTest::newRow("extreme depth that is not closed")
        << QByteArray(500'000, '[') << s("Check that every '{' and '[' is closed.");
    QTest::newRow("extreme depth of maps")
        << QByteArray("{a: ").repeated(100'000) + QByteArray(100'000, '}') << s("nested too deeply");
    QTest::newRow("bytes") << QByteArray((1 << 20) + 1, '#')
                           << s("1:1: The file is too large. Allowed are at most 1024 KB.");
    QTest::newRow("values") << QByteArray("- 1\n").repeated(20'001) << s("20000:3: The file has too many values.");
}

void TestYamlReader::limits()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, part);
    const YamlDocument document = readYaml(text);
    QVERIFY2(errorText(document).contains(part), qPrintable(errorText(document)));
}

void TestYamlReader::longLinesAreFast()
{
    QByteArray text = "[";
    for (int i = 0; i < 19'000; ++i)
        text += "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",";
    text += "1]";
    QElapsedTimer timer;
    timer.start();
    const YamlDocument document = readYaml(text);
    QCOMPARE(errorText(document), QString());
    QCOMPARE(document.root.children.back().position.column, int(text.size()) - 1);
    qInfo("%lld ms for %lld bytes in one line", timer.elapsed(), qint64(text.size()));
}

QTEST_GUILESS_MAIN(TestYamlReader)
#include "tst_yamlreader.moc"
