// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which cells of a notebook each kind of output contains, by the rules of CLX, CLM and Lifeguard: a table of tags
// and kinds, in both languages and in all formats.
#include "tests/support/notebooktest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

const QStringList clmKinds{s("completed"), s("code-along"), s("trainer"), s("recording"), s("speaker"), s("partial")};
const QStringList clxKinds{s("completed"), s("code-along"), s("speaker")};
constexpr int insideWorkshop = 6; // the column of the kind "partial" for cells in a workshop

/// What happens to a cell with these tags. There is a letter for each kind: K kept, D dropped, E emptied, B in a box,
/// P with the prefix of an answer, p only the prefix, A in a box with a prefix.
struct Rule
{
    const char *tags; ///< separated by blanks
    bool isText;
    const char *clm; ///< in the order of clmKinds; "partial" has two letters, outside and inside of workshops
    const char *clx; ///< in the order of clxKinds
};

constexpr Rule rules[] = {
    {"", false, "KEKKKKE", "KEK"},
    {"keep", false, "KKKKKKK", "KKK"},
    {"start", false, "DKDDDDK", "DKD"},
    {"completed", false, "KDKKKKD", "KEK"},
    {"alt", false, "KDKKKKD", "KDK"},
    {"del", false, "DDDDDDD", "DDD"},
    {"notes", false, "DDKKKDD", "DDK"},
    {"voiceover", false, "DDDKKDD", "KEK"},
    {"private", false, "DDKKKDD", "DDK"},
    {"slide", false, "KEKKKKE", "KEK"},
    {"subslide", false, "KEKKKKE", "KEK"},
    {"answer", false, "KEKKKKE", "KEK"},
    {"allow-untranslated", false, "KEKKKKE", "KEK"},
    {"_own", false, "KEKKKKE", "KEK"},
    {"keep alt", false, "KDKKKKD", "KDK"},
    {"keep private", false, "DDKKKDD", "DDK"},
    {"start completed", false, "DDDDDDD", "DKD"},
    {"", true, "KKKKKKK", "KKK"},
    {"keep", true, "KKKKKKK", "KKK"},
    {"start", true, "DKDDDDK", "DKD"},
    {"completed", true, "KDKKKKD", "KKK"},
    {"alt", true, "KDKKKKD", "KDK"},
    {"del", true, "DDDDDDD", "DDD"},
    {"notes", true, "DDBBBDD", "DDB"},
    {"voiceover", true, "DDDBBDD", "KKK"},
    {"private", true, "DDKKKDD", "DDK"},
    {"answer", true, "PpPPPPp", "PpP"},
    {"notes answer", true, "DDAAADD", "DDA"},
    {"slide", true, "KKKKKKK", "KKK"},
    {"nodataurl", true, "KKKKKKK", "KKK"},
    {"_own", true, "KKKKKKK", "KKK"},
};

/// Returns the text of a cell.
QString cellText(int number, bool isInside)
{
    return (isInside ? s("inside%1x") : s("outside%1x")).arg(number);
}

QByteArray cell(int number, bool isInside)
{
    const Rule &rule = rules[number];
    QStringList tags = QString::fromLatin1(rule.tags).split(u' ', Qt::SkipEmptyParts);
    for (QString &tag : tags)
        tag = u'"' + tag + u'"';
    QString marker = rule.isText ? s("# %% [markdown]") : s("# %%");
    if (!tags.isEmpty())
        marker += s(" tags=[") + tags.join(s(", ")) + u']';
    const QString text = cellText(number, isInside);
    return (marker + u'\n' + (rule.isText ? s("# ") + text : text + s(" = 1")) + s("\n\n")).toUtf8();
}

/// Returns a deck with a cell for each rule outside of a workshop, and another one inside.
QByteArray deck()
{
    QByteArray text = "# %% [markdown] lang=\"de\" tags=[\"slide\"]\n# Deutsch\n\n"
                      "# %% [markdown] lang=\"en\" tags=[\"slide\"]\n# English\n\n";
    for (int number = 0; number < int(std::size(rules)); ++number)
        text += cell(number, false);
    text += "# %% [markdown] tags=[\"workshop\"]\n# Workshop\n\n";
    for (int number = 0; number < int(std::size(rules)); ++number)
        text += cell(number, true);
    return text;
}

/// Returns the letter of our own rules: they are those of CLM, but add no boxes and prefixes.
char ownLetter(char ofClm)
{
    switch (ofClm) {
    case 'B':
    case 'P':
    case 'A':
        return 'K';
    case 'p':
        return 'E';
    default:
        return ofClm;
    }
}

char letterOf(const QString &rulesName, const QString &kind, int number, bool isInside)
{
    if (rulesName == s("clx"))
        return rules[number].clx[clxKinds.indexOf(kind)];
    const bool isInWorkshop = kind == s("partial") && isInside;
    const char letter = rules[number].clm[isInWorkshop ? insideWorkshop : int(clmKinds.indexOf(kind))];
    return rulesName == s("clm") ? letter : ownLetter(letter);
}

QString boxed(const QString &text, const char *tags, bool isOfClx)
{
    const QString style = isOfClx                      ? s("background:yellow")
                        : s(tags).contains(s("voice")) ? s("background: #FFEEBA; color: black;")
                                                       : s("background: yellow; color: black;");
    return s("<div style='%1'>\n%2\n</div>").arg(style, text);
}

/// Returns the source of the cell in a notebook, or a null string if the notebook does not contain the cell.
QString expectedSource(char letter, int number, bool isInside, const QString &language, bool isOfClx)
{
    const Rule &rule = rules[number];
    const QString text = cellText(number, isInside) + (rule.isText ? QString() : s(" = 1"));
    const QString prefix = language == s("de") ? s("*Antwort:* ") : s("*Answer:* ");
    switch (letter) {
    case 'D':
        return {};
    case 'E':
        return s("");
    case 'B':
        return boxed(text, rule.tags, isOfClx);
    case 'P':
        return prefix + text;
    case 'p':
        return prefix;
    case 'A':
        return prefix + boxed(text, rule.tags, isOfClx);
    default:
        return text;
    }
}

QJsonObject payloadOf(const QString &rulesName, const QString &kind, const QString &language, const QString &format)
{
    QJsonObject payload{{s("correlation_id"), s("c")}, {s("kind"), kind},     {s("language"), language},
                        {s("prog_lang"), s("python")}, {s("format"), format}, {s("other_files"), QJsonObject()}};
    if (rulesName == s("clm"))
        payload.insert(s("template_fingerprint"), s(""));
    else if (rulesName == s("lifeguard"))
        payload.insert(s("output_file_name"), s("deck.ipynb"));
    return payload;
}

QStringList sourcesIn(const QByteArray &notebook)
{
    QStringList sources;
    const QJsonArray cells = QJsonDocument::fromJson(notebook).object().value(s("cells")).toArray();
    for (const QJsonValue &value : cells) {
        QString source;
        const QJsonArray lines = value.toObject().value(s("source")).toArray();
        for (const QJsonValue &line : lines)
            source += line.toString();
        sources.append(source);
    }
    return sources;
}

} // namespace

class TestCellRules : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void notebooks_data();
    void notebooks();
    void pagesAndScripts_data();
    void pagesAndScripts();
};

void TestCellRules::notebooks_data()
{
    QTest::addColumn<QString>("rulesName");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("language");
    for (const QString &rulesName : {s("clm"), s("clx"), s("lifeguard")}) {
        for (const QString &kind : rulesName == s("clx") ? clxKinds : clmKinds) {
            for (const QString &language : {s("en"), s("de")})
                QTest::newRow(qPrintable(rulesName + u' ' + kind + u' ' + language)) << rulesName << kind << language;
        }
    }
}

void TestCellRules::notebooks()
{
    QFETCH(QString, rulesName);
    QFETCH(QString, kind);
    QFETCH(QString, language);
    const QJsonObject payload = payloadOf(rulesName, kind, language, s("notebook"));
    QStringList expected{language == s("de") ? s("Deutsch") : s("English")};
    for (const bool isInside : {false, true}) {
        if (isInside)
            expected.append(s("Workshop"));
        for (int number = 0; number < int(std::size(rules)); ++number) {
            const char letter = letterOf(rulesName, kind, number, isInside);
            const QString source = expectedSource(letter, number, isInside, language, rulesName == s("clx"));
            if (!source.isNull())
                expected.append(source);
        }
    }
    const auto result = convert(deck(), "notebook", payload, path("deck.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    QCOMPARE(sourcesIn(output()), expected);
}

void TestCellRules::pagesAndScripts_data()
{
    QTest::addColumn<QString>("rulesName");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("format");
    for (const QString &rulesName : {s("clm"), s("clx")}) {
        for (const QString &kind : rulesName == s("clx") ? clxKinds : clmKinds) {
            for (const QString &language : {s("en"), s("de")}) {
                for (const QString &format : {s("html"), s("code")})
                    QTest::newRow(qPrintable(QStringList({rulesName, kind, language, format}).join(u' ')))
                        << rulesName << kind << language << format;
            }
        }
    }
}

void TestCellRules::pagesAndScripts()
{
    QFETCH(QString, rulesName);
    QFETCH(QString, kind);
    QFETCH(QString, language);
    QFETCH(QString, format);
    const auto result = convert(deck(), "html", payloadOf(rulesName, kind, language, format), path("deck.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    const QString text = QString::fromUtf8(output());
    QCOMPARE(text.contains(s("English")), language == s("en"));
    QCOMPARE(text.contains(s("Deutsch")), language == s("de"));
    for (const bool isInside : {false, true}) {
        for (int number = 0; number < int(std::size(rules)); ++number) {
            const char letter = letterOf(rulesName, kind, number, isInside);
            const bool isShown = letter != 'D' && letter != 'E' && letter != 'p';
            QVERIFY2(text.contains(cellText(number, isInside)) == isShown,
                     qPrintable(cellText(number, isInside) + s(rules[number].tags)));
        }
    }
}

QTEST_GUILESS_MAIN(TestCellRules)
#include "tst_cellrules.moc"
