// SPDX-License-Identifier: GPL-3.0-or-later
// DockerWorkerExecutor: whether an image is there, and getting it.
#include "core/executor/dockerworkerexecutor.h"

#include "core/base/futurecallbacks.h"
#include "core/docker/pullmeter.h"

#include <QLocale>
#include <QPromise>

namespace lifeguard {

QFuture<ImageInspection> DockerWorkerExecutor::inspectImage(const QString &image)
{
    auto promise = std::make_shared<QPromise<ImageInspection>>();
    promise->start();
    const QFuture<ImageInspection> future = promise->future();
    const auto answer = [promise](const ImageInspection &look) {
        promise->addResult(look);
        promise->finish();
    };
    whenFinished(m_client.engine(), this, [this, image, answer](const Result<EngineInfo> &engine) {
        if (!engine) {
            answer({engine.error(), {}, {}});
            return;
        }
        whenFinished(m_client.image(image), this, [answer](const Result<DockerImage> &found) {
            if (found)
                answer({{}, {}, *found});
            else
                answer({{}, found.error(), {}});
        });
    });
    return future;
}

QFuture<Result<QList<DockerImage>>> DockerWorkerExecutor::images()
{
    return m_client.images();
}

QFuture<Result<QJsonObject>> DockerWorkerExecutor::inspectContainer(const QString &id)
{
    return m_client.inspectContainerJson(id);
}

QFuture<Status> DockerWorkerExecutor::ensureImage(const QString &image)
{
    auto promise = std::make_shared<QPromise<Status>>();
    promise->start();
    const QFuture<Status> future = promise->future();
    whenFinished(inspectImage(image), this, [this, image, promise](const ImageInspection &look) {
        const auto answer = [promise](const Status &status) {
            promise->addResult(status);
            promise->finish();
        };
        if (look.engineError)
            answer(failure(*look.engineError));
        else if (!look.imageError)
            answer({});
        else if (look.imageError->code != ErrorCode::NotFound)
            answer(failure(*look.imageError));
        else
            pull(image, promise);
    });
    return future;
}

void DockerWorkerExecutor::pull(const QString &image, const std::shared_ptr<QPromise<Status>> &promise)
{
    auto &waiting = m_pulls[image];
    waiting.append(promise);
    if (waiting.size() > 1)
        return; // it is under way for another pool
    Q_EMIT imagePreparationChanged(image, Message("image_pull", {image}));
    DockerStream *stream = m_client.pullImage(image, this);
    auto meter = std::make_shared<PullMeter>();
    connect(stream, &DockerStream::object, this, [this, image, meter](const QJsonObject &object) {
        const std::optional<PullProgress> progress = meter->add(object);
        if (!progress)
            return;
        const QLocale locale;
        const auto dataSize = [&locale](qint64 bytes) { return locale.formattedDataSize(bytes, 0, QLocale::DataSizeSIFormat); };
        Q_EMIT imagePreparationChanged(image, progress->total > 0
                                                  ? Message("image_pull_bytes", {image, dataSize(progress->bytes), dataSize(progress->total)})
                                                  : Message("image_pull_step", {image, progress->status}));
    });
    connect(stream, &DockerStream::ended, this, [this, stream, image](const Error &error) {
        stream->deleteLater();
        Q_EMIT imagePreparationChanged(image, {});
        const Status status = error.message.isEmpty()
            ? Status()
            : failure(error.code, tr("the image %1 is not on this machine, and cannot be pulled: %2").arg(image, error.message), error.detail);
        for (const auto &waiter : m_pulls.take(image)) {
            waiter->addResult(status);
            waiter->finish();
        }
    });
}

} // namespace lifeguard
