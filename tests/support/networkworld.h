// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockernetwork.h"
#include "tests/support/fakeengine.h"
#include "tests/support/testhelpers.h"

#include <QNetworkReply>
#include <QTest>

#include <memory>

namespace lifeguard::test {

using Reply = std::unique_ptr<QNetworkReply>;

/// A fake engine and a DockerNetwork that serves its URLs.
struct NetworkWorld
{
    explicit NetworkWorld(DockerEndpoint::Kind kind = DockerEndpoint::Kind::Local) : engine(kind), ready(engine.listen()), network(engine.endpoint()) {}

    [[nodiscard]] QNetworkRequest request(const QByteArray &path) const
    {
        return QNetworkRequest(QUrl::fromEncoded(engine.endpoint().baseUrl().toEncoded() + path, QUrl::StrictMode));
    }
    [[nodiscard]] Reply get(const QByteArray &path) { return Reply(network.get(request(path))); }

    FakeEngine engine;
    bool ready;
    DockerNetwork network;
};

inline int statusOf(const Reply &reply)
{
    return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

} // namespace lifeguard::test

Q_DECLARE_METATYPE(lifeguard::DockerEndpoint::Kind)

#define FINISHED(reply) EVENTUALLY((reply)->isFinished())
