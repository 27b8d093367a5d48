// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the parts of the job planner: paths, search for files, classification, names of outputs, conflicts, copies.
#include "core/submit/canonicalpaths.h"
#include "core/submit/copyplanner.h"
#include "core/submit/inputclassifier.h"
#include "core/submit/inputscanner.h"
#include "core/submit/outputnamer.h"
#include "core/submit/outputreservations.h"
#include "core/submit/planoptionscheck.h"
#include "tests/support/plantest.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlanSteps : public PlanTest
{
    Q_OBJECT

private Q_SLOTS:
    void pathsResolveLinks();
    void resolvedFoldersAreReused_data();
    void resolvedFoldersAreReused();
    void rootHasNoDoubleSlash();
    void optionsAreChecked_data();
    void optionsAreChecked();
    void scannerFindsFiles();
    void scannerStopsWhenCancelled();
    void inputsAreClassified_data();
    void inputsAreClassified();
    void outputsAreNamedByTypeAndFormat_data();
    void outputsAreNamedByTypeAndFormat();
    void conflictingOutputsAreDetected();
    void copyTargetsDoNotCollide();
    void companionsFollowInputs();
};

void TestPlanSteps::pathsResolveLinks()
{
    write(s("ws/deep/a.puml"));
    write(s("ws-2/a.puml"));
    QVERIFY(QFile::link(path("ws-2"), path("ws/out")));
    QVERIFY(QFile::link(path("ws"), path("link")));
    PlanOptions with = options();
    with.workspace = path("link");
    const PlanPaths paths(with);
    QCOMPARE(paths.workspace(), path("link"));
    QCOMPARE(paths.outputFolder(), path("link/output"));
    QCOMPARE(paths.copyFolder(), path("link/input"));
    QVERIFY(paths.isOutputFolderInWorkspace());
    QVERIFY(paths.isOutputFolder(path("ws/output")));
    QVERIFY(!paths.isOutputFolder(path("ws")));
    QVERIFY(paths.isInWorkspace(path("ws/deep/a.puml")));
    QVERIFY(paths.isInWorkspace(path("link/not/there/yet")));
    QVERIFY(!paths.isInWorkspace(path("ws-2/a.puml")));
    QVERIFY(!paths.isInWorkspace(path("ws/out/a.puml")));
    QCOMPARE(paths.relativePath(path("ws/deep/a.puml")), s("deep/a.puml"));
}

void TestPlanSteps::resolvedFoldersAreReused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("canonical");
    const auto row = [](const char *name, const char *canonical) { QTest::newRow(name) << s(name) << s(canonical); };
    row("real/a.puml", "real/a.puml");
    row("folder/a.puml", "real/a.puml");
    row("folder/missing.puml", "real/missing.puml");
    row("folder/missing/also/missing.puml", "real/missing/also/missing.puml");
    row("folder/file-link.puml", "real/a.puml");
    row("folder/broken-link.puml", "real/broken-link.puml");
    row("folder", "real");
    row("folder/.", "real");
    row("folder/sub/..", "real");
    row("folder/sub/../a.puml", "real/a.puml");
    row("folder/sub/", "real/sub");
    row("folder/a.puml/part", "real/a.puml/part"); // not a folder
}

void TestPlanSteps::resolvedFoldersAreReused()
{
    QFETCH(const QString, name);
    QFETCH(const QString, canonical);
    write(s("real/a.puml"));
    write(s("real/sub/b.puml"));
    QVERIFY(QFile::link(path("real"), path("folder")));
    QVERIFY(QFile::link(path("real/a.puml"), path("real/file-link.puml")));
    QVERIFY(QFile::link(path("nowhere"), path("real/broken-link.puml")));
    const QString expected = QFileInfo(path("real")).canonicalPath() + u'/' + canonical;
    const QString given = path("real").chopped(s("real").size()) + name;
    const CanonicalPaths paths;
    QCOMPARE(CanonicalPaths::resolve(given), expected);
    QCOMPARE(paths.of(given), expected);
    QCOMPARE(paths.of(given), expected); // from the cache
    // A folder that was resolved earlier is not read again.
    QVERIFY(QFile::remove(path("folder")));
    if (name == s("folder/a.puml"))
        QCOMPARE(paths.of(given), expected);
}

void TestPlanSteps::rootHasNoDoubleSlash()
{
    QCOMPARE(CanonicalPaths().of(s("/")), s("/"));
    QCOMPARE(CanonicalPaths().of(s("/no-such-file")), s("/no-such-file"));
}

void TestPlanSteps::optionsAreChecked_data()
{
    QTest::addColumn<PlanOptions>("options");
    QTest::addColumn<QString>("message"); // empty: valid
    const auto row = [](const char *name, const char *message, const auto &change) {
        PlanOptions options;
        change(options);
        QTest::newRow(name) << options << s(message);
    };
    row("defaults", "", [](PlanOptions &) {});
    row("known type", "", [](PlanOptions &with) { with.type = s("drawio"); });
    row("unknown type", "'dance'", [](PlanOptions &with) { with.type = s("dance"); });
    row("type without input files", "'noop'", [](PlanOptions &with) { with.type = s("noop"); });
    row("format of another type", "'html'",
        [](PlanOptions &with) { with.type = s("plantuml"), with.format = s("html"); });
    row("format of any type", "", [](PlanOptions &with) { with.format = s("html"); });
    row("formats by type", "", [](PlanOptions &with) { with.formats = {{s("plantuml"), s("svg")}}; });
    row("wrong format by type", "plantuml cannot produce the format 'html'", [](PlanOptions &with) {
        with.formats = {{s("plantuml"), s("html")}};
    });
    row("unknown kind", "completed, code-along, trainer, recording, speaker, partial",
        [](PlanOptions &with) { with.kind = s("finished"); });
    row("invalid language", "'../de'", [](PlanOptions &with) { with.language = s("../de"); });
    row("output folder outside the workspace", "outside the workspace",
        [](PlanOptions &with) { with.outputFolder = s("/tmp"); });
}

void TestPlanSteps::optionsAreChecked()
{
    QFETCH(PlanOptions, options);
    QFETCH(QString, message);
    options.workspace = this->options().workspace;
    const Status checked = checkPlanOptions(options, PlanPaths(options));
    QCOMPARE(bool(checked), message.isEmpty());
    if (!checked) {
        QCOMPARE(checked.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(checked.error().message.contains(message), qPrintable(checked.error().message));
    }
}

void TestPlanSteps::scannerFindsFiles()
{
    for (const char *name :
         {"ws/b.txt", "ws/a.txt", "ws/deep/c.txt", "ws/.git/d.txt", "ws/output/e.txt", "ws/.ipynb_checkpoints/f.txt"})
        write(s(name));
    QVERIFY(QFile::link(path("ws"), path("ws/loop")));
    const PlanOptions with = options();
    const PlanPaths paths(with);
    QStringList found;
    QStringList skipped;
    const InputScanner scanner(
        paths, nullptr,
        [&](const QString &file, const QString &named) {
            found.append(QDir(path("ws")).relativeFilePath(file) + s(" < ") + QFileInfo(named).fileName());
        },
        [&](const QString &file, const QString &) { skipped.append(QFileInfo(file).fileName()); });
    scanner.scan(path("ws"));
    QCOMPARE(found, (QStringList{s("a.txt < ws"), s("b.txt < ws"), s("deep/c.txt < ws")}));
    QCOMPARE(skipped, QStringList{s("loop")});
    found.clear();
    skipped.clear();
    scanner.scan(path("ws/output")); // named by the user
    scanner.scan(path("ws/a.txt"));
    scanner.scan(path("missing"));
    scanner.scan(path("ws/.ipynb_checkpoints"));
    QCOMPARE(found, (QStringList{s("output/e.txt < output"), s("a.txt < a.txt")}));
    QCOMPARE(skipped, (QStringList{s("missing"), s(".ipynb_checkpoints")}));
}

void TestPlanSteps::scannerStopsWhenCancelled()
{
    write(s("ws/a.txt"));
    write(s("ws/b.txt"));
    const PlanOptions with = options();
    const PlanPaths paths(with);
    Progress progress;
    int found = 0;
    const InputScanner scanner(
        paths, &progress,
        [&](const QString &, const QString &) {
            ++found;
            progress.cancelled = true;
        },
        [](const QString &, const QString &) {});
    scanner.scan(path("ws"));
    QCOMPARE(found, 1);
}

void TestPlanSteps::inputsAreClassified_data()
{
    using Kind = InputClass::Kind;
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("isNamed");
    QTest::addColumn<QString>("type"); // option
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("result"); // type of an input, or part of the reason
    const auto row = [](const char *test, const char *name, const char *content, bool isNamed, const char *type,
                        Kind kind, const char *result) {
        QTest::newRow(test) << s(name) << QByteArray(content) << isNamed << s(type) << int(kind) << s(result);
    };
    row("diagram", "a.puml", "@startuml", false, "", Kind::Input, "plantuml");
    row("notebook", "a.ipynb", "{}", false, "", Kind::Input, "notebook");
    row("script with cells", "a.py", "# %%\n", false, "", Kind::Input, "notebook");
    row("Python module", "a.py", "import os\n", false, "", Kind::Companion, "no line begins with");
    row("named Python module", "a.py", "import os\n", true, "", Kind::Skipped, "no line begins with");
    row("picture", "a.jpg", "x", false, "", Kind::Companion, "no converter");
    row("named picture", "a.jpg", "x", true, "", Kind::Skipped, "no converter");
    row("file that diagrams include", "a.iuml", "x", false, "", Kind::Companion, "include");
    row("database", "jobs.db-wal", "x", false, "", Kind::Ignored, "");
    row("named database", "jobs.db", "x", true, "", Kind::Skipped, "no converter");
    row("explicit type", "a.txt", "@startuml", true, "plantuml", Kind::Input, "plantuml");
    row("explicit type, found in a folder", "a.txt", "@startuml", false, "plantuml", Kind::Companion, "no converter");
    row("another explicit type, found in a folder", "a.puml", "@startuml", false, "drawio", Kind::Companion,
        "no converter");
}

void TestPlanSteps::inputsAreClassified()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(bool, isNamed);
    QFETCH(QString, type);
    QFETCH(QString, result);
    PlanOptions with;
    with.type = type;
    const InputClass found = InputClassifier(with).classify(write(s("ws/") + name, content), isNamed);
    QTEST(int(found.kind), "kind");
    const QString text = found.kind == InputClass::Kind::Input ? found.type.name : found.reason;
    QVERIFY2(text.contains(result), qPrintable(text));
}

void TestPlanSteps::outputsAreNamedByTypeAndFormat_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("page");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QStringList>("outputs");
    const QByteArray three = "@startuml\n@enduml\n@startuml the overview/2\n@enduml\n@startuml\n@enduml\n";
    QTest::newRow("diagram") << s("plantuml") << s("png") << QByteArray("@startuml") << 0 << QString()
                             << QStringList{s("x/a.b.png")};
    QTest::newRow("several diagrams in one file")
        << s("plantuml") << s("svg") << three << 0 << QString()
        << QStringList{s("x/a.b.svg"), s("x/a.b-the_overview_2.svg"), s("x/a.b_002.svg")};
    QTest::newRow("diagrams with pages")
        << s("plantuml") << s("svg")
        << QByteArray("@startuml\nnewpage\nnewpage\n@enduml\n@startuml x\nnewpage\n@enduml\n@startuml\n@enduml\n") << 0
        << QString()
        << QStringList{s("x/a.b.svg + x/a.b_001.svg + x/a.b_002.svg"), s("x/a.b-x.svg + x/a.b-x_001.svg"),
                       s("x/a.b_005.svg")};
    QTest::newRow("first page") << s("drawio") << s("png") << QByteArray() << 0 << QString()
                                << QStringList{s("x/a.b.png")};
    QTest::newRow("second page") << s("drawio") << s("png") << QByteArray() << 1 << QString()
                                 << QStringList{s("x/a.b-page1.png")};
    QTest::newRow("slides") << s("notebook") << s("slides") << QByteArray("{}") << 0 << QString()
                            << QStringList{s("x/a.b.slides.html")};
    QTest::newRow("kind of a notebook") << s("notebook") << s("html") << QByteArray("{}") << 0 << s("speaker")
                                        << QStringList{s("x/a.b-speaker.html")};
    QTest::newRow("script of a notebook")
        << s("notebook") << s("script") << QByteArray("# %%") << 0 << QString() << QStringList{s("x/a.b.py")};
}

void TestPlanSteps::outputsAreNamedByTypeAndFormat()
{
    QFETCH(QString, type);
    QFETCH(QString, format);
    QFETCH(QByteArray, content);
    QFETCH(int, page);
    QFETCH(QString, kind);
    PlanOptions with;
    with.pageIndex = page;
    with.kind = kind;
    const InputClass input{InputClass::Kind::Input, {}, *jobType(type), format, content, {}};
    QStringList names;
    for (const PlannedOutput &output : OutputNamer(with).outputs(s("x/a.b.input"), input))
        names.append((QStringList{output.path} + output.further).join(s(" + ")));
    QTEST(names, "outputs");
}

void TestPlanSteps::conflictingOutputsAreDetected()
{
    const QString a = write(s("ws/a.ipynb"));
    const QString b = write(s("ws/b.ipynb"));
    OutputReservations reservations;
    QVERIFY(reservations.conflict(a, a, path("ws/out/a.html")).isEmpty());
    reservations.reserve(a, path("ws/out/a.html"));
    reservations.addInput(QFileInfo(a).canonicalFilePath());
    QVERIFY(reservations.isInput(QFileInfo(a).canonicalFilePath()));
    QVERIFY(reservations.conflict(a, a, a).contains(s("overwrite the input")));
    QVERIFY(reservations.conflict(b, b, a).contains(s("another input")));
    QVERIFY(reservations.conflict(b, b, path("ws/out/a.html")).contains(a));
    QVERIFY(reservations.conflict(a, a, path("ws/out/a.html")).contains(s("same name")));
    reservations.reserve(a, b);
    QVERIFY(reservations.conflict(b, b, path("ws/out/b.html")).contains(s("another job")));
    QVERIFY(QFile::link(path("ws"), path("link")));
    QVERIFY2(reservations.conflict(b, b, path("link/a.ipynb")).contains(s("another input")), "links must be resolved");
}

void TestPlanSteps::copyTargetsDoNotCollide()
{
    const QString a = write(s("other/a.puml"));
    const QString b = write(s("more/a.puml"), "@startuml\nC -> D\n@enduml\n");
    const PlanOptions with = options();
    const PlanPaths paths(with);
    CopyPlanner copies(paths, nullptr);
    QCOMPARE(copies.targetFor(a, a).value(), path("ws/input/a.puml"));
    QCOMPARE(copies.targetFor(a, path("other")).value(), path("ws/input/other/a.puml"));
    copies.addInput(a, a, path("ws/input/a.puml"));
    QCOMPARE(copies.targetFor(b, b).value(), path("ws/input/a-2.puml"));
    write(s("ws/input/a-2.puml"), "@startuml\nC -> D\n@enduml\n");
    QCOMPARE(copies.targetFor(b, b).value(), path("ws/input/a-2.puml")); // the same content
    write(s("ws/input/a-2.puml"), "other content");
    QCOMPARE(copies.targetFor(b, b).value(), path("ws/input/a-3.puml"));
    QVERIFY(QFile::link(path("more"), path("ws/input/other")));
    const auto outside = copies.targetFor(a, path("other"));
    QVERIFY(!outside);
    QVERIFY2(outside.error().message.contains(s("workspace")), qPrintable(outside.error().message));
}

void TestPlanSteps::companionsFollowInputs()
{
    const QString input = write(s("course/a.ipynb"));
    const QString picture = write(s("course/img/a.png"), "picture");
    const QString changed = write(s("course/data.csv"), "new");
    write(s("ws/input/course/data.csv"), "old");
    const QString unrelated = write(s("pictures/b.png"), "picture");
    const PlanOptions with = options();
    const PlanPaths paths(with);
    CopyPlanner copies(paths, nullptr);
    copies.addCandidate(picture, path("course"), s("no converter"));
    copies.addCandidate(changed, path("course"), s("no converter"));
    copies.addCandidate(unrelated, path("pictures"), s("no converter"));
    copies.addInput(input, path("course"), path("ws/input/course/a.ipynb"));
    JobPlan plan;
    copies.finish(&plan);
    QCOMPARE(plan.companions.size(), 1);
    QCOMPARE(plan.companions.first().source, picture);
    QCOMPARE(plan.companions.first().target, path("ws/input/course/img/a.png"));
    QCOMPARE(plan.companions.first().bytes, 7);
    QCOMPARE(reasonFor(plan, unrelated), s("no converter"));
    QVERIFY2(reasonFor(plan, changed).contains(path("ws/input/course/data.csv")), qPrintable(reasonFor(plan, changed)));
}

QTEST_GUILESS_MAIN(TestPlanSteps)
#include "tst_plansteps.moc"
