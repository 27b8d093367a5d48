// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/ctlprogram.h"

#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace lifeguard::test {

/// A Docker engine that tests run containers in, looked at from the outside: through the docker command. Never the user's. Calls block.
class DockerEngine
{
public:
    /// The one that packaging/test.sh starts for all tests, with the images lifeguard-noop and lifeguard-plantuml in it.
    [[nodiscard]] static const DockerEngine &shared();

    [[nodiscard]] const QString &missing() const { return m_missing; } ///< why there is none; empty: there is
    [[nodiscard]] const QString &endpoint() const { return m_endpoint; } ///< "unix:///…", as DOCKER_HOST takes it
    /// The docker command. code -1: it could not be started, or did not end in time.
    Outcome docker(const QStringList &arguments, int timeoutMs = 60000) const;
    /// The same, for one line that it prints.
    [[nodiscard]] QString line(const QStringList &arguments) const { return QString::fromUtf8(docker(arguments).out).trimmed(); }

protected:
    explicit DockerEngine(QString endpoint, QString missing = {});

    QString m_endpoint;
    QString m_missing;
};

/// An engine of one test's own (tests/support/engine.sh), that it can stop, kill and start again at the same place. Goes with the
/// object, with all its containers. Needs root.
class PrivateDockerEngine : public DockerEngine
{
public:
    PrivateDockerEngine();
    ~PrivateDockerEngine();
    Q_DISABLE_COPY_MOVE(PrivateDockerEngine)

    /// Waits until it answers. False: it does not; log() says why.
    [[nodiscard]] bool start();
    void stop(); ///< TERM, as when the machine's engine is stopped: its containers end, too
    void kill(); ///< KILL: its containers go on until it is started again
    void hang(); ///< STOP: it keeps its connections, and answers nothing
    void goOn(); ///< after that
    /// Loads an image from the shared engine.
    [[nodiscard]] bool load(const QString &image) const;
    [[nodiscard]] bool answers() const;
    [[nodiscard]] QByteArray log() const;

private:
    [[nodiscard]] QString folder() const { return m_folder.filePath(QStringLiteral("engine")); }

    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace lifeguard::test

/// In initTestCase(): skips what cannot be tested without an engine, or fails where it must be (LIFEGUARD_REQUIRE_DOCKER).
#define NEEDS_DOCKER() \
    do { \
        if (const QString missing = lifeguard::test::DockerEngine::shared().missing(); !missing.isEmpty()) { \
            if (qEnvironmentVariableIsSet("LIFEGUARD_REQUIRE_DOCKER")) \
                QFAIL(qPrintable(missing)); \
            QSKIP(qPrintable(missing)); \
        } \
    } while (false)
