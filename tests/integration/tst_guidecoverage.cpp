// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the examples of the user's guide, and tests that they contain all commands, options, configuration keys and
// metrics that the programs have. The lists come from the programs: the help pages, which are made from the table of
// commands; the schema, which is made from the tables of keys; and a running manager.
#include "core/config/configfile.h"
#include "core/config/configschema.h"
#include "core/config/poolfields.h"
#include "core/config/poolspec.h"
#include "core/config/yamlreader.h"
#include "core/metrics/metricstext.h"
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/guide.h"
#include "tests/support/guidesandbox.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFileInfo>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// An option of a command, as its help page describes it.
struct HelpOption
{
    QString name; ///< "--until-idle"
    QString description;
};

/// A command, as its help page describes it.
struct HelpPage
{
    QString text;
    QList<HelpOption> options;
};

/// Options whose effect cannot be shown on each machine, with the test that does.
const QHash<QString, QString> &optionsNotRun()
{
    static const QHash<QString, QString> all{{s("run --allow-network-file"), s("tst_networkfile")}};
    return all;
}

QString helpOf(const QStringList &arguments)
{
    return QString::fromUtf8(CtlProgram().call(arguments + QStringList{s("--help")}).out);
}

QStringList commandNames()
{
    static const QRegularExpression command(s("^  ([a-z-]+) +\\S"), QRegularExpression::MultilineOption);
    QStringList names;
    QProcess process;
    process.start(CtlProgram::program(), {s("--help")});
    process.waitForFinished();
    const QString help = QString::fromUtf8(process.readAllStandardOutput());
    const QString list = help.section(s("Commands:\n"), 1).section(s("\n\n"), 0, 0);
    for (auto at = command.globalMatch(list); at.hasNext();)
        names << at.next().captured(1);
    return names;
}

/// Returns the help pages of all commands by their names.
const QMap<QString, HelpPage> &helpPages()
{
    static const QMap<QString, HelpPage> all = [] {
        static const QRegularExpression option(s("^  (?:-\\w, )?(--[a-z-]+)(?: <[^>]+>)? *(.*)$"));
        QMap<QString, HelpPage> pages;
        for (const QString &name : commandNames()) {
            HelpPage page;
            page.text = helpOf({name});
            const QStringList lines = page.text.section(s("Options:\n"), 1).section(s("\n\n"), 0, 0).split(u'\n');
            for (const QString &line : lines) {
                if (const auto found = option.match(line); found.hasMatch())
                    page.options.append({found.captured(1), found.captured(2)});
                else if (!page.options.isEmpty())
                    page.options.last().description += u' ' + line.trimmed();
            }
            for (HelpOption &each : page.options)
                each.description = each.description.simplified();
            pages.insert(name, page);
        }
        return pages;
    }();
    return all;
}

/// Returns whether one of the arguments is this option, also as --option=value.
bool hasOption(const QStringList &arguments, const QString &option)
{
    return std::any_of(arguments.cbegin(), arguments.cend(),
                       [&option](const QString &each) { return each == option || each.startsWith(option + u'='); });
}

/// Returns the paths of the keys that a schema allows: "pools.*.scaling.min". The items of a list have the path of the
/// list, and '*' stands for a name that the user chooses.
void addKeys(const QJsonObject &schema, const QString &path, QStringList &keys)
{
    const QString prefix = path.isEmpty() ? QString() : path + u'.';
    const QJsonObject properties = schema.value(s("properties")).toObject();
    for (auto key = properties.begin(); key != properties.end(); ++key) {
        keys << prefix + key.key();
        addKeys(key->toObject(), prefix + key.key(), keys);
    }
    if (schema.contains(s("items")))
        addKeys(schema.value(s("items")).toObject(), path, keys);
    for (const QJsonValue &one : schema.value(s("anyOf")).toArray())
        addKeys(one.toObject(), path, keys);
    if (schema.value(s("additionalProperties")).isObject())
        addKeys(schema.value(s("additionalProperties")).toObject(), prefix + u'*', keys);
}

/// Adds the paths of the keys that a file contains, in the form of addKeys(). Those of profiles are those of the file.
void addKeys(const YamlNode &node, const QString &path, QSet<QString> &keys)
{
    const QString prefix = path.isEmpty() ? QString() : path + u'.';
    for (const YamlNode &child : node.children) {
        if (node.kind == YamlNode::Kind::List) {
            addKeys(child, path, keys);
            continue;
        }
        static const QStringList maps{s("pools"), s("profiles"), s("pools.*.environment")};
        QString key = prefix + (maps.contains(path) ? s("*") : child.key);
        if (key == s("profiles.*"))
            key.clear();
        else
            keys << key;
        addKeys(child, key, keys);
    }
}

/// Returns the examples in the tables of configuration.md, as complete files.
QStringList exampleRows()
{
    static const QRegularExpression row(s("^\\| `[^|]* \\|[^|]*\\| `([^`]*)` \\|$"),
                                        QRegularExpression::MultilineOption);
    const QString text = guideText(s("configuration.md"));
    const qsizetype pools = text.indexOf(s("The keys of a pool"));
    QStringList files;
    for (auto at = row.globalMatch(text); at.hasNext();) {
        const QRegularExpressionMatch found = at.next();
        const QString example = found.captured(1);
        const QString mode = example.contains(s("mode:")) ? QString() : s("mode: auto, ");
        files << (found.capturedStart() < pools ? example : s("pools: {noop: {%1%2}}").arg(mode, example));
    }
    return files;
}

/// Returns the examples of keys in the tables about --pool: "memory=512M".
QStringList exampleSpecs()
{
    static const QRegularExpression cell(s("^\\| (`[^|]*`) \\|"), QRegularExpression::MultilineOption);
    static const QRegularExpression example(s("`([a-z_.]+(?:\\.NAME)?=[^`]+)`"));
    QStringList specs;
    for (const QString &page : {s("health.md"), s("docker.md")}) {
        for (auto row = cell.globalMatch(guideText(page)); row.hasNext();) {
            for (auto at = example.globalMatch(row.next().captured(1)); at.hasNext();)
                specs << at.next().captured(1);
        }
    }
    return specs;
}

/// Returns the answer to a request, without its header.
QString get(quint16 port, const QByteArray &path)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
    socket.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    while (socket.waitForReadyRead(patience))
        answer += socket.readAll();
    return QString::fromUtf8(answer.mid(answer.indexOf("\r\n\r\n") + 4));
}

} // namespace

class TestGuideCoverage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void examplesWork_data();
    void examplesWork();
    void filesAreValid();
    void reasonsAreKnown();
    void othersExist();
    void everyCommandIsRun();
    void everyOptionIsExplainedAndRun();
    void everyKeyOfFilesIsInAFile();
    void everyKeyOfPoolsIsInAnExample();
    void everyMetricIsExplained();
    void expressionsAreValid();
};

void TestGuideCoverage::examplesWork_data()
{
    QTest::addColumn<QString>("page");
    for (const QString &page : guidePages()) {
        const QList<GuideCommand> commands = guideCommands(page);
        if (std::any_of(commands.cbegin(), commands.cend(), [](const GuideCommand &each) { return each.isRun(); }))
            QTest::newRow(qPrintable(page)) << page;
    }
}

/// Types the commands of a page in their order, with the files that the page shows.
void TestGuideCoverage::examplesWork()
{
    QFETCH(QString, page);
    GuideSandbox sandbox;
    const QList<GuideCommand> commands = guideCommands(page);
    const QList<GuideBlock> blocks = guideBlocks(page);
    qsizetype next = 0; // block
    for (const GuideCommand &command : commands) {
        for (; next < blocks.size() && blocks.at(next).line <= command.line; ++next) {
            const GuideBlock &block = blocks.at(next);
            if (block.language == s("python"))
                sandbox.write(s("upper.py"), block.text.toUtf8());
            // A file that is not trusted would prevent the commands of the other pages.
            if (block.language == s("yaml") && page == s("configuration.md"))
                sandbox.write(s("lifeguard.yaml"), block.text.toUtf8());
        }
        if (!command.isRun())
            continue;
        const QString problem = sandbox.type(command.text);
        QVERIFY2(problem.isEmpty(), qPrintable(s("%1:%2: %3").arg(page).arg(command.line).arg(problem)));
    }
    const QString problem = sandbox.endBackground();
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

/// `config check` accepts the files of all pages.
void TestGuideCoverage::filesAreValid()
{
    GuideSandbox sandbox;
    int count = 0;
    for (const QString &page : guidePages()) {
        for (const GuideBlock &block : guideBlocks(page)) {
            if (block.language != s("yaml"))
                continue;
            ++count;
            sandbox.write(s("example.yaml"), block.text.toUtf8());
            const QString problem = sandbox.type(s("lifeguardctl config check example.yaml"));
            QVERIFY2(problem.isEmpty(), qPrintable(s("%1:%2: %3").arg(page).arg(block.line).arg(problem)));
        }
    }
    QVERIFY(count >= 6);
    const QStringList rows = exampleRows();
    QVERIFY(rows.size() > 40);
    for (const QString &file : rows) {
        const ConfigFileResult result = parseConfigFile(file.toUtf8(), s("/etc/lifeguard.yaml"));
        QVERIFY2(result, qPrintable(file + s(": ") + (result ? QString() : result.error().first().toString())));
    }
}

/// Examples that the tests do not run have a reason that another test covers, and are right as far as can be told.
void TestGuideCoverage::reasonsAreKnown()
{
    const QHash<QString, QString> reasons{{s("needs Docker"), s("tst_dockerctl")},
                                          {s("needs CLX"), s("tst_clxworkers")},
                                          {s("needs CLM"), s("tst_clmmanager")}};
    const QDir tests(s(LIFEGUARD_SOURCE_DIR "/tests/integration"));
    const auto exists = [&tests](const QString &test) { return tests.exists(test + s(".cpp")); };
    for (const QString &test : reasons)
        QVERIFY2(exists(test), qPrintable(test));
    for (const QString &test : optionsNotRun())
        QVERIFY2(exists(test), qPrintable(test));
    for (const QString &page : guidePages()) {
        for (const GuideBlock &block : guideBlocks(page)) {
            const QStringList languages{s("console"), s("yaml"), s("promql"), s("python"), s("sh")};
            QVERIFY2(languages.contains(block.language), qPrintable(s("%1:%2").arg(page).arg(block.line)));
        }
        for (const GuideCommand &command : guideCommands(page)) {
            if (command.reason.isEmpty())
                continue;
            const QString place = s("%1:%2").arg(page).arg(command.line);
            QVERIFY2(reasons.contains(command.reason), qPrintable(place + s(": ") + command.reason));
            for (const QStringList &call : command.calls()) {
                QVERIFY2(helpPages().contains(call.constFirst()), qPrintable(place));
                for (qsizetype i = 0; i + 1 < call.size(); ++i) {
                    if (call.at(i) != s("--pool"))
                        continue;
                    const Result<WorkerConfig> pool = parsePoolSpec(call.at(i + 1));
                    QVERIFY2(pool, qPrintable(place + s(": ") + (pool ? QString() : pool.error().message)));
                }
            }
        }
    }
}

/// Commands for which root, systemd, a display or the source code is needed: what they name exists. tst_ctlservice
/// verifies the units with systemd-analyze.
void TestGuideCoverage::othersExist()
{
    static const QRegularExpression unit(s("\\blifeguard(@NAME)?(?= |$)"));
    static const QRegularExpression option(s(" (--[a-z-]+)"));
    const QDir source(s(LIFEGUARD_SOURCE_DIR));
    QProcess window;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("QT_QPA_PLATFORM"), s("offscreen"));
    window.setProcessEnvironment(environment);
    window.start(QFileInfo(CtlProgram::program()).path() + s("/lifeguard"), {s("--help")});
    QVERIFY(window.waitForFinished(patience));
    const QString help = QString::fromUtf8(window.readAllStandardOutput());
    int units = 0;
    for (const QString &page : guidePages()) {
        for (const GuideCommand &command : guideCommands(page)) {
            const QByteArray place = s("%1:%2: %3").arg(page).arg(command.line).arg(command.text).toUtf8();
            const QString program = command.program();
            if (program == s("systemctl") || program == s("journalctl")) {
                for (auto at = unit.globalMatch(command.text.mid(program.size())); at.hasNext(); ++units) {
                    const QString name = at.next().captured(0).remove(s("NAME"));
                    QVERIFY2(source.exists(s("packaging/%1.service.in").arg(name)), place.constData());
                }
            } else if (program.startsWith(s("packaging/"))) {
                QVERIFY2(QFileInfo(source.filePath(program)).isExecutable(), place.constData());
            } else if (program == s("lifeguard")) {
                for (auto at = option.globalMatch(command.text); at.hasNext();)
                    QVERIFY2(help.contains(at.next().captured(1)), place.constData());
            }
        }
    }
    QVERIFY(units >= 4);
}

void TestGuideCoverage::everyCommandIsRun()
{
    QSet<QString> run;
    QSet<QString> configRun;
    for (const QString &page : guidePages()) {
        for (const GuideCommand &command : guideCommands(page)) {
            for (const QStringList &call : command.isRun() ? command.calls() : QList<QStringList>()) {
                run << call.constFirst();
                if (call.size() > 1 && call.constFirst() == s("config"))
                    configRun << call.at(1);
            }
        }
    }
    QVERIFY(helpPages().size() > 30);
    for (const QString &name : helpPages().keys())
        QVERIFY2(run.contains(name), qPrintable(name + s(" is in no example that is run")));
    static const QRegularExpression subcommand(s("\\bconfig ([a-z-]+)(?=[ :])"));
    int count = 0;
    for (auto at = subcommand.globalMatch(helpPages().value(s("config")).text); at.hasNext(); ++count) {
        const QString name = at.next().captured(1);
        QVERIFY2(configRun.contains(name), qPrintable(s("config %1 is in no example that is run").arg(name)));
    }
    QVERIFY(count >= 6);
}

/// A page with an example of the command explains each option of it, and an example with the option is run: of the
/// command itself or, for options that several commands have in common, of one of them.
void TestGuideCoverage::everyOptionIsExplainedAndRun()
{
    QHash<QString, QStringList> pagesOf; // by command
    QSet<std::pair<QString, QString>> run; // option and its description
    for (const QString &page : guidePages()) {
        for (const GuideCommand &command : guideCommands(page)) {
            for (const QStringList &call : command.calls()) {
                pagesOf[call.constFirst()] << page;
                for (const HelpOption &option : helpPages().value(call.constFirst()).options) {
                    if (command.isRun() && hasOption(call, option.name))
                        run.insert({option.name, option.description});
                }
            }
        }
    }
    const QString commandsPage = guideText(s("commands.md"));
    QStringList missing;
    int count = 0;
    for (auto page = helpPages().cbegin(); page != helpPages().cend(); ++page) {
        for (const HelpOption &option : page->options) {
            ++count;
            const QString name = page.key() + u' ' + option.name;
            const QRegularExpression word(QRegularExpression::escape(option.name) + s("(?![a-z-])"));
            const QStringList pages = pagesOf.value(page.key()) + QStringList{s("commands.md")};
            if (std::none_of(pages.cbegin(), pages.cend(),
                             [&word](const QString &each) { return guideText(each).contains(word); }))
                missing << name + s(" is not explained");
            if (!run.contains({option.name, option.description}) && !optionsNotRun().contains(name))
                missing << name + s(" is in no example that is run");
        }
    }
    QVERIFY(count > 200);
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
}

void TestGuideCoverage::everyKeyOfFilesIsInAFile()
{
    QSet<QString> found;
    QStringList files = exampleRows();
    for (const QString &page : guidePages()) {
        for (const GuideBlock &block : guideBlocks(page)) {
            if (block.language == s("yaml"))
                files << block.text;
        }
    }
    for (const QString &file : std::as_const(files)) {
        const YamlDocument document = readYaml(file.toUtf8());
        QVERIFY2(document.errors.isEmpty(), qPrintable(file));
        addKeys(document.root, {}, found);
    }
    QStringList keys;
    addKeys(configSchema(), {}, keys);
    QVERIFY2(keys.contains(s("pools.*.scaling.schedule.from")) && keys.contains(s("retention.log_size"))
                 && keys.contains(s("hooks.url")) && keys.size() > 70,
             qPrintable(keys.join(u' ')));
    keys.removeIf([&found](const QString &key) { return found.contains(key); });
    QVERIFY2(keys.isEmpty(), qPrintable(keys.join(u' ') + s(" are in no file of the guide")));
    addKeys(configSchema(), {}, keys);
    const QString text = guideText(s("configuration.md")) + guideText(s("health.md"));
    keys.removeIf([&text](const QString &key) {
        const QString name = key.section(u'.', -1);
        return text.contains(QRegularExpression(s("`([a-z_]+\\.)*%1[`=:. ]").arg(name)));
    });
    QVERIFY2(keys.isEmpty(), qPrintable(keys.join(u' ') + s(" are not explained")));
}

void TestGuideCoverage::everyKeyOfPoolsIsInAnExample()
{
    const QStringList specs = exampleSpecs();
    QSet<QString> found;
    for (const QString &spec : specs) {
        const QStringList modes{s("mode=direct,"), s("mode=docker,image=a:1,")}; // some keys are for one of them
        QVERIFY2(std::any_of(modes.cbegin(), modes.cend(),
                             [&spec](const QString &mode) { return parsePoolSpec(s("noop=1,") + mode + spec); }),
                 qPrintable(spec));
        found << spec.section(u'=', 0, 0);
    }
    for (const QString &page : guidePages()) {
        for (const GuideCommand &command : guideCommands(page)) {
            // The keys of containers are in examples that need Docker; reasonsAreKnown() reads their pools.
            for (const QString &key : poolSpecKeys()) {
                if (command.text.contains(u',' + key + u'='))
                    found << key;
            }
        }
    }
    QVERIFY(poolSpecKeys().size() > 30);
    QStringList missing = poolSpecKeys();
    missing.removeIf([&found](const QString &key) { return found.contains(key); });
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u' ')));
}

/// A manager reports the metrics that core/metrics has and the guide explains, with the labels that the guide names.
void TestGuideCoverage::everyMetricIsExplained()
{
    static const QRegularExpression row(s("^\\| `(lifeguard_\\w+)` \\|([^|]*)\\|"),
                                        QRegularExpression::MultilineOption);
    static const QRegularExpression type(s("^# TYPE (\\w+) "), QRegularExpression::MultilineOption);
    static const QRegularExpression sample(s("^(lifeguard_\\w+)(?:\\{([^}]*)\\})? "),
                                           QRegularExpression::MultilineOption);
    static const QRegularExpression label(s("(\\w+)=\""));
    QMap<QString, QString> explained; // labels by name
    for (auto at = row.globalMatch(guideText(s("service.md"))); at.hasNext();) {
        const QRegularExpressionMatch found = at.next();
        QStringList labels = found.captured(2).remove(u'`').simplified().split(s(", "), Qt::SkipEmptyParts);
        labels.sort();
        explained.insert(found.captured(1), labels.join(u','));
    }
    QStringList names = metricNames();
    names.sort();
    QVERIFY(names.size() > 10);
    QCOMPARE(QStringList(explained.keys()), names);

    CtlProgram ctl;
    QVERIFY(ctl.submitNoop(1));
    QProcess process;
    ctl.start(process, {s("run"), s("--pool"), s("noop=1"), s("--metrics"), s("127.0.0.1:0")});
    static const QRegularExpression address(s("http://127\\.0\\.0\\.1:(\\d+)/metrics"));
    const quint16 port =
        address.match(QString::fromUtf8(CtlProgram::readUntil(process, "/metrics"))).captured(1).toUShort();
    QVERIFY(port > 0);
    QString text;
    EVENTUALLY((text = get(port, "/metrics")).contains(s("lifeguard_workers{state=\"idle\",type=\"noop\"} 1\n")));
    process.terminate();
    QVERIFY(process.waitForFinished(patience));
    QStringList types;
    for (auto at = type.globalMatch(text); at.hasNext();)
        types << at.next().captured(1);
    types.sort();
    QCOMPARE(types, names);
    QMap<QString, QString> reported;
    for (auto at = sample.globalMatch(text); at.hasNext();) {
        const QRegularExpressionMatch found = at.next();
        static const QRegularExpression suffix(s("_(bucket|sum|count)$"));
        const QString name = names.contains(found.captured(1)) ? found.captured(1) : found.captured(1).remove(suffix);
        QStringList labels;
        for (auto each = label.globalMatch(found.captured(2)); each.hasNext();)
            labels << each.next().captured(1);
        labels.removeAll(s("le"));
        labels.sort();
        reported.insert(name, labels.join(u','));
    }
    QCOMPARE(reported, explained);
}

/// The expressions for Prometheus name metrics that exist, and Prometheus itself accepts them.
void TestGuideCoverage::expressionsAreValid()
{
    static const QRegularExpression name(s("lifeguard_\\w+"));
    const QString promtool = QStandardPaths::findExecutable(s("promtool"));
    QTemporaryDir folder;
    QByteArray rules("groups:\n- name: guide\n  rules:\n");
    int count = 0;
    for (const QString &page : guidePages()) {
        for (const GuideBlock &block : guideBlocks(page)) {
            if (block.language != s("promql"))
                continue;
            for (const QString &line : block.text.split(u'\n', Qt::SkipEmptyParts)) {
                rules += "  - alert: A" + QByteArray::number(++count) + "\n    expr: '" + line.toUtf8() + "'\n";
                for (auto at = name.globalMatch(line); at.hasNext();) {
                    const QString metric = at.next().captured(0);
                    QVERIFY2(metricNames().contains(metric)
                                 || metricNames().contains(QString(metric).remove(s("_bucket"))),
                             qPrintable(metric));
                }
            }
        }
    }
    QVERIFY(count >= 3);
    if (promtool.isEmpty())
        QSKIP("promtool is not installed (Debian: prometheus)");
    QFile file(folder.filePath(s("rules.yml")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(rules) == rules.size());
    file.close();
    QProcess check;
    check.start(promtool, {s("check"), s("rules"), file.fileName()});
    QVERIFY(check.waitForFinished(patience));
    QVERIFY2(check.exitCode() == 0, check.readAllStandardError().constData());
}

QTEST_GUILESS_MAIN(TestGuideCoverage)
#include "tst_guidecoverage.moc"
