// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a pool runs in Docker or directly, and the reason that stands in its row.
#include "core/pool/modechoice.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

WorkerConfig pool(ExecutionMode mode, const char *type = "plantuml", const char *image = "", const QStringList &command = {})
{
    WorkerConfig config;
    config.type = s(type);
    config.mode = mode;
    config.image = s(image);
    config.command = command;
    return config;
}

ImageInspection noEngine(const char *why)
{
    return {Error{ErrorCode::Io, s(why), {}}, {}, {}};
}

ImageInspection noImage(ErrorCode code = ErrorCode::NotFound)
{
    return {{}, Error{code, s("No such image"), {}}, {}};
}

} // namespace

Q_DECLARE_METATYPE(lifeguard::ImageInspection)

class TestModeChoice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void choose_data();
    void choose();
    void asksDockerOnlyWhenItMatters();
};

void TestModeChoice::choose_data()
{
    QTest::addColumn<WorkerConfig>("wanted");
    QTest::addColumn<ImageInspection>("look");
    QTest::addColumn<QString>("mode"); // empty: none
    QTest::addColumn<QString>("reason");
    QTest::addColumn<bool>("pull");
    using enum ExecutionMode;
    const auto row = [](const char *name, const WorkerConfig &wanted, const ImageInspection &look, const char *mode, const char *reason, bool pull = false) {
        QTest::newRow(name) << wanted << look << s(mode) << s(reason) << pull;
    };
    const QStringList command{s("/bin/worker")};
    row("direct is direct, whatever Docker says", pool(Direct), noEngine("x"), "direct", "");
    row("docker where all is there", pool(Docker, "plantuml", "img"), {}, "docker", "");
    row("docker whose image has to be pulled", pool(Docker, "plantuml", "img"), noImage(), "docker", "", true);
    row("docker without an engine", pool(Docker, "plantuml", "img"), noEngine("Docker is not installed"), "", "Docker is not installed");
    row("docker whose image cannot be looked at", pool(Docker, "plantuml", "img"), noImage(ErrorCode::ToolFailed), "", "No such image");
    row("auto where all is there", pool(Auto), {}, "docker", "docker: the engine has the image lifeguard-plantuml:latest");
    row("auto with an image of one's own", pool(Auto, "plantuml", "mine:2"), {}, "docker", "docker: the engine has the image mine:2");
    row("auto without Docker", pool(Auto), noEngine("Docker is not installed"), "direct", "direct: Docker is not installed");
    row("auto without the image", pool(Auto), noImage(), "direct", "direct: Docker does not have the image lifeguard-plantuml:latest");
    row("auto never pulls", pool(Auto, "plantuml", "mine"), noImage(), "direct", "direct: Docker does not have the image mine");
    row("auto whose engine fails", pool(Auto), noImage(ErrorCode::ToolFailed), "direct", "direct: No such image");
    row("auto with a command", pool(Auto, "mine", "", command), noEngine("not asked"), "direct", "direct: a command without an image runs on this machine");
    row("auto with a command and an image", pool(Auto, "mine", "mine", command), {}, "docker", "docker: the engine has the image mine");
    row("auto with a command whose image is missing", pool(Auto, "mine", "mine", command), noImage(), "direct", "direct: Docker does not have the image mine");
    row("auto of a type that only the image knows", pool(Auto, "mine", "mine"), noImage(), "",
        "lifeguard-worker cannot convert 'mine' without its image: Docker does not have the image mine");
}

void TestModeChoice::choose()
{
    QFETCH(WorkerConfig, wanted);
    QFETCH(ImageInspection, look);
    const ModeChoice choice = chooseMode(wanted, look);
    QTEST(choice.mode ? toString(*choice.mode) : QString(), "mode");
    QTEST(choice.reason.englishText(), "reason");
    QTEST(choice.needsPull, "pull");
}

void TestModeChoice::asksDockerOnlyWhenItMatters()
{
    QVERIFY(!needsDocker(pool(ExecutionMode::Direct)));
    QVERIFY(!needsDocker(pool(ExecutionMode::Direct, "mine", "img")));
    QVERIFY(!needsDocker(pool(ExecutionMode::Auto, "mine", "", {s("x")})));
    QVERIFY(needsDocker(pool(ExecutionMode::Auto)));
    QVERIFY(needsDocker(pool(ExecutionMode::Auto, "mine", "img", {s("x")})));
    QVERIFY(needsDocker(pool(ExecutionMode::Docker, "mine", "img")));
}

QTEST_GUILESS_MAIN(TestModeChoice)
#include "tst_modechoice.moc"
