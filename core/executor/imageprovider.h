// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/executor/containerengine.h"
#include "core/model/message.h"

#include <QFuture>
#include <QHash>
#include <QObject>
#include <QPromise>

#include <memory>

namespace lifeguard {

/// Inspects images and pulls those that are missing. Concurrent requests for one image share one pull.
class ImageProvider : public QObject
{
    Q_OBJECT

public:
    /// client: must outlive this object.
    explicit ImageProvider(DockerClient &client, QObject *parent = nullptr);

    /// See ContainerEngine::inspectImage().
    [[nodiscard]] QFuture<ImageInspection> inspect(const QString &image);
    /// See ContainerEngine::ensureImage().
    [[nodiscard]] QFuture<Status> ensure(const QString &image);

Q_SIGNALS:
    /// A pull has made progress. progress: empty when the pull has ended.
    void progressChanged(const QString &image, const lifeguard::Message &progress);

private:
    using Promise = std::shared_ptr<QPromise<Status>>;

    void pull(const QString &image, const Promise &promise);
    void finishPull(const QString &image, const Status &status);

    DockerClient &m_client;
    QHash<QString, QList<Promise>> m_pulls; ///< the requests that wait for a pull, by image
};

} // namespace lifeguard
