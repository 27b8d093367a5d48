// SPDX-License-Identifier: GPL-3.0-or-later
// Inspecting and pulling images, with a fake engine.
#include "core/executor/imageprovider.h"
#include "tests/support/clientworld.h"

#include <QSignalSpy>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

const QByteArray streamHead("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
const QByteArray lastChunk("0\r\n\r\n");

struct World : ClientWorld
{
    ImageProvider images{*client};
};

} // namespace

class TestImageProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inspectsAnImage();
    void reportsAMissingImage();
    void reportsAMissingEngine();
    void doesNotPullAnExistingImage();
    void pullsOnceForConcurrentRequests();
    void reportsWhyAPullFails();
};

void TestImageProvider::inspectsAnImage()
{
    World world;
    world.engine.on("GET /v1.41/images/noop/json", 200, R"({"Id":"sha256:1"})");
    ANSWER(inspection, world.images.inspect(s("noop")));
    QVERIFY(!inspection.engineError && !inspection.imageError);
    QCOMPARE(inspection.image.id, s("sha256:1"));
}

void TestImageProvider::reportsAMissingImage()
{
    World world;
    ANSWER(inspection, world.images.inspect(s("noop")));
    QVERIFY(!inspection.engineError);
    QVERIFY(inspection.imageError && inspection.imageError->code == ErrorCode::NotFound);
}

void TestImageProvider::reportsAMissingEngine()
{
    World world;
    world.engine.stop();
    ANSWER(inspection, world.images.inspect(s("noop")));
    QVERIFY(inspection.engineError && inspection.engineError->code == ErrorCode::Io);
    ANSWER(ensured, world.images.ensure(s("noop")));
    QVERIFY(!ensured && ensured.error().code == ErrorCode::Io);
}

void TestImageProvider::doesNotPullAnExistingImage()
{
    World world;
    world.engine.on("GET /v1.41/images/noop/json", 200, R"({"Id":"sha256:1"})");
    ANSWER(ensured, world.images.ensure(s("noop")));
    QVERIFY(ensured);
    QCOMPARE(world.engine.lines().constLast(), QByteArray("GET /v1.41/images/noop/json"));
}

void TestImageProvider::pullsOnceForConcurrentRequests()
{
    World world;
    QPointer<FakePeer> pull;
    int pulls = 0;
    world.engine.on("POST /v1.41/images/create", [&](const FakeRequest &, FakePeer &peer) {
        ++pulls;
        pull = &peer;
        peer.send(streamHead);
    });
    QSignalSpy progress(&world.images, &ImageProvider::progressChanged);
    const QFuture<Status> first = world.images.ensure(s("noop"));
    const QFuture<Status> second = world.images.ensure(s("noop"));
    EVENTUALLY(pull && progress.size() == 1);
    QCOMPARE(progress.last().at(0).toString(), s("noop"));
    QCOMPARE(progress.last().at(1).value<Message>(), Message("image_pull", {s("noop")}));
    pull->send(FakeEngine::chunk(
        R"({"id":"a","status":"Downloading","progressDetail":{"current":12000000,"total":40000000}})"));
    EVENTUALLY(progress.size() == 2);
    QCOMPARE(progress.last().at(1).value<Message>().englishText(), s("pulling image noop: 12 MB of 40 MB"));
    QVERIFY(!first.isFinished() && !second.isFinished());
    pull->send(lastChunk);
    EVENTUALLY(first.isFinished() && second.isFinished());
    QVERIFY(first.result() && second.result());
    QVERIFY(progress.last().at(1).value<Message>().isEmpty());
    QCOMPARE(pulls, 1);
}

void TestImageProvider::reportsWhyAPullFails()
{
    World world;
    world.engine.on("POST /v1.41/images/create", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk(R"({"error":"no space left on device"})") + lastChunk);
    });
    ANSWER(ensured, world.images.ensure(s("noop")));
    QVERIFY(!ensured);
    QCOMPARE(ensured.error().message,
             s("The image noop is not on this machine and cannot be pulled: no space left on device"));
    ANSWER(again, world.images.ensure(s("noop"))); // a failed pull does not block the next one
    QVERIFY(!again);
}

QTEST_GUILESS_MAIN(TestImageProvider)
#include "tst_imageprovider.moc"
