// SPDX-License-Identifier: GPL-3.0-or-later
// Tests whether a pool runs in Docker or directly, and the reason that its row shows.
#include "core/pool/modechoice.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

WorkerConfig pool(ExecutionMode mode, const char *type = "plantuml", const char *image = "",
                  const QStringList &command = {})
{
    WorkerConfig config;
    config.type = s(type);
    config.mode = mode;
    config.image = s(image);
    config.command = command;
    return config;
}

ImageInspection noEngine(const char *message)
{
    return {Error{ErrorCode::Io, s(message), {}}, {}, {}};
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
    void choosesModeAndReason_data();
    void choosesModeAndReason();
    void dockerIsInspectedOnlyIfNeeded();
};

void TestModeChoice::choosesModeAndReason_data()
{
    QTest::addColumn<WorkerConfig>("config");
    QTest::addColumn<ImageInspection>("inspection");
    QTest::addColumn<QString>("mode"); // empty: none
    QTest::addColumn<QString>("reason");
    QTest::addColumn<bool>("pull");
    using enum ExecutionMode;
    const auto row = [](const char *name, const WorkerConfig &config, const ImageInspection &inspection,
                        const char *mode, const char *reason, bool pull = false) {
        QTest::newRow(name) << config << inspection << s(mode) << s(reason) << pull;
    };
    const QStringList command{s("/bin/worker")};
    row("direct mode does not need Docker", pool(Direct), noEngine("x"), "direct", "");
    row("docker, engine and image available", pool(Docker, "plantuml", "img"), {}, "docker", "");
    row("docker, the image has to be pulled", pool(Docker, "plantuml", "img"), noImage(), "docker", "", true);
    row("docker, without an engine", pool(Docker, "plantuml", "img"), noEngine("Docker is not installed"), "",
        "Docker is not installed");
    row("docker, the image cannot be inspected", pool(Docker, "plantuml", "img"), noImage(ErrorCode::ToolFailed), "",
        "No such image");
    row("auto, engine and image available", pool(Auto), {}, "docker",
        "docker: the engine has the image lifeguard-plantuml:latest");
    row("auto, custom image available", pool(Auto, "plantuml", "mine:2"), {}, "docker",
        "docker: the engine has the image mine:2");
    row("auto, without Docker", pool(Auto), noEngine("Docker is not installed"), "direct",
        "direct: Docker is not installed");
    row("auto, without the image", pool(Auto), noImage(), "direct",
        "direct: Docker does not have the image lifeguard-plantuml:latest");
    row("auto does not pull a custom image", pool(Auto, "plantuml", "mine"), noImage(), "direct",
        "direct: Docker does not have the image mine");
    row("auto, the engine fails", pool(Auto), noImage(ErrorCode::ToolFailed), "direct", "direct: No such image");
    row("auto, command without an image", pool(Auto, "mine", "", command), noEngine("not inspected"), "direct",
        "direct: a command without an image runs on this machine");
    row("auto, command with an image", pool(Auto, "mine", "mine", command), {}, "docker",
        "docker: the engine has the image mine");
    row("auto, command whose image is missing", pool(Auto, "mine", "mine", command), noImage(), "direct",
        "direct: Docker does not have the image mine");
    row("auto, a type that only the missing image supports", pool(Auto, "mine", "mine"), noImage(), "",
        "lifeguard-worker cannot convert 'mine' without its image: Docker does not have the image mine");
}

void TestModeChoice::choosesModeAndReason()
{
    QFETCH(WorkerConfig, config);
    QFETCH(ImageInspection, inspection);
    const ModeChoice choice = chooseMode(config, inspection);
    QTEST(choice.mode ? toString(*choice.mode) : QString(), "mode");
    QTEST(choice.reason.englishText(), "reason");
    QTEST(choice.needsPull, "pull");
}

void TestModeChoice::dockerIsInspectedOnlyIfNeeded()
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
