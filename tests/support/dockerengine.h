// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/ctlprogram.h"

#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace lifeguard::test {

/// A Docker engine for tests, accessed with the docker command. It is never the engine of the user. Calls block.
class DockerEngine
{
public:
    /// Returns the engine that packaging/test.sh starts for all tests. It has the images lifeguard-noop and
    /// lifeguard-plantuml.
    [[nodiscard]] static const DockerEngine &shared();

    /// Returns why the engine is not available; empty if it is.
    [[nodiscard]] const QString &missingReason() const { return m_missingReason; }
    [[nodiscard]] const QString &endpoint() const { return m_endpoint; } ///< "unix:///…", for DOCKER_HOST
    /// Runs the docker command. The exit code is -1 if it cannot be started or does not end in time.
    Outcome docker(const QStringList &arguments, int timeoutMs = 60000) const;
    /// Runs the docker command and returns its output.
    [[nodiscard]] QString line(const QStringList &arguments) const
    {
        return QString::fromUtf8(docker(arguments).out).trimmed();
    }

protected:
    explicit DockerEngine(QString endpoint, QString missingReason = {});

    QString m_endpoint;
    QString m_missingReason;
};

/// A private engine of one test, which can be stopped, killed and started again at the same address: a Docker engine
/// (tests/support/engine.sh), or the API service of Podman (tests/support/podman.sh). The destructor removes it with
/// all its containers. Needs root.
class PrivateDockerEngine : public DockerEngine
{
public:
    enum class Program { Docker, Podman };

    explicit PrivateDockerEngine(Program program = Program::Docker);
    ~PrivateDockerEngine();
    Q_DISABLE_COPY_MOVE(PrivateDockerEngine)

    /// Starts the engine and waits until it responds. If it returns false, log() contains the reason.
    [[nodiscard]] bool start();
    void stop(); ///< sends TERM, as for a normal shutdown: the containers of Docker end, those of Podman keep running
    void kill(); ///< sends KILL: its containers keep running
    void suspend(); ///< sends STOP: the engine keeps its connections but does not respond
    void resume(); ///< ends suspend()
    /// Copies an image from the shared engine.
    [[nodiscard]] bool load(const QString &image) const;
    [[nodiscard]] bool isResponding() const;
    [[nodiscard]] QByteArray log() const;

private:
    [[nodiscard]] QString folder() const { return m_folder.filePath(QStringLiteral("engine")); }

    QString m_script;
    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace lifeguard::test

/// For initTestCase(): skips the test if there is no engine, or fails if LIFEGUARD_REQUIRE_DOCKER is set.
#define NEEDS_DOCKER() \
    do { \
        if (const QString reason = lifeguard::test::DockerEngine::shared().missingReason(); !reason.isEmpty()) { \
            if (qEnvironmentVariableIsSet("LIFEGUARD_REQUIRE_DOCKER")) \
                QFAIL(qPrintable(reason)); \
            QSKIP(qPrintable(reason)); \
        } \
    } while (false)
