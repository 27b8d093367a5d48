// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "tests/support/fakeengine.h"
#include "tests/support/testhelpers.h"

#include <QTest>
#include <QUrlQuery>

#include <memory>

namespace lifeguard::test {

/// A DockerClient and the fake engine that it is connected to.
struct ClientWorld
{
    ClientWorld() : ready(engine.listen()), client(std::make_unique<DockerClient>(engine.endpoint()))
    {
        engine.setVersion("1.41");
    }

    FakeEngine engine;
    bool ready;
    std::unique_ptr<DockerClient> client;
};

/// Returns the decoded value of a query parameter.
inline QString parameter(const FakeRequest &request, const QString &name)
{
    return QUrlQuery(QUrl::fromEncoded(request.target).query(QUrl::FullyEncoded))
        .queryItemValue(name, QUrl::FullyDecoded);
}

} // namespace lifeguard::test

/// Waits for the answer of a call, and declares the variable `answer` for it.
#define ANSWER(answer, call) \
    auto answer##Future = (call); \
    EVENTUALLY(answer##Future.isFinished()); \
    QCOMPARE(answer##Future.resultCount(), 1); \
    const auto answer = answer##Future.result() // NOLINT(bugprone-macro-parentheses): the name of a variable
