// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/imageprovider.h"

#include "core/base/futurecallbacks.h"
#include "core/docker/pullprogresstracker.h"

#include <QLocale>

namespace lifeguard {
namespace {

Message progressMessage(const QString &image, const PullProgress &progress)
{
    if (progress.total <= 0)
        return Message("image_pull_step", {image, progress.status});
    const QLocale locale;
    const auto dataSize = [&locale](qint64 bytes) { return locale.formattedDataSize(bytes, 0, QLocale::DataSizeSIFormat); };
    return Message("image_pull_bytes", {image, dataSize(progress.bytes), dataSize(progress.total)});
}

} // namespace

ImageProvider::ImageProvider(DockerClient &client, QObject *parent) : QObject(parent), m_client(client) {}

QFuture<ImageInspection> ImageProvider::inspect(const QString &image)
{
    auto promise = std::make_shared<QPromise<ImageInspection>>();
    promise->start();
    const auto answer = [promise](const ImageInspection &inspection) {
        promise->addResult(inspection);
        promise->finish();
    };
    whenFinished(m_client.engineInfo(), this, [this, image, answer](const Result<EngineInfo> &engine) {
        if (!engine) {
            answer({engine.error(), {}, {}});
            return;
        }
        whenFinished(m_client.inspectImage(image), this, [answer](const Result<DockerImage> &inspected) {
            if (inspected)
                answer({{}, {}, *inspected});
            else
                answer({{}, inspected.error(), {}});
        });
    });
    return promise->future();
}

QFuture<Status> ImageProvider::ensure(const QString &image)
{
    auto promise = std::make_shared<QPromise<Status>>();
    promise->start();
    whenFinished(inspect(image), this, [this, image, promise](const ImageInspection &inspection) {
        const auto answer = [promise](const Status &status) {
            promise->addResult(status);
            promise->finish();
        };
        if (inspection.engineError)
            answer(failure(*inspection.engineError));
        else if (!inspection.imageError)
            answer({});
        else if (inspection.imageError->code != ErrorCode::NotFound)
            answer(failure(*inspection.imageError));
        else
            pull(image, promise);
    });
    return promise->future();
}

void ImageProvider::pull(const QString &image, const Promise &promise)
{
    QList<Promise> &promises = m_pulls[image];
    promises.append(promise);
    if (promises.size() > 1)
        return; // this image is being pulled already
    Q_EMIT progressChanged(image, Message("image_pull", {image}));
    DockerStream *stream = m_client.pullImage(image, this);
    auto tracker = std::make_shared<PullProgressTracker>();
    connect(stream, &DockerStream::objectReceived, this, [this, image, tracker](const QJsonObject &object) {
        if (const std::optional<PullProgress> progress = tracker->add(object))
            Q_EMIT progressChanged(image, progressMessage(image, *progress));
    });
    connect(stream, &DockerStream::ended, this, [this, stream, image](const Error &error) {
        stream->deleteLater();
        if (error.message.isEmpty())
            finishPull(image, {});
        else
            finishPull(image, failure(error.code, tr("The image %1 is not on this machine and cannot be pulled: %2").arg(image, error.message), error.detail));
    });
}

void ImageProvider::finishPull(const QString &image, const Status &status)
{
    Q_EMIT progressChanged(image, {});
    for (const Promise &promise : m_pulls.take(image)) {
        promise->addResult(status);
        promise->finish();
    }
}

} // namespace lifeguard
